"""The catalogue of misconceptions: what a wrong answer, typed or programmed, is called and what is said about it.

One entry per misconception, appended at the end of its topic. The rules that produce the wrong answers live where they are
used: in `families/<name>.py` for questions and in `solutions/<function>/mistakes/<id>.py` for programs.
"""

from dataclasses import dataclass

from question_bank.misconceptions_activations import ACTIVATIONS
from question_bank.misconceptions_arrays import ARRAYS
from question_bank.misconceptions_by_hand import BY_HAND
from question_bank.misconceptions_code import CODE
from question_bank.misconceptions_concepts import CONCEPTS
from question_bank.misconceptions_cost import COST
from question_bank.misconceptions_expressions import EXPRESSIONS
from question_bank.misconceptions_floats import FLOATS
from question_bank.misconceptions_gradients import GRADIENTS
from question_bank.misconceptions_lectures import LECTURES
from question_bank.misconceptions_networks import NETWORKS
from question_bank.misconceptions_parameters import PARAMETERS
from question_bank.misconceptions_pipelines import PIPELINES
from question_bank.misconceptions_programs import PROGRAMS
from question_bank.misconceptions_resampling import RESAMPLING
from question_bank.misconceptions_sequential import SEQUENTIAL
from question_bank.misconceptions_shapes import SHAPES
from question_bank.misconceptions_training import TRAINING
from question_bank.misconceptions_windows import WINDOWS

__all__ = ["CATALOGUE", "LECTURES", "Misconception"]


@dataclass(frozen=True, slots=True)
class Misconception:
    """One named misconception.

    Attributes:
        id: kebab-case, unique; also the stem of a mistake's file name.
        title: a few words for a report's column.
        explanation: one sentence for the student that names the mistake, without the answer.
        topic: the part of the lectures to read again.
    """

    id: str
    title: str
    explanation: str
    topic: str


