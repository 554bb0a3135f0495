"""Shape of a convolution's weight from the shapes around it: torch.nn.Conv2d, sections Shape and Variables."""

from question_bank import cnn, shown
from question_bank.answers import Choice
from question_bank.authoring import Draft, family, lettered
from question_bank.draw import Draw
from question_bank.formulas import lengths, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value, show_shape

_LAYER = (
    "A convolution layer of PyTorch without dilation and groups turns images of shape `{image}` into images of shape `{output}` "
    "(channels, height, width)."
)
_ASKED = "What is the shape of its weight?"
_OPEN = "That cannot be determined from this."
_CASES = (
    ("Its stride is 1, and it has no padding.", 1, 0, True),
    ("Its stride is 1; how it pads is not known.", 1, 0, False),
    ("Its stride is 2, and it has a padding of 1 on each side.", 2, 1, False),
    ("Its stride is 1, and it has a padding of 1 on each side.", 1, 1, True),
)
"""What the stem says, stride, padding, and whether this decides the kernel's size."""
_STEMS = tuple(f"{_LAYER} {known} {_ASKED}" for known, *_ in _CASES)

_LINES = {
    True: (
        ("", "Rows of the kernel: those that are lost, and one", "h + 2*p - h_out + 1"),
        ("", "Columns of the kernel", "w + 2*p - w_out + 1"),
        ("", "Filters", "c_out"),
        ("", "Channels of a filter", "c_in"),
    ),
    False: (
        ("", "Height of the output with one possible kernel", "(h + 2*p - k) // s + 1"),
        ("", "It is the same with another one, so the kernel cannot be told", "(h + 2*q - j) // s + 1"),
    ),
}


def _numbers(given: Given) -> dict[str, int]:
    """Return the numbers of a point, with the sizes that a kernel of k pixels leads to and another one that leads there, too.

    Where the padding is not known, the other kernel j is 2 pixels longer with a padding of q = 1; with a stride it is one
    pixel longer or shorter.
    """
    _, s, p, _ = _CASES[given["case"]]
    numbers = {**given, "s": s, "p": p}
    h_out, w_out = (int(n) for n in lengths(cnn.PADDED_SIZE, numbers))
    shorter = (given["h"] + 2 * p - given["k"] + 1) // s + 1 == h_out
    j, q = (given["k"] + 2, p + 1) if s == 1 else (given["k"] + (-1 if shorter else 1), p)
    return {**numbers, "h_out": h_out, "w_out": w_out, "j": j, "q": q}


def _shapes(given: Given) -> dict[str, tuple[int, ...]]:
    """Return the shapes that are offered, the one that fits under an empty name."""
    c_in, c_out, k = given["c_in"], given["c_out"], given["k"]
    return {
        "": (c_out, c_in, k, k),
        "channel-axes-swapped": (c_in, c_out, k, k),
        "weight-without-channels": (c_out, k, k),
        "weight-channels-last": (k, k, c_in, c_out),
    }


def _askable(given: Given) -> bool:
    """Whether both kernels of an open case lead to the same height, as its solution says.

    One point of four of an open case is kept, so that each of the five letters is the key as often as any other.
    """
    if _CASES[given["case"]][3]:
        return True
    if (given["h"] + given["w"] + given["c_in"] + given["c_out"] + given["k"]) % 4:
        return False
    numbers = _numbers(given)
    other = {**numbers, "k": numbers["j"], "p": numbers["q"]}
    return int(lengths(cnn.PADDED_SIZE, other)[0]) == numbers["h_out"]


@family("weight-shape-choice", topic="shapes", version=2)
class WeightShapeChoice:
    """Shape of a convolution's weight from the shapes of input and output, where they decide it."""

    space = Space(
        case=tuple(range(len(_CASES))),
        c_in=(3, 8, 16),
        c_out=(6, 12, 32),
        h=(16, 21, 28),
        w=(18, 24, 33),
        k=(4, 5, 7),
    ).where(_askable)
    rules = (
        "channel-axes-swapped",
        "weight-without-channels",
        "weight-channels-last",
        "kernel-thought-open",
        "kernel-thought-decided",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:
        """Ask for the shape; the order of the shapes is drawn, and that it is open stands last."""
        decided = _CASES[given["case"]][3]
        numbers, shapes = _numbers(given), _shapes(given)
        order = draw.shuffle(sorted(shapes))
        letters = lettered((*order, "open"))
        options = (*(show_shape(shapes[rule]) for rule in order), _OPEN)
        key = letters["" if decided else "open"]
        stem = Message(
            _STEMS[given["case"]],
            {
                "image": (given["c_in"], given["h"], given["w"]),
                "output": (given["c_out"], numbers["h_out"], numbers["w_out"]),
            },
        )
        other = (
            ("kernel-thought-open", letters["open"]) if decided else ("kernel-thought-decided", letters[""])
        )
        wrong = [other, *((rule, letters[rule]) for rule in order if rule)]
        return Draft(
            stem,
            (Part(Choice(options, key), Message("Shape of the weight")),),
            solution=worked(_LINES[decided], numbers),
            wrong=tuple(Wrong(rule, 0, letter) for rule, letter in wrong),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every kernel size, and every padding where none is stated, is tried by torch; more than one that fits is open."""
        import re

        image, output = shown.shape(question, "image"), shown.shape(question, "output")
        said = question.stem.template
        (stride,) = map(int, re.findall(r"stride is (\d)", said))
        stated = [0] if "no padding" in said else list(map(int, re.findall(r"padding of (\d)", said)))
        paddings = range(4) if "how it pads is not known" in said else stated
        fitting = {
            (output[0], image[0], rows, columns)
            for p in paddings
            for rows in _fitting(image[1], output[1], stride, p)
            for columns in _fitting(image[2], output[2], stride, p)
        }
        text = show_shape(fitting.pop()) if len(fitting) == 1 else _OPEN
        return (question.parts[0].field.letters_of(lambda option: option == text),)


def _fitting(n: int, wanted: int, stride: int, padding: int) -> list[int]:
    """Return the kernel sizes with which torch gives the wanted length."""
    import torch

    line = torch.zeros(n + 2 * padding)
    return [k for k in range(1, len(line) + 1) if len(line.unfold(0, k, stride)) == wanted]
