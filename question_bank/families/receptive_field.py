"""Receptive field of a stack of layers: Araujo, Norris & Sim, Distill 2019, doi:10.23915/distill.00021, section 2."""

from collections.abc import Iterator

from question_bank import shown
from question_bank.answers import Integer
from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.figures import Figure
from question_bank.formulas import Line, layer_text, separated, solve, worked, wrong
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "Each value that the network below gives depends on a square of the image. How many pixels long is a side of this square "
    "(its receptive field), away from the borders?"
)
_SEEN = Message(
    "One output at the top sees a few values of the layer below, these see more of the layer below them, and so on down to the "
    "input; how many pixels of the input are seen is marked with a question mark."
)
_RULES = (
    "field-strides-ignored",
    "field-kernels-added",
    "field-own-stride",
    "field-previous-stride-only",
    "field-last-layer-only",
    "field-kernels-multiplied",
    "field-pooling-ignored",
)


def _layers(given: Given) -> range:
    """Return the numbers of the layers that have a kernel; the second one pools."""
    return range(1, 5 if given["k_4"] else 4)


def _jump(layers: range | tuple[int, ...]) -> str:
    return "".join(f"*s_{number}" for number in layers)


def _field(given: Given) -> str:
    return " + ".join(("1", *(f"(k_{number} - 1){_jump(range(1, number))}" for number in _layers(given))))


def _mistaken(given: Given) -> dict[str, str]:
    """Return a formula for each misconception."""
    layers = _layers(given)
    without_pool = tuple(number for number in layers if number != 2)
    return {
        "field-strides-ignored": " + ".join(("1", *(f"(k_{number} - 1)" for number in layers))),
        "field-kernels-added": " + ".join(f"k_{number}" for number in layers),
        "field-own-stride": " + ".join(
            ("1", *(f"(k_{number} - 1){_jump(range(1, number + 1))}" for number in layers))
        ),
        "field-previous-stride-only": " + ".join(
            ("1", *(f"(k_{number} - 1){_jump(range(max(number - 1, 1), number))}" for number in layers))
        ),
        "field-last-layer-only": f"k_{layers[-1]}",
        "field-kernels-multiplied": "*".join(f"k_{number}" for number in layers),
        "field-pooling-ignored": " + ".join(
            (
                "1",
                *(
                    f"(k_{number} - 1){_jump(tuple(other for other in without_pool if other < number))}"
                    for number in without_pool
                ),
            )
        ),
    }


def _key(given: Given) -> Integer:
    return Integer(int(solve((_field(given),), given)[0]), unit="px")


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return wrong(_key(given), _mistaken(given), {**given, "s_4": 1})


def _lines(given: Given) -> Iterator[Line]:
    yield "r_1", "After the first convolution", "1 + (k_1 - 1)"
    names = ("", "", "the pooling", "the second convolution", "the third convolution")
    for number in _layers(given)[1:]:
        yield (
            f"r_{number}",
            f"After {names[number]}, whose entries lie ${_jump(range(1, number))[1:]}$ pixels apart",
            f"r_{number - 1} + (k_{number} - 1){_jump(range(1, number))}",
        )


def _code(given: Given) -> str:
    layers = []
    channels = (3, 16, 16, 32, 64)
    for number in _layers(given):
        k, s = given[f"k_{number}"], given.get(f"s_{number}", 1)
        if number == 2:
            layers.append(f"nn.MaxPool2d({k}, stride={s})")
            continue
        layers += [
            layer_text("Conv2d", channels[number - 1], channels[number], kernel_size=k, stride=s),
            "nn.ReLU()",
        ]
    return f"model = nn.Sequential(\n{''.join(f'    {layer},{chr(10)}' for layer in layers)})"


def _figure(given: Given) -> Figure:
    layers = _layers(given)
    kernels = tuple(given[f"k_{number}"] for number in layers)
    strides = tuple(given.get(f"s_{number}", 1) for number in layers)
    return Figure("receptive-field", _SEEN, {"kernels": kernels, "strides": strides})


@family("receptive-field", topic="shapes", version=2)
class ReceptiveField:
    """Receptive field of three or four layers of convolution and pooling with strides."""

    space = Space(
        k_1=(3, 5, 7, 9, 11),
        s_1=(1, 2),
        k_2=(2, 3),
        s_2=(1, 2, 3),
        k_3=(1, 3, 5),
        s_3=(1, 2),
        k_4=(0, 3, 5),
        radicals=("k_4",),
    ).where(lambda given: given["s_2"] <= given["k_2"] and separated(_wrong(given), 4))
    rules = _RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one length; k_4 = 0 stands for a network without a third convolution."""
        part = Part(_key(given), Message("Side of the receptive field"))
        return Draft(
            Message(_STEM),
            (part,),
            code=_code(given),
            solution=worked(_lines(given), given),
            wrong=_wrong(given),
            figure=_figure(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """One value is sent back by torch through the layers of the listing; the pixels that it reaches are counted."""
        import torch
        from torch import nn
        from torch.nn import functional

        from question_bank.listing import layer

        reached = torch.ones(1, 1, 1)
        kernels: list[int] = []
        strides: list[int] = []
        built = layer(question.code.removeprefix("model = "))
        for module in reversed(list(built.children())):
            if isinstance(module, nn.Conv2d | nn.MaxPool2d):
                size, stride = module.kernel_size, module.stride
                k = size if isinstance(size, int) else size[0]
                s = stride if isinstance(stride, int) else stride[0]
                reached = functional.conv_transpose1d(reached, torch.ones(1, 1, k), stride=s)
                kernels.insert(0, k)
                strides.insert(0, s)
        shown.agree_on_figure(question, kernels=tuple(kernels), strides=tuple(strides))
        touched = reached.flatten().nonzero()
        return (int(touched.max() - touched.min()) + 1,)
