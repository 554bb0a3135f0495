"""Shape after a view: torch.Tensor.view, with one length left to be inferred."""

import math

from question_bank.answers import Answer, Raises, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import RAISED, Value

AXES = ("axis 0", "axis 1")
_STEM = "What does the last line of this program print? Where it raises an error, say so."


def _total(given: Given) -> int:
    return math.prod(given[name] for name in "nchw")


def _placed(given: Given, length: int) -> tuple[int, int]:
    """Return the stated length and another one in the order of the listing."""
    return (length, given["a"]) if given["last"] else (given["a"], length)


def _answer(given: Given) -> Answer:
    total, a = _total(given), given["a"]
    key = Shape(_placed(given, total // a), AXES)
    return Raises(key.field) if total % a else key


def _wrong(given: Given) -> tuple[Wrong, ...]:
    total, a, image = _total(given), given["a"], given["c"] * given["h"] * given["w"]
    values: dict[str, Value | None] = {
        "view-remainder-dropped": _placed(given, total // a),
        "view-remainder-kept": _placed(given, total // a + 1),
    }
    if total % a == 0:
        values = {
            "view-lengths-exchanged": _placed(given, total // a)[::-1],
            "view-of-one-image": _placed(given, image // a) if image % a == 0 else None,
            "view-keeps-the-image": _placed(given, image),
            "view-keeps-the-batch": _placed(given, given["n"]),
            "view-raises-assumed": RAISED,
        }
    return live(_answer(given), values)


def _askable(given: Given) -> bool:
    """Whether the stated length divides the values, or is one of the third of the points that raise an error."""
    if _total(given) % given["a"] == 0:
        return given["a"] < _total(given) and len({value.value for value in _wrong(given)}) >= 3
    return (given["n"] + given["c"] + given["h"] + given["w"] + given["a"]) % 3 == given["last"]


def _solution(given: Given) -> tuple[Step, ...]:
    total, a = _total(given), given["a"]
    lines = [("all", "Values of x", "n*c*h*w")]
    if total % a:
        label = "Values that are left over when they are divided; they should be none, so it raises an error"
        lines.append(("", label, "all - (all // a)*a"))
    else:
        lines.append(("", "The length that -1 stands for", "all / a"))
    return worked(tuple(lines), given)


@family("view-shape", topic="shapes", version=1)
class ViewShape:
    """Shape after a view with one length left to be inferred, or the error it raises."""

    space = Space(
        n=(4, 8, 10),
        c=(3, 6),
        h=(4, 5, 8),
        w=(6, 7, 9),
        a=(4, 6, 7, 8, 9, 10, 12, 15, 16, 18, 20, 24, 28, 30, 36, 42),
        last=(0, 1),
        radicals=("last",),
    ).where(_askable)
    rules = (
        "view-remainder-dropped",
        "view-remainder-kept",
        "view-lengths-exchanged",
        "view-of-one-image",
        "view-keeps-the-image",
        "view-keeps-the-batch",
        "view-raises-assumed",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask what is printed; where the values cannot be laid out in this way, nothing is."""
        sizes = ", ".join(str(given[name]) for name in "nchw")
        lengths = f"-1, {given['a']}" if given["last"] else f"{given['a']}, -1"
        code = f"x = torch.zeros({sizes})\ny = x.view({lengths})\nprint(tuple(y.shape))"
        part = Part(_answer(given), Message("Shape (axis 0, axis 1)"), may_raise=True)
        solution = _solution(given)
        return Draft(Message(_STEM), (part,), code=code, solution=solution, wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out by torch, without its numbers."""
        from question_bank.programs import printed_shape

        return (printed_shape(question.code) or RAISED,)
