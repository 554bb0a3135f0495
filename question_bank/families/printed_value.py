"""What numbers a few lines on tensors print: torch.Tensor.view, transpose, sum, broadcasting, torch.cat, indexing."""

from collections.abc import Callable
from dataclasses import dataclass

from question_bank.answers import Array
from question_bank.authoring import Draft, family, live, most_separated
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.values import Grid, Value, show_grid

_STEM = "What does the last line of this program print? Write the numbers in rows, as the tensor has them."
Rows = list[list[int]]


@dataclass(frozen=True, slots=True)
class _Case:
    """One operation: its text, what it gives of x and of what stands beside it, in a few lines of plain Python, and wrong ways."""

    text: str
    beside: str
    gives: Callable[[Rows, list[int]], Grid]
    wrong: dict[str, Callable[[Rows, list[int]], Grid | None]]
    says: str


def _rows(values: list[int], width: int) -> Grid:
    return Grid.of([values[start : start + width] for start in range(0, len(values), width)])


def _flat(x: Rows) -> list[int]:
    return [value for row in x for value in row]


def _turned(x: Rows) -> Rows:
    return [list(column) for column in zip(*x, strict=True)]


def _place(row: list[int]) -> int:
    return row.index(max(row))


_CASES = (
    _Case(
        "x.view(3, 2)",
        "",
        lambda x, _: _rows(_flat(x), 2),
        {
            "view-for-transpose": lambda x, _: Grid.of(_turned(x)),
            "flat-by-columns": lambda x, _: _rows(_flat(_turned(x)), 3),
        },
        "The numbers are taken row by row and laid out in rows of two.",
    ),
    _Case(
        "x.t()",
        "",
        lambda x, _: Grid.of(_turned(x)),
        {"view-for-transpose": lambda x, _: _rows(_flat(x), 2), "flat-by-columns": lambda x, _: Grid.of(x)},
        "Each row becomes a column.",
    ),
    _Case(
        "x.sum(dim=0)",
        "",
        lambda x, _: Grid.of([sum(column) for column in _turned(x)]),
        {"sum-over-the-other-axis": lambda x, _: Grid.of([sum(row) for row in x])},
        "Axis 0 disappears: the numbers of each column are added.",
    ),
    _Case(
        "x.sum(dim=1)",
        "",
        lambda x, _: Grid.of([sum(row) for row in x]),
        {"sum-over-the-other-axis": lambda x, _: Grid.of([sum(column) for column in _turned(x)])},
        "Axis 1 disappears: the numbers of each row are added.",
    ),
    _Case(
        "x.argmax(dim=0)",
        "",
        lambda x, _: Grid.of([_place(column) for column in _turned(x)]),
        {
            "argmax-over-the-batch": lambda x, _: Grid.of([_place(row) for row in x]),
            "largest-value-for-its-place": lambda x, _: Grid.of([max(column) for column in _turned(x)]),
            "counted-from-one": lambda x, _: Grid.of([_place(column) + 1 for column in _turned(x)]),
        },
        "Axis 0 is searched: for each column the row of its largest number is given, counted from 0.",
    ),
    _Case(
        "x.argmax(dim=1)",
        "",
        lambda x, _: Grid.of([_place(row) for row in x]),
        {
            "argmax-over-the-batch": lambda x, _: Grid.of([_place(column) for column in _turned(x)]),
            "largest-value-for-its-place": lambda x, _: Grid.of([max(row) for row in x]),
            "counted-from-one": lambda x, _: Grid.of([_place(row) + 1 for row in x]),
        },
        "Axis 1 is searched: for each row the column of its largest number is given, counted from 0.",
    ),
    _Case(
        "x + a",
        "[{0}, {1}, {2}]",
        lambda x, a: Grid.of([[v + b for v, b in zip(row, a, strict=True)] for row in x]),
        {
            "broadcast-along-the-other-axis": lambda x, a: Grid.of(
                [[v + b for v in row] for row, b in zip(x, a, strict=False)]
            ),
            "broadcast-first-entry-only": lambda x, a: Grid.of([[v + a[0] for v in row] for row in x]),
        },
        "`a` is lined up with the last axis, so it is added to each row.",
    ),
    _Case(
        "x + a",
        "[[{0}], [{1}]]",
        lambda x, a: Grid.of([[v + b for v in row] for row, b in zip(x, a, strict=False)]),
        {
            "broadcast-along-the-other-axis": lambda x, a: Grid.of(
                [[v + b for v, b in zip(row, (*a[:2], 0), strict=True)] for row in x]
            ),
            "broadcast-first-entry-only": lambda x, a: Grid.of([[v + a[0] for v in row] for row in x]),
        },
        "Axis 1 of `a` has the length 1 and is repeated, so each row of `x` gets a number of its own.",
    ),
    _Case(
        "torch.cat([x, x + 10], dim=0)",
        "",
        lambda x, _: Grid.of([*x, *([v + 10 for v in row] for row in x)]),
        {"joined-along-the-other-axis": lambda x, _: Grid.of([[*row, *(v + 10 for v in row)] for row in x])},
        "Along axis 0 the rows of the second tensor come below those of the first.",
    ),
    _Case(
        "torch.cat([x, x + 10], dim=1)",
        "",
        lambda x, _: Grid.of([[*row, *(v + 10 for v in row)] for row in x]),
        {"joined-along-the-other-axis": lambda x, _: Grid.of([*x, *([v + 10 for v in row] for row in x)])},
        "Along axis 1 the columns of the second tensor come beside those of the first.",
    ),
    _Case(
        "x[:, 1]",
        "",
        lambda x, _: Grid.of([row[1] for row in x]),
        {
            "row-for-column": lambda x, _: Grid.of(x[1]),
            "counted-from-one": lambda x, _: Grid.of([row[0] for row in x]),
        },
        "All rows are kept, and of each the entry of column 1, the second one.",
    ),
    _Case(
        "x[:, 0:2]",
        "",
        lambda x, _: Grid.of([row[:2] for row in x]),
        {"slice-end-included": lambda x, _: Grid.of(x), "row-for-column": lambda x, _: Grid.of([x[0]])},
        "All rows are kept, and of each columns 0 and 1; the end of a slice does not belong to it.",
    ),
    _Case(
        "x.view(-1)",
        "",
        lambda x, _: Grid.of(_flat(x)),
        {"flat-by-columns": lambda x, _: Grid.of(_flat(_turned(x)))},
        "One axis is left, and the numbers are taken row by row.",
    ),
)


