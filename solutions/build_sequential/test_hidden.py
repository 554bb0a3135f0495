# LEGRADE-CANARY solutions/build_sequential/test_hidden.py
"""Hidden suite for build_sequential; a test's docstring is what the student reads.

Every test builds a network of its own, learns which layers have weights, and asks for what it does with weights, mode and
random numbers that are given; so a named mistake can be asked the same. Weights are put where the reference has the same
kind of layer, in the same place among its kind; what a network has too many of is filled with what does nothing.
"""

import numpy as np
import pytest

from autograder.testing import Handle, Mismatch, assert_same

SHAPE = (2, 1, 28, 28)
FEATURES, CHANNELS = 1568, 32
RATE = 0.25
FILL = {"weight": 0.1, "running_var": 1.0}
TRAIN, EVALUATE = True, False
RTOL = 1e-4  # single precision, in whatever order it adds


def kind(stage):
    """Tell what a layer is by the axes of its weight."""
    return {4: "convolution", 2: "linear"}.get(len(dict(stage.entries).get("weight", ())), "normalisation")


def places(stages):
    """Name every entry of a network: (kind of layer, its number among its kind, name), with its shape."""
    seen = {}
    for stage in stages.rows:
        number = seen[kind(stage)] = seen.get(kind(stage), -1) + 1
        yield from (((kind(stage), number, name), shape) for name, shape in stage.entries)


def build(student):
    """Build a network: its handle, and its layers that have weights. One without convolution or linear layer is none."""
    network = student()
    if not isinstance(network, Handle):
        raise Mismatch("the function returned no torch.nn.Module", type(network).__name__)
    stages = student.ask("stages", network, SHAPE)
    if stages.error or not stages.given:
        raise Mismatch("the network does not run on images of the shape asked for", stages.error)
    if not {"convolution", "linear"} <= {kind(stage) for stage in stages.rows}:
        raise Mismatch("the network has no convolution or no linear layer", str(stages.rows))
    return network, stages


def draw(rng, reference):
    """Draw values for all that the reference has; scales have both signs, so that what follows them matters."""
    values = {}
    for place, shape in places(reference.ask("stages", reference(), SHAPE)):
        kinds = {
            "weight": rng.normal(0, 0.3, shape) if len(shape) > 1 else rng.uniform(0.5, 1.5, shape),
            "bias": rng.uniform(-1, 1, shape),
            "running_mean": rng.uniform(-0.5, 0.5, shape),
            "running_var": rng.uniform(0.5, 2, shape),
            "num_batches_tracked": np.zeros(shape),
        }
        values[place] = kinds[place[2]].astype(np.float32)
        if place[0] == "normalisation" and place[2] == "weight":
            values[place][::2] *= -1
    return values


def arrange(values, stages):
    """List the values for the entries of a network; where the reference has none of this shape, a number for all of it."""
    listed = [
        (values[place] if values.get(place, np.zeros(())).shape == shape else None, place[2])
        for place, shape in places(stages)
    ]
    return [FILL.get(name, 0.0) if value is None else value for value, name in listed]


def draw_images(rng, count):
    return rng.random((count, 1, 28, 28), dtype=np.float32)


def ask_both(student, reference, x, values, mode, seeds):
    """Run images through the student's network and the reference's, each with random numbers of its own."""
    network, stages = build(student)
    ours = reference.ask("stages", reference(), SHAPE)
    got = student.ask("run", network, x, arrange(values, stages), mode, seeds[0])
    want = reference.ask("run", reference(), x, arrange(values, ours), mode, seeds[1])
    return got, want, stages, ours


# --- the layers


@pytest.mark.weight(1)
def test_is_a_sequential(student):
    """What the function returns is an nn.Sequential with a convolution and a linear layer."""
    network, _ = build(student)
    sequential, _ = student.ask("state_of", network)
    if not sequential:
        raise Mismatch("the network is no torch.nn.Sequential", "another module")


@pytest.mark.weight(1)
@pytest.mark.parametrize("images", [1, 5])
def test_any_number_of_images(student, images):
    """Every image gives one row of ten numbers, however many images there are."""
    network, _ = build(student)
    given = student.ask("stages", network, (images, *SHAPE[1:])).given
    if given != (images, 10):
        raise Mismatch("the result has the wrong shape", f"got {given}, expected {(images, 10)}")


@pytest.mark.weight(3)
def test_layers(student, reference):
    """The layers with weights come in the order asked for, and each gives values of the right shape."""
    _, stages = build(student)
    got, want = (
        [(kind(stage), stage.given) for stage in found.rows]
        for found in (stages, reference.ask("stages", reference(), SHAPE))
    )
    if got != want:
        raise Mismatch("the layers with weights are not those asked for", f"got {got}, expected {want}")


@pytest.mark.weight(2)
def test_parameters(student, reference):
    """The layers have the weights, biases and running statistics asked for, and no others."""
    _, stages = build(student)
    got, want = (
        [stage.entries for stage in found.rows]
        for found in (stages, reference.ask("stages", reference(), SHAPE))
    )
    if got != want:
        raise Mismatch("the parameters of the layers are not those asked for", f"got {got}, expected {want}")


# --- what it computes


@pytest.mark.weight(4)
@pytest.mark.parametrize("images", [1, 6])
def test_evaluation(student, reference, rng, images):
    """In evaluation mode, with weights and running statistics that we set, the logits are those of the network asked for."""
    x, values = draw_images(rng, images), draw(rng, reference)
    got, want, _, _ = ask_both(student, reference, x, values, EVALUATE, (1, 2))
    assert_same(got[0], want[0], rtol=RTOL)


