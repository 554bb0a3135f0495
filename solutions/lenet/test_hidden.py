# LEGRADE-CANARY solutions/lenet/test_hidden.py
"""Hidden suite for LeNet. A docstring is what the student reads.

Training is looked at in three ways: LeNet from weights that we set, with all images in one batch, so that their order does not
matter; a small model of ours that notes what it is given, whose batches are then taken through the same steps here; and the whole
training by the assignment's recipe, judged by what it leads to. What the tests share stands in the modules beside this one.
"""

from fractions import Fraction

import numpy as np
import pytest
import torch

from autograder.architectures import architecture_of
from autograder.beside import beside, reference_beside
from autograder.testing import Mismatch, StudentFault, Tensor, assert_same, credit
from autograder.training import accuracy, as_logits, cross_entropy, once, repeated, share_of_points
from autograder.training_curves import accuracies
from autograder.training_evidence import apart, as_losses, draw_images, known_logits, mean_losses, small_model

models, trainings, answers = (
    beside(__file__, f"suite_{name}") for name in ("models", "trainings", "answers")
)
WATCHED, IMAGES = trainings.WATCHED, trainings.IMAGES


# --- the model


@pytest.mark.weight(2)
@pytest.mark.parametrize("batch", [1, 5])
def test_layers(student, options, batch):
    """The layers with weights have LeNet's output shapes and numbers of parameters, for any batch size."""
    _, rows = models.build(student, options, batch)
    found = [
        (shape[:1] + tuple(np.trim_zeros(np.array(shape[1:]) - 1, "b") + 1), n) for _, shape, n in rows if n
    ]
    want = [((batch, *shape), int(np.prod(w)) + w[0]) for shape, w in architecture_of(options).rows]
    if found != want:
        raise Mismatch("the output shapes or the parameters of the layers are not LeNet's", str(found))


@pytest.mark.weight(1)
def test_parameters(student, options):
    """The model has as many weights and biases as LeNet."""
    model, _ = models.build(student, options)
    count, want = student.ask("parameters", model), architecture_of(options).parameters
    if count != want:
        raise Mismatch(f"the model has {count} parameters, expected {want}", "another model")


@pytest.mark.weight(3)
def test_computes_lenet(student, options, rng):
    """With weights that we set, the logits are LeNet's: the activation and the pooling asked for, no softmax at the end."""
    model, _ = models.build(student, options)
    flat = models.draw_weights(rng, options, models.GAIN[architecture_of(options).variant])
    x, _ = draw_images(rng, 7, models.image(options))
    models.set_weights(student, model, flat)
    got = as_logits(student.predict(model, Tensor(x), batch_size=4, device=options["device"]), 7)
    want = reference_beside(__file__).predict(
        models.reference_model(flat, options), torch.from_numpy(x), batch_size=7, device="cpu"
    )
    assert_same(got, want.numpy(), rtol=2e-3)


@pytest.mark.weight(1)
def test_first_loss(student, options, rng):
    """A new model has hardly decided yet: its cross-entropy is not far from the logarithm of the number of classes."""
    model, _ = models.build(student, options)
    x, y = draw_images(rng, 50, models.image(options))
    loss = cross_entropy(
        as_logits(student.predict(model, Tensor(x), batch_size=50, device=options["device"]), 50), y
    )
    if not 1.5 < loss < 10:  # He's weights, the largest that are usual, give up to 6
        raise Mismatch("a new model's loss is far from ln 10: its first weights are too large", f"{loss:.3f}")


# --- training, followed exactly: with all images in one batch the order of the images does not matter


@pytest.mark.weight(1)
def test_losses_of_known_steps(student, options, rng):
    """Trained on one batch from weights that we set, fit returns the mean cross-entropy of each epoch."""
    losses, want, _, _ = once(student.cache, "steps", lambda: trainings.few_steps(student, options, rng))
    assert_same(losses, want, atol=0.01)


@pytest.mark.weight(2)
def test_weights_after_known_steps(student, options, rng):
    """Trained on one batch from weights that we set, the weights go where Adam takes them at the learning rate given."""
    _, _, got, want = once(student.cache, "steps", lambda: trainings.few_steps(student, options, rng))
    distance = apart(got, want)
    if not distance < 0.1:
        raise Mismatch("the weights after a few steps are not where Adam takes them", f"{distance:.3f} apart")


# --- training, watched: a small model of ours with batch normalisation notes every batch that it is given


