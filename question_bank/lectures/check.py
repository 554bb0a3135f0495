"""Recompute worked examples and report every stated answer that is wrong, why, and what could not be recomputed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from question_bank.errors import FormatError, FormulaError
from question_bank.lectures import (
    explain,
    kinds_arrays,
    kinds_claims,
    kinds_counts,
    kinds_formulas,
    kinds_gradients,
    kinds_sizes,
    related,
)
from question_bank.lectures.compare import Answer, Difference, differences, readable
from question_bank.lectures.example import Example, Spoilt, printable
from question_bank.lectures.given import Given, number
from question_bank.lectures.kind import Kind, Slip
from question_bank.lectures.related import Judged
from question_bank.lectures.work import BudgetError, Work

Verdict: TypeAlias = Literal["right", "remark", "wrong", "exercise", "not recomputed", "unusable"]

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        **kinds_arrays.KINDS,
        **kinds_claims.KINDS,
        **kinds_counts.KINDS,
        **kinds_formulas.KINDS,
        **kinds_gradients.KINDS,
        **kinds_sizes.KINDS,
    }
)
"""The kinds that are recomputed, by name."""

NOT_RECOMPUTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "code_error": "a listing that the example names without its text",
        "open_question": "a question that is answered in words",
        "quiz_figure_missing": "a question about a figure that the example does not hold",
        "reported_accuracy": "the outcome of a training run, which data, seed and machine decide",
        "text_only": "a statement about the lecture's own text, code or drawing, for a person to compare",
    }
)
"""The kinds that are known and cannot be recomputed from what an example holds, with the reason."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says about one example.

    Attributes:
        id: of the example; `source_file` and `locator` say where it stands.
        kind: of the example; empty where not even that could be read.
        verdict: `right`; `remark`, right with something to be said; `wrong`; `exercise`, nothing is stated; `not recomputed`;
            `unusable`, broken or of an unknown kind.
        stated: what the lecture states; `right` what was worked out, None where nothing was.
        apart: the places where they differ.
        why: what explains the difference, or the remark.
        reason: why it was not recomputed or could not be used.
        families: that issue such questions.
        tolerance: as the example states it.
    """

    id: str
    source_file: str
    locator: str
    kind: str
    verdict: Verdict
    stated: object = None
    right: "Answer | None" = None
    apart: tuple[Difference, ...] = ()
    why: tuple[Slip, ...] = ()
    reason: str = ""
    families: tuple[str, ...] = ()
    tolerance: Fraction | None = None


def check(examples: Iterable[Example | Spoilt]) -> tuple[Finding, ...]:
    """Check examples, in their order. Nothing in them is evaluated; time and memory are bounded."""
    work = Work()
    judged: list[Judged | Finding] = [_judge(item, work) for item in examples]
    lectures: dict[str, list[Judged]] = defaultdict(list)
    for item in judged:
        if isinstance(item, Judged):
            lectures[item.example.source_file].append(item)
    return tuple(
        item if isinstance(item, Finding) else _finding(item, lectures[item.example.source_file], work)
        for item in judged
    )


def _judge(item: Example | Spoilt, work: Work) -> Judged | Finding:
    """Recompute one example, or say why not."""
    if isinstance(item, Spoilt):
        return Finding(item.id, item.source_file, item.locator, "", "unusable", reason=item.reason)
    if item.kind in NOT_RECOMPUTED:
        reason = NOT_RECOMPUTED[item.kind]
        return _plain(item, "not recomputed", reason)
    if item.kind not in KINDS:
        near = get_close_matches(item.kind, [*KINDS, *NOT_RECOMPUTED], n=3)
        meant = f": did you mean {', '.join(near)}?" if near else ""
        return _plain(item, "unusable", f"unknown kind {item.kind!r}{meant}")
    try:
        _tolerance(item)
        right = recompute(item, work)
        if not readable(item.stated):
            raise FormatError("stated_answer holds what is no number, or one of more than 40 digits")  # noqa: TRY301
        holds = None if item.stated is None else _holds(item, right)
    except (FormatError, FormulaError) as error:
        return _plain(item, "unusable", str(error))
    return Judged(item, right, holds)


def _holds(example: Example, right: Answer) -> bool:
    """Tell whether what is stated holds; every part of it is looked at, so that what is not understood is told."""
    if KINDS[example.kind].same is not None:
        return _matches(example)(right)
    return not differences(example.stated, right, _tolerance(example))


def _plain(example: Example, verdict: Verdict, reason: str) -> Finding:
    place = (example.id, example.source_file, example.locator, example.kind)
    return Finding(*place, verdict, stated=example.stated, reason=printable(reason))


def recompute(example: Example, work: Work) -> Answer:
    """Work the answer of an example of a known kind out.

    Raises:
        FormatError: something is missing, broken, too large, or not understood.
    """
    given = Given(example)
    right = KINDS[example.kind].right(given, work)
    given.finish()
    return right


def _tolerance(example: Example) -> Fraction | None:
    fields = {**example.inputs, **example.parameters}
    if fields.get("tolerance") is None:
        return None
    tolerance = Fraction(number(fields["tolerance"], "tolerance"))
    if tolerance <= 0:
        raise FormatError("tolerance: expected a number above 0; leave it out where digits decide")
    return tolerance


def _matches(example: Example) -> explain.Matches:
    return explain.matcher(KINDS[example.kind], Given(example), example.stated, _tolerance(example))


def _finding(judged: Judged, lecture: Sequence[Judged], work: Work) -> Finding:
    example, kind, tolerance = judged.example, KINDS[judged.example.kind], _tolerance(judged.example)
    verdict: Verdict = "exercise" if judged.holds is None else "right" if judged.holds else "wrong"
    apart: tuple[Difference, ...] = ()
    why: tuple[Slip, ...] = ()
    if judged.holds is False:
        apart = differences(example.stated, judged.right, tolerance) if kind.same is None else ()
        why = tuple(_why(judged, lecture, apart, work))
    elif judged.holds:
        why = tuple(Slip("remark", remark.text) for remark in kind.remarks(Given(example)))
        verdict = "remark" if why else verdict
    place = (example.id, example.source_file, example.locator, example.kind)
    return Finding(
        *place,
        verdict,
        example.stated,
        judged.right,
        apart,
        why,
        families=kind.families,
        tolerance=tolerance,
    )


def _why(judged: Judged, lecture: Sequence[Judged], apart: Sequence[Difference], work: Work) -> list[Slip]:
    """Look for misconceptions first, then for slips of the example itself, then for slips between examples."""
    example, kind = judged.example, KINDS[judged.example.kind]
    found = explain.misconceptions(kind, Given(example), judged.right, _matches(example), work)
    if kind.axes and not found:
        found += explain.by_axes(example.stated, judged.right)
    with suppress(BudgetError):  # the file's budget is spent: what was found until then is reported
        found += related.inherited(judged, lecture, work, lambda other: recompute(other, work))
        if not found or kind.same is not None:  # a formula is shown to fail, whatever explains it
            found += kind.slips(Given(example), example.stated, work)
    digits = explain.by_digits(apart, alone=not found)
    return [*found, *digits, *related.beside(judged, lecture)]
