"""The accuracy that a right solution misses once in 1,000 trainings: a one-sided tolerance bound.

Content 0.999 and confidence 0.95 for a normal variable, with the exact factor from the noncentral t distribution
(NIST/SEMATECH e-Handbook of Statistical Methods, section 7.2.6.3), taken once on accuracies and once on their log-odds,
whichever is lower, and rounded down to a whole percent.
"""

import math
from collections.abc import Sequence

import numpy as np

from autograder.errors import SpecError

FAILURE = 1e-3
"""Largest chance that a right solution misses the threshold."""
CONFIDENCE = 0.95
FEWEST = 20
"""Runs below which a threshold would be a guess."""


def tolerance_bound(
    values: Sequence[float], *, failure: float = FAILURE, confidence: float = CONFIDENCE
) -> float:
    """Bound that all but `failure` of a normal population exceeds, with the given confidence.

    The factor for ten values, content 0.9 and confidence 0.95 is 2.355 (ISO 16269-6, table of one-sided factors):

    >>> values = [-1.0, 1.0] * 5
    >>> float(round(-tolerance_bound(values, failure=0.1) / np.std(values, ddof=1), 3))
    2.355
    """
    from scipy import stats

    n = len(values)
    delta = stats.norm.ppf(1 - failure) * math.sqrt(n)
    factor = float(stats.nct.ppf(confidence, df=n - 1, nc=delta)) / math.sqrt(n)
    return float(np.mean(values)) - factor * float(np.std(values, ddof=1))


def threshold(accuracies: Sequence[float], images: int) -> float:
    """Accuracy in whole percent that a right solution reaches in all but one of 1,000 trainings.

    Args:
        accuracies: of at least 20 independent runs.
        images: number of images that each was measured on.

    Raises:
        SpecError: fewer than 20 runs.
    """
    if len(accuracies) < FEWEST:
        raise SpecError(
            f"{len(accuracies)} calibration runs, expected at least {FEWEST}; pass a larger --runs"
        )
    smoothed = [(a * images + 0.5) / (images + 1) for a in accuracies]
    log_odds = tolerance_bound([math.log(a / (1 - a)) for a in smoothed])
    return math.floor(100 * min(tolerance_bound(accuracies), 1 / (1 + math.exp(-log_odds)))) / 100
