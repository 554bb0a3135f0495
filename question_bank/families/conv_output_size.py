"""Length of a convolution's output: Dumoulin & Visin, arXiv:1603.07285, Relationship 15."""

from question_bank import cnn, shown
from question_bank.answers import Choice, Integer
from question_bank.authoring import Draft, family, lettered, live, usable
from question_bank.draw import Draw
from question_bank.figures import Figure
from question_bank.formulas import SIZE_MISTAKES
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Step, Wrong
from question_bank.pictures import row
from question_bank.space import Space
from question_bank.values import Value, show_number

RULES = SIZE_MISTAKES
_STEM = (
    "An input is ${n}$ pixels long. A convolution has kernel size $k = {k}$, stride $s = {s}$, padding $p = {p}$ on each side "
    "and dilation $d = {d}$. How many pixels long is its output?"
)
_OPTIONS = 4


def _kernel_fits(given: Given) -> bool:
    """Whether a window fits, the padding is no longer than the kernel's reach, and a single pixel is not dilated."""
    reach = given["d"] * (given["k"] - 1)
    return given["n"] > reach >= given["p"] and (given["k"] > 1 or given["d"] == 1)


def _wrong_values(given: Given) -> dict[str, Value | None]:
    return dict(zip(RULES, cnn.compiled(*RULES.values())(given), strict=True))


def _wrong(given: Given) -> tuple[Wrong, ...]:
    return live(Integer(cnn.value(cnn.OUTPUT_SIZE, given)), _wrong_values(given))


def _separates(given: Given) -> bool:
    return len(usable(_wrong(given))) >= 2


def _fills_options(given: Given) -> bool:
    return len(_whole(_wrong(given))) >= _OPTIONS - 1


def _whole(wrong: tuple[Wrong, ...]) -> dict[int, list[str]]:
    """Return the wrong answers that can stand beside a key, whole and positive, with the mistakes that lead to each."""
    found: dict[int, list[str]] = {}
    for entry in wrong:
        if isinstance(entry.value, int) and entry.value > 0:
            found.setdefault(entry.value, []).append(entry.misconception)
    return found


def _stem(given: Given) -> Message:
    return Message(_STEM, given)


def _figure(given: Given) -> Figure:
    return row(given["n"], given["k"], given["s"], given["p"], given["d"])


def _solution(given: Given) -> tuple[Step, ...]:
    span = cnn.value(cnn.SPAN, given)
    last = {"n": given["n"], "p": given["p"], "s": given["s"], "span": span}
    return (
        Step(Message("Pixels that the kernel covers"), cnn.SPAN, {"d": given["d"], "k": given["k"]}, span),
        Step(Message("Output length"), "(n + 2*p - span) // s + 1", last, cnn.value(cnn.OUTPUT_SIZE, given)),
    )


def _counted(question: Question) -> int:
    """Let torch convolve a line of zeros and count."""
    import torch
    from torch.nn import functional

    n, k, s, p, d = shown.numbers(question, "nkspd")
    shown.agree_on_figure(question, n=n, kernel=k, stride=s, padding=p, dilation=d)
    return functional.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, k), None, s, p, d).shape[-1]


SPACE = Space(
    n=range(5, 65), k=(1, 2, 3, 5, 7), s=(1, 2, 3, 4), p=range(4), d=(1, 2, 3), radicals=("s", "p", "d")
).where(_kernel_fits)


@family("conv-output-size", topic="shapes", version=2)
class ConvOutputSize:
    """Length of a convolution's output, typed."""

    space = SPACE.where(_separates)
    rules = RULES
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:  # noqa: ARG002 -- nothing is drawn beside the point
        """Ask for one output length in pixels."""
        part = Part(Integer(cnn.value(cnn.OUTPUT_SIZE, given), unit="px"), Message("Output length"))
        return Draft(
            _stem(given), (part,), solution=_solution(given), wrong=_wrong(given), figure=_figure(given)
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted by torch."""
        return (_counted(question),)


@family("conv-output-size-choice", topic="shapes", version=2)
class ConvOutputSizeChoice:
    """Length of a convolution's output, one of four options that are the right one and three named mistakes."""

    space = SPACE.where(_fills_options)
    rules = tuple(rule for rule in RULES if rule != "floor-forgotten")
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:
        """Ask for one output length; which mistakes are offered, and in which order, is drawn."""
        key = cnn.value(cnn.OUTPUT_SIZE, given)
        rules = _whole(_wrong(given))
        values = draw.shuffle((key, *draw.shuffle(sorted(rules))[: _OPTIONS - 1]))
        letters = lettered(values)
        answer = Choice(tuple(f"{show_number(value)} px" for value in values), letters[key])
        wrong = tuple(
            Wrong(rule, 0, letters[value]) for value in values if value != key for rule in rules[value]
        )
        return Draft(
            _stem(given),
            (Part(answer, Message("Output length")),),
            solution=_solution(given),
            wrong=wrong,
            figure=_figure(given),
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """Counted by torch, then looked for among the options; two that fit, or none, are no answer."""
        counted = f"{_counted(question)} px"
        return (question.parts[0].field.letters_of(lambda option: option == counted),)
