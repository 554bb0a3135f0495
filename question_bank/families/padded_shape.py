"""Size of a drawn image and of the image with its padding: torch.nn.Conv2d, `padding`."""

from question_bank import shown
from question_bank.answers import Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Table, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value

AXES = ("rows", "columns")
_LARGEST = 9
_STEM = (
    "A convolution of PyTorch with `padding={padding}` puts zeros around the image $x$ below before its kernel moves. What are "
    "the sizes of the image and of the padded image?"
)
_LINES = (
    ("", "Rows of the image", "h"),
    ("", "Columns of the image", "w"),
    ("", "Rows with the padding above and below", "h + 2*p"),
    ("", "Columns with the padding to the left and right", "w + 2*q"),
)


def _sizes(given: Given) -> tuple[tuple[int, int], tuple[int, int]]:
    size = (given["h"], given["w"])
    return size, (size[0] + 2 * given["p"], size[1] + 2 * given["q"])


def _wrong(given: Given) -> tuple[Wrong, ...]:
    (h, w), padded = _sizes(given)
    p, q = given["p"], given["q"]
    first = live(Shape((h, w), AXES), {"height-width-swapped": (w, h)})
    second = live(
        Shape(padded, AXES),
        {
            "height-width-swapped": padded[::-1],
            "padding-once": (h + p, w + q),
            "pair-order-swapped": (h + 2 * q, w + 2 * p),
            "padding-ignored": (h, w),
        },
        1,
    )
    return (*first, *second)


@family("padded-shape", topic="shapes", version=1)
class PaddedShape:
    """Sizes of a drawn image and of the image with zeros around it, which differ by axis."""

    space = Space(h=range(2, 7), w=range(2, 8), p=range(4), q=range(4), radicals=("p", "q")).where(
        lambda given: given["h"] != given["w"] and given["p"] + given["q"] > 0
    )
    rules = ("height-width-swapped", "padding-once", "pair-order-swapped", "padding-ignored")
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image; its numbers do not matter, its rows and columns do."""
        x = Grid.of([draw.integers(given["w"], 0, _LARGEST) for _ in range(given["h"])])
        prompts = (Message("Image (rows, columns)"), Message("Padded image (rows, columns)"))
        parts = tuple(
            Part(Shape(size, AXES), prompt) for size, prompt in zip(_sizes(given), prompts, strict=True)
        )
        stem = Message(_STEM, {"padding": (given["p"], given["q"])})
        table = Table(Message("Image $x$"), x)
        return Draft(stem, parts, tables=(table,), solution=worked(_LINES, given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Padded by torch, the image as the stem shows it."""
        from torch.nn import functional

        from question_bank.tensors import tensor

        x = tensor(question.tables[0].value)
        rows, columns = shown.shape(question, "padding")
        padded = functional.pad(x, (columns, columns, rows, rows))
        return tuple(x.shape[2:]), tuple(padded.shape[2:])
