"""Typed arrays: the rules for array of the grammar in `question_bank.readings`."""

import re

from question_bank.reading import Reading, UnreadableError
from question_bank.reading_numbers import MAX_NUMBER, number
from question_bank.values import Grid, Rational, show_grid, show_shape

MAX_DEPTH, MAX_CELLS, MAX_SHOWN_CELLS = 6, 4096, 64
CLOSING = {"(": ")", "[": "]", "{": "}"}
_CALL = re.compile(r"(?:(?:torch|np|numpy)\.)?(?:tensor|array) ?\((.*)\)", re.DOTALL)
_DTYPE = re.compile(r", ?dtype ?= ?[A-Za-z0-9_.]+$")
_TOKEN = re.compile(r"[\[\](){},]|[^\[\](){}, \n]+")


def read_array(text: str) -> Reading:
    """Read an array, tidied already."""
    if call := _CALL.fullmatch(text):
        text = _DTYPE.sub("", call[1].strip(" \n"))
    inside = text[1:-1]
    if CLOSING.get(text[:1]) == text[-1:] and ";" in inside and not re.search(r"[\[\](){}]", inside):
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
        raise UnreadableError("number-too-long")
    return number(text, "not-an-array")


def _rows(text: str) -> _Nested:
    count = 0
    planes: list[_Nested] = []
    for plane in re.sub(" ?;$", "", text).split("\n\n"):
        rows: _Nested = []
        for row in re.split(";\n|;|\n", plane):
            tokens = re.split(r" ?[,|] ?| ", re.sub(" ?,$", "", row.strip(" ")))
            count += len(tokens)
            if count > MAX_CELLS:
                raise UnreadableError("too-many-numbers")
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
                raise UnreadableError("not-an-array")
            may_comma = False
            continue
        may_comma = mark not in CLOSING
        if mark in CLOSING:
            group: _Nested = []
            stack[-1][1].append(group)
            stack.append((CLOSING[mark], group))
            if len(stack) > MAX_DEPTH + 1:
                raise UnreadableError("too-deep")
        elif mark in ")]}":
            _close(stack, mark)
        elif len(stack) == 1:
            raise UnreadableError("not-an-array")
        else:
            count += 1
            if count > MAX_CELLS:
                raise UnreadableError("too-many-numbers")
            stack[-1][1].append(_cell(mark))
    if len(stack) > 1:
        raise UnreadableError("brackets")
    return top[0] if len(top) == 1 and isinstance(top[0], list) else top


def _close(stack: list[tuple[str, _Nested]], mark: str) -> None:
    closing, group = stack.pop()
    if closing != mark:
        raise UnreadableError("brackets")
    if not group:
        raise UnreadableError("not-an-array")


def _shape(nested: _Nested) -> tuple[int, ...]:
    lists = [item for item in nested if isinstance(item, list)]
    if not lists:
        return (len(nested),)
    shapes = {_shape(item) for item in lists}
    if len(lists) < len(nested) or len(shapes) > 1:
        raise UnreadableError("ragged")
    return (len(nested), *shapes.pop())


def _cells(nested: _Nested) -> list[Rational]:
    flat: list[Rational] = []
    for item in nested:
        flat += _cells(item) if isinstance(item, list) else [item]
    return flat
