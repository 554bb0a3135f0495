"""Mutants that get full marks, and why: `proof/survivors.toml`, each explained one by one.

A reason is of a kind, which says what can be checked about it; see `KINDS`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().with_name("survivors.toml")
KINDS = ("equal", "accepted")
"""`equal`: every call that the contract allows gives the same values. `accepted`: as `equal`, but for calls to which the contract
accepts several answers, such as a gradient at a tie."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some mutants of one function survive.

    Attributes:
        function: the graded function.
        kind: one of `KINDS`.
        because: one or two sentences.
        mutants: their names.
    """

    function: str
    kind: str
    because: str
    mutants: tuple[str, ...]


def read_reasons(path: Path = PATH) -> tuple[Reason, ...]:
    """Read the reasons.

    Raises:
        ValueError: file, entry, got, expected.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}; expected a TOML file of [[reason]] tables") from None
    rows = table.get("reason", [])
    if table.keys() - {"reason"} or not isinstance(rows, list):
        raise ValueError(f"{path.name}: got {', '.join(sorted(table))}, expected only [[reason]] tables")
    return tuple(_reason(f"{path.name}, reason {number}", row) for number, row in enumerate(rows, 1))


def _reason(where: str, row: Any) -> Reason:
    fields = {"function", "kind", "because", "mutants"}
    if not isinstance(row, dict) or row.keys() != fields:
        got = ", ".join(sorted(row)) if isinstance(row, dict) else repr(row)
        raise ValueError(f"{where}: got {got}; expected {', '.join(sorted(fields))}")
    for field in ("function", "kind", "because"):
        if not isinstance(row[field], str) or not row[field].strip():
            raise ValueError(f"{where}: {field}={row[field]!r}: expected a text")
    if row["kind"] not in KINDS:
        raise ValueError(f"{where}: kind={row['kind']!r}: expected {' or '.join(KINDS)}")
    names = row["mutants"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{where}: mutants={names!r}: expected a list of mutants' names, at least one")
    return Reason(row["function"], row["kind"], row["because"], tuple(names))


def explained(reasons: Sequence[Reason], function: str) -> Mapping[str, Reason]:
    """Give the reason of each explained mutant of a function.

    Raises:
        ValueError: one is explained twice.
    """
    found: dict[str, Reason] = {}
    for reason in reasons:
        for name in reason.mutants if reason.function == function else ():
            if name in found:
                raise ValueError(f"{PATH.name}: {function}: {name!r} is explained twice; keep one reason")
            found[name] = reason
    return found
