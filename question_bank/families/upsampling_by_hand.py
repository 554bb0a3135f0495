"""An image made larger by hand: torch.nn.functional.interpolate, modes `nearest` and `bilinear`, factor 2."""

from question_bank import resampling, shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.cnn import Matrix
from question_bank.draw import Draw
from question_bank.message import FieldValue, Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.resampling import Exact, mixed, taps
from question_bank.space import Space
from question_bank.values import Grid, Value
from question_bank.writing import cell_steps, matrix, table

_STEM = (
    "The image $x$ of shape `{shape}` (rows, columns) below is made twice as high and twice as wide: (a) by `{nearest}`; (b) by "
    "`{bilinear}`, where row $i$ of the result, counted from 0, lies at $(i + 1 / 2) / 2 - 1 / 2$ of the rows of the image, and "
    "what lies beyond the first or last row is taken from that row. The same holds for columns. Write both results, row by row."
)
_PROMPTS = ("(a) Nearest pixels, one row on each line", "(b) Bilinear, one row on each line")
_REMARK = Message("(a) Each pixel stands in two rows and two columns of the result, side by side.")
_RULES = (
    "zeros-between-pixels",
    "image-repeated-whole",
    "bilinear-for-nearest",
    "nearest-for-bilinear",
    "corners-aligned",
    "border-faded",
)


def _grid(x: Matrix, given: Given, **how: bool) -> Exact:
    """Return the bilinear result, or one by another rule of where the pixels lie."""
    h, w = given["h"], given["w"]
    return mixed(x, taps(h, 2 * h, **how), taps(w, 2 * w, **how))


def _nearest(x: Matrix, given: Given) -> Exact:
    return mixed(
        x, resampling.nearest(given["h"], 2 * given["h"]), resampling.nearest(given["w"], 2 * given["w"])
    )


def _wrong(x: Matrix, given: Given) -> tuple[Wrong, ...]:
    near, between = Array(Grid.of(_nearest(x, given))), Array(Grid.of(_grid(x, given)))
    rows, columns = range(2 * given["h"]), range(2 * given["w"])
    repeated = [[x[i % given["h"]][j % given["w"]] for j in columns] for i in rows]
    spread = [[0 if i % 2 or j % 2 else x[i // 2][j // 2] for j in columns] for i in rows]
    return (
        *live(
            near,
            {
                "zeros-between-pixels": Grid.of(spread),
                "image-repeated-whole": Grid.of(repeated),
                "bilinear-for-nearest": between.value,
            },
        ),
        *live(
            between,
            {
                "nearest-for-bilinear": near.value,
                "corners-aligned": Grid.of(_grid(x, given, aligned=True)),
                "border-faded": Grid.of(_grid(x, given, faded=True)),
            },
            1,
        ),
    )


def _entries(given: Given, draw: Draw) -> Matrix:
    """Draw multiples of 16, or of 4 where the image has one row or column, so that the result is whole."""
    unit = 4 if 1 in (given["h"], given["w"]) else 16
    return [[unit * value for value in row] for row in matrix(draw, given["h"], given["w"], 0, 9)]


def _solution(x: Matrix, given: Given) -> tuple[Step, ...]:
    h, w = given["h"], given["w"]
    formulas = resampling.written(x, taps(h, 2 * h), taps(w, 2 * w))
    return cell_steps(formulas, _grid(x, given), "(b)")


@family("upsampling-by-hand", topic="pooling", version=2)
class UpsamplingByHand:
    """An image made twice as large, by nearest pixels and bilinearly."""

    space = Space(h=(1, 2, 3), w=(1, 2, 3, 4), radicals=("h",)).where(
        lambda given: 3 <= given["h"] * given["w"] <= 4
    )
    rules = _RULES
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw an image on which the mistakes show."""
        x = most_separated(
            draw, lambda stream: _entries(given, stream), lambda drawn: _wrong(drawn, given), len(_RULES)
        )
        fields: dict[str, FieldValue] = {
            "shape": (given["h"], given["w"]),
            "nearest": 'F.interpolate(x, scale_factor=2, mode="nearest")',
            "bilinear": 'F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)',
        }
        keys = (_nearest(x, given), _grid(x, given))
        parts = tuple(
            Part(Array(Grid.of(key)), Message(prompt)) for key, prompt in zip(keys, _PROMPTS, strict=True)
        )
        return Draft(
            Message(_STEM, fields),
            parts,
            tables=(table("Image $x$", x),),
            solution=_solution(x, given),
            wrong=_wrong(x, given),
            remarks=(_REMARK,),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Resized by torch with the calls that the stem shows, from the image that it shows."""
        from question_bank.programs import value_of
        from question_bank.tensors import exact, tensor

        image = question.tables[0].value
        shown.agree(question, shape=image.shape)
        calls = (shown.text(question, name) for name in ("nearest", "bilinear"))
        near, between = (value_of(call, x=tensor(image))[0, 0] for call in calls)
        return exact(near), exact(between)