_ENTRIES = (
    # --- sizes and shapes
    Misconception(
        "plus-one-forgotten",
        "The first window is not counted",
        "The division counts the moves of the window; the position where it starts is one more.",
        "shapes",
    ),
    Misconception(
        "padding-once",
        "Padding counted on one side only",
        "A padding of p adds p pixels on each side, 2p in all.",
        "shapes",
    ),
    Misconception(
        "padding-ignored",
        "Padding left out",
        "The padded pixels belong to the input that the window moves over.",
        "shapes",
    ),
    Misconception(
        "stride-ignored",
        "Stride taken as 1",
        "With stride s the window moves s pixels at a time, so there are fewer positions.",
        "shapes",
    ),
    Misconception(
        "dilation-ignored",
        "Dilation left out",
        "A kernel of length k with dilation d covers d(k - 1) + 1 pixels, not k.",
        "shapes",
    ),
    Misconception(
        "dilation-times-kernel",
        "Dilated kernel taken as d times k long",
        "Dilation stretches the k - 1 gaps between the kernel's entries, not the entries themselves.",
        "shapes",
    ),
    Misconception(
        "ceil-instead-of-floor",
        "Rounded up instead of down",
        "A window that does not fit whole is left out, so the division is rounded down.",
        "shapes",
    ),
    Misconception(
        "floor-forgotten",
        "Not rounded at all",
        "A number of positions is a whole number: the division is rounded down.",
        "shapes",
    ),
    Misconception(
        "same-size-assumed",
        "The layer thought to keep the size",
        "A layer keeps the size only when padding and stride are chosen so; here they must be worked out.",
        "shapes",
    ),
    Misconception(
        "size-over-stride",
        "Size merely divided by the stride",
        "Dividing the input size by the stride leaves out the kernel and the padding.",
        "shapes",
    ),
    Misconception(
        "channels-unchanged",
        "Channels thought to stay the same",
        "A convolution has as many output channels as it has filters, whatever the input's channels.",
        "shapes",
    ),
    Misconception(
        "channels-last",
        "Axes written in another order",
        "In PyTorch an image has the axes (channels, height, width), in this order.",
        "shapes",
    ),
    Misconception(
        "channel-mismatch-unnoticed",
        "Channels that do not fit not noticed",
        "A convolution accepts only an input with exactly in_channels channels; anything else raises an error.",
        "shapes",
    ),
    Misconception(
        "raises-assumed",
        "An error expected where there is none",
        "Every layer gets the number of channels it expects and an image large enough, so the model runs.",
        "shapes",
    ),
    # --- parameters
    Misconception(
        "bias-forgotten",
        "Bias left out",
        "Unless bias=False is given, a convolution has one bias for each output channel and adds it to every output.",
        "parameters",
    ),
    Misconception(
        "bias-counted-though-off",
        "Bias counted although it is off",
        "With bias=False the layer has weights only.",
        "parameters",
    ),
    Misconception(
        "input-channels-forgotten",
        "Filters thought to be flat",
        "Each filter has one kernel slice for every input channel.",
        "parameters",
    ),
    Misconception(
        "output-channels-forgotten",
        "Only one filter counted",
        "There is one filter for each output channel.",
        "parameters",
    ),
    Misconception(
        "kernel-side-once",
        "Kernel side not squared",
        "A kernel of size k has k rows and k columns, k times k weights.",
        "parameters",
    ),
    Misconception(
        "bias-per-input-channel",
        "One bias per input channel",
        "The biases belong to the filters: one for each output channel.",
        "parameters",
    ),
    Misconception(
        "one-bias-per-layer",
        "One bias for the whole layer",
        "Each output channel has a bias of its own.",
        "parameters",
    ),
    Misconception(
        "weights-per-position",
        "Weights counted anew at every pixel",
        "A convolution uses the same weights at every position, so the image's size does not matter.",
        "parameters",
    ),
    # --- convolution by hand
    Misconception(
        "kernel-flipped",
        "Kernel turned by 180 degrees",
        "Convolution layers compute the cross-correlation: the kernel is laid on the image without being flipped.",
        "convolution",
    ),
    Misconception(
        "kernel-transposed",
        "Rows and columns of the kernel exchanged",
        "The kernel's rows lie along the image's rows.",
        "convolution",
    ),
    Misconception(
        "bias-per-product",
        "Bias added to every product",
        "The bias is added once to each sum, not to each of its products.",
        "convolution",
    ),
    Misconception(
        "negatives-clipped",
        "Negative results set to 0",
        "A convolution alone keeps negative values; only a ReLU after it would set them to 0.",
        "convolution",
    ),
    Misconception(
        "padding-repeats-edge",
        "Border padded with its own pixels",
        "The padding is made of zeros, not of copies of the border.",
        "convolution",
    ),
    # --- pooling
    Misconception(
        "pool-stride-one",
        "Pooling window moved by 1",
        "The window moves by the stride; where none is given, a pooling layer uses its kernel size.",
        "pooling",
    ),
    Misconception(
        "pool-stride-is-kernel",
        "Pooling windows thought never to overlap",
        "The stride that is given decides how far the window moves, not its size.",
        "pooling",
    ),
    Misconception(
        "mean-instead-of-max",
        "Mean taken instead of the maximum",
        "Max pooling keeps the largest value of a window; average pooling takes the mean.",
        "pooling",
    ),
    Misconception(
        "min-instead-of-max",
        "Minimum taken instead of the maximum",
        "Max pooling keeps the largest value of a window.",
        "pooling",
    ),
    Misconception(
        "max-of-magnitudes",
        "Signs left out of the comparison",
        "The largest value counts, not the largest magnitude: 1 is larger than -5.",
        "pooling",
    ),
    Misconception(
        "remainder-kept",
        "A window kept that does not fit whole",
        "A window that would reach beyond the border is left out, unless ceil_mode=True is given.",
        "pooling",
    ),
    # --- programs
    *(Misconception(*row) for row in ARRAYS),
    # --- layers and gradients by hand
    *(Misconception(*row) for row in BY_HAND),
    *(Misconception(*row) for row in GRADIENTS),
    *(Misconception(*row) for row in ACTIVATIONS),
    # --- sizes, shapes, and what layers cost
    *(Misconception(*row, "shapes") for row in (*SHAPES, *WINDOWS)),
    *(Misconception(*row, "parameters") for row in PARAMETERS),
    *(Misconception(*row) for row in (*COST, *NETWORKS)),
    *(Misconception(*row) for row in (*RESAMPLING, *PIPELINES, *EXPRESSIONS, *FLOATS)),
    # --- reading code, concepts
    *(Misconception(*row) for row in (*CODE, *CONCEPTS, *PROGRAMS)),
    # --- training
    *(
        Misconception(name, title, explanation, "training")
        for name, title, explanation in (*TRAINING, *SEQUENTIAL)
    ),
)

CATALOGUE = {entry.id: entry for entry in _ENTRIES}  # a test says so when an id is there twice
