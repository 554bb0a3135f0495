"""Written questions about architectures: He et al. 2016, arXiv:1512.03385; Szegedy et al. 2015, arXiv:1409.4842; Lin et al. 2014, arXiv:1312.4400."""

from question_bank.authoring import Draft, family
from question_bank.draw import Draw
from question_bank.essays import VARIANTS, Essay, drafted
from question_bank.model import Given, Question
from question_bank.space import Space
from question_bank.values import WRITTEN, Value

_ESSAYS = (
    Essay(
        "A network of {d} residual blocks with {c} channels is to be compared with the same layers without shortcuts. What does a residual block compute? Why is the network with shortcuts easier to train? One block makes {c_2} channels of {c}: what does its shortcut need, and how many weights is that?",
        (
            ("A residual block adds its input to what its convolutions give.", 1),
            (
                "Gradients reach early layers through the shortcuts unchanged, or: a block can pass its input on unchanged by making its convolutions 0.",
                1,
            ),
            (
                "The shortcut needs a 1 x 1 convolution from {c} to {c_2} channels, so that shapes fit for the sum.",
                1,
            ),
            ("It has {weights} weights (biases left out).", 1),
        ),
        (
            "A block gives the sum of its input and of what its convolutions make of it.",
            "So the gradient also flows past the convolutions, and {d} blocks can do no worse than pass their input on.",
            "Tensors of {c} and {c_2} channels cannot be added; a 1 x 1 convolution with {weights} weights makes them fit.",
        ),
        lambda i, j: {"d": 8 + 4 * j, "c": 16 * (1 + i), "c_2": 32 * (1 + i)},
        (("weights", "Weights of the 1 x 1 convolution", "c*c_2"),),
    ),
    Essay(
        "In an Inception block a 5 x 5 convolution makes {f} channels of {c}, on maps of {n} x {n} values, with padding 2. A 1 x 1 convolution to {r} channels is put before it. How many multiply-adds are needed without and with it? Why does it save so much, and what may be lost?",
        (
            ("Without it {direct} multiply-adds are needed.", 1),
            ("With it {reduced} are needed, both layers together.", 1),
            (
                "The 5 x 5 kernel has 25 weights for each channel that it reads, and it reads fewer channels.",
                1,
            ),
            ("What {c} channels say has to be put into {r}; some of it may be lost.", 1),
        ),
        (
            "Without the reduction {direct} multiply-adds are needed, with it {reduced}.",
            "A 1 x 1 kernel needs one multiply-add where a 5 x 5 kernel needs 25; the costly layer is left with {r} channels to read.",
            "The price is that {c} channels are pressed into {r}, but the reduction is trained to keep what matters.",
        ),
        lambda i, j: {"c": 128 + 32 * i, "r": 16, "f": 32, "n": 14 + 2 * j},
        (
            ("direct", "Multiply-adds without the reduction", "n*n*25*c*f"),
            ("reduced", "Multiply-adds with the reduction", "n*n*(c*r + 25*r*f)"),
        ),
    ),
    Essay(
        "The last maps of a network are {f} x {n} x {n} values, and {k} classes are to be told apart: by flattening and a dense layer, or by a 1 x 1 convolution to {k} channels and global average pooling. Compare the numbers of weights. Which accepts larger images, and why? Which is more likely to overfit?",
        (
            ("The dense layer has {dense} weights, the 1 x 1 convolution {conv} (biases left out).", 1),
            (
                "Convolution and global average pooling accept larger images: neither has weights for positions.",
                1,
            ),
            ("The dense layer has a weight for each value, so the number of values is fixed.", 1),
            ("The dense layer is more likely to overfit, as it has more weights.", 1),
        ),
        (
            "Flattening gives {values} values, so the dense layer has {dense} weights; the convolution has {conv}.",
            "The mean over a map can be taken whatever its size, while the dense layer expects just {values} values.",
            "With so many weights the dense layer is the one that more easily learns images by heart.",
        ),
        lambda i, j: {"f": 64 + 32 * i, "n": 4 + j, "k": 10},
        (
            ("values", "Values after flattening", "f*n*n"),
            ("dense", "Weights of the dense layer", "values*k"),
            ("conv", "Weights of the 1 x 1 convolution", "f*k"),
        ),
    ),
    Essay(
        "A {k} x {k} convolution from {c} to {f} channels is replaced by a depthwise {k} x {k} convolution and a 1 x 1 convolution from {c} to {f} channels. What does each of the two do? Compare the numbers of weights. What can the pair not do that the single convolution can?",
        (
            ("The depthwise convolution filters each channel by itself.", 1),
            ("The 1 x 1 convolution mixes channels at each position.", 1),
            ("The pair has {pair} weights in place of {whole} (biases left out).", 1),
            (
                "Each channel has one pattern for all output channels; the single convolution has one for each pair of channels.",
                1,
            ),
        ),
        (
            "The first filters each of the {c} channels in space, the second mixes them at each position.",
            "Together they have {pair} weights; the single convolution has {whole}.",
            "In the pair all {f} outputs share one spatial pattern for each input channel, so the single convolution is more flexible.",
        ),
        lambda i, j: {"c": 32 + 16 * i, "f": 64 + 16 * j, "k": 3},
        (
            ("pair", "Weights of the pair", "c*k*k + c*f"),
            ("whole", "Weights of the single convolution", "c*f*k*k"),
        ),
    ),
    Essay(
        "A network halves height and width three times by pooling, flattens {f} channels and ends in a dense layer of 10 units; it was made for images of {n} x {n} pixels. Somebody passes an image of {m} x {m} pixels. Which layer raises an error and why do those before it not? Describe two ways to use the network on such images.",
        (
            ("The dense layer raises the error: it expects {before} values and gets {after}.", 2),
            ("Convolutions and poolings have no weights for positions and run on any size.", 1),
            (
                "Two ways: scale or crop the image to {n} x {n}; use adaptive or global pooling before the dense layer; turn the dense layer into a convolution.",
                2,
            ),
        ),
        (
            "After three poolings the maps are larger than they were meant to be: the dense layer expects {before} values and gets {after}.",
            "Layers before it use the same kernels at however many positions there are.",
            "One can scale the image to {n} x {n}, or average the last maps so that their size no longer matters and train the last layer again.",
        ),
        lambda i, j: {"f": 16 * (1 + i), "n": 32, "m": 40 + 8 * j},
        (
            ("before", "Values that the dense layer expects", "f*(n / 8)*(n / 8)"),
            ("after", "Values that it gets", "f*(m / 8)*(m / 8)"),
        ),
    ),
)


@family("written-architectures", topic="concepts", version=1)
class WrittenArchitectures:
    """Short written questions about architectures."""

    space = Space(question=range(len(_ESSAYS)), i=VARIANTS, j=VARIANTS, radicals=("question",))
    rules = ()
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for a few sentences."""
        return drafted(_ESSAYS[given["question"]], given["i"], given["j"])

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """A text is for a person to judge; the steps of the model answer are checked when they are made."""
        return tuple(WRITTEN for _ in question.parts)
