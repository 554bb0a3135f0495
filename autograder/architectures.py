"""LeNet's variants: what an assignment's table `[lenet]` may ask for, and the numbers that follow from it.

| option | values |
| --- | --- |
| `variant` | `relu`: ReLU and max pooling, as courses teach it today; `sigmoid`: sigmoid and average pooling, nearer to 1998 |
| `input` | `1x28x28`: padded by 2 at first; `1x28x28-unpadded`: not; `3x32x32`: colour images, not padded |

Source: Y. LeCun et al., Gradient-based learning applied to document recognition, 1998, section II.B.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from autograder.errors import SpecError
from question_bank.registry import unknown

VARIANTS = {"relu": ("ReLU", "MaxPool2d"), "sigmoid": ("Sigmoid", "AvgPool2d")}
"""Variant -> activation and pooling, as `torch.nn` names them."""
INPUTS = {"1x28x28": (1, 28, 2), "1x28x28-unpadded": (1, 28, 0), "3x32x32": (3, 32, 0)}
"""Input -> channels, pixels of a side, padding of the first convolution; as above, the first is meant where none is named."""
KERNEL, POOL = 5, 2
FILTERS, CELLS = (6, 16), (120, 84, 10)


@dataclass(frozen=True, slots=True)
class Architecture:
    """One LeNet.

    >>> architecture_of({}).parameters
    61706
    """

    variant: str
    input: str

    @property
    def name(self) -> str:
        """Return what its calibrations are called.

        >>> architecture_of({}).name, architecture_of({"variant": "sigmoid", "input": "3x32x32"}).name
        ('relu', 'sigmoid-3x32x32')
        """
        return self.variant if self.input == next(iter(INPUTS)) else f"{self.variant}-{self.input}"

    @property
    def image(self) -> tuple[int, int, int]:
        """Return the shape of one image, (C, H, W)."""
        channels, side, _ = INPUTS[self.input]
        return channels, side, side

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what the reference's `build_lenet` takes."""
        activation, pooling = VARIANTS[self.variant]
        channels, side, padding = INPUTS[self.input]
        return {
            "channels": channels, "side": side, "padding": padding, "activation": activation, "pooling": pooling,
        }  # fmt: skip

    @property
    def rows(self) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
        """Return (output shape without the batch, shape of the weight) of each layer that has weights.

        >>> architecture_of({"input": "3x32x32"}).rows[0]
        ((6, 28, 28), (6, 3, 5, 5))
        """
        channels, side, padding = INPUTS[self.input]
        found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        for filters in FILTERS:
            side = side + 2 * padding - KERNEL + 1
            found.append(((filters, side, side), (filters, channels, KERNEL, KERNEL)))
            channels, side, padding = filters, side // POOL, 0
        inputs = channels * side * side
        for cells in CELLS:
            found.append(((cells,), (cells, inputs)))
            inputs = cells
        return tuple(found)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of weights and biases in order."""
        return tuple(shape for _, weight in self.rows for shape in (weight, weight[:1]))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how many numbers each of `shapes` holds; they tell the arrays apart."""
        return tuple(map(prod, self.shapes))

    @property
    def fan_in(self) -> tuple[int, ...]:
        """Return for each of `shapes` how many inputs one cell of its layer has."""
        return tuple(prod(weight[1:]) for _, weight in self.rows for _ in range(2))

    @property
    def parameters(self) -> int:
        """Return the number of weights and biases.

        >>> [architecture_of({"input": name}).parameters for name in INPUTS]
        [61706, 44426, 62006]
        """
        return sum(self.sizes)


def architecture_of(options: Mapping[str, Any]) -> Architecture:
    """Take the architecture that an assignment asks for.

    Args:
        options: `variant` and `input`.

    Raises:
        SpecError: an option has no such value; the message lists those that there are.
    """
    return Architecture(_chosen(options, "variant", VARIANTS), _chosen(options, "input", INPUTS))


def _chosen(options: Mapping[str, Any], option: str, known: Mapping[str, object]) -> str:
    value = options.get(option, next(iter(known)))
    if not isinstance(value, str) or value not in known:
        raise SpecError(f"assignment.toml, [lenet]: {unknown(option, str(value)[:100], known)}")
    return value


def refuse_other_images(architecture: Architecture, dataset: str, image: tuple[int, ...]) -> None:
    """Make sure that a data set has the images that the model takes.

    Raises:
        SpecError: it has others; the message says which `input` would fit.
    """
    if architecture.image != image:
        fitting = [name for name in INPUTS if Architecture(architecture.variant, name).image == image]
        size = "x".join(map(str, image))
        raise SpecError(
            f"assignment.toml, [lenet]: input={architecture.input!r}: the images of {dataset} are {size}; "
            f"expected input {' or '.join(map(repr, fitting)) or 'of another data set'}"
        )
