"""Layer tables with blanks: rows of layers with their output's shape and their parameters, some cells of which are asked.

A table is a listing of three columns, layer, shape for one image, number of parameters; a cell that is asked shows its letter.
"""

import string
from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

from question_bank import cnn, layer_table_mistakes
from question_bank.answers import Answer, Integer, Shape
from question_bank.authoring import Draft, live
from question_bank.following import Follow
from question_bank.layer_rows import Row
from question_bank.message import FieldValue, Message
from question_bank.model import Part, Question, Step, Wrong
from question_bank.values import Value, show_shape

Column: TypeAlias = Literal["shape", "parameters"]
Blank: TypeAlias = tuple[int, Column]
"""A cell that is asked: the number of its row, from 0, and its column."""

AXES: Final = ("channels", "height", "width")
STEM: Final = (
    "The table below is that of a network for images of shape `{shape}` (channels, height, width): its layers, the shape of "
    "their output for one image, and how many parameters they have. A `?` is what fits. Fill in the blanks, and give the number "
    "of parameters of the whole network."
)
_PROMPTS: Final = {
    "shape": "({letter}) Shape (channels, height, width)",
    "flat": "({letter}) Numbers behind the flattening",
    "parameters": "({letter}) Parameters",
    "total": "({letter}) Parameters of the network",
}


def around_the_flattening(shaped: int, counted: int, flat: int) -> tuple[Blank, ...]:
    """Return the blanks of a row's shape, a row's parameters, the flattening's shape and the next layer's parameters."""
    return tuple(
        sorted([(shaped, "shape"), (counted, "parameters"), (flat, "shape"), (flat + 1, "parameters")])
    )


def listing(table: Sequence[Row], blanks: Sequence[Blank]) -> str:
    """Write the table; what would give an asked shape away in the rows behind it is a `?`."""
    letters = {blank: f"({letter})" for blank, letter in zip(blanks, string.ascii_lowercase, strict=False)}
    counted = {number for number, column in blanks if column == "parameters"}
    cells = []
    for number, row in enumerate(table):
        hidden = (number - 1, "shape") in letters and row.layer.kind == "dense"
        text = row.layer.text.format(n_in="?" if hidden else row.before[0])
        given_away = any(
            (asked, "shape") in letters and all(table[at].after == row.after for at in range(asked, number))
            for asked in range(number)
        )
        shape = letters.get((number, "shape"), "?" if given_away else show_shape(row.after))
        count = "?" if _twins(table, number) & counted else str(row.parameters)
        cells.append((text, shape, letters.get((number, "parameters"), count)))
    widths = [max(len(cell[column]) for cell in cells) for column in (0, 1)]
    return "\n".join(f"{text:<{widths[0]}}   {shape:<{widths[1]}}   {count}" for text, shape, count in cells)


def draft(table: Sequence[Row], blanks: Sequence[Blank]) -> Draft:
    """Ask for the blanks, which are in the order of their rows, and for the total, which follows from them."""
    keys = [_key(table[number], column) for number, column in blanks]
    total = sum(row.parameters for row in table)
    kinds = ["flat" if table[at].layer.kind == "flatten" else column for at, column in blanks]
    prompts = [*(_PROMPTS[kind] for kind in kinds), _PROMPTS["total"]]
    letters: list[dict[str, FieldValue]] = [{"letter": letter} for letter in string.ascii_lowercase]
    asked = (*keys, Integer(total, "parameters"))
    parts = tuple(
        Part(key, Message(prompt, letter), follow=_follow(table, blanks, number))
        for number, (key, prompt, letter) in enumerate(zip(asked, prompts, letters, strict=False))
    )
    wrong: list[Wrong] = []
    for part, (number, column) in enumerate(blanks):
        wrong += live(keys[part], layer_table_mistakes.of_cell(table[number], column), part)
    wrong += live(asked[-1], layer_table_mistakes.of_total(table, total), len(blanks))
    return Draft(
        Message(STEM, {"shape": table[0].before}),
        parts,
        code=listing(table, blanks),
        solution=(*_solution(table, blanks),),
        wrong=tuple(wrong),
    )


def _key(row: Row, column: Column) -> Answer:
    if column == "parameters":
        return Integer(row.parameters, "parameters")
    return Integer(row.after[0]) if len(row.after) == 1 else Shape(row.after, AXES)