@pytest.mark.weight(2)
def test_every_image_in_every_epoch(student, options, rng):
    """fit uses every image exactly once in each epoch, those of a smaller last batch too."""
    parts = trainings.seen(student, options, rng).epochs
    if any(sorted(part) != list(range(IMAGES)) for part in parts):
        counts = [len(set(part)) for part in parts]
        raise Mismatch(
            "fit does not use every image once in each epoch", f"{counts} different ones of {IMAGES}"
        )


@pytest.mark.weight(1)
def test_batch_size(student, options, rng):
    """fit takes batches of the size that was passed in; only the last one of an epoch may be smaller."""
    sizes = trainings.seen(student, options, rng).sizes
    smaller = sum(size < WATCHED.batch_size for size in sizes)
    if max(sizes) > WATCHED.batch_size or smaller > WATCHED.epochs:
        raise Mismatch("fit takes batches of another size than the one passed in", str(sizes))


@pytest.mark.weight(1)
def test_order_changes(student, options, rng):
    """Every epoch takes the images in another order, and none in the order in which they came."""
    parts = trainings.seen(student, options, rng).epochs
    if any(part == sorted(part) for part in parts):
        raise Mismatch("an epoch takes the images in the order in which they came", str(parts))
    if any(part in parts[:i] for i, part in enumerate(parts)):
        raise Mismatch("two epochs take the images in the same order", str(parts))


@pytest.mark.weight(1)
def test_order_follows_from_the_seed(student, options, rng):
    """The same seed repeats a training; another seed takes the images in another order."""
    first = trainings.seen(student, options, rng)
    state, seed = rng.bit_generator.state, first.seed
    runs = []
    for again in (seed, seed, seed + 1):
        rng.bit_generator.state = state
        runs.append(trainings.watched(student, options, rng, again))
    one, same, other = (run.epochs for run in runs)
    if one != same or not apart(runs[1].way, runs[0].way) < 0.02:
        raise Mismatch("the same seed gave another training", f"{one[0][:9]}, then {same[0][:9]}")
    if one == other:
        raise Mismatch("another seed gave the same order", str(one[0][:9]))


@pytest.mark.weight(3)
def test_steps_on_the_batches_seen(student, options, rng):
    """Each batch makes one step of one Adam by the gradient of its own mean loss, whatever the model and however small the batch."""
    run = trainings.seen(student, options, rng)
    distance = apart(run.way, trainings.replayed(student, options, rng)[1])
    if not distance < 0.02:
        raise Mismatch(
            "the weights are not where Adam takes them on the batches that fit used", f"{distance:.4f} apart"
        )


@pytest.mark.weight(1)
def test_losses_are_means_over_images(student, options, rng):
    """The loss of an epoch is the mean over its images, each as it was at the step that used it."""
    run = trainings.seen(student, options, rng)
    got = as_losses(run.losses, WATCHED.epochs)
    want = mean_losses(run, trainings.replayed(student, options, rng)[0])
    assert_same(got, want, atol=2e-3)


@pytest.mark.weight(1)
def test_training_mode(student, options, rng):
    """fit trains in training mode, also a model that came in evaluation mode."""
    modes = [training for training, _ in trainings.seen(student, options, rng).batches]
    if not all(modes):
        raise Mismatch("fit trains in evaluation mode", f"{modes.count(False)} of {len(modes)} batches")


# --- the whole training, once for each submission


@pytest.mark.weight(1)
def test_loss_falls(student, options, rng, curve):
    """fit returns one loss for each epoch; they fall, and the last agrees with the model that it leaves behind."""
    run = trainings.trained(student, options, rng)
    losses = as_losses(run["losses"], run["track"].recipe["epochs"])
    curve(losses)
    y = run["data"].y_train
    own = student.predict(run["model"], run["x"], batch_size=128, device=options["device"])
    found = cross_entropy(as_logits(own, len(y)), y)
    if not losses[-1] < run["track"].fall * losses[0]:
        raise Mismatch("the loss does not fall", str(losses))
    if not 0.2 * losses[-1] < found < 3 * losses[-1] + 0.15:
        raise Mismatch(
            "the last loss is not that of the model", f"{losses[-1]:.3f} returned, {found:.3f} found"
        )


@pytest.mark.weight(1)
def test_every_layer_learns(student, options, rng):
    """Training moves the weights and biases of every layer of the model that was passed in."""
    run = trainings.trained(student, options, rng)
    still = [b.size for b, a in zip(run["before"], run["after"], strict=True) if np.abs(a - b).max() < 1e-4]
    if still:
        raise Mismatch("fit leaves weights of the model as they were", f"parameters of the sizes {still}")


