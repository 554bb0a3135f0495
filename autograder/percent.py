"""Notebooks as text: the percent format (https://jupytext.readthedocs.io/en/latest/formats-scripts.html#the-percent-format).

A line `# %%` begins a code cell and `# %% [markdown]` a text cell, whose lines are comments; `key="value"` pairs after it are
the cell's metadata. jupytext reads the same; this reader starts a thousand times faster, which matters for one `.py` file.
"""

import re
from dataclasses import dataclass, field

from autograder.notebook import CellKind, clean

MARKER = re.compile(r"^# ?%%(?:[ \t]+(?P<rest>.*))?$")
PAIR = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Block:
    """One cell of a text notebook."""

    kind: CellKind
    source: str
    metadata: dict[str, str] = field(default_factory=dict)


def split(text: str) -> tuple[Block, ...]:
    r"""Split a text notebook into its cells; a file without a `# %%` line is one code cell.

    Comments before the first such line, as jupytext's own header, are no cell.

    >>> split('# ---\n# header\n# ---\n\n# %% [markdown]\n# # Title\n#\n# Text\n\n# %% role="stub"\n\nx = 1\n')[0]
    Block(kind='markdown', source='# Title\n\nText', metadata={})
    >>> split("x = 1")
    (Block(kind='code', source='x = 1', metadata={}),)
    """
    lines = clean(text).split("\n")
    starts = [number for number, line in enumerate(lines) if MARKER.match(line)]
    if not starts:
        return _block("code", lines, {})
    before = lines[: starts[0]]
    blocks = (
        _block("code", before, {})
        if any(line.strip() and not line.startswith("#") for line in before)
        else ()
    )
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        marker = MARKER.match(lines[start])
        rest = (marker and marker["rest"]) or ""
        kind: CellKind = "markdown" if "[markdown]" in rest else "raw" if "[raw]" in rest else "code"
        blocks += _block(kind, lines[start + 1 : end], dict(PAIR.findall(rest)))
    return blocks


def _block(kind: CellKind, lines: list[str], metadata: dict[str, str]) -> tuple[Block, ...]:
    """Make a cell of its lines; none of blank ones that say nothing about themselves."""
    if kind != "code":
        lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
    source = clean("\n".join(lines)).lstrip("\n")
    return (Block(kind, source, metadata),) if source or metadata else ()
