"""What is recognised in a wrong answer without a family's rule: a shape with the right lengths in another order."""

from question_bank import languages
from question_bank.answers import Answer, Shape
from question_bank.values import Value


def axes(answer: Answer, value: Value) -> tuple[str, ...]:
    """Name the misconception behind a shape whose lengths are right and whose axes are not in order; else nothing.

    >>> axes(Shape((3, 24, 32), ("channels", "height", "width")), (24, 32, 3))
    ('channels-last',)
    >>> axes(Shape((3, 24, 32), ("channels", "height", "width")), (32, 24, 3))
    ('axes-out-of-order',)
    """
    if not isinstance(answer, Shape) or not isinstance(value, tuple) or value == answer.value:
        return ()
    if sorted(value) != sorted(answer.value):
        return ()
    if value == _moved_last(answer, "channels"):
        return ("channels-last",)
    if value == _exchanged(answer, "height", "width"):
        return ("height-width-swapped",)
    return ("axes-out-of-order",)


def _moved_last(answer: Shape, name: str) -> tuple[int, ...] | None:
    place = _place(answer, name)
    if place is None:
        return None
    return (*answer.value[:place], *answer.value[place + 1 :], answer.value[place])


def _exchanged(answer: Shape, one: str, other: str) -> tuple[int, ...] | None:
    first, second = _place(answer, one), _place(answer, other)
    if first is None or second is None:
        return None
    lengths = list(answer.value)
    lengths[first], lengths[second] = lengths[second], lengths[first]
    return tuple(lengths)


def _place(answer: Shape, name: str) -> int | None:
    """Return where an axis stands, whatever language the paper was frozen in; None where there is none of this name."""
    for language in languages.LANGUAGES:
        if answer.axes and (said := languages.text(name, language)) in answer.axes:
            return answer.axes.index(said)
    return None
