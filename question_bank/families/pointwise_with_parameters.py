"""1x1 convolutions with a given number of parameters, which are those of dense layers: Lin, Chen & Yan, arXiv:1312.4400, section 3.1."""

from question_bank import shown
from question_bank.answers import Array
from question_bank.authoring import Draft, family, live
from question_bank.draw import Draw
from question_bank.formulas import separated
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value

_LAYER = "A 1x1 convolution {kind} has ${total}$ parameters, as a dense layer from as many inputs to as many outputs has."
_ASKED = (
    "How many filters can it have? Write all numbers that are possible, each with another number of input channels, in one line, "
    "from the smallest to the largest."
)
_STEMS = tuple(f"{_LAYER.replace('{kind}', kind)} {_ASKED}" for kind in ("without biases", "with biases"))


def _divisors(n: int) -> list[int]:
    return [number for number in range(1, n + 1) if n % number == 0]


def _filters(given: Given) -> list[int]:
    """Return the numbers of filters that leave each of them one weight or more."""
    total = given["total"]
    return [f for f in _divisors(total) if total // f > given["bias"]]


def _wrong(given: Given) -> tuple[Wrong, ...]:
    total, bias, key = given["total"], given["bias"], _filters(given)
    sets = {"one-filter-left-out": key[1:], "inputs-for-filters": sorted(total // f - bias for f in key)}
    if bias:
        sets |= {
            "bias-forgotten": _divisors(total),
            "one-bias-per-layer": _divisors(total - 1),
            "bias-per-input-channel": [d - 1 for d in _divisors(total) if d > 1],
        }
    else:
        sets["bias-counted-though-off"] = key[:-1]
        sets["even-share-only"] = [f for f in key if f <= total // f]
    values: dict[str, Value | None] = {rule: Grid.of(numbers) for rule, numbers in sets.items()}
    return live(Array(Grid.of(key)), values)


def _solution(given: Given) -> tuple[Step, ...]:
    return tuple(
        Step(
            Message("Number of filters {filters}: input channels", {"filters": f}),
            "total / f - 1" if given["bias"] else "total / f",
            {"total": given["total"], "f": f},
            given["total"] // f - given["bias"],
        )
        for f in _filters(given)
    )


def _askable(given: Given) -> bool:
    return 3 <= len(_filters(given)) <= 8 and separated(_wrong(given), 3)


@family("pointwise-with-parameters", topic="parameters", version=1)
class PointwiseWithParameters:
    """All numbers of filters with which a 1x1 convolution has so many parameters."""

    space = Space(bias=(0, 1), total=range(12, 300), radicals=("bias",)).where(_askable)
    rules = (
        "one-filter-left-out",
        "inputs-for-filters",
        "bias-forgotten",
        "one-bias-per-layer",
        "bias-per-input-channel",
        "bias-counted-though-off",
        "even-share-only",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for the whole set."""
        part = Part(Array(Grid.of(_filters(given))), Message("Numbers of filters"))
        stem = Message(_STEMS[given["bias"]], {"total": given["total"]})
        return Draft(stem, (part,), solution=_solution(given), wrong=_wrong(given))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The parameters of every number of channels with every number of filters are counted."""
        import torch

        total = shown.number(question, "total")
        channels, filters = torch.arange(1, total + 1)[:, None], torch.arange(1, total + 1)
        weights = channels * filters
        counts = weights + filters if "with biases" in question.stem.template else weights
        return (Grid.of(sorted(set((counts == total).nonzero()[:, 1].add(1).tolist()))),)
