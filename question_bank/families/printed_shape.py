"""What shape is printed inside `forward`: torch.nn.Conv2d and MaxPool2d, sections Shape; torch.flatten."""

from dataclasses import replace

from question_bank import cnn
from question_bank.answers import Answer, Raises, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import along, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step
from question_bank.net_listing import BATCH, Net
from question_bank.space import Space
from question_bank.values import RAISED, Value

_STEM = (
    "What does the line with `print` print when this program is run? Where the program stops with an error before that line is done, "
    "say that it raises an error."
)
_MISFIT = 2
"""The step at which a misfit of channels shows."""


def _net(given: Given) -> Net:
    c, n, f1, k1, p1 = (given[name] for name in ("c", "n", "f", "k", "p"))
    fault = "" if given["fits"] else "channels"
    return Net(c=c, n=n, f1=f1, k1=k1, p1=p1, f2=2 * f1, k2=3, p2=1 - p1 % 2, m=given["m"], fault=fault)


def _stops(given: Given) -> bool:
    return not given["fits"] and given["at"] >= _MISFIT


def _values(given: Given) -> dict[str, Value | None]:
    net, at = _net(given), given["at"]
    shapes = net.shapes()
    key = shapes[at]
    if _stops(given):
        return {"channel-mismatch-unnoticed": key}
    bare = replace(net, p1=0, p2=0)
    values: dict[str, Value | None] = {
        "print-of-another-line": shapes[at - 1] if at else (BATCH, net.c, net.n, net.n),
        "padding-ignored": bare.shapes()[at] if bare.sides()[-1] > 0 else None,
        "raises-assumed" if given["fits"] else "error-comes-later": RAISED,
    }
    if len(key) == 4:
        return {
            **values,
            "channels-last": (key[0], *key[2:], key[1]),
            "channels-unchanged": (key[0], net.c, *key[2:]),
        }
    return {
        **values,
        "flatten-counts-the-batch": (BATCH * key[1],),
        "flatten-forgets-channels": (BATCH, net.sides()[-1] ** 2),
    }


def _solution(given: Given) -> tuple[Step, ...]:
    net, at = _net(given), given["at"]
    if _stops(given):
        label = Message(
            "The second convolution gets {got} channels and expects {expected}: it raises an error, because the difference is not 0",
            {"got": net.f1, "expected": net.c},
        )
        return (Step(label, f"{net.f1} - {net.c}", {}, net.f1 - net.c),)
    numbers = {
        "n": net.n,
        "k_1": net.k1,
        "p_1": net.p1,
        "k_2": net.k2,
        "p_2": net.p2,
        "m": net.m,
        "f": net.f2,
    }
    lines = (
        ("a", "Height and width after the first convolution", "n + 2*p_1 - k_1 + 1"),
        (
            "b",
            "Height and width after the first pooling",
            along(cnn.POOL_SIZE, n="a", k="m", s="m"),
        ),
        ("c", "Height and width after the second convolution", "b + 2*p_2 - k_2 + 1"),
        (
            "d",
            "Height and width after the second pooling",
            along(cnn.POOL_SIZE, n="c", k="m", s="m"),
        ),
        ("", "Values of an image after flattening", "f*d*d"),
    )
    return worked(lines[: at + 1], numbers)


@family("printed-shape", topic="code", version=1)
class PrintedShape:
    """Shape that is printed inside `forward`, or the error that comes before."""

    space = Space(
        at=(0, 1, 2, 3, 4),
        fits=(1, 0),
        c=(1, 3),
        n=(20, 24, 28),
        f=(4, 6, 8),
        k=(3, 5),
        p=(0, 1, 2),
        m=(2, 3),
        radicals=("at",),
    ).where(
        lambda given: given["fits"] == 1 or (given["n"] // 4 + given["f"] + given["k"] + given["p"]) % 3 == 0
    )
    rules = (
        "print-of-another-line",
        "padding-ignored",
        "channels-last",
        "channels-unchanged",
        "flatten-counts-the-batch",
        "flatten-forgets-channels",
        "raises-assumed",
        "error-comes-later",
        "channel-mismatch-unnoticed",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the shape at one line; a misfit matters only where it comes before that line."""
        net = _net(given)
        shape = Shape(net.shapes()[given["at"]])
        answer: Answer = Raises(shape.field) if _stops(given) else shape
        part = Part(answer, Message("Shape that is printed, the batch first"), may_raise=True)
        return Draft(
            Message(_STEM),
            (part,),
            code="\n".join(net.listing(given["at"])),
            solution=_solution(given),
            wrong=live(answer, _values(given)),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out by torch, without its numbers."""
        from question_bank.programs import printed_shape

        return (printed_shape(question.code) or RAISED,)
