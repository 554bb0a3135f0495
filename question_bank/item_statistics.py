"""Classical item statistics of a table of scores: facility, discrimination, reliability, and whether groups differ.

A table is a sequence of rows, one a student, of item scores in points. Sources: Lord & Novick, *Statistical Theories of Mental
Test Scores* (1968), chapters 4 and 15; the others are named where they are used. A statistic that a table does not determine, as a
correlation with something that does not vary, is None, never 0.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Table: TypeAlias = Sequence[Sequence[float]]

CONFIDENCE = 0.95
FEWEST = 5
"""Students in a group for the chi-square approximation of `kruskal_wallis`; Kruskal & Wallis (1952), section 2."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """A coefficient with its confidence interval, and the standard error of measurement in points."""

    value: float
    lower: float
    upper: float
    error: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether groups of students have the same scores: the statistic H and the chance of one as large if they do."""

    statistic: float
    p: float


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Pearson's correlation; None where one of them does not vary or there are fewer than three.

    >>> correlation([0, 1, 1], [2, 4, 4])
    1.0
    """
    x, y = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return round(float(np.corrcoef(x, y)[0, 1]), 12)


def discrimination(table: Table, item: int) -> float | None:
    """Return the corrected item-total correlation: of an item with the total of all *other* items."""
    scores = np.asarray(table, dtype=float)
    return correlation(scores[:, item].tolist(), (scores.sum(axis=1) - scores[:, item]).tolist())


def alpha(table: Table) -> float | None:
    """Return Cronbach's alpha (Psychometrika 16, 1951); on items of 0 and 1 it is KR-20 (Kuder & Richardson 1937, formula 20).

    None for fewer than two items or three students, or where all have the same total.

    >>> alpha([[0, 0], [1, 1], [1, 1]])
    1.0
    """
    scores = np.asarray(table, dtype=float)
    if scores.ndim != 2 or scores.shape[0] < 3 or scores.shape[1] < 2:
        return None
    whole = scores.sum(axis=1).var(ddof=1)
    if whole == 0:
        return None
    items = scores.shape[1]
    return round(float(items / (items - 1) * (1 - scores.var(axis=0, ddof=1).sum() / whole)), 12)


def reliability(table: Table, confidence: float = CONFIDENCE) -> Reliability | None:
    """Return alpha with the interval of Feldt (Psychometrika 30, 1965), from the F distribution; None as for `alpha`."""
    value = alpha(table)
    if value is None:
        return None
    from scipy import stats

    scores = np.asarray(table, dtype=float)
    free = scores.shape[0] - 1
    both = (free, free * (scores.shape[1] - 1))
    low, high = (float(stats.f.ppf(at, *both)) for at in ((1 + confidence) / 2, (1 - confidence) / 2))
    spread = float(scores.sum(axis=1).std(ddof=1))
    error = spread * float(np.sqrt(max(0.0, 1 - value)))
    return Reliability(value, 1 - (1 - value) * low, 1 - (1 - value) * high, error)


def kruskal_wallis(scores: Sequence[float], groups: Sequence[Hashable]) -> Comparison | None:
    """Compare the scores of groups by ranks, with the correction for ties (Kruskal & Wallis, JASA 47, 1952).

    Groups of fewer than five students are left out; None where fewer than two are left or all scores are the same.
    """
    from scipy import stats

    samples: dict[Hashable, list[float]] = {}
    for score, group in zip(scores, groups, strict=True):
        samples.setdefault(group, []).append(score)
    large = [sample for sample in samples.values() if len(sample) >= FEWEST]
    if len(large) < 2 or len({score for sample in large for score in sample}) < 2:
        return None
    found = stats.kruskal(*large)
    return Comparison(float(found.statistic), float(found.pvalue))


def holm(chances: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values for their number (Holm, Scandinavian Journal of Statistics 6, 1979), in the order given.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    order = sorted(range(len(chances)), key=lambda at: chances[at])
    adjusted, largest = [0.0] * len(chances), 0.0
    for rank, at in enumerate(order):
        largest = max(largest, min(1.0, (len(chances) - rank) * chances[at]))
        adjusted[at] = round(largest, 12)
    return tuple(adjusted)
