"""Slips between examples of one lecture: a wrong table carried on, a label of another drawing, a place that states it rightly."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from question_bank.errors import FormatError
from question_bank.lectures.compare import Answer, differences, holds
from question_bank.lectures.example import Example
from question_bank.lectures.given import leaves
from question_bank.lectures.kind import Slip
from question_bank.lectures.work import Work

_MOST_RELATIVES = 200
_MOST_LISTED = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """An example that was recomputed: what is right there, and whether what is stated holds (None for an exercise)."""

    example: Example
    right: Answer
    holds: bool | None


Recompute = Callable[[Example], Answer]


def inherited(judged: Judged, lecture: Sequence[Judged], work: Work, recompute: Recompute) -> Iterator[Slip]:
    """Tell whether the answer follows from a wrong one of the lecture: read with a larger stride, or computed on."""
    example = judged.example
    cells = sum(1 for _ in leaves(example.inputs))
    for other in _others(judged, lecture):
        source = other.example
        if other.holds is not False or not isinstance(source.stated, list):
            continue
        if example.kind == source.kind and dict(example.inputs) == dict(source.inputs):
            steps = _steps(example.parameters, source.parameters)
            if steps and _thinned(source.stated, *steps) == example.stated:
                which = f"every {_nth(steps)} row and column"
                yield Slip("inherited", f"It is read off the wrong table stated in {source.id}, {which}.")
        work.spend(cells)
        if "x" in example.inputs and holds(example.inputs["x"], other.right):
            yield from _computed_on(judged, source, recompute)


def beside(judged: Judged, lecture: Sequence[Judged]) -> Iterator[Slip]:
    """Tell where the lecture states the same, states it rightly, or has the drawing that a label belongs to."""
    again, right, label = [], [], []
    example = judged.example
    for other in _others(judged, lecture):
        near = other.example
        alike = example.kind == near.kind
        if alike and near.stated == example.stated and other.holds is False:
            again.append(near.id)
        if alike and other.holds and _task(example) == _task(near):
            right.append(near.id)
        if example.kind == "array_shape" and _size(near.inputs.get("x")) == _first(example.stated):
            label.append(near.id)
    if label:
        yield Slip("label-of-another", f"The label is the size of the image of {_listed(label)}.")
    if right:
        yield Slip("right-elsewhere", f"The same task is answered rightly in {_listed(right)}.")
    if again:
        yield Slip("stated-again", f"The same is stated, and wrong, in {_listed(again)}.")


def _others(judged: Judged, lecture: Sequence[Judged]) -> Iterator[Judged]:
    return islice((other for other in lecture if other is not judged), _MOST_RELATIVES)


def _listed(ids: Sequence[str]) -> str:
    shown = list(ids[:_MOST_LISTED])
    if len(ids) > _MOST_LISTED:
        shown.append(f"{len(ids) - _MOST_LISTED} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _computed_on(judged: Judged, source: Example, recompute: Recompute) -> Iterator[Slip]:
    example = judged.example
    changed = replace(example, inputs={**example.inputs, "x": source.stated})
    try:
        wrong = recompute(changed)
        apart = len(differences(example.stated, wrong))
    except FormatError:
        return
    cells = sum(1 for _ in leaves(judged.right))
    if apart < min(cells, len(differences(example.stated, judged.right))):
        share = "It follows" if not apart else f"{cells - apart} of its {cells} cells follow"
        yield Slip("inherited", f"{share} from the wrong table stated in {source.id}.")


def _steps(parameters: Mapping[str, Any], others: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the stride along both axes where that is all that differs, and the other has stride 1."""
    own, theirs = dict(parameters), dict(others)
    stride, base = own.pop("stride", 1), theirs.pop("stride", 1)
    steps = stride if isinstance(stride, list) else [stride, stride]
    whole = len(steps) == 2 and all(isinstance(step, int) and step > 0 for step in steps)
    if base not in (1, [1, 1]) or not whole or steps == [1, 1]:
        return None
    return (steps[0], steps[1]) if _without_tolerance(own) == _without_tolerance(theirs) else None


def _thinned(table: Sequence[Any], down: int, across: int) -> list[Any]:
    return [row[::across] if isinstance(row, list) else row for row in table[::down]]


def _nth(steps: tuple[int, int]) -> str:
    words = {2: "second", 3: "third", 4: "fourth"}
    return words.get(steps[0], f"{steps[0]}th") if steps[0] == steps[1] else f"{steps[0]}th / {steps[1]}th"


def _task(example: Example) -> tuple[dict[str, Any], dict[str, Any]]:
    return dict(example.inputs), _without_tolerance(example.parameters)


def _without_tolerance(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != "tolerance"}


def _size(x: Any) -> list[int] | None:
    if isinstance(x, list) and x and isinstance(x[0], list):
        return [len(x), len(x[0])]
    return None


def _first(stated: Any) -> Any:
    return stated[0] if isinstance(stated, list) and stated else 0