def _wrong(case: _Case, x: Rows, a: list[int]) -> tuple[Wrong, ...]:
    values: dict[str, Value | None] = {rule: wrong(x, a) for rule, wrong in case.wrong.items()}
    return live(Array(case.gives(x, a)), values)


@family("printed-value", topic="code", version=1)
class PrintedValue:
    """Numbers that a few lines on tensors print: view, transposition, sums, broadcasting, joining, indexing."""

    space = Space(case=range(len(_CASES)), low=(0, -9), radicals=("case",))
    rules = tuple(sorted({rule for case in _CASES for rule in case.wrong}))
    drawn = True

    def build(self, given: Given, draw: Draw) -> Draft:
        """Ask for the numbers; they are drawn so that mistakes show, and no two of them are equal."""
        case = _CASES[given["case"]]

        def entries(stream: Draw) -> tuple[Rows, list[int]]:
            values = stream.shuffle(range(given["low"], 10))[:6]
            return [list(values[:3]), list(values[3:])], list(stream.shuffle(range(1, 8))[:3])

        x, a = most_separated(draw, entries, lambda drawn: _wrong(case, *drawn), wanted=len(case.wrong))
        beside = (f"a = torch.tensor({case.beside.format(*a)})",) if case.beside else ()
        code = "\n".join((f"x = torch.tensor({show_grid(Grid.of(x))})", *beside, f"print({case.text})"))
        part = Part(Array(case.gives(x, a)), Message("Numbers"))
        return Draft(
            Message(_STEM), (part,), code=code, wrong=_wrong(case, x, a), remarks=(Message(case.says),)
        )

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out by torch."""
        from question_bank.programs import Program, of_torch

        found = Program(question.code, of_torch()).run().printed[0][1][0]
        return (Grid(tuple(found.shape), tuple(found.flatten().tolist())),)
