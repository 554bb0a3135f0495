"""The errata as one page that an instructor can publish: no script, no outside resource, every text escaped.

The policy in the page (CSP 3, section 6.1) lets its own style apply, by its digest, and forbids everything else.
"""

import base64
import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from question_bank.lectures.check import KINDS, Finding
from question_bank.lectures.report import counts, unjudged
from question_bank.lectures.show import number_text, places, text

_MOST_CELLS = 400


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an answer as it is set: a table, or a line of text.

    Attributes:
        name: of the piece, such as `dw`; empty where there is one only.
        rows: cells (text, whether it is wrong); empty for a line of text.
        line: the text.
    """

    name: str
    rows: tuple[tuple[tuple[str, bool], ...], ...] = ()
    line: str = ""


def to_html(findings: Sequence[Finding]) -> bytes:
    """Write the page in UTF-8; the same findings always give the same bytes."""
    style = _environment().get_template("errata.css.j2").render()
    page = _environment().get_template("errata.html.j2")
    return page.render(
        counts=counts(findings),
        lectures=_lectures(finding for finding in findings if finding.verdict in ("wrong", "remark")),
        unjudged=unjudged(findings),
        unusable=[finding for finding in findings if finding.verdict == "unusable"],
        style=Markup(style),  # noqa: S704  # our own file
        policy=f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'",
    ).encode()


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("question_bank.lectures"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"stated": stated_blocks, "right": right_blocks, "number": number_text}
    return environment


def _digest(style: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"


def _lectures(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Group findings by the file of their lecture, in order."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.source_file or "Lecture", []).append(finding)
    return found


def stated_blocks(finding: Finding) -> tuple[Block, ...]:
    """Set what is stated; wrong cells are marked."""
    return _blocks(finding, finding.stated, 0)


def right_blocks(finding: Finding) -> tuple[Block, ...]:
    """Set what is right, the cells marked that are wrong as stated; only the parts that are stated."""
    right = finding.right
    if isinstance(right, Mapping) and isinstance(finding.stated, dict):
        right = {name: right[name] for name in finding.stated}
    return _blocks(finding, right, places(finding.tolerance))


def _blocks(finding: Finding, answer: Any, digits: int) -> tuple[Block, ...]:
    wrong = {difference.path for difference in finding.apart}
    shape = finding.kind in KINDS and KINDS[finding.kind].axes
    if isinstance(answer, Mapping):
        return tuple(_block(name, part, (name,), wrong, digits) for name, part in answer.items())
    if shape:
        return (Block("", line=_shapes_line(answer)),)
    if _is_planes(answer):
        return tuple(
            _block(f"[{index}]", plane, (index,), wrong, digits) for index, plane in enumerate(answer)
        )
    size = _size(answer) if () in wrong else ""  # the same numbers in another shape look alike without it
    return (_block(size, answer, (), wrong, digits),)


def _block(name: str, answer: Any, path: tuple[int | str, ...], wrong: set[Any], digits: int) -> Block:
    """Set one table, one list, or anything else as a line."""
    table = answer if _is_table(answer) else [answer] if _is_row(answer) else None
    if table is None or sum(map(len, table)) > _MOST_CELLS:
        return Block(name, line=text(answer, digits))
    rows = []
    for r, row in enumerate(table):
        at = (*path, r) if table is answer else path
        rows.append(tuple((_cell(cell, digits), (*at, c) in wrong) for c, cell in enumerate(row)))
    return Block(name, rows=tuple(rows))


def _cell(cell: Any, digits: int) -> str:
    """Write a cell of a table; a number with a true minus sign."""
    shown = number_text(cell, digits)
    return shown if isinstance(cell, str) else shown.replace("-", "\u2212")


def _size(answer: Any) -> str:
    """Write the shape of a table or a list."""
    if _is_table(answer):
        return f"{len(answer)} \u00d7 {len(answer[0])}"
    return f"{len(answer)} numbers" if _is_row(answer) else ""


def _is_row(answer: Any) -> bool:
    return isinstance(answer, list | tuple) and bool(answer) and not any(map(_is_list, answer))


def _is_table(answer: Any) -> bool:
    return isinstance(answer, list | tuple) and bool(answer) and all(map(_is_row, answer))


def _is_planes(answer: Any) -> bool:
    return isinstance(answer, list | tuple) and bool(answer) and all(map(_is_table, answer))


def _is_list(answer: Any) -> bool:
    return isinstance(answer, list | tuple | Mapping)


def _shapes_line(answer: Any) -> str:
    """Write a shape as (6, 2), shapes with commas between them."""
    if _is_table(answer):
        return ", ".join(map(_shapes_line, answer))
    return f"({', '.join(map(number_text, answer))})" if _is_row(answer) else text(answer)
