"""Which layers have something to train: torch.nn, the Variables and Parameters of each layer."""

from collections.abc import Mapping, Sequence

from question_bank import shown
from question_bank.answers import Choices
from question_bank.authoring import Draft, family, lettered, live
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = "Below are {n} layers as PyTorch writes them. Which of them have parameters that training changes? Choose every one that has."
_TRAINED = {
    "nn.Conv2d({c}, {d}, kernel_size=3)": "d*c*3*3 + d",
    "nn.Conv2d({c}, {d}, kernel_size=1, bias=False)": "d*c",
    "nn.Linear({d}, 10)": "10*d + 10",
    "nn.BatchNorm2d({d})": "2*d",
    "nn.ConvTranspose2d({d}, {c}, kernel_size=2)": "d*c*2*2 + c",
}
"""Layers that are trained, with how many parameters they have; c and d stand for channels."""

_FREE = {
    "nn.ReLU()": "activation-has-parameters",
    "nn.MaxPool2d(2)": "pooling-has-parameters",
    "nn.AvgPool2d(3, stride=2)": "pooling-has-parameters",
    "nn.Flatten()": "flatten-has-parameters",
    "nn.Dropout()": "dropout-has-parameters",
}
"""Layers without parameters, with the mistake of whoever chooses them."""

_LEFT_OUT = {
    "nn.Conv2d({c}, {d}, kernel_size=1, bias=False)": "bias-off-thought-untrained",
    "nn.BatchNorm2d({d})": "batch-norm-forgotten",
    "nn.ConvTranspose2d({d}, {c}, kernel_size=2)": "transposed-thought-untrained",
}
"""The mistake of whoever leaves a trained layer out."""


def _letters(wanted: Sequence[str], order: Sequence[str]) -> str:
    return "".join(letter for layer, letter in lettered(order).items() if layer in wanted)


def _mistakes(order: Sequence[str]) -> Mapping[str, Value | None]:
    """Return the letters that each mistake leads to; one whose layer is not there leads to nothing."""
    right = [layer for layer in order if layer in _TRAINED]
    chosen: dict[str, list[str]] = {rule: list(right) for rule in (*_FREE.values(), *_LEFT_OUT.values())}
    for layer in order:
        if layer in _FREE:
            chosen[_FREE[layer]].append(layer)
        elif layer in _LEFT_OUT:
            chosen[_LEFT_OUT[layer]].remove(layer)
    return {rule: _letters(layers, order) or None for rule, layers in chosen.items()}


def _steps(order: Sequence[str], given: Given) -> tuple[Step, ...]:
    from question_bank import maths

    names = [(layer.format_map(given), _TRAINED.get(layer, "0")) for layer in order]
    return tuple(
        Step(
            Message("Parameters of `{layer}`", {"layer": layer}),
            formula,
            {name: given[name] for name in maths.names(formula)},
            maths.evaluate(formula, given),
        )
        for layer, formula in names
    )


@family("parameter-free-layers", topic="parameters", version=1)
class ParameterFreeLayers:
    """Which of several layers have parameters that are trained."""

    space = Space(n=(5, 6, 7), t=(2, 3), c=(3, 8, 16), d=(6, 32, 64), radicals=("n", "t"))
    rules = tuple(dict.fromkeys((*_FREE.values(), *_LEFT_OUT.values())))
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Draw t trained layers of n, among them one that is easily overlooked, and their order."""
        overlooked = draw.choice(sorted(_LEFT_OUT))
        others = [layer for layer in draw.shuffle(sorted(_TRAINED)) if layer != overlooked]
        trained = [overlooked, *others[: given["t"] - 1]]
        free = draw.shuffle(sorted(_FREE))[: given["n"] - given["t"]]
        order = draw.shuffle((*trained, *free))
        options = tuple(f"`{layer.format_map(given)}`" for layer in order)
        key = Choices(options, _letters(trained, order))
        wrong: tuple[Wrong, ...] = live(key, _mistakes(order))
        return Draft(
            Message(_STEM, {"n": given["n"]}),
            (Part(key, Message("Layers with parameters")),),
            solution=_steps(order, given),
            wrong=wrong,
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Built by torch, one by one, and their parameters counted."""
        from question_bank.listing import parameter_count

        field = question.parts[0].field
        shown.agree(question, n=len(field.options))
        return (field.letters_of(lambda option: parameter_count(option.strip("`"))),)
