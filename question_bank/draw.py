"""Draw: LeGrade's own random stream, SHAKE-256 of a name, so that no library's upgrade can change an issued paper.

SHAKE-256: FIPS 202, section 6.2. Numbers are made unbiased by rejection: a draw that would favour some value is thrown away.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import TypeAlias, TypeVar

from question_bank.errors import QuestionBankError

T = TypeVar("T")
NameField: TypeAlias = str | int | bytes
_BLOCK = 272  # bytes a call: two blocks of SHAKE-256's rate, enough for most questions


def encode(fields: Sequence[NameField]) -> bytes:
    """Write fields so that different fields never give the same bytes: each with its type and length before it.

    Texts are NFC-normalised, so a name typed on another system is the same name.

    >>> encode(["ab", "c"]) == encode(["a", "bc"])
    False
    """
    parts: list[bytes] = []
    for field in fields:
        if isinstance(field, bytes):
            tag, data = b"b", field
        elif isinstance(field, int):
            tag, data = b"i", str(int(field)).encode()
        else:
            tag, data = b"s", unicodedata.normalize("NFC", field).encode()
        parts += (tag, len(data).to_bytes(8, "big"), data)
    return b"".join(parts)


class Draw:
    """A stream of random numbers that its name alone decides; streams of different names share nothing.

    >>> Draw("conv-output-size", 1, 7).integers(5, 0, 9) == Draw("conv-output-size", 1, 7).integers(5, 0, 9)
    True
    """

    __slots__ = ("_buffer", "_counter", "_name", "_position")

    def __init__(self, *name: NameField) -> None:
        self._name = encode(name)
        self._counter = 0
        self._buffer = b""
        self._position = 0

    def child(self, *name: NameField) -> "Draw":
        """Return a stream of its own for a purpose; what was drawn before does not matter to it."""
        return Draw(self._name, *name)

    def integer(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included, every one equally likely.

        Raises:
            QuestionBankError: `high` is below `low`.
        """
        span = high - low
        if span < 0:
            raise QuestionBankError(f"high={high}: expected at least low={low}")
        mask = (1 << span.bit_length()) - 1
        width = (span.bit_length() + 7) // 8
        while True:
            number = int.from_bytes(self._take(width), "big") & mask
            if number <= span:
                return low + number

    def integers(self, count: int, low: int, high: int) -> tuple[int, ...]:
        """Draw `count` whole numbers from `low` to `high`, both included."""
        return tuple(self.integer(low, high) for _ in range(count))

    def choice(self, options: Sequence[T]) -> T:
        """Draw one of the options, every one equally likely.

        Raises:
            QuestionBankError: there is none.
        """
        if not options:
            raise QuestionBankError("options=(): expected at least one to draw from")
        return options[self.integer(0, len(options) - 1)]

    def shuffle(self, items: Sequence[T]) -> tuple[T, ...]:
        """Return the items in a random order, every order equally likely (Durstenfeld 1964)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.integer(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return tuple(mixed)

    def _take(self, count: int) -> bytes:
        """Return the next bytes of the stream: the concatenated SHAKE-256(name, counter)."""
        while len(self._buffer) - self._position < count:
            fresh = hashlib.shake_256(self._name + self._counter.to_bytes(8, "big")).digest(_BLOCK)
            self._buffer, self._position = self._buffer[self._position :] + fresh, 0
            self._counter += 1
        self._position += count
        return self._buffer[self._position - count : self._position]
