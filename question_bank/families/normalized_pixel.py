"""A pixel after ToTensor and Normalize: torchvision.transforms, (x / 255 - mean) / std for each channel."""

from fractions import Fraction

from question_bank import maths, shown
from question_bank.answers import Number
from question_bank.authoring import Draft, family, live, usable
from question_bank.draw import Draw
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Rational, Value, show_number, simplest

NORMALIZED = "(v/255 - m) / s"
_RULES = {
    "pixel-not-scaled": "(v - m) / s",
    "divided-before-subtracted": "v/255/s - m",
    "deviation-multiplied": "(v/255 - m)*s",
    "divided-by-variance": "(v/255 - m) / s / s",
    "mean-added": "(v/255 + m) / s",
}
_STEM = (
    "A grey image is read with `transforms.ToTensor()`, which turns the pixel values 0 to 255 into numbers from 0 to 1, and then "
    "`transforms.Normalize(({mean},), ({std},))`, the mean and the standard deviation. What does a pixel of value {v} "
    "become? Write it exactly."
)


def _numbers(given: Given) -> dict[str, Rational]:
    """Return the pixel value, the mean and the standard deviation, which the axes give in hundredths."""
    return {
        "v": given["v"],
        "m": simplest(Fraction(given["m"], 100)),
        "s": simplest(Fraction(given["s"], 100)),
    }


def _key(given: Given) -> Number:
    return Number(maths.evaluate(NORMALIZED, _numbers(given)))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return live(_key(given), {rule: maths.evaluate(text, _numbers(given)) for rule, text in _RULES.items()})


@family("normalized-pixel", topic="training", version=1)
class NormalizedPixel:
    """Value of a pixel after scaling and normalisation."""

    space = Space(
        v=(0, 51, 102, 153, 204, 255), m=(10, 15, 25, 30, 35, 45, 50, 55, 65, 70), s=(10, 20, 25, 40, 50, 80)
    ).where(lambda given: len(usable(_wrong(given))) >= 4)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one pixel's value; pixel values are such that it has few decimals."""
        numbers = _numbers(given)
        fields: dict[str, FieldValue] = {
            "mean": show_number(numbers["m"]),
            "std": show_number(numbers["s"]),
            "v": given["v"],
        }
        key = _key(given)
        scaled = simplest(Fraction(given["v"], 255))
        solution = (
            Step(Message("After ToTensor"), "v / 255", {"v": given["v"]}, scaled),
            Step(
                Message("After Normalize"),
                "(x - m) / s",
                {"x": scaled, "m": numbers["m"], "s": numbers["s"]},
                key.value,
            ),
        )
        return Draft(
            Message(_STEM, fields),
            (Part(key, Message("Value")),),
            solution=solution,
            wrong=_wrong(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Worked out by torch's batch normalisation with this mean and variance, from what the stem shows."""
        import torch
        from torch.nn import functional

        from question_bank.tensors import exact

        mean, std = (float(shown.text(question, name)) for name in ("mean", "std"))
        pixel = torch.tensor([[shown.number(question, "v")]], dtype=torch.float64) / 255
        centre, variance = torch.tensor([[mean], [std**2]], dtype=torch.float64)
        (value,) = exact(functional.batch_norm(pixel, centre, variance, eps=0.0)[0], 400).cells
        return (value,)
