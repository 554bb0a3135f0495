"""How accurate a right solution is: recorded runs over many seeds and secrets, and the threshold that follows from them.

`legrade calibrate` makes the files; `calibrating` trains, `tolerance` concludes. A suite takes its data set, recipe and levels from
here. A calibration for other images or another recipe is refused; one from another device is used, and said.
"""

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from autograder import datasets, tracks
from autograder.architectures import architecture_of
from autograder.datasets import Dataset
from autograder.errors import SpecError
from autograder.tolerance import threshold, tolerance_bound
from autograder.training import Recipe

T = TypeVar("T")
FALL = 0.7
"""What the last epoch's loss is held to at most where the images are easy."""
PARTIAL = (0.5, 0.85)
"""Shares of the threshold that earn part of the points."""
DEFAULT_VARIANT = architecture_of({}).name
"""ReLU and max pooling, padded at first."""
MOST_BYTES = 8 << 20
"""Of a file with a calibration; ten thousand runs take 2 MB."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training of a right solution."""

    seed: int
    program: str
    """`reference`, or the name of a file in `correct/`."""
    accuracy: float
    """On the withheld part."""
    first_loss: float
    last_loss: float
    """Means over the first and the last epoch, as `fit` returned them."""
    train_loss: float
    """On the training images, at most 5,000 of them, after the last step."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Raw runs, what they were made with, and the threshold that follows."""

    dataset: str
    identity: str
    images: int
    """On which each accuracy was measured."""
    variant: str
    recipe: Recipe
    device: str
    versions: dict[str, str]
    mean: float
    spread: float
    """Standard deviation of the accuracies, with n - 1."""
    threshold: float
    runs: tuple[Run, ...]

    @property
    def levels(self) -> tuple[float, ...]:
        """Accuracies that earn points, rising; the last is the threshold."""
        return (*(math.floor(100 * share * self.threshold) / 100 for share in PARTIAL), self.threshold)

    @property
    def fall(self) -> float:
        """Share of the first epoch's loss below which the last epoch's lies in all but one of 1,000 right trainings; at least 0.7."""
        logs = [
            math.log(run.first_loss / run.last_loss)
            for run in self.runs
            if min(run.first_loss, run.last_loss) > 0
        ]
        return max(FALL, math.ceil(100 * math.exp(-tolerance_bound(logs))) / 100) if len(logs) > 1 else FALL


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What a suite trains on, and how."""

    dataset: Dataset
    recipe: dict[str, Any]
    """Arguments of `fit`: epochs, batch_size, lr."""
    levels: tuple[float, ...]
    """Accuracies that earn points, rising."""
    fall: float
    """Share of the first epoch's loss below which the last one has to be."""
    device: str = "cpu"
    """On which the levels were measured."""


def conclude(
    dataset: Dataset,
    recipe: Recipe,
    runs: Sequence[Run],
    *,
    versions: Mapping[str, str],
    device: str = "cpu",
    variant: str = DEFAULT_VARIANT,
) -> Calibration:
    """Put runs together with what they were made with and the threshold that follows.

    Raises:
        SpecError: fewer than 20 runs.
    """
    accuracies, images = [run.accuracy for run in runs], len(dataset.y_test)
    bound = threshold(accuracies, images)
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    return Calibration(
        dataset.name, dataset.identity, images, variant, recipe, device, dict(versions),
        round(mean, 6), round(spread, 6), bound, tuple(runs),
    )  # fmt: skip


def file_name(dataset: str, variant: str = DEFAULT_VARIANT) -> str:
    """Name the file of a calibration in a suite's folder `calibration/`.

    >>> file_name("mnist"), file_name("mnist", "sigmoid")
    ('mnist.json', 'mnist.sigmoid.json')
    """
    return f"{dataset}.json" if variant == DEFAULT_VARIANT else f"{dataset}.{variant}.json"


def to_json(calibration: Calibration) -> str:
    """Write a calibration as JSON, one run a line."""
    raw = asdict(calibration)
    runs = ",\n".join(f"  {json.dumps(run)}" for run in raw.pop("runs"))
    head = json.dumps(raw, indent=1)[:-2]
    return f'{head},\n "runs": [\n{runs}\n ]\n}}\n'


def from_json(text: str) -> Calibration:
    """Read what `to_json` wrote.

    Raises:
        ValueError: it is something else, in words.
    """
    raw = json.loads(text)
    if not isinstance(raw, dict) or not isinstance(raw.get("runs"), list):
        raise ValueError("expected an object with a list of runs")  # noqa: TRY004 -- one kind for the caller
    rest: dict[str, Any] = {"runs": tuple(_made(Run, run) for run in raw["runs"])}
    rest |= {"recipe": _made(Recipe, raw.get("recipe"))}
    versions = raw.get("versions")
    if not isinstance(versions, dict) or not all(isinstance(value, str) for value in versions.values()):
        raise ValueError("versions: expected texts by name")
    return _made(Calibration, {**raw, **rest})


