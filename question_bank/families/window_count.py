"""Positions of a window on an image: Dumoulin & Visin, arXiv:1603.07285, Relationship 5; torch.nn.Unfold."""

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.formulas import separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.pictures import image
from question_bank.space import Space
from question_bank.values import Value

_ROWS, _COLUMNS = "((h - k) // s + 1)", "((w - k) // s + 1)"
_RULES = {
    "plus-one-forgotten": "((h - k) // s)*((w - k) // s)",
    "stride-ignored": "(h - k + 1)*(w - k + 1)",
    "windows-thought-to-touch": "(h // k)*(w // k)",
    "size-over-stride": "(h // s)*(w // s)",
    "positions-added": f"{_ROWS} + {_COLUMNS}",
    "positions-along-one-axis": _COLUMNS,
    "stride-on-rows-only": f"{_ROWS}*(w - k + 1)",
    "ceil-instead-of-floor": "(-((k - h) // s) + 1)*(-((k - w) // s) + 1)",
    "position-at-each-pixel": "h*w",
}
_LINES = (
    ("rows", "Positions along the height", "(h - k) // s + 1"),
    ("columns", "Positions along the width", "(w - k) // s + 1"),
    ("", "Positions in all", "rows*columns"),
)
_STEM = (
    "A window of ${k} * {k}$ pixels moves over an image of {h} rows and {w} columns, in steps of {s} px in both directions, and "
    "stays inside the image. At how many positions does it stand?"
)


def _key(given: Given) -> Integer:
    return Integer(int(solve((f"{_ROWS}*{_COLUMNS}",), given)[0]), unit="positions")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _RULES, given)


@family("window-count", topic="shapes", version=3)
class WindowCount:
    """Number of positions of a window on an image."""

    space = Space(h=range(5, 17), w=range(6, 19), k=(2, 3, 4, 5), s=(1, 2, 3), radicals=("s",)).where(
        lambda given: given["h"] != given["w"] and separated(_wrong(given), 5)
    )
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for all positions together."""
        part = Part(_key(given), Message("Number of positions"))
        solution = worked(_LINES, given)
        figure = image((given["h"], given["w"]), given["k"], given["s"])
        return Draft(Message(_STEM, given), (part,), solution=solution, wrong=_wrong(given), figure=figure)

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted by torch, which lays out every window as a column."""
        import torch
        from torch.nn import functional

        h, w, k, s = shown.numbers(question, "hwks")
        shown.agree_on_figure(question, size=(h, w), kernel=k, stride=s, padding=0)
        return (functional.unfold(torch.zeros(1, 1, h, w), k, stride=s).shape[-1],)
