"""Which line of a training loop is wrong: torch.optim.Optimizer, torch.nn.Module.train and eval, torch.nn.CrossEntropyLoss."""

from question_bank.answers import Integer
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question
from question_bank.numbered_lines import numbered, unnumbered
from question_bank.space import Space
from question_bank.training_faults import TEXTS
from question_bank.training_listing import AXES, PLACES, at, number_of, written
from question_bank.values import Value

_STEM = (
    "This program should train a network and print its accuracy on the test images after each epoch. `Net` is a network with dropout "
    "that gives a logit for each of ten classes; `train_loader` and `test_loader` give batches of images and class numbers from "
    "`train_data` and `test_data`. The numbers in front of the lines do not belong to the program. One line is wrong, or stands in "
    "the wrong place, and all others are right. Which line?"
)
_GROUPS = (
    ("softmax", "sign", "accuracy-of-training", "trained-on-test", "over-batches", "wrong-axis"),
    ("train-once", "not-reset", "optimizer-anew", "model-anew"),
)
"""Faults of a line that is wrong as it stands, and of one that stands in the wrong place."""


_SUSPECTS = {
    "zeroing-order-misread": ("zero", ""),
    "step-order-misread": ("step", ""),
    "eval-overlooked": ("eval", ""),
    **{TEXTS[fault].misreading: (place, fault) for fault, place in PLACES.items()},
}
"""Which line a misreading points at, and the fault for which that is right."""


@family("training-loop-line", topic="code", version=1)
class TrainingLoopLine:
    """The one line of a training loop that is wrong, or stands in the wrong place."""

    space = Space(
        moved=(0, 1),
        fault=range(6),
        **AXES,
        radicals=("moved", "totals"),
    ).where(lambda given: given["fault"] < len(_GROUPS[given["moved"]]))
    rules = tuple(_SUSPECTS)
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the number of the line."""
        fault = _GROUPS[given["moved"]][given["fault"]]
        listing = at(given, fault)
        answer = Integer(number_of(listing, PLACES[fault]))
        suspects = {
            rule: number_of(listing, does) for rule, (does, guilty) in _SUSPECTS.items() if guilty != fault
        }
        text = TEXTS[fault]
        return Draft(
            Message(_STEM),
            (Part(answer, Message("Number of the line")),),
            code=numbered(written(listing)),
            wrong=live(answer, suspects),
            remarks=(Message(text.says), Message(text.remedy)),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out with a tiny network and watched; the line that did what is wrong is to blame."""
        from question_bank.training_watch import faults

        blamed = {line for _, line in faults(unnumbered(question.code))}
        return (blamed.pop() if len(blamed) == 1 else 0,)
