"""An image made smaller by hand: torch.nn.functional.interpolate, modes `nearest` and `bilinear`."""

from fractions import Fraction

from question_bank import resampling, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.resampling import Exact, blocks, mixed, taps
from question_bank.space import Space
from question_bank.values import Grid, Value, simplest
from question_bank.writing import cell_steps, matrix, table

_STEM = (
    "The image $x$ of shape `{shape}` (rows, columns) below is made smaller to the shape `{smaller}`, with every side "
    "divided by ${s}$: (a) by `{nearest}`, where row $i$ of the result, counted from 0, is row ${s} * i$ of the image; (b) by "
    "`{bilinear}`, where row $i$ lies at ${s} * (i + 1 / 2) - 1 / 2$, halfway between two rows of the image. The same holds for "
    "columns. Write both results exactly, row by row."
)
_PROMPTS = ("(a) Nearest pixels, one row on each line", "(b) Bilinear, one row on each line")
_RULES = (
    "bilinear-for-nearest",
    "last-pixel-of-the-block",
    "max-instead-of-mean",
    "nearest-for-bilinear",
    "corners-aligned",
    "sum-instead-of-mean",
    "mean-of-the-whole-block",
)


def _sides(given: Given) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return rows before and after, and columns before and after."""
    return (given["h"], given["h"] // given["s"]), (given["w"], given["w"] // given["s"])


def _results(x: Matrix, given: Given) -> tuple[Exact, Exact]:
    rows, columns = _sides(given)
    picked = mixed(x, resampling.nearest(*rows), resampling.nearest(*columns))
    return picked, mixed(x, taps(*rows), taps(*columns))


def _wrong(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    s, (rows, columns) = given["s"], _sides(given)
    picked, mean = _results(x, given)
    aligned = mixed(x, taps(*rows, aligned=True), taps(*columns, aligned=True))
    parts = blocks(x, s)
    near: dict[str, Value | None] = {
        "bilinear-for-nearest": Grid.of(mean),
        "last-pixel-of-the-block": Grid.of([[block[-1] for block in line] for line in parts]),
    }
    between: dict[str, Value | None] = {
        "nearest-for-bilinear": Grid.of(picked),
        "corners-aligned": Grid.of(aligned),
        "sum-instead-of-mean": Grid.of([[4 * value for value in line] for line in mean]),
        "max-instead-of-mean": Grid.of([[max(block) for block in line] for line in parts]),
        "mean-of-the-whole-block": Grid.of(
            [[simplest(Fraction(sum(block), s * s)) for block in line] for line in parts]
        ),
    }
    return (*live(Array(Grid.of(picked)), near), *live(Array(Grid.of(mean)), between, 1))


def _solution(x: Matrix, given: Given) -> tuple[Step, ...]:
    (rows, columns), (picked, mean) = _sides(given), _results(x, given)
    near = resampling.written(x, resampling.nearest(*rows), resampling.nearest(*columns))
    between = resampling.written(x, taps(*rows), taps(*columns))
    return (*cell_steps(near, picked, "(a)"), *cell_steps(between, mean, "(b)"))


def _askable(given: Given) -> bool:
    """Whether both sides divide, the image is not too large to be read, and there are 2 to 8 cells."""
    h, w, s = given["h"], given["w"], given["s"]
    return h % s == 0 == w % s and h * w <= 32 and 2 <= h * w // (s * s) <= 8


@family("downsampling-by-hand", topic="pooling", version=1)
class DownsamplingByHand:
    """An image made smaller by a whole factor, by nearest pixels and bilinearly."""

    space = Space(s=(2, 4), h=(2, 4, 6, 8), w=(2, 4, 6, 8), radicals=("s",)).where(_askable)
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image on which the mistakes show."""
        x = most_separated(
            draw,
            lambda stream: matrix(stream, given["h"], given["w"], 0, 12),
            lambda drawn: _wrong(drawn, given),
            len(_RULES),
        )
        (_, rows), (_, columns) = _sides(given)
        fields: dict[str, FieldValue] = {
            "s": given["s"],
            "shape": (given["h"], given["w"]),
            "smaller": (rows, columns),
            "nearest": f'F.interpolate(x, scale_factor=1/{given["s"]}, mode="nearest")',
            "bilinear": f'F.interpolate(x, scale_factor=1/{given["s"]}, mode="bilinear", align_corners=False)',
        }
        picked, mean = _results(x, given)
        parts = tuple(
            Part(Array(Grid.of(key)), Message(prompt))
            for key, prompt in zip((picked, mean), _PROMPTS, strict=True)
        )
        return Draft(
            Message(_STEM, fields),
            parts,
            tables=(table("Image $x$", x),),
            solution=_solution(x, given),
            wrong=_wrong(x, given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Resized by torch with the calls that the stem shows, from the image that it shows."""
        from question_bank.programs import value_of
        from question_bank.tensors import exact, tensor

        image = question.tables[0].value
        calls = (shown.text(question, name) for name in ("nearest", "bilinear"))
        picked, mean = (value_of(call, x=tensor(image))[0, 0] for call in calls)
        smaller = tuple(picked.shape)
        shown.agree(question, shape=image.shape, smaller=smaller, s=image.shape[0] // smaller[0])
        return exact(picked), exact(mean, 4)
