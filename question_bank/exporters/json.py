"""A student's paper as frozen JSON: what a program may read, with nothing that the page would not show."""

from question_bank.exporters import exporter
from question_bank.frozen import canonical
from question_bank.paper import Paper


@exporter("json", suffix=".json")
def to_json(paper: Paper) -> bytes:
    """Write the paper in the one canonical form; `Paper.from_json` reads it back."""
    return canonical(paper.to_json()) + b"\n"