@pytest.mark.weight(1)
def test_leaves_its_arguments_alone(student, options, rng):
    """fit and predict leave the images and labels as they were."""
    if trainings.trained(student, options, rng)["changed"]:
        raise Mismatch(
            "fit or predict changed the images or labels in place", "arguments differ after the call"
        )


# --- prediction


@pytest.mark.weight(1)
def test_logits(student, options, rng):
    """predict returns a row of ten finite logits for each image, the same for any batch size."""
    run = trainings.trained(student, options, rng)
    x = Tensor(run["data"].x_test)
    other = student.predict(run["model"], x, batch_size=50, device=options["device"])
    one, other = (as_logits(part, len(x.array)) for part in (run["logits"], other))
    assert_same(other, one, rtol=2e-3)


@pytest.mark.weight(1)
def test_predicts_in_evaluation_mode(student, options, rng):
    """predict computes in evaluation mode, whatever mode the model came in, and leaves it as it was."""
    model = small_model(student, models.image(options), rng, training=True)
    x, _ = draw_images(rng, 13, models.image(options))
    want = known_logits(model, x)
    for _ in range(2):
        got = student.predict(model.handle, Tensor(x), batch_size=5, device=options["device"])
        assert_same(as_logits(got, 13), want, rtol=2e-3)


# --- accuracy, measured by the student's program on a model whose answers we know


@pytest.mark.weight(2)
def test_accuracy_of_known_predictions(student, options, rng):
    """evaluate counts images, so that a smaller last batch counts less, and whatever the batch size."""
    model, x, best = answers.known_model(student, options, rng)
    for count, wrong, batch_size in ((23, 6, 10), (9, 2, 4), (16, 5, 16)):
        y = best[:count].copy()
        y[-wrong:] = answers.other_classes(rng, y[-wrong:])  # all images of a smaller last batch are wrong
        answers.check_share(student, options, model, (x[:count], y), count - wrong, batch_size)


@pytest.mark.weight(1)
def test_accuracy_of_one_class(student, options, rng):
    """evaluate is right where all images are of one class, where all are recognised, and where none is."""
    model, x, best = answers.known_model(student, options, rng)
    common = np.bincount(best).argmax()
    picked = np.concatenate([np.flatnonzero(best == common)[:4], np.flatnonzero(best != common)[:8]])
    rng.shuffle(picked)
    y = np.full(len(picked), common)
    answers.check_share(student, options, model, (x[picked], y), int((best[picked] == common).sum()), 5)
    answers.check_share(student, options, model, (x[:12], best[:12]), 12, 5)
    answers.check_share(student, options, model, (x[:12], answers.other_classes(rng, best[:12])), 0, 5)


@pytest.mark.weight(1)
def test_evaluates_in_evaluation_mode(student, options, rng):
    """evaluate measures in evaluation mode, whatever mode the model came in, and leaves it as it was."""
    model, x, best = answers.known_model(student, options, rng, training=True)
    y = best[:37].copy()
    y[::5] = answers.other_classes(rng, y[::5])
    for _ in range(2):
        answers.check_share(student, options, model, (x[:37], y), 37 - 8, 8)


# --- accuracy of what was trained; last, because it may train again, and draws what no point hangs on


@pytest.mark.weight(8)
def test_accuracy(student, options, rng, curve):
    """Trained by the assignment's recipe, the model recognises images that it has not seen; the points grow with the accuracy."""
    run = trainings.trained(student, options, rng)
    labels = run["data"].y_test
    low, full = (Fraction(str(level)) for level in (run["track"].levels[0], run["track"].levels[-1]))

    def score(logits):
        return Fraction(round(accuracy(as_logits(logits, len(labels)), labels) * len(labels)), len(labels))

    def again(_):
        try:
            return score(trainings.fit_once(student, options, rng, run)["logits"])
        except (Mismatch, StudentFault):
            return Fraction(0)  # what the first training earned stays

    scores = repeated(score(run["logits"]), again, full)
    if "trained" in student.cache:  # the worker that trained is still there
        data, epochs = run["data"], run["track"].recipe["epochs"]
        curve(accuracies(student, data.x_test, labels, epochs) or [round(float(scores[0]), 2)], "accuracy")
    reached = (
        f"the accuracy is {float(max(scores)):.3f}; {float(full):.2f} has all points, {float(low):.2f} none"
    )
    said = ", ".join(f"{float(one):.4f}" for one in scores)
    credit(share_of_points(max(scores), low, full), reached, f"trainings: {said}")
