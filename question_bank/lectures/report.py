"""Findings as lines of text and as JSON."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from question_bank.lectures.check import Finding, Verdict
from question_bank.lectures.kind import Slip
from question_bank.lectures.show import places, text
from question_bank.lectures.show import to_json as answer_json
from question_bank.values import Json

_MOST_PLACES_LISTED = 12


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Count the findings by verdict; every verdict is there."""
    found = dict.fromkeys(get_args(Verdict), 0)
    for finding in findings:
        found[finding.verdict] += 1
    return found


def unjudged(findings: Iterable[Finding]) -> Mapping[tuple[str, str], list[str]]:
    """Group the ids of what cannot be recomputed by kind and reason."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for finding in findings:
        if finding.verdict == "not recomputed":
            found[finding.kind, finding.reason].append(finding.id)
    return found


def answer_text(finding: Finding) -> str:
    """Write the right answer with as many decimals as tell it from the stated one."""
    return text(finding.right, places(finding.tolerance))


def lines(finding: Finding) -> list[str]:
    """Write one finding as a person reads it: what is stated, what is right, why, and which families ask students for it."""
    head = f"{finding.id}  {finding.verdict}  {finding.kind or 'unknown'}  {place(finding)}"
    if finding.verdict == "unusable":
        return [head, f"    {finding.reason}"]
    found = [head, f"    stated  {text(finding.stated)}"]
    if finding.verdict == "wrong":
        found.append(f"    right   {answer_text(finding)}")
        if where := wrong_places(finding):
            found.append(f"    differs at {where}")
    found += [f"    {slip_text(slip)}" for slip in finding.why]
    return [*found, f"    asked by {', '.join(finding.families)}"]


def place(finding: Finding) -> str:
    """Say where an example stands."""
    return ", ".join(part for part in (finding.source_file, finding.locator) if part)


def slip_text(slip: Slip) -> str:
    """Write an explanation with the id of its misconception."""
    return f"{slip.text} [{slip.id}]" if slip.misconception else slip.text


def wrong_places(finding: Finding) -> str:
    """List the cells that differ, indices from 0; empty where the whole answer does."""
    paths = [difference.path for difference in finding.apart if difference.path]
    shown = [_path(path) for path in paths[:_MOST_PLACES_LISTED]]
    if len(paths) > _MOST_PLACES_LISTED:
        shown.append(f"{len(paths) - _MOST_PLACES_LISTED} more")
    return ", ".join(shown)


def _path(path: Sequence[int | str]) -> str:
    """Write (0, 1), dx (0, 1) or total."""
    names = " ".join(part for part in path if isinstance(part, str))
    cells = [str(part) for part in path if not isinstance(part, str)]
    return f"{names} ({', '.join(cells)})".strip() if cells else names


def to_json(findings: Sequence[Finding]) -> Json:
    """Return the report: counts by verdict, and one object for each example in order."""
    return {"counts": dict(counts(findings)), "findings": [_finding_json(finding) for finding in findings]}


def _finding_json(finding: Finding) -> Json:
    return {
        "id": finding.id,
        "source_file": finding.source_file,
        "locator": finding.locator,
        "kind": finding.kind,
        "verdict": finding.verdict,
        "stated": answer_json(finding.stated),
        "right": answer_json(finding.right),
        "differs_at": [list(difference.path) for difference in finding.apart],
        "why": [_slip_json(slip) for slip in finding.why],
        "reason": finding.reason,
        "families": list(finding.families),
    }


def _slip_json(slip: Slip) -> Json:
    return {"id": slip.id, "misconception": slip.misconception, "text": slip.text}