def _made(kind: type[T], raw: Any) -> T:
    """Fill a record from an object whose keys and kinds of values are exactly the record's."""
    wanted = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]  # one of three above
    if not isinstance(raw, dict) or raw.keys() != wanted.keys():
        got = ", ".join(map(str, raw)) if isinstance(raw, dict) else type(raw).__name__
        raise ValueError(f"{kind.__name__}: got {got[:200]}, expected {', '.join(wanted)}")
    for name, value in raw.items():
        number = type(value) in (int, float) and math.isfinite(value)
        fits = {int: type(value) is int, float: number, str: isinstance(value, str)}
        if not fits.get(wanted[name], True):  # type: ignore[arg-type]  # types, as annotations are not postponed here
            raise ValueError(f"{kind.__name__}.{name}: got {value!r:.60}")
    return kind(**raw)


def read_calibration(path: Path, dataset: Dataset, recipe: Recipe | None = None) -> Calibration:
    """Read a recorded calibration and check that it was made with this data set and this recipe.

    Args:
        path: the file.
        dataset: the images that are trained on.
        recipe: what `fit` is asked for; None: any.

    Raises:
        SpecError: no such file, not what `to_json` writes, other images, another recipe.
    """
    again = f"make it with `legrade calibrate lenet --dataset {dataset.name} --out {path}`"
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")  # noqa: TRY301 -- told as the others are
        known = from_json(text)
    except FileNotFoundError:
        raise SpecError(f"{path}: no such file; {again}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise SpecError(f"{path}: no calibration ({type(error).__name__}: {error}); {again}") from None
    if known.identity != dataset.identity:
        raise SpecError(
            f"{path}: made with the images {known.identity[:12]}, expected {dataset.identity[:12]} "
            f"({dataset.name}); {again}"
        )
    if recipe is not None and known.recipe != recipe:
        raise SpecError(f"{path}: made with {known.recipe}, expected {recipe}; {again}")
    return known


def warning(known: Calibration, device: str) -> str:
    """Say in a sentence that a calibration comes from another kind of device; empty where it does not."""
    made = known.device.partition(" ")[0]
    if made == device:
        return ""
    return (
        f"the thresholds for {known.dataset} were measured on {known.device}, this was trained on {device}: "
        "`legrade calibrate` measures them there"
    )


def chosen_dataset(options: Mapping[str, Any]) -> str:
    """Name the data set: `gpu_dataset` where the worker has a GPU and the assignment names one, else `dataset`.

    >>> chosen_dataset({"dataset": "mnist", "gpu_dataset": "mnist_full", "device": "cuda"})
    'mnist_full'
    >>> chosen_dataset({"dataset": "mnist", "gpu_dataset": "mnist_full", "device": "cpu"}), chosen_dataset({})
    ('mnist', 'digits')
    """
    fast = str(options.get("dataset", "digits"))
    return str(options.get("gpu_dataset", fast)) if options.get("device") == "cuda" else fast


def track_remarks(folder: Path, options: Mapping[str, Any], device: str) -> tuple[str, ...]:
    """Say where a training differs from what was meant: on the CPU for want of a GPU, or under thresholds of another device.

    Args:
        folder: the function's, with `calibration/`.
        options: the assignment's for this function.
        device: what workers compute on: `cpu`, or `cuda` with the model in brackets.
    """
    kind = device.partition(" ")[0]
    if "dataset" not in options and not (folder / "calibration").is_dir():
        return ()
    dataset = chosen_dataset({**options, "device": kind})
    found = []
    if kind == "cpu" and options.get("gpu_dataset", dataset) != dataset:
        found.append(
            f"trained on the CPU by the fast track {dataset}, for the grader has no GPU (with one: {options['gpu_dataset']})"
        )
    try:
        path = folder / "calibration" / file_name(dataset, architecture_of(options).name)
        known = from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, SpecError):
        return tuple(found)  # the suite says what is wrong with it
    return tuple(filter(None, (*found, warning(known, kind))))


def track_beside(suite: str, options: Mapping[str, Any]) -> Track:
    """Load the data set that an assignment names, and the recipe and levels that were calibrated for it.

    Args:
        suite: path of the suite; its folder holds `calibration/<data set>.json`.
        options: `dataset` (the digits when it is absent), `gpu_dataset`, `device`, `variant` (the name of an architecture), `epochs`
            and `data_dir`.

    Raises:
        UnknownNameError: no such data set.
        SpecError: the data set cannot be read, or the calibration is absent, broken, or of other images.
    """
    folder = options.get("data_dir")
    dataset = datasets.load(chosen_dataset(options), None if folder is None else Path(folder))
    variant = str(options.get("variant", DEFAULT_VARIANT))
    recipe = tracks.recipe(dataset.name, options.get("epochs"), variant=variant)
    path = Path(suite).resolve().parent / "calibration" / file_name(dataset.name, variant)
    known = read_calibration(path, dataset, recipe)
    return Track(dataset, asdict(known.recipe), known.levels, known.fall, known.device)
