r"""How a typed answer is read: one small grammar for Python, and for the page's JavaScript, which must agree.

Both sides are tested against `tests/answer_readings.json`. Reading never fails and never evaluates anything: it returns a
`Reading` that says what was read, or why nothing was. Everything read is exact (whole numbers and fractions).

**Tidying**, in this order, for every kind. A text of more than 20,000 code points is `too-long`. Unicode NFC. The signs
U+2212, U+2012, U+2013 become `-`; U+2019 becomes `'`; `\r\n` and `\r` become `\n`; runs of blanks (space, tab, form feed,
vertical tab, U+00A0, U+2009, U+202F) become one space; spaces beside a `\n` go; three or more `\n` become two; the ends are
stripped. Nothing left is `empty`. One `.` that ends a text of two or more characters goes, and blanks before it.
Where the field says that it may raise, `error`, `an error`, `raises`, `raises error`, `raises an error`, `it raises an
error`, `this raises an error`, `l\u1ed7i` or `b\u00e1o l\u1ed7i` (any case) is the answer "this raises an error". Where it
says that it may be undetermined, `undetermined`, `not determined`, `cannot be determined`, `can't be determined`, `it cannot be
determined`, `this cannot be determined` or `kh\u00f4ng x\u00e1c \u0111\u1ecbnh \u0111\u01b0\u1ee3c` (any case) is "this cannot be determined".

**integer, number** (in this order; `D` is one of 0-9). What stands up to the last `=`, and spaces after it, is dropped; then
one unit word at the end (`px pixel pixels parameter parameters param params weights values`, any case, one space before it
allowed); then one space after a sign. A text of more than 40 characters is `number-too-long`.
1. grouped: sign? [1-9]D{0,2} (sep DDD)+, the same sep each time, one of `, . _ '` or space. With one group, `,` in a
   number and `.` in an integer is `two-readings`, and `.` in a number is a decimal point; else the seps are dropped.
2. decimal comma: sign? D* `,` D+ is read with a point.
3. plain: sign? digits with at most one point and at least one digit, then `e` or `E`, sign?, one or two digits (optional).
4. fraction: sign? D+ `/` D+, one space allowed on either side of the `/`; a denominator of 0 is `zero-denominator`.
Else `not-a-number`. An integer field reads any number (24.5 is read, and is wrong); it shows whether it is whole.

**shape**. Up to the last `=` is dropped, then a leading `torch.Size` or `Size`, then up to three pairs of brackets around
all, `()`, `[]` or `{}`, with blanks (space or newline) inside and outside them. A bracket that is left is `brackets`. Then
nothing (where there were brackets), or whole numbers (sign? 1 to 12 digits) with one separator between two of them: `, ; x X * U+00D7`, blanks around it
allowed, or blanks alone; one `,` may end the text. Else `not-a-shape`. More than 8 numbers: `too-many-axes`.

**array**. A call `tensor(...)` or `array(...)`, with `torch.`, `np.` or `numpy.` before it or not, gives what is inside it,
without a last `, dtype=name`. A text that is one `[...]`, `(...)` or `{...}` with a `;` and no bracket inside is read as its
inside. Then:
- if a bracket is anywhere: nested groups. Brackets match, items are separated by blanks, or by one comma with or without
  blanks (a `;` is `not-an-array`); a comma may end a group. One group at the top is the array; several are its rows. A text
  with a number outside all groups is `not-an-array`.
- else rows: planes are separated by an empty line, rows by a newline, `;`, or both, cells by one `,` or `|`, a space on
  either side allowed, or by a space; one `,` may end a row and one `;` the text. Planes that all have one row are rows. One
  row alone is an array of rank 1, one plane alone of rank 2.
A cell is plain or D+/D+ (sign allowed, no spaces, at most 40 characters). Groups of unequal lengths, or a number beside a
group, are `ragged`; brackets that do not match `brackets`; deeper than 6 `too-deep`; over 4,096 cells
`too-many-numbers` (rows are counted one by one before they are read); anything else, and an empty group, `not-an-array`. The first problem from the left is named; `ragged` last.

**choice**. One letter of the options (A, B, ...), any case, with `(` before it, `)` or `.` after it, or not.

**choices**. Letters of the options, any case, with blanks, commas or semicolons between two of them or nothing; each once.

**expression**. The language of `question_bank.expressions`.

**text**. The tidied text, at most 10,000 characters; its words are what stands between blanks.

**shown**. Numbers: whole ones as digits; decimals of at most 40 places exactly, with a point; other fractions as `n/d`. See `show_*`.
"""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from question_bank.values import (
    RAISED,
    UNDETERMINED,
    Expr,
    Field,
    Grid,
    Prose,
    Rational,
    Value,
    show_grid,
    show_number,
    show_shape,
    simplest,
)

