"""Shape behind a dense layer on input with more axes: torch.nn.Linear, section Shape (*, H_in) -> (*, H_out); torch.nn.Flatten."""

from question_bank.answers import Answer, Raises, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import RAISED, Value

_STEM = "What does the last line of this program print? Where it raises an error, say so."
_FORMS = ("rows", "columns", "maps", "images", "flat", "flat-maps", "flat-channels")
"""Input with one long row in each channel; then images: a layer for a row, a map or an image, without and behind a flattening."""
_FITS = Message("They are as many, so the layer is applied along the last axis, and the axes before it stay.")
_RAISES = Message("They differ, so it raises an error.")
_RULES = (
    "linear-drops-axes",
    "linear-adds-an-axis",
    "batch-axis-lost",
    "features-exchanged",
    "raises-assumed",
    "linear-misfit-unnoticed",
    "linear-thought-to-flatten",
    "linear-thought-to-flatten-maps",
)


def _shape(given: Given) -> tuple[int, ...]:
    """Return the shape of the input."""
    n, c, h, w = (given[name] for name in "nchw")
    return (n, c, h * w) if _FORMS[given["form"]] == "rows" else (n, c, h, w)


def _flattened(given: Given) -> tuple[int, ...]:
    """Return the shape that reaches the dense layer."""
    n, c, h, w = (given[name] for name in "nchw")
    match _FORMS[given["form"]]:
        case "flat" | "flat-maps":
            return (n, c * h * w)
        case "flat-channels":
            return (n, c, h * w)
    return _shape(given)


def _expected(given: Given) -> int:
    """Return the numbers that the dense layer takes."""
    c, h, w = (given[name] for name in "chw")
    return {"columns": w, "images": c * h * w, "flat": c * h * w}.get(_FORMS[given["form"]], h * w)


def _answer(given: Given) -> Answer:
    reached = _flattened(given)
    key = Shape((*reached[:-1], given["m"]))
    return key if reached[-1] == _expected(given) else Raises(key.field)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    n, c, m, reached, answer = given["n"], given["c"], given["m"], _flattened(given), _answer(given)
    found = (*reached[:-1], m)
    if isinstance(answer, Raises):
        values: dict[str, Value | None] = {
            "linear-misfit-unnoticed": found,
            "linear-thought-to-flatten": (n, m) if len(reached) > 2 else None,
            "linear-thought-to-flatten-maps": (n, c, m)
            if _expected(given) == given["h"] * given["w"]
            else None,
        }
        return live(answer, values)
    values = {
        "linear-drops-axes": (n, m) if len(found) > 2 else None,
        "linear-adds-an-axis": (n, 1, *found[1:]),
        "batch-axis-lost": found[1:],
        "features-exchanged": reached,
        "raises-assumed": RAISED,
    }
    return live(answer, values)


def _code(given: Given) -> str:
    flatten = {
        "flat": "nn.Flatten(), ",
        "flat-maps": "nn.Flatten(), ",
        "flat-channels": "nn.Flatten(start_dim=2), ",
    }
    before = flatten.get(_FORMS[given["form"]], "")
    sizes = ", ".join(map(str, _shape(given)))
    return "\n".join(
        (
            f"model = nn.Sequential({before}nn.Linear({_expected(given)}, {given['m']}))",
            f"x = torch.zeros({sizes})",
            "print(tuple(model(x).shape))",
        )
    )


def _solution(given: Given) -> tuple[Step, ...]:
    last, expected = _flattened(given)[-1], _expected(given)
    sizes = {name: given[name] for name in "chw"}
    joined = {"flat": "c*h*w", "flat-maps": "c*h*w", "flat-channels": "h*w", "rows": "l"}
    formula = joined.get(_FORMS[given["form"]], "w")
    numbers = {name: value for name, value in {**sizes, "l": last}.items() if name in formula}
    return (
        Step(Message("Numbers along the last axis that reaches the dense layer"), formula, numbers, last),
        Step(Message("Numbers that the dense layer takes"), "n_in", {"n_in": expected}, expected),
    )


def _askable(given: Given) -> bool:
    """Whether one image of three is asked of the forms that always raise an error."""
    always = _FORMS[given["form"]] in {"maps", "images"}
    return not always or (given["h"] + given["w"] + given["m"]) % 2 == 0


@family("linear-on-last-axis", topic="shapes", version=1)
class LinearOnLastAxis:
    """Shape behind a dense layer, with or without a flattening before it, or the error that it raises."""

    space = Space(
        form=tuple(range(len(_FORMS))),
        n=(8, 32),
        c=(1, 3),
        h=(4, 6, 8, 28),
        w=(5, 7, 9, 28),
        m=(10, 100),
    ).where(_askable)
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask what is printed; the page does not tell how many axes that has."""
        answer = _answer(given)
        remark = _RAISES if isinstance(answer, Raises) else _FITS
        return Draft(
            Message(_STEM),
            (Part(answer, Message("Shape"), may_raise=True),),
            code=_code(given),
            solution=_solution(given),
            wrong=_wrong(given),
            remarks=(remark,),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Run by torch, from the text of the listing."""
        from question_bank.listing import output_shape

        return (output_shape(question.code) or RAISED,)
