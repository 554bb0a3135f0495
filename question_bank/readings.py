r"""How a typed answer is read: one small grammar for Python, and for the page's JavaScript, which must agree.

Both sides are tested against `tests/answer_readings.json`. Reading never fails and never evaluates anything: it returns a
`Reading` that says what was read, or why nothing was. Everything read is exact (whole numbers and fractions).

**Tidying**, in this order, for every kind. A text of more than 20,000 code points is `too-long`. Unicode NFC. The signs
U+2212, U+2012, U+2013 become `-`; U+2019 becomes `'`; `\r\n` and `\r` become `\n`; runs of blanks (space, tab, form feed,
vertical tab, U+00A0, U+2009, U+202F) become one space; spaces beside a `\n` go; three or more `\n` become two; the ends are
stripped. Nothing left is `empty`. One `.` that ends a text of two or more characters goes, and blanks before it.
Where the field says that it may raise, `error`, `an error`, `raises`, `raises error`, `raises an error`, `it raises an
error`, `this raises an error`, `l\u1ed7i`, `b\u00e1o l\u1ed7i`, `b\u1ecb l\u1ed7i`, `c\u00f3 l\u1ed7i` or `g\u00e2y l\u1ed7i` (any case) is the answer "this raises an
error". Where it says that it may be undetermined, `undetermined`, `not determined`, `cannot be determined`, `can't be
determined`, `it cannot be determined`, `this cannot be determined`, `kh\u00f4ng x\u00e1c \u0111\u1ecbnh \u0111\u01b0\u1ee3c`, `kh\u00f4ng th\u1ec3 x\u00e1c \u0111\u1ecbnh` or
`kh\u00f4ng th\u1ec3 x\u00e1c \u0111\u1ecbnh \u0111\u01b0\u1ee3c` (any case) is "this cannot be determined".

**integer, number** (in this order; `D` is one of 0-9). What stands up to the last `=`, and spaces after it, is dropped; then
one unit at the end, one space before it allowed: the field's own, as it is shown, else one of `px pixel pixels parameter
parameters param params weights values` (any case), else one of `\u0111i\u1ec3m \u1ea3nh`, `tham s\u1ed1`, `tr\u1ecdng s\u1ed1`, `gi\u00e1 tr\u1ecb` (the
first letter of any case); then one space after a sign. A text of more than 40 characters is `number-too-long`.
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

from question_bank.reading import PROBLEMS, Reading, UnreadableError
from question_bank.reading_arrays import CLOSING, read_array
from question_bank.reading_numbers import MAX_NUMBER, number, ungrouped
from question_bank.values import RAISED, UNDETERMINED, Expr, Field, Prose, show_number, show_shape

__all__ = ["MAX_CHARACTERS", "PROBLEMS", "Reading", "read"]


MAX_CHARACTERS, MAX_AXES, MAX_PROSE = 20_000, 8, 10_000

_SIGNS = str.maketrans({"\u2212": "-", "\u2012": "-", "\u2013": "-", "\u2019": "'"})
_RAISES = (
    {"error", "an error", "raises", "raises error"}
    | {f"{start}raises an error" for start in ("", "it ", "this ")}
    | {f"{start}l\u1ed7i" for start in ("", "b\u00e1o ", "b\u1ecb ", "c\u00f3 ", "g\u00e2y ")}
)
_UNDETERMINED = {
    "undetermined",
    "not determined",
    "can't be determined",
    "kh\u00f4ng x\u00e1c \u0111\u1ecbnh \u0111\u01b0\u1ee3c",
    "kh\u00f4ng th\u1ec3 x\u00e1c \u0111\u1ecbnh",
    "kh\u00f4ng th\u1ec3 x\u00e1c \u0111\u1ecbnh \u0111\u01b0\u1ee3c",
} | {f"{start}cannot be determined" for start in ("", "it ", "this ")}
_UNIT = re.compile(
    r" ?(?:pixels|pixel|px|parameters|parameter|params|param|weights|values)$", re.IGNORECASE | re.ASCII
)
_UNIT_VI = re.compile(
    " ?(?:[\u0111\u0110]i\u1ec3m \u1ea3nh|[tT]ham s\u1ed1|[tT]r\u1ecdng s\u1ed1|[gG]i\u00e1 tr\u1ecb)$"
)
_SHAPE = re.compile(r"[+-]?[0-9]{1,12}(?:(?:[ \n]*[,;xX*\u00d7][ \n]*|[ \n]+)[+-]?[0-9]{1,12})*(?:[ \n]*,)?")
_OPTION = re.compile(r"\(?([A-Za-z])[).]?")
_OPTIONS = re.compile(r"[A-Za-z](?:[ \n]*[,;]?[ \n]*[A-Za-z])*")


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
    except UnreadableError as problem:
        return Reading(problem=str(problem))


def _tidy(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError("too-long")
    text = unicodedata.normalize("NFC", text).translate(_SIGNS).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[ \t\f\v\u00a0\u2009\u202f]+", " ", text)
    text = re.sub("\n{3,}", "\n\n", re.sub(" ?\n ?", "\n", text)).strip(" \n")
    if not text:
        raise UnreadableError("empty")
    return text[:-1].rstrip(" \n") if text[-1] == "." and len(text) > 1 else text


def _read_number(text: str, field: Field) -> Reading:
    text = _without_unit(_after_equals(text), field.unit)
    if text[:1] in {"+", "-"} and text[1:2] == " ":
        text = text[0] + text[2:]
    if len(text) > MAX_NUMBER:
        raise UnreadableError("number-too-long")
    value = number(ungrouped(text, field.kind))
    whole = field.kind == "integer" and isinstance(value, int)
    return Reading(value, f"{show_number(value)} read as a {'whole number' if whole else 'number'}")


def _without_unit(text: str, own: str) -> str:
    if own and text.endswith(own):
        return text.removesuffix(own).removesuffix(" ")
    shorter = _UNIT.sub("", text)
    return _UNIT_VI.sub("", text) if shorter == text else shorter


def _after_equals(text: str) -> str:
    return text.rpartition("=")[2].lstrip(" \n")


def _read_shape(text: str, _field: Field) -> Reading:
    body = re.sub(r"^(?:torch\.)?Size", "", _after_equals(text)).strip(" \n")
    bracketed = body[:1] in CLOSING
    for _ in range(3):
        if body[:1] and CLOSING.get(body[0]) == body[-1]:
            body = body[1:-1].strip(" \n")
    if any(bracket in body for bracket in "()[]{}"):
        raise UnreadableError("brackets")
    if not (_SHAPE.fullmatch(body) or (bracketed and not body)):
        raise UnreadableError("not-a-shape")
    value = tuple(map(int, re.findall(r"[+-]?[0-9]+", body)))
    if len(value) > MAX_AXES:
        raise UnreadableError("too-many-axes")
    return Reading(value, f"{show_shape(value)} read as a shape")


def _read_choice(text: str, field: Field) -> Reading:
    match = _OPTION.fullmatch(text)
    if not match or match[1].upper() not in field.letters:
        raise UnreadableError("not-an-option")
    return Reading(match[1].upper(), f"option {match[1].upper()}")


def _read_choices(text: str, field: Field) -> Reading:
    letters = [letter.upper() for letter in re.findall("[A-Za-z]", text)]
    if not _OPTIONS.fullmatch(text) or not set(letters) <= set(field.letters):
        raise UnreadableError("not-options")
    if len(set(letters)) < len(letters):
        raise UnreadableError("option-twice")
    chosen = sorted(letters)
    return Reading("".join(chosen), f"option{'s' if len(chosen) > 1 else ''} {', '.join(chosen)}")


def _read_expression(text: str, field: Field) -> Reading:
    from question_bank import expressions  # here, because few questions need it

    try:
        canonical = expressions.read(text, field.symbols)
    except expressions.UnreadableExpressionError as problem:
        raise UnreadableError(problem.problem) from None
    return Reading(Expr(canonical), f"{canonical} read as an expression")


def _read_text(text: str, _field: Field) -> Reading:
    if len(text) > MAX_PROSE:
        raise UnreadableError("text-too-long")
    words = len(re.findall(r"[^ \n]+", text))
    return Reading(Prose(text), f"{words} word{'s' if words > 1 else ''}, marked by a person")


_READERS = {
    "integer": _read_number,
    "number": _read_number,
    "shape": _read_shape,
    "array": lambda text, _: read_array(text),
    "choice": _read_choice,
    "choices": _read_choices,
    "expression": _read_expression,
    "text": _read_text,
}
