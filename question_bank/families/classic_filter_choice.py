"""Which classic filter made an image: Gonzalez and Woods, Digital Image Processing, sections 3.5, 3.6 and 10.2."""

from question_bank import cnn, shown
from question_bank.answers import Choice
from question_bank.authoring import Draft, family, lettered, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Value
from question_bank.writing import cell_steps, flat, matrix, products, table, total

_STEM = (
    "A filter of 3 rows and 3 columns, laid on the image $x$ of {h} rows and {w} columns with stride 1, without padding and bias, "
    "gave the image $y$ (cross-correlation, as in PyTorch). Which filter was it?"
)
_FILTERS: dict[str, Matrix] = {
    "adding": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "sharpening": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "edges": [[0, -1, 0], [-1, 4, -1], [0, -1, 0]],
    "along": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "down": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
}
_KINDS = tuple(_FILTERS)
_SOBEL = {"along", "down"}


def _rule(key: str, other: str) -> str:
    """Name the mistake of whoever takes another filter for the right one."""
    if {key, other} == _SOBEL:
        return "kernels-exchanged"
    if {key, other} == {"sharpening", "edges"}:
        return "edges-for-sharpening" if key == "sharpening" else "sharpening-for-edges"
    if "adding" in {key, other}:
        return "adding-filter-confused"
    return "direction-of-edges-not-seen"


def _entries(given: Given, draw: Draw) -> Matrix:
    """Draw an even area and a brighter one with an edge between them, and one pixel of noise or none."""
    h, w = given["h"], given["w"]
    edge, slope = draw.integer(1, w - 1), draw.integer(-1, 1)
    low, high = draw.integer(0, 2), draw.integer(4, 9)
    x = [[high if j + slope * i >= edge else low for j in range(w)] for i in range(h)]
    noise = matrix(draw, h, w, 0, 1)
    return [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(x, noise, strict=True)]


def _distinct(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    """Return as many entries as there are filters that give another image than the right one."""
    key = _KINDS[given["kind"]]
    made = cnn.correlate(x, _FILTERS[key])
    others = [kind for kind in _KINDS if cnn.correlate(x, _FILTERS[kind]) != made]
    return tuple(Wrong(_rule(key, kind), 0, kind) for kind in others)


def _solution(x: Matrix, key: str) -> tuple[Step, ...]:
    weights = flat(_FILTERS[key])
    y = cnn.correlate(x, _FILTERS[key])
    formulas = [[total(products(flat(window), weights)) for window in line] for line in cnn.windows(x, 3, 1)]
    sums = Step(
        Message("Sum of its weights, what it makes of an even area of ones"),
        total(f"({weight})" for weight in weights),
        {},
        sum(weights),
    )
    return (sums, *cell_steps(formulas, y, "$y$"))


@family("classic-filter-choice", topic="convolution", version=1)
class ClassicFilterChoice:
    """Which of five classic filters made one image of another: adding, sharpening, edges in all or in one direction."""

    space = Space(h=(3, 4, 5), w=(4, 5, 6), kind=range(len(_KINDS)), radicals=("kind",)).where(
        lambda given: given["h"] != given["w"] and (given["h"] - 2) * (given["w"] - 2) <= 8
    )
    rules = (
        "kernels-exchanged",
        "edges-for-sharpening",
        "sharpening-for-edges",
        "direction-of-edges-not-seen",
        "adding-filter-confused",
    )
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image that every filter makes another one of; which filter stands where is drawn, too."""
        x = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _distinct(drawn, given), 4
        )
        key = _KINDS[given["kind"]]
        order = draw.shuffle(_KINDS)
        letters = lettered(order)
        answer = Choice(tuple(f"`{_FILTERS[kind]}`" for kind in order), letters[key])
        mistakes = [(_rule(key, kind), letters[kind]) for kind in order if kind != key]
        wrong = tuple(entry for rule, letter in mistakes for entry in live(answer, {rule: letter}))
        return Draft(
            Message(_STEM, {"h": given["h"], "w": given["w"]}),
            (Part(answer, Message("Filter, row by row")),),
            tables=(table("Image $x$", x), table("Image $y$", cnn.correlate(x, _FILTERS[key]))),
            solution=_solution(x, key),
            wrong=wrong,
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every filter that the options show is laid on the image by torch; two that fit, or none, are no answer."""
        import json

        import torch
        from torch.nn import functional

        from question_bank.tensors import tensor

        x, y = (tensor(entry.value) for entry in question.tables)
        shown.agree_on_size(question)

        def fits(option: str) -> bool:
            w = torch.tensor(json.loads(option.strip("`")), dtype=x.dtype)
            return torch.equal(functional.conv2d(x, w[None, None]), y)

        return (question.parts[0].field.letters_of(fits),)
