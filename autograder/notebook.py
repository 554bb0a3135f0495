"""What is in a notebook's JSON, read without trusting any of it: cells, oddities, and what can be saved of a broken file.

The format is nbformat 4 (https://nbformat.readthedocs.io/en/latest/format_description.html); version 3 kept its cells in
`worksheets` and its code in `input`. Nothing here validates against a schema: a notebook that Jupyter would refuse still has cells.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

MAX_BRACKETS = 2_000_000
"""Objects and lists in one file: 50 MB of `[[],[],...]` would take more than 1 GB of memory."""
MAX_FAILURES = 100
"""Positions that salvage tries in vain before it gives up, so that a crafted file costs seconds at most."""
MAX_LISTED = 3
SKIP_TAG = "skip-execution"
HUGE = 10**9
"""No points are so many; JSON can hold integers that no float can."""
CELL_START = re.compile(
    r'\{\s*"(?:attachments|cell_type|collapsed|execution_count|id|input|metadata|outputs|source)"\s*:'
)
MERGE_MARKER = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)

CellKind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it was handed in; its outputs are not kept."""

    kind: CellKind
    source: str
    """Text with line feeds only, without white space at its end."""
    grade_id: str | None = None
    """What the cell's metadata claim to be; never trusted, only used to put cells in their places."""
    points: float | None = field(default=None, repr=False)
    """What the cell's metadata claim that it is worth; never trusted, only used to note that they were changed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The cells of one file, what was odd about them, and why there are none."""

    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str | None = None
    damaged: bool = False
    """Whether a part of the file could not be read, so that work may be missing."""


def parse(text: str) -> Contents:
    """Read a notebook's text; a broken one gives the cells that are whole.

    >>> parse('{"cells": [{"cell_type": "code", "source": ["x = 1"]}]}').cells
    (Cell(kind='code', source='x = 1', grade_id=None),)
    >>> parse('{"cells": [{"cell_type": "code", "source": "x = 1"}, {"cell_ty').notes
    ('The file is damaged (it is cut off or edited by hand); 1 whole cell could be read from it.',)
    """
    if not text.strip():
        return Contents(problem="The file is empty.")
    brackets = text.count("{") + text.count("[")
    if brackets > MAX_BRACKETS:
        return Contents(problem=f"The file has {brackets} brackets; a notebook may have {MAX_BRACKETS}.")
    try:
        return from_json(json.loads(text))
    except (ValueError, RecursionError):
        return _salvage(text)


def from_json(notebook: object) -> Contents:
    """Take the cells out of parsed JSON of any shape."""
    if not isinstance(notebook, dict):
        return Contents(problem="The file is JSON but no notebook: it has no cells.")
    found = notebook.get("cells")
    notes: list[str] = []
    if not isinstance(found, list):
        sheets = notebook.get("worksheets")
        found = [cell for sheet in _dicts(sheets) for cell in _list(sheet.get("cells"))]
        if not found:
            return Contents(problem="The file is JSON but no notebook: it has no cells.")
        notes.append("The notebook has the old format 3; its cells were read all the same.")
    cells, odd = _cells(found)
    return Contents(cells, (*notes, *odd))


def _cells(found: list[Any]) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Read each cell that can be read and say which could not."""
    cells: list[Cell] = []
    unread: list[str] = []
    retyped: list[str] = []
    tagged: list[str] = []
    for number, raw in enumerate(found, start=1):
        source = _source(raw)
        if source is None:
            unread.append(str(number))
            continue
        kind, changed = _kind(raw)
        retyped += [str(number)] * changed
        tagged += [str(number)] * (kind == "code" and _is_tagged(raw))
        cells.append(Cell(kind, source, _grade_id(raw), _points(raw)))
    notes = []
    if unread:
        notes.append(f"Left out because the cell holds no text: cell {_listed(unread)}.")
    if retyped:
        notes.append(f"Read as code although its type was changed: cell {_listed(retyped)}.")
    if tagged:
        notes.append(f"Run although it is tagged {SKIP_TAG}: cell {_listed(tagged)}.")
    return tuple(cells), tuple(notes)


def _source(raw: object) -> str | None:
    """Join a cell's source; None when it is not text."""
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return clean(source) if isinstance(source, str) else None


