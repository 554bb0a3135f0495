"""Which convolution a picture shows: torch.nn.Conv2d, sections Parameters and Shape."""

from question_bank import cnn, shown
from question_bank.answers import Choice
from question_bank.authoring import Draft, family, lettered
from question_bank.draw import Draw
from question_bank.figures import Figure
from question_bank.formulas import along, layer_text, lengths, worked
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Value

_STEM = (
    "The picture shows one channel of an image of shape `{image}` with its padding, windows of a convolution's kernel on it, and one "
    "channel of the output, whose shape is `{output}` (channels, height, width). Which layer of PyTorch is it?"
)
_ALT = (
    "An image of {h} rows and {w} columns with a padding of {p} on each side; a window of {k} x {k} pixels, and the next ones "
    "{s} pixels further to the right and below; an output of {h_out} rows and {w_out} columns"
)
_Layer = tuple[int, int, int, int, int]  # c_in, c_out, k, s, p


def _output(given: Given, layer: _Layer) -> tuple[int, int, int] | None:
    """Return the shape that a layer gives, or None where it does not accept the image."""
    c_in, c_out, k, s, p = layer
    if c_in != given["c"] or min(given["h"], given["w"]) + 2 * p < k:
        return None
    h, w = lengths(cnn.PADDED_SIZE, {**given, "k": k, "s": s, "p": p})
    return c_out, int(h), int(w)


def _layers(given: Given) -> dict[str, _Layer]:
    """Return the layers that are offered, the right one under an empty name; those that would fit, too, are left out."""
    c, f, k, s, p = (given[name] for name in ("c", "f", "k", "s", "p"))
    right = (c, f, k, s, p)
    wrong = {
        "conv-channels-exchanged": (f, c, k, s, p),
        "padding-ignored": (c, f, k, s, 0),
        "padding-total-on-each-side": (c, f, k, s, 2 * p),
        "stride-ignored": (c, f, k, 1, p),
        "kernel-and-stride-exchanged": (c, f, s, k, p),
    }
    kept = {rule: layer for rule, layer in wrong.items() if _output(given, layer) != _output(given, right)}
    return {"": right, **kept}


@family("which-conv-fits", topic="code", version=1)
class WhichConvFits:
    """Which nn.Conv2d a picture of windows and output shows."""

    space = Space(
        c=(1, 3),
        f=(4, 6, 8),
        h=(6, 7, 8, 9),
        w=(5, 7, 8, 10),
        k=(3, 4, 5),
        s=(2, 3),
        p=(1, 2),
        radicals=("s", "p"),
    ).where(lambda given: given["k"] != given["s"] and given["p"] < given["k"] and len(_layers(given)) >= 5)
    rules = (
        "conv-channels-exchanged",
        "padding-ignored",
        "padding-total-on-each-side",
        "stride-ignored",
        "kernel-and-stride-exchanged",
    )
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:
        """Offer the layer and misread ones in an order that is drawn."""
        layers = _layers(given)
        order = draw.shuffle(sorted(layers))
        letters = lettered(order)
        texts = tuple(
            f"`{layer_text('Conv2d', *layers[rule][:2], kernel_size=layers[rule][2], stride=layers[rule][3], padding=layers[rule][4])}`"
            for rule in order
        )
        size = _output(given, layers[""])
        assert size is not None  # noqa: S101 -- the right layer accepts its own image
        shown = {name: given[name] for name in ("h", "w", "k", "s", "p")}
        figure = Figure(
            "grid-windows",
            Message(_ALT, {**shown, "h_out": size[1], "w_out": size[2]}),
            {
                "size": (given["h"], given["w"]),
                "kernel": given["k"],
                "stride": given["s"],
                "padding": given["p"],
                "output": size[1:],
                "bare": 1,
            },
        )
        lines = (
            ("", "Height of the output", along(cnn.PADDED_SIZE, n="h")),
            ("", "Width of the output", along(cnn.PADDED_SIZE, n="w")),
        )
        return Draft(
            Message(_STEM, {"image": (given["c"], given["h"], given["w"]), "output": size}),
            (Part(Choice(texts, letters[""]), Message("Layer")),),
            figure=figure,
            solution=worked(lines, given),
            wrong=tuple(Wrong(rule, 0, letter) for rule, letter in letters.items() if rule),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Every option is built by torch and given an image; just one is drawn and gives the output of the stem."""
        from question_bank.listing import drawn, shape_after

        image, output = shown.shape(question, "image"), shown.shape(question, "output")
        shown.agree_on_figure(question, size=image[1:], output=output[1:], bare=1)

        def fits(option: str) -> bool:
            text = option.strip("`")
            looks = shown.draws(question, **drawn(text, image, "grid-windows"))
            return looks and shape_after(text, (1, *image)) == (1, *output)

        return (question.parts[0].field.letters_of(fits),)