PROBLEMS: Final = {
    "empty": "no answer yet",
    "too-long": "longer than any answer needs to be",
    "not-a-number": "not read as a number: write for example 24, 0.5 or 3/4",
    "number-too-long": "more digits than any answer needs",
    "two-readings": "can be read in two ways: write the number without a separator before its last three digits",
    "zero-denominator": "a fraction with the denominator 0 has no value",
    "not-a-shape": "not read as a shape: write for example (3, 32, 32)",
    "too-many-axes": "more than 8 axes",
    "not-an-array": "not read as an array: write its rows on lines of their own, for example 1 2 3",
    "brackets": "the brackets do not match",
    "too-deep": "more than 6 brackets inside each other",
    "too-many-numbers": "more than 4096 numbers",
    "ragged": "the rows have different lengths",
    "not-an-option": "not one of the options: write its letter",
    "not-options": "not letters of the options: write for example A, C",
    "option-twice": "the same letter twice",
    "text-too-long": "longer than 10000 characters",
}
MAX_CHARACTERS, MAX_NUMBER, MAX_AXES, MAX_DEPTH, MAX_CELLS = 20_000, 40, 8, 6, 4096
MAX_SHOWN_CELLS, MAX_PROSE = 64, 10_000

_SIGNS = str.maketrans({"\u2212": "-", "\u2012": "-", "\u2013": "-", "\u2019": "'"})
_RAISES = {"error", "an error", "l\u1ed7i", "b\u00e1o l\u1ed7i", "raises", "raises error"} | {
    f"{start}raises an error" for start in ("", "it ", "this ")
}
_UNDETERMINED = {
    "undetermined",
    "not determined",
    "can't be determined",
    "kh\u00f4ng x\u00e1c \u0111\u1ecbnh \u0111\u01b0\u1ee3c",
} | {f"{start}cannot be determined" for start in ("", "it ", "this ")}
_UNIT = re.compile(
    r" ?(?:pixels|pixel|px|parameters|parameter|params|param|weights|values)$", re.IGNORECASE | re.ASCII
)
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:([,._' ])[0-9]{3})(?:\1[0-9]{3})*")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_RATIO = re.compile(r"([+-]?[0-9]+) ?/ ?([0-9]+)")
_SHAPE = re.compile(r"[+-]?[0-9]{1,12}(?:(?:[ \n]*[,;xX*\u00d7][ \n]*|[ \n]+)[+-]?[0-9]{1,12})*(?:[ \n]*,)?")
_CALL = re.compile(r"(?:(?:torch|np|numpy)\.)?(?:tensor|array) ?\((.*)\)", re.DOTALL)
_DTYPE = re.compile(r", ?dtype ?= ?[A-Za-z0-9_.]+$")
_TOKEN = re.compile(r"[\[\](){},]|[^\[\](){}, \n]+")
_OPTION = re.compile(r"\(?([A-Za-z])[).]?")
_OPTIONS = re.compile(r"[A-Za-z](?:[ \n]*[,;]?[ \n]*[A-Za-z])*")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a typed answer.

    Attributes:
        value: the answer, exact; None when nothing could be read.
        shown: how it was read, for the student: `(32, 24, 24) read as a shape`; empty when nothing could be read.
        problem: a key of `PROBLEMS` when nothing could be read, else empty.
    """

    value: Value | None = None
    shown: str = ""
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether an answer was read; it may still be wrong."""
        return not self.problem


class _UnreadableError(Exception):
    """Carries a key of `PROBLEMS` out of a reader; never leaves this module."""


def read(field: Field, text: str) -> Reading:
    """Read a typed answer for a field.

    >>> read(Field("shape"), "32 x 24 x 24").shown
    '(32, 24, 24) read as a shape'
    >>> read(Field("integer"), "twelve").problem
    'not-a-number'
    """
    try:
        tidy = _tidy(text)
        if field.may_raise and tidy.lower() in _RAISES:
            return Reading(RAISED, "this raises an error")
        if field.may_be_undetermined and tidy.lower() in _UNDETERMINED:
            return Reading(UNDETERMINED, "this cannot be determined")
        return _READERS[field.kind](tidy, field)
    except _UnreadableError as problem:
        return Reading(problem=str(problem))


def _tidy(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise _UnreadableError("too-long")
    text = unicodedata.normalize("NFC", text).translate(_SIGNS).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[ \t\f\v\u00a0\u2009\u202f]+", " ", text)
    text = re.sub("\n{3,}", "\n\n", re.sub(" ?\n ?", "\n", text)).strip(" \n")
    if not text:
        raise _UnreadableError("empty")
    return text[:-1].rstrip(" \n") if text[-1] == "." and len(text) > 1 else text


def _read_number(text: str, field: Field) -> Reading:
    text = _UNIT.sub("", _after_equals(text))
    if text[:1] in {"+", "-"} and text[1:2] == " ":
        text = text[0] + text[2:]
    if len(text) > MAX_NUMBER:
        raise _UnreadableError("number-too-long")
    value = _number(_ungrouped(text, field.kind))
    whole = field.kind == "integer" and isinstance(value, int)
    return Reading(value, f"{show_number(value)} read as a {'whole number' if whole else 'number'}")


def _after_equals(text: str) -> str:
    return text.rpartition("=")[2].lstrip(" \n")


def _ungrouped(text: str, kind: str) -> str:
    """Drop what groups digits by three, and write a decimal comma as a point."""
    if match := _GROUPED.fullmatch(text):
        separator = match[1]
        if text.count(separator) > 1 or separator not in ",.":
            return text.replace(separator, "")
        if (kind, separator) in {("number", ","), ("integer", ".")}:
            raise _UnreadableError("two-readings")
        return text.replace(",", "")
    return text.replace(",", ".") if re.fullmatch(r"[+-]?[0-9]*,[0-9]+", text) else text


def _number(text: str, problem: str = "not-a-number") -> Rational:
    if _PLAIN.fullmatch(text):
        return simplest(Fraction(text))
    if match := _RATIO.fullmatch(text):
        if int(match[2]) == 0:
            raise _UnreadableError("zero-denominator")
        return simplest(Fraction(int(match[1]), int(match[2])))
    raise _UnreadableError(problem)


def _read_shape(text: str, _field: Field) -> Reading:
    body = re.sub(r"^(?:torch\.)?Size", "", _after_equals(text)).strip(" \n")
    bracketed = body[:1] in _CLOSING
    for _ in range(3):
        if body[:1] and _CLOSING.get(body[0]) == body[-1]:
            body = body[1:-1].strip(" \n")
    if any(bracket in body for bracket in "()[]{}"):
        raise _UnreadableError("brackets")
    if not (_SHAPE.fullmatch(body) or (bracketed and not body)):
        raise _UnreadableError("not-a-shape")
    value = tuple(map(int, re.findall(r"[+-]?[0-9]+", body)))
    if len(value) > MAX_AXES:
        raise _UnreadableError("too-many-axes")
    return Reading(value, f"{show_shape(value)} read as a shape")


def _read_array(text: str, _field: Field) -> Reading:
    if call := _CALL.fullmatch(text):
        text = _DTYPE.sub("", call[1].strip(" \n"))
    inside = text[1:-1]
    if _CLOSING.get(text[:1]) == text[-1:] and ";" in inside and not re.search(r"[\[\](){}]", inside):
        text = inside.strip(" \n")
    nested = _groups(text) if re.search(r"[\[\](){}]", text) else _rows(text)
    grid = Grid(_shape(nested), tuple(_cells(nested)))
    shape = show_shape(grid.shape)
    if len(grid.cells) > MAX_SHOWN_CELLS:
        return Reading(grid, f"{len(grid.cells)} numbers read as an array of shape {shape}")
    return Reading(grid, f"{show_grid(grid)} read as an array of shape {shape}")


_Nested = list["_Nested | Rational"]


def _cell(text: str) -> Rational:
    if len(text) > MAX_NUMBER:
        raise _UnreadableError("number-too-long")
    return _number(text, "not-an-array")


def _rows(text: str) -> _Nested:
    count = 0
    planes: list[_Nested] = []
    for plane in re.sub(" ?;$", "", text).split("\n\n"):
        rows: _Nested = []
        for row in re.split(";\n|;|\n", plane):
            tokens = re.split(r" ?[,|] ?| ", re.sub(" ?,$", "", row.strip(" ")))
            count += len(tokens)
            if count > MAX_CELLS:
                raise _UnreadableError("too-many-numbers")
            rows.append([_cell(token) for token in tokens])
        planes.append(rows)
    if all(len(rows) == 1 for rows in planes):
        planes = [[row for rows in planes for row in rows]]
    nested: _Nested = planes[0] if len(planes) == 1 else [*planes]
    return nested[0] if len(nested) == 1 and isinstance(nested[0], list) else nested


def _groups(text: str) -> _Nested:
    top: _Nested = []
    stack: list[tuple[str, _Nested]] = [("", top)]
    count, may_comma = 0, False
    for mark in _TOKEN.findall(text):
        if mark == ",":
            if not may_comma:
                raise _UnreadableError("not-an-array")
            may_comma = False
            continue
        may_comma = mark not in _CLOSING
        if mark in _CLOSING:
            group: _Nested = []
            stack[-1][1].append(group)
            stack.append((_CLOSING[mark], group))
            if len(stack) > MAX_DEPTH + 1:
                raise _UnreadableError("too-deep")
        elif mark in ")]}":
            _close(stack, mark)
        elif len(stack) == 1:
            raise _UnreadableError("not-an-array")
        else:
            count += 1
            if count > MAX_CELLS:
                raise _UnreadableError("too-many-numbers")
            stack[-1][1].append(_cell(mark))
    if len(stack) > 1:
        raise _UnreadableError("brackets")
    return top[0] if len(top) == 1 and isinstance(top[0], list) else top


def _close(stack: list[tuple[str, _Nested]], mark: str) -> None:
    closing, group = stack.pop()
    if closing != mark:
        raise _UnreadableError("brackets")
    if not group:
        raise _UnreadableError("not-an-array")


def _shape(nested: _Nested) -> tuple[int, ...]:
    lists = [item for item in nested if isinstance(item, list)]
    if not lists:
        return (len(nested),)
    shapes = {_shape(item) for item in lists}
    if len(lists) < len(nested) or len(shapes) > 1:
        raise _UnreadableError("ragged")
    return (len(nested), *shapes.pop())


def _cells(nested: _Nested) -> list[Rational]:
    flat: list[Rational] = []
    for item in nested:
        flat += _cells(item) if isinstance(item, list) else [item]
    return flat


def _read_choice(text: str, field: Field) -> Reading:
    match = _OPTION.fullmatch(text)
    if not match or match[1].upper() not in field.letters:
        raise _UnreadableError("not-an-option")
    return Reading(match[1].upper(), f"option {match[1].upper()}")


def _read_choices(text: str, field: Field) -> Reading:
    letters = [letter.upper() for letter in re.findall("[A-Za-z]", text)]
    if not _OPTIONS.fullmatch(text) or not set(letters) <= set(field.letters):
        raise _UnreadableError("not-options")
    if len(set(letters)) < len(letters):
        raise _UnreadableError("option-twice")
    chosen = sorted(letters)
    return Reading("".join(chosen), f"option{'s' if len(chosen) > 1 else ''} {', '.join(chosen)}")


def _read_expression(text: str, field: Field) -> Reading:
    from question_bank import expressions  # here, because few questions need it

    try:
        canonical = expressions.read(text, field.symbols)
    except expressions.UnreadableExpressionError as problem:
        raise _UnreadableError(problem.problem) from None
    return Reading(Expr(canonical), f"{expressions.show(canonical)} read as an expression")


def _read_text(text: str, _field: Field) -> Reading:
    if len(text) > MAX_PROSE:
        raise _UnreadableError("text-too-long")
    words = len(re.findall(r"[^ \n]+", text))
    return Reading(Prose(text), f"{words} word{'s' if words > 1 else ''}, marked by a person")


_READERS = {
    "integer": _read_number,
    "number": _read_number,
    "shape": _read_shape,
    "array": _read_array,
    "choice": _read_choice,
    "choices": _read_choices,
    "expression": _read_expression,
    "text": _read_text,
}
