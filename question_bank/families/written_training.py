"""Written questions about training and evaluation: Goodfellow et al. 2016, Deep Learning, chapters 5, 7 and 8."""

import math

from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.essays import VARIANTS, Essay, drafted
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import WRITTEN, Value

_ESSAYS = (
    Essay(
        "A network was trained for {e} epochs. The training loss fell in every epoch; the validation loss fell until epoch {b} and has risen since. What is this called, and what happens to the network after epoch {b}? Name two remedies, and say of which epoch you would keep the weights if nothing else is changed.",
        (
            ("This is overfitting.", 1),
            (
                "After epoch {b} the network learns what is peculiar to the training images, which does not help with others.",
                1,
            ),
            ("Two remedies, such as more images, augmentation, dropout, weight decay, a smaller network.", 2),
            ("The weights of epoch {b} are kept (early stopping).", 1),
        ),
        (
            "The network overfits: for {late} epochs it has been learning its training images by heart, and has become worse on others.",
            "More images or random changes of those that there are help, and so do dropout and weight decay.",
            "Without any change one keeps the weights of epoch {b}, where the validation loss was smallest.",
        ),
        lambda i, j: {"e": 30 + 5 * i, "b": 6 + j},
        (("late", "Epochs after the best one", "e - b"),),
    ),
    Essay(
        "Somebody puts a softmax at the end of a network for {k} classes and trains it with `nn.CrossEntropyLoss`. Even when every image is classified right and with certainty, the loss stays at about {least}. Explain why, what it means for training, and what has to be changed.",
        (
            ("`nn.CrossEntropyLoss` applies a softmax itself, so that there are two of them.", 1),
            (
                "The second softmax gets numbers from 0 to 1 only, which cannot lie far apart, so that even the best answer gets a probability well below 1.",
                1,
            ),
            ("Gradients become small and training is slow.", 1),
            ("The softmax at the end is left out; the network gives logits.", 1),
        ),
        (
            "The loss takes what it gets for logits and applies a softmax to it once more.",
            "Probabilities lie between 0 and 1: the best that can be passed in is 1 for the true class and 0 for the {others} others, and the loss of these taken as logits is about {least}.",
            "Differences are pressed together, so gradients are small; the remedy is to leave the softmax out of the network.",
        ),
        lambda i, j: {"k": 5 + i + 10 * j},
        (("others", "Classes that are not the true one", "k - 1"),),
        lambda numbers: {"least": f"{math.log((math.e + numbers['k'] - 1) / math.e):.2f}"},
    ),
    Essay(
        "A training loop with batches of {b} images never calls `optimizer.zero_grad()`. What does the step number {t} of an optimiser without momentum use instead of the gradient of its own batch? What is the consequence? When is it useful to call `zero_grad` only after every {t} batches, and what must be done to the loss then?",
        (
            ("The step uses the sum of the gradients of all {t} batches so far.", 1),
            (
                "Steps become larger and point in directions that have long been outdated; training becomes unstable.",
                1,
            ),
            ("Adding up imitates a batch of {images} images where memory is too small for one.", 1),
            (
                "The loss is divided by {t}, so that the sum becomes a mean (and the step is taken once for {t} batches).",
                1,
            ),
        ),
        (
            "`backward` adds to what is there, so step {t} uses the sum of {t} gradients, most of them of weights that have changed since.",
            "The steps become longer and longer, and old gradients push in directions that are no longer right.",
            "If one steps once after {t} batches, it is as if a batch of {images} images had been used; dividing each loss by {t} makes a mean of the sum.",
        ),
        lambda i, j: {"b": 8 * (1 + i), "t": 3 + j},
        (("images", "Images of the imitated batch", "b*t"),),
    ),
    Essay(
        "Somebody trains a network with {r} learning rates, measures the accuracy of each on the test set, and reports the best one, {a} %. Why is this number too good? How should the learning rate have been chosen with {n} labelled images at hand, and what is the test set for?",
        (
            (
                "The best of {r} numbers is partly the best by luck: the choice was made to fit these test images.",
                1,
            ),
            (
                "A part of the {n} images is set aside as a validation set, and the learning rate is chosen by it.",
                1,
            ),
            ("The test set is used once, at the end, for the setting that was chosen.", 1),
        ),
        (
            "Each of the {r} accuracies is a little too high or too low by chance, and the largest is likely to be one that is too high.",
            "Of the {n} images some are not trained on and serve as a validation set; the learning rate with the best validation accuracy is taken.",
            "Only then is the accuracy on the test set measured, once, and nothing is chosen by it.",
        ),
        lambda i, j: {"r": 5 + i, "a": 84 + j, "n": 5000 + 500 * i},
    ),
    Essay(
        "The same network with dropout is run twice over the same {n} test images, and {a} of them are classified right the first time, {b} the second time. The weights were not changed in between. Which line is missing, and what did it leave on? What would the missing line do to batch normalisation, and why is `torch.no_grad()` not a substitute?",
        (
            ("`model.eval()` is missing.", 1),
            ("Dropout went on dropping other values each time, so that answers depend on chance.", 1),
            ("Batch normalisation would use its running mean and variance instead of those of the batch.", 1),
            (
                "`torch.no_grad()` only stops recording for gradients and leaves the mode of the layers as it is.",
                1,
            ),
        ),
        (
            "`model.eval()` is missing, so dropout chose other values to drop in each run; {difference} answers more were right by chance.",
            "In evaluation mode dropout rests, and batch normalisation uses what it gathered in training.",
            "`torch.no_grad()` saves memory, but dropout and batch normalisation do not ask for it.",
        ),
        lambda i, j: {"n": 1000, "a": 850 + 7 * i, "b": 851 + 7 * i + 3 * (j + 1)},
        (("difference", "Answers by which the runs differ", "b - a"),),
    ),
)


@family("written-training", topic="concepts", version=1)
class WrittenTraining:
    """Short written questions about training and evaluation."""

    space = Space(question=range(len(_ESSAYS)), i=VARIANTS, j=VARIANTS, radicals=("question",))
    rules = ()
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a few sentences."""
        return drafted(_ESSAYS[given["question"]], given["i"], given["j"])

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """A text is for a person to judge; the steps of the model answer are checked when they are made."""
        return tuple(WRITTEN for _ in question.parts)
