"""The usual faults of training loops in words: what is wrong, what mends it, and what misreading sees a fault that is not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """What students read about one fault.

    Attributes:
        says: what is wrong, as an option.
        remedy: what mends it.
        misreading: the id of the misconception that sees this fault where it is not.
    """

    says: str
    remedy: str
    misreading: str


NOTHING: Final = Fault(
    "Nothing: the program does what it should.",
    "Every line stands where it belongs: gradients are cleared, computed and used for each batch, and the test images are classified in evaluation mode.",
    "fault-overlooked",
)
TEXTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "not-zeroed": Fault(
            "The gradients of earlier batches are still there, and those of each new batch are added to them.",
            "`optimizer.zero_grad()` belongs into the loop over the batches, before `loss.backward()`.",
            "zeroing-overlooked",
        ),
        "step-first": Fault(
            "Each step is taken before the backward pass of its batch.",
            "`optimizer.step()` belongs behind `loss.backward()`.",
            "step-order-misread",
        ),
        "no-backward": Fault(
            "There is no backward pass, so gradients are never worked out.",
            "`loss.backward()` belongs before `optimizer.step()`.",
            "backward-overlooked",
        ),
        "zeroed-late": Fault(
            "The gradients are cleared after the backward pass, before the step can use them.",
            "`optimizer.zero_grad()` belongs before `loss.backward()`.",
            "zeroing-order-misread",
        ),
        "sign": Fault(
            "The steps make the loss larger, because its sign is turned.",
            "The backward pass starts from the loss itself, as a step goes against its gradient by itself.",
            "sign-of-the-loss-misread",
        ),
        "softmax": Fault(
            "The loss is given probabilities, although it expects logits.",
            "The outputs of the network go into the loss as they are; it applies the softmax itself.",
            "softmax-imagined",
        ),
        "no-eval": Fault(
            "Dropout is still active while the test images are classified.",
            "`model.eval()` belongs before the loop over the test images.",
            "eval-overlooked",
        ),
        "train-once": Fault(
            "From the second epoch on, the network is trained in evaluation mode.",
            "`model.train()` belongs into the loop over the epochs, because `model.eval()` is called in each of them.",
            "train-mode-overlooked",
        ),
        "accuracy-of-training": Fault(
            "The accuracy is worked out with the images of the training set.",
            "The last loop must run over `test_loader`.",
            "evaluation-loader-misread",
        ),
        "trained-on-test": Fault(
            "The network is trained on the images of the test set.",
            "The loop over the batches must run over `train_loader`.",
            "training-loader-misread",
        ),
        "over-batches": Fault(
            "The number of right answers is divided by the number of batches.",
            "It must be divided by the number of images, `len(test_data)`.",
            "divisor-misread",
        ),
        "not-reset": Fault(
            "Right answers of earlier epochs are counted again in each later epoch.",
            "`correct = 0` belongs into the loop over the epochs.",
            "reset-overlooked",
        ),
        "wrong-axis": Fault(
            "The largest output is looked for along the axis of the images.",
            "Classes lie along axis 1, so it must be `dim=1`.",
            "axis-misread",
        ),
        "optimizer-anew": Fault(
            "The optimiser is made anew in each epoch, so it forgets what it has gathered.",
            "The optimiser must be made once, before the loop over the epochs.",
            "optimizer-place-misread",
        ),
        "model-anew": Fault(
            "The network is made anew in each epoch, so it forgets what it has learned.",
            "The network must be made once, before the loop over the epochs.",
            "model-place-misread",
        ),
    }
)
"""By the id of the fault."""
GROUPS: Final = (
    ("not-zeroed", "step-first", "no-backward", "zeroed-late", "sign"),
    ("softmax", "no-eval", "train-once", "accuracy-of-training", "trained-on-test"),
    ("over-batches", "not-reset", "wrong-axis", "optimizer-anew", "model-anew"),
)
"""Faults of one kind: of the steps, of modes and data, of the bookkeeping."""
