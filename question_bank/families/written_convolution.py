"""Written questions about convolution, pooling and receptive fields: Goodfellow et al. 2016, Deep Learning, chapter 9."""

from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.essays import VARIANTS, Essay, drafted
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import WRITTEN, Value

_ESSAYS = (
    Essay(
        "A network reads images of {c} x {n} x {n} values. Its first layer may be a dense layer of {m} units, or a convolution of {f} filters of size {k} x {k}. Compare their numbers of parameters, and name two properties of images that the convolution makes use of.",
        (
            ("The dense layer has {dense} parameters, biases included.", 1),
            ("The convolution has {conv} parameters, biases included, whatever the size of the image.", 1),
            ("Weights are shared: a pattern means the same wherever it lies.", 1),
            ("Windows are small: pixels that belong together lie close together.", 1),
        ),
        (
            "The dense layer joins every value with every unit and has {dense} parameters; the convolution has {conv}, because the same small filters are used at every position.",
            "It takes for granted that a pattern means the same wherever it lies, and that pixels which belong together lie close together.",
        ),
        lambda i, j: {"c": 3, "n": 20 + 4 * i, "m": 50 + 10 * j, "f": 16, "k": 3},
        (
            ("dense", "Parameters of the dense layer", "(c*n*n + 1)*m"),
            ("conv", "Parameters of the convolution", "(c*k*k + 1)*f"),
        ),
    ),
    Essay(
        "A convolution of {k} x {k} with stride 1, from {c} to {c} channels, is to be replaced by several convolutions of 3 x 3 with {c} channels throughout. How many are needed so that an output sees as many pixels as before? Which has fewer weights? What else is gained, if activations stand between them?",
        (
            ("{l} convolutions of 3 x 3 see {k} x {k} pixels.", 1),
            ("They have {small} weights in place of {large} (biases left out).", 1),
            (
                "Between the layers stand activations, so that the stack can compute more than one linear map.",
                1,
            ),
        ),
        (
            "Each 3 x 3 convolution adds 2 pixels to the field of view, so {l} of them are needed.",
            "They have {small} weights, the single one has {large}.",
            "With an activation after each of them the stack is nonlinear in several places.",
        ),
        lambda i, j: {"k": 5 + 2 * (i % 5), "c": 8 * (1 + j + 10 * (i // 5))},
        (
            ("l", "Convolutions that are needed", "(k - 1) / 2"),
            ("large", "Weights of the single convolution", "c*c*k*k"),
            ("small", "Weights of the stack", "l*c*c*3*3"),
        ),
    ),
    Essay(
        "Images of {n} x {n} pixels pass through {l} convolutions of {k} x {k} with stride 1 and without padding. How large is the last map? Why do pixels near the border count for less than those in the middle? Which padding would keep the size, and what is its drawback?",
        (
            ("The last map has {rest} x {rest} values.", 1),
            ("A pixel near the border lies in fewer windows, so that fewer outputs depend on it.", 1),
            ("A padding of {p} on each side keeps the size.", 1),
            (
                "The padded zeros are no part of the image, so that values near the border are worked out with made-up pixels.",
                1,
            ),
        ),
        (
            "Each layer takes away {lost} rows and columns, so {rest} x {rest} values are left.",
            "A pixel in the corner lies in a single window of the first layer, one in the middle in {all} of them.",
            "A padding of {p} keeps the size, but then outputs near the border depend on zeros that nobody photographed.",
        ),
        lambda i, j: {"n": 48 + 8 * i, "l": 2 + j % 5, "k": 3 + 2 * (j // 5)},
        (
            ("lost", "Rows that a layer takes away", "k - 1"),
            ("rest", "Height and width of the last map", "n - l*lost"),
            ("p", "Padding that keeps the size", "lost / 2"),
            ("all", "Windows over a pixel in the middle", "k*k"),
        ),
    ),
    Essay(
        "Maps of {c} x {n} x {n} values are to become maps of half the height and width: by a 2 x 2 max pooling, or by a 3 x 3 convolution with stride 2 and padding 1 from {c} to {c} channels. How many weights does each have? What does each keep of a window? Give one reason for each of the two.",
        (
            ("The pooling has no weights, the convolution {weights} (biases left out).", 1),
            (
                "The pooling keeps the largest value of each channel, the convolution a weighted sum over all channels that is learned.",
                1,
            ),
            ("A reason for the pooling: nothing to train, less work, small shifts matter less.", 1),
            (
                "A reason for the convolution: what is kept is learned, and no position is preferred beforehand.",
                1,
            ),
        ),
        (
            "The pooling has no weights; the convolution has {weights}.",
            "The pooling keeps of each channel the strongest value of a window, the convolution a sum over all channels whose weights are learned.",
            "Pooling is cheap, cannot overfit, and evens out small shifts; the convolution can learn what is worth keeping.",
        ),
        lambda i, j: {"c": 8 * (1 + i), "n": 16 + 8 * j},
        (("weights", "Weights of the convolution", "c*c*3*3"),),
    ),
    Essay(
        "Objects that are about {s} pixels wide are to be recognised by a network of {l} convolutions of 3 x 3 with stride 1. How many pixels in width does one output of the last convolution see? Why is this a problem? Name two changes that help and do not merely add layers.",
        (
            ("An output sees {field} pixels in width.", 1),
            ("No output sees the whole object, so that none can tell it from others by its whole shape.", 1),
            (
                "Two changes: pooling or a stride before later layers, dilation, larger kernels, a dense layer behind them (1 point each).",
                2,
            ),
        ),
        (
            "The field of view grows by 2 with each layer, to {field} pixels.",
            "An output sees only a part of an object of {s} pixels, such as an edge or a corner, and must decide without the rest.",
            "A stride or a pooling between the layers makes the later ones reach further, and dilation spreads a kernel without more weights.",
        ),
        lambda i, j: {"l": 3 + j, "s": 60 + 10 * i},
        (("field", "Pixels that an output sees in width", "1 + 2*l"),),
    ),
)


@family("written-convolution", topic="concepts", version=1)
class WrittenConvolution:
    """Short written questions about convolution, pooling and receptive fields."""

    space = Space(question=range(len(_ESSAYS)), i=VARIANTS, j=VARIANTS, radicals=("question",))
    rules = ()
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a few sentences."""
        return drafted(_ESSAYS[given["question"]], given["i"], given["j"])

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """A text is for a person to judge; the steps of the model answer are checked when they are made."""
        return tuple(WRITTEN for _ in question.parts)
