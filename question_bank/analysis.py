"""Item analysis: what the marks of a class say about its paper.

An item is a *place* of the blueprint: the same difficulty for all students, and for each student another variant. Students who
handed nothing in, or whose marks wait for a person, are not counted. What varies between the variants (a version, a family, an axis of
the family's space) splits the class into groups; students were given theirs by the course key, so groups that differ in their
scores by more than chance had variants that differ in difficulty.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from question_bank import item_statistics as statistics
from question_bank.analysis_reading import EMPTY, OR, PARTLY, RIGHT, Seen, read_row
from question_bank.errors import ResponseError
from question_bank.frozen import take, take_all
from question_bank.issued import Sheet
from question_bank.item_statistics import Reliability
from question_bank.values import Json

EASY, HARD, FLAT, OFTEN, DRIFTS = 0.95, 0.2, 0.1, 0.1, 0.05
"""What a person is told to look at: facility above or below, discrimination below, share of a wrong answer above, adjusted p below."""


@dataclass(frozen=True, slots=True)
class WrongAnswers:
    """Students who gave one kind of answer to a part: how many, their share, and how choosing it goes with the other items' total."""

    part: int
    name: str
    count: int
    share: float
    correlation: float | None


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a misconception explains what a class answered.

    Attributes:
        chances: answers that would have shown it, and `fits`: those that it leads to; `alone`: to which nothing else named leads.
        throughout: students all of whose answers that could show it do, two of them or more, and no other one explains more of
            them so: they very likely hold it.
    """

    name: str
    chances: int
    fits: int
    alone: int
    throughout: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Whether variants differ in difficulty: what varies, the mean share of each group, and the chance that they do not."""

    what: str
    groups: tuple[tuple[str, int, float], ...]
    statistic: float
    p: float
    adjusted: float = 1.0


@dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """One place of the blueprint.

    Attributes:
        number: of the place, from 1.
        families: of its variants.
        points: that it gives.
        students: who were counted.
        variants: how many different ones they had.
        facility: mean share of the points.
        discrimination: corrected item-total correlation.
        answers: to each part, the most frequent first.
        drifts: what was compared.
        remarks: what a person should look at.
    """

    number: int
    families: tuple[str, ...]
    points: Fraction
    students: int
    variants: int
    facility: float
    discrimination: float | None
    answers: tuple[WrongAnswers, ...]
    drifts: tuple[Drift, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysis of a paper.

    Attributes:
        counted: students with a mark, and `left_out`: the others, by reason.
        totals: points of those who were counted, as shares of the most there is.
        alpha: Cronbach's, of the points; `kr20` of the items as right or not.
    """

    title: str
    paper: str
    counted: int
    left_out: Mapping[str, int]
    totals: tuple[float, ...]
    alpha: Reliability | None
    kr20: Reliability | None
    items: tuple[ItemAnalysis, ...]
    misconceptions: tuple[Frequency, ...] = ()


def analyse(sheets: Mapping[str, Sheet], marks: Json) -> Analysis:
    """Analyse the marks of a class.

    Args:
        sheets: the frozen papers, by student id.
        marks: what `marksheet.to_json` wrote.

    Raises:
        FormatError: `marks` is not that, or names a student or an item that has no frozen paper.
        ResponseError: nobody has a mark.
    """
    rows: list[tuple[Seen, ...]] = []
    left_out: Counter[str] = Counter()
    for student in take_all(marks, "students", lambda row: row):
        if take(student, "status", str) != "marked":
            left_out[take(student, "status", str)] += 1
        elif any(take(item, "points", object) is None for item in take(student, "items", list)):
            left_out["written answers wait for a person"] += 1
        else:
            rows.append(read_row(sheets, student))
    if not rows:
        raise ResponseError("no student has a mark: mark responses first, with `legrade exam mark`")
    places = min(len(row) for row in rows)
    points = [Fraction(rows[0][place].item.points) for place in range(places)]
    table = [[float(points[at]) * seen.share for at, seen in enumerate(row[:places])] for row in rows]
    right = [[float(seen.share == 1) for seen in row[:places]] for row in rows]
    items = _adjusted([_item(place, points[place], rows, table) for place in range(places)])
    whole = float(sum(points))
    return Analysis(
        take(marks, "title", str),
        take(marks, "paper", str),
        len(rows),
        dict(sorted(left_out.items())),
        tuple(sum(row) / whole for row in table),
        statistics.reliability(table),
        statistics.reliability(right),
        items,
        frequencies(rows),
    )


def frequencies(rows: Sequence[Sequence[Seen]]) -> tuple[Frequency, ...]:
    """Count each misconception over all items, those that most students hold throughout first; rows are students."""
    chances, fits, alone, throughout = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        own = Counter[str]()
        could = Counter(
            name for seen in row for name, _ in {(w.misconception, w.part) for w in seen.item.question.wrong}
        )
        for answer in (answer for seen in row for answer in seen.answers):
            names = answer.split(OR)
            own.update(names)
            alone.update(names if len(names) == 1 else ())
        chances += could
        shown = Counter({name: own[name] for name in could if own[name]})
        fits += shown
        held = {name: count for name, count in shown.items() if count == could[name] > 1}
        throughout.update(name for name, count in held.items() if count == max(held.values()))
    found = [Frequency(name, chances[name], fits[name], alone[name], throughout[name]) for name in fits]
    return tuple(sorted(found, key=lambda one: (-one.throughout, -one.fits, one.name)))


def _item(
    place: int, points: Fraction, rows: Sequence[Sequence[Seen]], table: Sequence[Sequence[float]]
) -> ItemAnalysis:
    """Analyse one place; p-values are not adjusted yet."""
    seen = [row[place] for row in rows]
    shares = [one.share for one in seen]
    rest = [sum(row) - row[place] for row in table]
    return ItemAnalysis(
        number=place + 1,
        families=tuple(sorted({one.item.question.family for one in seen})),
        points=points,
        students=len(seen),
        variants=len({one.item.same or one.item.question.digest() for one in seen}),
        facility=sum(shares) / len(shares),
        discrimination=statistics.discrimination(table, place),
        answers=_answers(seen, rest),
        drifts=tuple(
            found for what, groups in _groups(seen).items() if (found := _drift(what, shares, groups))
        ),
        remarks=(),
    )


def _answers(seen: Sequence[Seen], rest: Sequence[float]) -> tuple[WrongAnswers, ...]:
    """Count what was answered to each part."""
    found = []
    for part in range(max(len(one.answers) for one in seen)):
        given = [one.answers[part] if part < len(one.answers) else EMPTY for one in seen]
        for name, count in sorted(Counter(given).items(), key=lambda entry: (-entry[1], entry[0])):
            chosen = [float(answer == name) for answer in given]
            found.append(
                WrongAnswers(part, name, count, count / len(seen), statistics.correlation(chosen, rest))
            )
    return tuple(found)


def _groups(seen: Sequence[Seen]) -> dict[str, list[str]]:
    """Split the students by what varies between their variants; an axis of many values is cut at its median."""
    groups = {
        "version": [one.version for one in seen],
        "family": [one.item.question.family for one in seen],
    }
    if len(set(groups["family"])) == 1:
        for axis in seen[0].item.question.given:
            values = [one.item.question.given[axis] for one in seen]
            smallest = min(Counter(values).values())
            if smallest >= statistics.FEWEST:
                groups[axis] = [str(value) for value in values]
            else:
                middle = sorted(values)[len(values) // 2]
                groups[axis] = [
                    f"below {middle}" if value < middle else f"{middle} and more" for value in values
                ]
    return {what: names for what, names in groups.items() if len(set(names)) > 1}


def _drift(what: str, shares: Sequence[float], groups: Sequence[str]) -> Drift | None:
    """Compare the groups; None where there are too few students for it."""
    compared = statistics.kruskal_wallis(shares, groups)
    if compared is None:
        return None
    means = []
    for name in dict.fromkeys(sorted(groups)):
        own = [share for share, group in zip(shares, groups, strict=True) if group == name]
        means.append((name, len(own), sum(own) / len(own)))
    return Drift(what, tuple(means), compared.statistic, compared.p)


def _adjusted(items: Sequence[ItemAnalysis]) -> tuple[ItemAnalysis, ...]:
    """Adjust the p-values for the number of all comparisons of the paper, and say what a person should look at."""
    chances = iter(statistics.holm([drift.p for item in items for drift in item.drifts]))
    done = [
        replace(item, drifts=tuple(replace(drift, adjusted=next(chances)) for drift in item.drifts))
        for item in items
    ]
    return tuple(replace(item, remarks=tuple(_remarks(item))) for item in done)


def _remarks(item: ItemAnalysis) -> list[str]:
    found = []
    if item.facility < HARD:
        found.append(f"hard: {item.facility:.0%} of the points were earned")
    if item.facility > EASY:
        found.append(f"easy: {item.facility:.0%} of the points were earned")
    if item.discrimination is not None and item.discrimination < 0:
        found.append("students who are good elsewhere do worse here: look at the key")
    elif item.discrimination is not None and item.discrimination < FLAT:
        found.append("hardly tells strong students from weak ones")
    found += [
        f"strong students answer {answer.name!r}: look at the wording"
        for answer in item.answers
        if answer.name not in {RIGHT, PARTLY} and answer.share > OFTEN and (answer.correlation or 0) > FLAT
    ]
    found += [
        f"variants differ by {drift.what} (p = {drift.adjusted:.3f})"
        for drift in item.drifts
        if drift.adjusted < DRIFTS
    ]
    return found
