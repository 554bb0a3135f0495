"""What is recognised in a wrong answer without a family's rule: a shape with the right lengths in another order."""

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
    if name not in answer.axes:
        return None
    place = answer.axes.index(name)
    return (*answer.value[:place], *answer.value[place + 1 :], answer.value[place])


def _exchanged(answer: Shape, one: str, other: str) -> tuple[int, ...] | None:
    if not {one, other} <= set(answer.axes):
        return None
    lengths = dict(zip(answer.axes, answer.value, strict=True))
    lengths[one], lengths[other] = lengths[other], lengths[one]
    return tuple(lengths[name] for name in answer.axes)