def _follow(table: Sequence[Row], blanks: Sequence[Blank], part: int) -> Follow | None:
    """Return how a dense layer behind a flattening that is asked, and the total, follow from what was answered before."""
    if part == len(blanks):
        times = _times(table, blanks)
        formula = _summed(string.ascii_lowercase, times.values(), str(_rest(table, blanks)))
        return Follow("formula", tuple(times), formula=formula)
    number, column = blanks[part]
    if column == "parameters" and table[number].layer.kind == "dense" and (number - 1, "shape") in blanks:
        out = table[number].layer.out
        return Follow("formula", (blanks.index((number - 1, "shape")),), formula=f"{out}*a + {out}")
    return None


def _twins(table: Sequence[Row], number: int) -> set[int]:
    """Return the rows of the same layer for as many channels: what one of them has, all have."""
    row = table[number]
    return {
        at for at, other in enumerate(table) if (other.layer, other.before[0]) == (row.layer, row.before[0])
    }


def _times(table: Sequence[Row], blanks: Sequence[Blank]) -> dict[int, int]:
    """Return how often the parameters of each blank are counted, by the blank's number."""
    return {
        part: len(_twins(table, number))
        for part, (number, column) in enumerate(blanks)
        if column == "parameters"
    }


def _summed(names: Iterable[str], times: Iterable[int], rest: str) -> str:
    """Write a sum of counts, each as often as it is there, and of the rest.

    >>> _summed("ac", (1, 3), "rest")
    'a + 3*c + rest'
    """
    terms = (name if often == 1 else f"{often}*{name}" for name, often in zip(names, times, strict=False))
    return " + ".join((*terms, rest))


def _rest(table: Sequence[Row], blanks: Sequence[Blank]) -> int:
    """Add the parameters that the table shows."""
    times = _times(table, blanks)
    asked = sum(table[blanks[part][0]].parameters * often for part, often in times.items())
    return sum(row.parameters for row in table) - asked


def _solution(table: Sequence[Row], blanks: Sequence[Blank]) -> Iterable[Step]:
    """Yield the lines of the worked solution, each under the letter of its blank."""
    counts: dict[str, int] = {}
    for letter, (number, column) in zip(string.ascii_lowercase, blanks, strict=False):
        row = table[number]
        named: dict[str, FieldValue] = {"letter": letter}
        if column == "parameters":
            counts[letter] = row.parameters
            dense_layer = row.layer.kind == "dense"
            formula = "c_out*n_in + c_out" if dense_layer else "c_out*c_in*k*k + c_out"
            size = {"n_in": row.before[0]} if dense_layer else {"c_in": row.before[0], "k": row.layer.k}
            label = Message("({letter}) Weights and biases", named)
            yield Step(label, formula, {"c_out": row.layer.out, **size}, row.parameters)
        elif row.layer.kind == "flatten":
            sizes = dict(zip(("c", "h", "w"), row.before, strict=True))
            yield Step(Message("({letter}) All values of all channels", named), "c*h*w", sizes, row.after[0])
        else:
            sizes = {"n": row.before[1], "k": row.layer.k, "s": row.layer.s, "p": row.layer.p}
            yield Step(Message("({letter}) Channels", named), "c", {"c": row.after[0]}, row.after[0])
            label = Message("({letter}) Height, and width as well", named)
            yield Step(label, cnn.PADDED_SIZE, sizes, row.after[1])
    rest = _rest(table, blanks)
    letters: dict[str, FieldValue] = {"letter": string.ascii_lowercase[len(blanks)], "rest": rest}
    label = Message("({letter}) Parameters in all; those that the table shows add up to {rest}", letters)
    total = sum(row.parameters for row in table)
    yield Step(
        label, _summed(counts, _times(table, blanks).values(), "rest"), {**counts, "rest": rest}, total
    )


def recount(question: Question) -> tuple[Value, ...]:
    """Return the blanks of a table and the total, built and tried by torch from its text: for oracles.

    The letters tell which cells are asked; what stands in the others must be what torch says, else nothing is returned.
    """
    from question_bank.listing import sized

    shape = question.stem.fields["shape"]
    assert isinstance(shape, tuple)  # noqa: S101 -- written in `draft`
    answers: dict[str, Value] = {}
    total = 0
    for line in question.code.splitlines():
        text, shown, count = (cell.strip() for cell in line.split("   ") if cell.strip())
        after, parameters = sized(text.replace("?", str(shape[0])), shape)
        for cell, value in ((shown, after), (count, parameters)):
            if cell[:1] == "(" and cell[1:2].isalpha():
                answers[cell] = value[0] if isinstance(value, tuple) and len(value) == 1 else value
            elif cell != "?" and cell != (show_shape(value) if isinstance(value, tuple) else str(value)):
                return ()
        shape, total = after, total + parameters
    return (*(answers[letter] for letter in sorted(answers)), total)