def clean(source: str) -> str:
    r"""Bring a source to the one form in which sources are compared and run.

    Line ends become line feeds, white space at the end goes, and half a surrogate pair, which no encoding can carry, becomes `?`.

    >>> clean("x = 1\r\ny = 2 \n\n")
    'x = 1\ny = 2'
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    return text.encode("utf-8", "replace").decode("utf-8")


def _kind(raw: dict[str, Any]) -> tuple[CellKind, bool]:
    """Tell a cell's type, and whether a code cell of the assignment was turned into text."""
    stated = raw.get("cell_type")
    name = stated.lower() if isinstance(stated, str) else ""
    if name == "code" or (
        name not in ("markdown", "raw", "heading") and ("outputs" in raw or "execution_count" in raw)
    ):
        return "code", name != "code"
    if _nbgrader(raw).get("cell_type") == "code":
        return "code", True
    return ("raw" if name == "raw" else "markdown"), False


def _nbgrader(raw: dict[str, Any]) -> dict[str, Any]:
    """Take nbgrader's part of a cell's metadata; an empty one for anything odd."""
    metadata = raw.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _grade_id(raw: dict[str, Any]) -> str | None:
    """Take the grade id that the metadata claim."""
    found = _nbgrader(raw).get("grade_id")
    return found if isinstance(found, str) else None


def _points(raw: dict[str, Any]) -> float | None:
    """Take the points that the metadata claim."""
    found = _nbgrader(raw).get("points")
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not abs(found) < HUGE:
        return None
    return float(found)


def _is_tagged(raw: dict[str, Any]) -> bool:
    """Tell whether a cell's tags ask nbclient to leave it out."""
    metadata = raw.get("metadata")
    return isinstance(metadata, dict) and SKIP_TAG in _list(metadata.get("tags"))


def _salvage(text: str) -> Contents:
    """Read every whole cell of a text that is not JSON: cut off, merged badly, or edited by hand."""
    decoder = json.JSONDecoder()
    found: list[Any] = []
    position = failures = 0
    while failures < MAX_FAILURES and (start := CELL_START.search(text, position)):
        try:
            value, position = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            position = start.end()
            failures += 1
            continue
        if isinstance(value, dict) and "cell_type" in value:
            found.append(value)
    cells, notes = _cells(found)
    if not cells:
        return Contents(problem=f"The file is no notebook: it is not valid JSON{_merge_hint(text)}.")
    count = f"{len(cells)} whole cell{'s' * (len(cells) > 1)}"
    damage = f"The file is damaged ({_damage(text)}); {count} could be read from it."
    return Contents(cells, (damage, *notes), damaged=True)


def _damage(text: str) -> str:
    """Name what probably happened to a file that is not JSON."""
    return "it holds merge markers" if MERGE_MARKER.search(text) else "it is cut off or edited by hand"


def _merge_hint(text: str) -> str:
    """Mention merge markers where there are some."""
    return ", it holds merge markers" if MERGE_MARKER.search(text) else ""


def _listed(numbers: list[str]) -> str:
    """Name the first few of many cells."""
    more = len(numbers) - MAX_LISTED
    return ", ".join(numbers[:MAX_LISTED]) + (f" and {more} more" if more > 0 else "")


def _list(value: object) -> list[Any]:
    """Take a list; anything else counts as an empty one."""
    return value if isinstance(value, list) else []


def _dicts(value: object) -> list[dict[str, Any]]:
    """Take the objects of a list."""
    return [item for item in _list(value) if isinstance(item, dict)]
