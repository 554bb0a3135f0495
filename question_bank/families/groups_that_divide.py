"""Weight of a convolution with groups, which must divide the channels on both sides: torch.nn.Conv2d, `groups`."""

from question_bank.answers import Answer, Raises, Shape
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import layer_text
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import RAISED, Value

AXES = ("filters", "channels", "height", "width")
_STEM = "What does the last line of this program print? Where a line raises an error, say so."
_FITS = Message("Nothing is left over, so each filter reads the channels of its own group.")
_RAISES = Message("Something is left over, so the layer cannot be made, and an error is raised.")
_KERNELS = ((3, 3), (1, 5), (5, 3))


def _misfit(given: Given) -> int:
    return given["c_in"] % given["g"] + given["c_out"] % given["g"]


def _key(given: Given) -> Shape:
    return Shape((given["c_out"], given["c_in"] // given["g"], *_KERNELS[given["kernel"]]), AXES)


def _answer(given: Given) -> Answer:
    return Raises(_key(given).field) if _misfit(given) else _key(given)


def _wrong(given: Given) -> tuple[Wrong, ...]:
    c_in, c_out, g, kernel = given["c_in"], given["c_out"], given["g"], _KERNELS[given["kernel"]]
    answer, share = _answer(given), c_in // g
    values: dict[str, Value | None] = {"groups-not-counted": (c_out, c_in, *kernel)}
    if isinstance(answer, Raises):
        values |= {
            "groups-misfit-unnoticed": (c_out, share, *kernel) if share else None,
            "groups-rounded-up": (c_out, -(-c_in // g), *kernel) if c_in % g else None,
        }
    else:
        values |= {
            "filters-of-one-group": (c_out // g, share, *kernel),
            "groups-divide-the-filters": (c_out // g, c_in, *kernel),
            "channel-axes-swapped": (share, c_out, *kernel),
            "raises-assumed": RAISED,
        }
    return live(answer, values)


def _solution(given: Given) -> tuple[Step, ...]:
    numbers = {name: given[name] for name in ("c_in", "c_out", "g")}
    left = (("Input channels left over", "c_in"), ("Filters left over", "c_out"))
    steps = tuple(
        Step(
            Message(label),
            f"{name} - ({name} // g)*g",
            {name: numbers[name], "g": given["g"]},
            numbers[name] % given["g"],
        )
        for label, name in left
    )
    if _misfit(given):
        return steps
    share = given["c_in"] // given["g"]
    inputs = {"c_in": given["c_in"], "g": given["g"]}
    return (*steps, Step(Message("Channels that each filter reads"), "c_in / g", inputs, share))


def _askable(given: Given) -> bool:
    """Whether the groups fit, or the point is one of the third of the others that is kept."""
    if given["c_in"] == given["c_out"] or given["g"] > min(given["c_in"], given["c_out"]):
        return False
    return not _misfit(given) or (given["c_in"] + given["c_out"] + given["g"] + given["kernel"]) % 3 == 0


@family("groups-that-divide", topic="shapes", version=1)
class GroupsThatDivide:
    """Shape of the weight of a convolution with groups, or the error when they do not divide the channels."""

    space = Space(
        c_in=(4, 6, 8, 9, 12, 16, 18, 24),
        c_out=(6, 8, 10, 12, 15, 16, 20, 24, 32, 36),
        g=(2, 3, 4, 6, 8),
        kernel=tuple(range(len(_KERNELS))),
    ).where(_askable)
    rules = (
        "groups-not-counted",
        "groups-misfit-unnoticed",
        "groups-rounded-up",
        "filters-of-one-group",
        "groups-divide-the-filters",
        "channel-axes-swapped",
        "raises-assumed",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the weight's shape, which is printed only where the layer can be made."""
        kernel = _KERNELS[given["kernel"]]
        layer = layer_text("Conv2d", given["c_in"], given["c_out"], kernel_size=kernel, groups=given["g"])
        prompt = Message("Shape (filters, channels of a filter, height, width)")
        return Draft(
            Message(_STEM),
            (Part(_answer(given), prompt, may_raise=True),),
            code=f"conv = {layer}\nprint(tuple(conv.weight.shape))",
            solution=_solution(given),
            wrong=_wrong(given),
            remarks=(_RAISES if _misfit(given) else _FITS,),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The layer of the listing is made by torch, or refused."""
        from question_bank.listing import layer

        text = question.code.splitlines()[0].partition(" = ")[2]
        try:
            weight = layer(text).get_parameter("weight")
        except ValueError:
            return (RAISED,)
        return (tuple(weight.shape),)
