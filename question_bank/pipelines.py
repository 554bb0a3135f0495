"""Pipelines: stages that a small image goes through one after the other, each of which is asked for and marked with follow-through.

A stage knows its operation (what `following` repeats on a student's own array), the mistakes that can be made in it, and how to
write each cell of its result. *Convolution* means cross-correlation, as in PyTorch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from question_bank import cnn, layers
from question_bank.answers import Array
from question_bank.authoring import Draft, live
from question_bank.following import Follow
from question_bank.message import Message
from question_bank.model import Part, Step, Wrong
from question_bank.values import Grid, Rational, Value
from question_bank.writing import cell_steps, largest, products, table, total

Formulas: TypeAlias = Callable[[Grid], list[list[str]]]
Instead: TypeAlias = Callable[[Grid], Value | None]


@dataclass(frozen=True, slots=True)
class Stage:
    """One operation of a pipeline.

    Attributes:
        prompt: what is asked beside the field.
        label: names the result in the worked solution.
        operation: what it does to an array.
        formulas: how each cell of the result is worked out from the array before it, row by row.
        mistakes: by misconception, what is made of the array instead; None where that cannot be done.
    """

    prompt: str
    label: str
    operation: Follow
    formulas: Formulas
    mistakes: Mapping[str, Instead] = field(default_factory=dict)


def convolution(
    prompt: str,
    w: Sequence[Sequence[int]],
    bias: int = 0,
    stride: int = 1,
    padding: int = 0,
    label: str = "Convolution",
) -> Stage:
    """Convolve with w (K, K); mistakes: kernel turned, bias, stride or padding left out."""
    numbers = {"bias": bias, "stride": stride, "padding": padding}

    def by(kernel: Sequence[Sequence[int]] = w, **changed: int) -> Follow:
        return Follow("conv2d", (0,), {**numbers, **changed}, {"kernel": Grid.of(kernel)})

    def formulas(x: Grid) -> list[list[str]]:
        weights = [weight for row in w for weight in row]
        constant = [f"({bias})"] * bool(bias)
        windows = cnn.windows(cnn.padded(_rows(x), padding), len(w), stride)
        return [[total([*products(_flat(at), weights), *constant]) for at in line] for line in windows]

    mistakes = {"kernel-flipped": by(layers.turned(w))}
    mistakes |= {"bias-forgotten": by(bias=0)} if bias else {}
    mistakes |= {"stride-ignored": by(stride=1)} if stride > 1 else {}
    mistakes |= {"padding-ignored": by(padding=0)} if padding else {}
    return Stage(prompt, label, by(), formulas, {rule: _instead(wrong) for rule, wrong in mistakes.items()})


def pooling(prompt: str, kind: str, kernel_size: int = 2, stride: int = 2, label: str = "Pooling") -> Stage:
    """Pool by `max` or `avg`; mistakes: the other kind, another stride, the minimum."""
    numbers = {"kernel_size": kernel_size, "stride": stride}

    def by(which: str = kind, **changed: int) -> Follow:
        return Follow(f"{which}_pool2d", (0,), {**numbers, **changed})

    def formulas(x: Grid) -> list[list[str]]:
        windows = cnn.windows(_rows(x), kernel_size, stride)
        if kind == "max":
            return [[largest(_flat(at)) for at in line] for line in windows]
        sums = [[total(f"({value})" for value in _flat(at)) for at in line] for line in windows]
        return [[f"({whole}) / {kernel_size**2}" for whole in line] for line in sums]

    mistakes = (
        {"pool-stride-one": by(stride=1)} if stride > 1 else {"pool-stride-is-kernel": by(stride=kernel_size)}
    )
    mistakes |= {"mean-instead-of-max": by("avg")} if kind == "max" else {"max-instead-of-mean": by("max")}
    found = {rule: _instead(wrong) for rule, wrong in mistakes.items()}
    if kind == "max":
        found["min-instead-of-max"] = lambda x: _negated(by().apply((_negated(x),)))
    return Stage(prompt, label, by(), formulas, found)


def relu(prompt: str, label: str = "ReLU") -> Stage:
    """Set what is negative to 0; mistakes: leave it as it is, drop its sign, set the positive values to 0."""
    return Stage(
        prompt,
        label,
        Follow("relu", (0,)),
        lambda x: [[f"max({value}, 0)" for value in row] for row in x.rows()],
        {
            "relu-forgotten": lambda x: x,
            "magnitude-instead-of-relu": lambda x: Grid(x.shape, tuple(max(cell, -cell) for cell in x.cells)),
            "relu-of-the-negatives": lambda x: Grid(x.shape, tuple(min(cell, 0) for cell in x.cells)),
        },
    )


def flattening(prompt: str, label: str = "Flattening") -> Stage:
    """Write the rows one after the other; mistake: write the columns so."""
    return Stage(
        prompt,
        label,
        Follow("flatten", (0,)),
        lambda x: [[str(cell) for cell in x.cells]],
        {
            "flattened-by-columns": lambda x: Grid.of(
                [value for row in layers.transposed(x.rows()) for value in row]
            )
        },
    )


def listing(names: Sequence[str]) -> str:
    """Write layers as a listing.

    >>> print(listing(("nn.ReLU()",)))
    nn.Sequential(
        nn.ReLU(),
    )
    """
    return f"nn.Sequential(\n{''.join(f'    {name},{chr(10)}' for name in names)})"


def draft(
    stem: Message,
    names: Sequence[str],
    stages: Sequence[Stage],
    x: Grid,
    w: Sequence[Sequence[int]],
    more: Sequence[Wrong] = (),
) -> Draft:
    """Ask for the array after each layer of a listing, with the image and the filter in tables.

    Args:
        stem: says what the listing and the tables are.
        names: the layers as a listing writes them.
        stages: what the layers do.
        x: the image.
        w: the filter of every convolution.
        more: wrong answers that no stage alone leads to.
    """
    return Draft(
        stem,
        parts(x, stages),
        code=listing(names),
        tables=(table("Image $x$", x.rows()), table("Filter $w$", w)),
        solution=steps(x, stages),
        wrong=(*wrong(x, stages), *more),
    )


def values(x: Grid, stages: Sequence[Stage]) -> list[Grid]:
    """Return the array before the first stage and after each."""
    found = [x]
    for stage in stages:
        after = stage.operation.apply((found[-1],))
        assert isinstance(after, Grid)  # noqa: S101 -- the family chose sizes that fit
        found.append(after)
    return found


def parts(x: Grid, stages: Sequence[Stage]) -> tuple[Part, ...]:
    """Ask for the array after each stage; from the second on an answer follows from the one before it."""
    found = []
    for number, (stage, after) in enumerate(zip(stages, values(x, stages)[1:], strict=True)):
        operation = stage.operation
        follow = (
            Follow(operation.operation, (number - 1,), operation.numbers, operation.grids) if number else None
        )
        found.append(Part(Array(after), Message(stage.prompt), follow=follow))
    return tuple(found)


def wrong(x: Grid, stages: Sequence[Stage]) -> tuple[Wrong, ...]:
    """Return what the mistakes of each stage lead to from the right array before it."""
    before = values(x, stages)
    found: list[Wrong] = []
    for number, stage in enumerate(stages):
        led: dict[str, Value | None] = {
            rule: instead(before[number]) for rule, instead in stage.mistakes.items()
        }
        found += live(Array(before[number + 1]), led, number)
    return tuple(found)


def steps(x: Grid, stages: Sequence[Stage]) -> tuple[Step, ...]:
    """Work every cell of every stage out; of a ReLU those that it changes."""
    before = values(x, stages)
    found: list[Step] = []
    for number, stage in enumerate(stages):
        formulas, after = stage.formulas(before[number]), before[number + 1]
        if len(after.shape) > 1:
            every = cell_steps(formulas, after.rows(), stage.label)
            if stage.operation.operation == "relu":
                pairs = zip(every, before[number].cells, strict=True)
                every = tuple(step for step, value in pairs if step.value != value)
            found += every
            continue
        found += [
            Step(Message(f"{stage.label}, place {{place}}", {"place": place}), formula, {}, value)
            for place, (formula, value) in enumerate(zip(formulas[0], after.cells, strict=True), start=1)
        ]
    return tuple(found)


def _instead(operation: Follow) -> Instead:
    return lambda x: operation.apply((x,))


def _negated(x: Value | None) -> Grid:
    assert isinstance(x, Grid)  # noqa: S101 -- pooling what is pooled rightly, too
    return Grid(x.shape, tuple(-cell for cell in x.cells))


def _rows(x: Grid) -> list[list[int]]:
    return [list(row) for row in x.rows()]  # type: ignore[arg-type]  # means stay exact fractions


def _flat(window: Sequence[Sequence[Rational]]) -> list[Rational]:
    return [value for row in window for value in row]