@pytest.mark.weight(1)
def test_evaluation_repeats_itself(student, reference, rng):
    """In evaluation mode an image gives the same numbers every time, and whatever other images are with it."""
    x, values = draw_images(rng, 6), draw(rng, reference)
    network, stages = build(student)
    one, again, part = (
        student.ask("run", network, images, arrange(values, stages), EVALUATE, seed)[0]
        for images, seed in ((x, 1), (x, 2), (x[:2], 3))
    )
    assert_same(again, one, rtol=RTOL)
    assert_same(part, one[:2] if one.ndim else one, rtol=RTOL)


@pytest.mark.weight(2)
def test_running_statistics(student, reference, rng):
    """In training mode the running mean and variance of each channel move towards those of the batch, at PyTorch's pace."""
    x, values = draw_images(rng, 8), draw(rng, reference)
    got, want, stages, ours = ask_both(student, reference, x, values, TRAIN, (3, 4))
    there = {place: value for (place, _), value in zip(places(stages), got[1], strict=False)}
    for (place, _), value in zip(places(ours), want[1], strict=True):
        if place[2] in ("running_mean", "running_var"):
            if place not in there:
                raise Mismatch("a batch normalisation keeps no running statistics", str(place))
            assert_same(there[place], value, rtol=RTOL)


def draw_readable(rng, reference):
    """Draw values with which every logit is one of the flattened values, which are all positive.

    The first eight are two values of each of four channels; the last two are the first two again.
    """
    values = draw(rng, reference)
    channels = np.repeat(rng.choice(CHANNELS, 4, replace=False), 2)
    pixels = np.concatenate([rng.choice(FEATURES // CHANNELS, 2, replace=False) for _ in range(4)])
    features = channels * (FEATURES // CHANNELS) + pixels
    for place, value in values.items():
        if place == ("linear", 0, "weight"):
            value[:] = 0
            value[np.arange(10), np.append(features, features[:2])] = 1
        if place == ("linear", 0, "bias"):
            value[:] = 0
        if place == ("normalisation", 1, "bias"):
            value[:] = rng.uniform(4, 6, value.shape)
        if place == ("normalisation", 1, "weight"):
            value[:] *= 0.5
    return values


@pytest.mark.weight(3)
def test_training(student, reference, rng):
    """In training mode batch normalisation uses the mean and variance of the batch, and dropout enlarges what it keeps."""
    x, values = draw_images(rng, 40), draw_readable(rng, reference)
    got, want, _, _ = ask_both(student, reference, x, values, TRAIN, (5, 6))
    if got[0].shape != want[0].shape:
        raise Mismatch("the result has the wrong shape", f"got {got[0].shape}, expected {want[0].shape}")
    kept = (got[0] != 0) & (want[0] != 0)
    if kept.sum() < 60:  # of 400; 225 are expected
        raise Mismatch("hardly any value gets through the dropout", str(kept.sum()))
    assert_same(got[0][kept], want[0][kept], rtol=RTOL)


@pytest.mark.weight(3)
def test_dropout(student, reference, rng):
    """In training mode dropout sets the share asked for of the flattened values to zero, each by itself, and others each time."""
    x, values = draw_images(rng, 30), draw_readable(rng, reference)
    network, stages = build(student)
    seeds = (7, 8, 9, 10)
    runs = [student.ask("run", network, x, arrange(values, stages), TRAIN, seed)[0] for seed in seeds]
    if any(run.shape != (30, 10) for run in runs):
        raise Mismatch("the result has the wrong shape", str([run.shape for run in runs]))
    all_gone = np.stack(runs) == 0
    if (all_gone[..., 8:] != all_gone[..., :2]).any():
        raise Mismatch("dropout is not applied to what the linear layer takes", "equal logits differ")
    gone = all_gone[..., :8]
    there = ~gone.all(axis=0)  # where another layer is wrong, some values are never positive
    if there.mean() < 0.2:
        raise Mismatch("hardly any value gets through the dropout", f"{there.mean():.3f}")
    share = float(gone[:, there].mean())  # of 960: the standard deviation is 0.014
    if abs(share - RATE) > 0.085:
        raise Mismatch("dropout does not set the share asked for to zero", f"{share:.3f}, expected {RATE}")
    if (gone == gone[0]).all():
        raise Mismatch("dropout sets the same values to zero each time", "all runs are equal")
    pairs = there[:, ::2] & there[:, 1::2]
    together = (gone[..., ::2] == gone[..., 1::2])[:, pairs]  # of 480: 0.625 is expected, +- 0.022
    if together.size and together.mean() > 0.75:
        raise Mismatch("dropout does not treat every value by itself", f"{together.mean():.3f} of the pairs")


@pytest.mark.weight(1)
def test_gradients(student, reference, rng):
    """Every weight, scale, shift and bias gets a gradient."""
    network, stages = build(student)
    found = student.ask("gradients", network, draw_images(rng, 4), arrange(draw(rng, reference), stages))
    if len(found) == 0 or not (np.isfinite(found) & (found > 0)).all():
        raise Mismatch("no gradient arrives at some parameter", str(found))


# --- a new network


@pytest.mark.weight(1)
def test_begins_in_training_mode(student):
    """A new network is in training mode."""
    network, _ = build(student)
    _, training = student.ask("state_of", network)
    if not training:
        raise Mismatch("a new network, or a part of it, is in evaluation mode", "another mode")


@pytest.mark.weight(1)
def test_every_call_gives_another_network(student):
    """Two calls give two networks that share nothing, with other random weights."""
    network, _ = build(student)
    shared, equal, flat = student.ask("alike", network, build(student)[0], SHAPE)
    if flat:
        raise Mismatch("the weights of a layer of a new network are all equal", "not random")
    if shared or equal:
        raise Mismatch("two calls give networks with the same weights", "shared" if shared else "equal")
