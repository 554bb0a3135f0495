"""How accurate a right solution is, measured over many seeds and secrets, and the accuracy that it misses once in 1,000 times.

`python -m autograder.calibration --dataset digits --runs 60 --reference FOLDER --out FILE` trains and records every run.
Threshold: a one-sided lower tolerance bound with content 0.999 and confidence 0.95 for a normal variable, with the exact
factor from the noncentral t distribution (NIST/SEMATECH e-Handbook of Statistical Methods, section 7.2.6.3), taken once
on accuracies and once on their log-odds, whichever is lower, and rounded down to a whole percent.
"""

import argparse
import importlib.util
import json
import math
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from autograder import datasets, training
from autograder.datasets import Dataset
from autograder.errors import SpecError
from autograder.training import Recipe

FAILURE = 1e-3
"""Largest chance that a right solution misses the threshold."""
CONFIDENCE = 0.95
PARTIAL = (0.5, 0.85)
"""Shares of the threshold that earn part of the points."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training of a right solution."""

    seed: int
    accuracy: float
    """On the withheld part."""
    first_loss: float
    last_loss: float
    """Means over the first and the last epoch, as `fit` returned them."""
    train_loss: float
    """On the training images after the last step."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Raw runs, what they were made with, and the threshold that follows."""

    dataset: str
    identity: str
    recipe: Recipe
    device: str
    versions: dict[str, str]
    runs: tuple[Run, ...]
    threshold: float

    @property
    def levels(self) -> tuple[float, ...]:
        """Accuracies that earn points, rising; the last is the threshold."""
        return (*(math.floor(100 * share * self.threshold) / 100 for share in PARTIAL), self.threshold)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What a suite trains on, and how."""

    dataset: Dataset
    recipe: dict[str, Any]
    """Arguments of `fit`: epochs, batch_size, lr."""
    levels: tuple[float, ...]
    """Accuracies that earn points, rising."""


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
    if len(accuracies) < 20:
        raise SpecError(f"{len(accuracies)} calibration runs, expected at least 20; pass a larger --runs")
    smoothed = [(a * images + 0.5) / (images + 1) for a in accuracies]
    log_odds = tolerance_bound([math.log(a / (1 - a)) for a in smoothed])
    return math.floor(100 * min(tolerance_bound(accuracies), 1 / (1 + math.exp(-log_odds)))) / 100


def read_calibration(path: Path, dataset: Dataset) -> Calibration:
    """Read a recorded calibration and check that it was made with this data set.

    Raises:
        SpecError: no such file, not what `write_calibration` writes, or other images.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        runs = tuple(Run(**run) for run in raw.pop("runs"))
        known = Calibration(recipe=Recipe(**raw.pop("recipe")), runs=runs, **raw)
    except FileNotFoundError:
        raise SpecError(f"{path}: no such file; make it with python -m autograder.calibration") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SpecError(f"{path}: no calibration ({type(error).__name__}: {error}); make it anew") from None
    if known.identity != dataset.identity:
        raise SpecError(
            f"{path}: made with the images {known.identity[:12]}, expected {dataset.identity[:12]} "
            f"({dataset.name}); make it anew with these images"
        )
    return known


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration as JSON, one run a line."""
    raw = asdict(calibration)
    runs = ",\n".join(f"  {json.dumps(run)}" for run in raw.pop("runs"))
    head = json.dumps(raw, indent=1)[:-2]
    path.write_text(f'{head},\n "runs": [\n{runs}\n ]\n}}\n', encoding="utf-8")


def train_once(functions: Any, dataset: Dataset, recipe: Recipe, seed: int, device: str = "cpu") -> Run:
    """Train trusted `functions` once, in this process; `seed` fixes the secret, the first weights and the order."""
    import torch

    rng = np.random.default_rng([seed, 0])
    data = training.withhold(dataset, training.draw_secret(rng), rng)
    torch.manual_seed(seed)
    model = functions.build_model()
    x, y = torch.from_numpy(data.x_train), torch.from_numpy(data.y_train)
    losses = functions.fit(model, x, y, **asdict(recipe), device=device, seed=seed)
    test, train = (
        training.as_logits(functions.predict(model, part, batch_size=256, device=device).numpy(), len(part))
        for part in (torch.from_numpy(data.x_test), x)
    )
    score = training.accuracy(test, data.y_test)
    return Run(seed, score, losses[0], losses[-1], training.cross_entropy(train, data.y_train))


def trainings(
    functions: Any, dataset: Dataset, recipe: Recipe, count: int, device: str = "cpu"
) -> Iterator[Run]:
    """Train a right solution `count` times, on one thread, each time with another secret and other weights."""
    import torch

    torch.set_num_threads(1)
    for seed in range(count):
        yield train_once(functions, dataset, recipe, seed, device)


def conclude(dataset: Dataset, recipe: Recipe, runs: Sequence[Run], device: str = "cpu") -> Calibration:
    """Put runs together with what they were made with and the threshold that follows.

    Raises:
        SpecError: fewer than 20 runs.
    """
    packages = ("torch", "numpy", "scikit-learn")
    versions = {"python": platform.python_version()} | {name: metadata.version(name) for name in packages}
    bound = threshold([run.accuracy for run in runs], len(dataset.y_test))
    return Calibration(dataset.name, dataset.identity, recipe, device, versions, tuple(runs), bound)


@cache
def load_functions(path: Path) -> Any:
    """Import a trusted file, such as a reference, by its path; the same path gives the same module.

    Raises:
        SpecError: there is no such file.
    """
    if not path.is_file():
        raise SpecError(f"{path}: no such file, expected one that defines build_model, fit and predict")
    spec = importlib.util.spec_from_file_location(f"legrade_trusted_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]  # a .py file always has a spec
    spec.loader.exec_module(module)  # type: ignore[union-attr]  # and a loader
    return module


def reference_beside(suite: str) -> Any:
    """Load the reference in a suite's folder, to run on one thread as the worker does.

    Models do not travel, so the fixture `reference` cannot give them.
    """
    import torch

    torch.set_num_threads(1)
    return load_functions(Path(suite).resolve().parent / "reference.py")


def track_beside(suite: str, options: Mapping[str, Any]) -> Track:
    """Load the data set that an assignment names, and the recipe and levels that were calibrated for it.

    Args:
        suite: path of the suite; its folder holds `calibration/<data set>.json`.
        options: `dataset` (the digits when it is absent) and `data_dir`.

    Raises:
        UnknownNameError: no such data set.
        SpecError: the data set cannot be read, or the calibration is absent, broken, or of other images.
    """
    folder = options.get("data_dir")
    dataset = datasets.load(str(options.get("dataset", "digits")), None if folder is None else Path(folder))
    known = read_calibration(Path(suite).resolve().parent / "calibration" / f"{dataset.name}.json", dataset)
    return Track(dataset, asdict(known.recipe), known.levels)


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate from the command line; report each run on standard error."""
    parser = argparse.ArgumentParser(prog="python -m autograder.calibration", description=__doc__)
    parser.add_argument("--dataset", default="digits", choices=datasets.names())
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--device", default="cpu")
    parser.add_argument(
        "--reference", type=Path, required=True, help="a file with build_model, fit and predict"
    )
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    dataset = datasets.load(given.dataset, given.data_dir)
    functions, recipe = load_functions(given.reference), training.RECIPES[given.dataset]
    runs = []
    for run in trainings(functions, dataset, recipe, given.runs, given.device):
        runs.append(run)
        sys.stderr.write(f"seed {run.seed}: accuracy {run.accuracy:.4f}\n")
    write_calibration(conclude(dataset, recipe, runs, given.device), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
