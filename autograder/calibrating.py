"""Use case: train right programs many times, each in a worker of its own as in grading, and record how accurate they become.

Every training has its own seed, which fixes the secret treatment of the images, the first weights and the order. The reference and
the programs in `correct/` take turns, so what is recorded does not hang on one style. Runs are kept in a journal as they come:
an interrupted calibration goes on.
"""

import json
import math
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import training
from autograder.calibration import DEFAULT_VARIANT, Calibration, Run, conclude, to_json
from autograder.calibration_programs import Program
from autograder.datasets import Dataset
from autograder.errors import AutograderError, SpecError, StudentFault
from autograder.model import Limits
from autograder.sandboxes import Sandbox, Worker
from autograder.testing import Handle, Mismatch, Tensor
from autograder.training import Recipe

PATIENCE = 3600.0
"""Seconds that a right program may take for one training: nobody waits for it but who calibrates."""
LIMITS = Limits(
    load_seconds=120, call_seconds=PATIENCE, total_seconds=PATIENCE, cpu_seconds=int(PATIENCE), memory_mb=8192
)
WHOLE_GPU = 1 << 20
"""MiB: more than any GPU has."""
OWN = 5000
"""Training images that the last loss is taken of: more say little and cost time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained, on what, and how."""

    dataset: Dataset
    recipe: Recipe
    programs: tuple[Program, ...]
    variant: str = DEFAULT_VARIANT
    device: str = "cpu"


def device_of(sandbox: Sandbox, wanted: str) -> str:
    """Name the device that workers train on: `cpu`, or `cuda` with the model, which thresholds are recorded under.

    Raises:
        SpecError: there is none of that kind.
    """
    if wanted == "cpu":
        return "cpu"
    if wanted != "cuda" or sandbox.device == "cpu":
        raise SpecError(
            f"device {wanted!r}: expected 'cpu', or 'cuda' where the sandbox of tier A finds a GPU; `legrade doctor` says what is missing"
        )
    return sandbox.device


def calibrate(
    plan: Plan, sandbox: Sandbox, count: int, *, journal: Path, told: Callable[[Run], object]
) -> Calibration:
    """Train `count` times, taking up what a journal of the same plan has already, and conclude.

    Args:
        plan: what is trained.
        sandbox: where.
        count: how many runs there are to be.
        journal: the file that keeps runs until all are there; it is removed then.
        told: called with each run.

    Raises:
        SpecError: a right program fails, fewer than 20 runs, or a journal of another plan.
        AutograderError: the journal cannot be written.
    """
    runs = _begun(journal, plan)[:count]
    for run in runs:
        told(run)
    try:
        with journal.open("a", encoding="utf-8") as file:
            for run in trainings(plan, sandbox, range(len(runs), count)):
                file.write(json.dumps(asdict(run)) + "\n")
                file.flush()
                runs.append(run)
                told(run)
    except OSError as error:
        raise AutograderError(
            f"{journal}: cannot be written: {error.strerror}; give --out a folder of your own"
        ) from None
    return conclude(
        plan.dataset, plan.recipe, runs, versions=versions(), device=plan.device, variant=plan.variant
    )


def store(calibration: Calibration, path: Path, journal: Path) -> None:
    """Write a calibration in one piece, and let go of the journal.

    Raises:
        AutograderError: it cannot be written.
    """
    whole = path.with_name(f".{path.name}.part")
    try:
        whole.write_text(to_json(calibration), encoding="utf-8")
        whole.replace(path)
        journal.unlink(missing_ok=True)
    except OSError as error:
        raise AutograderError(
            f"{path}: cannot be written: {error.strerror}; give --out a folder of your own"
        ) from None


def versions() -> dict[str, str]:
    """Name what accuracies hang on."""
    packages = ("torch", "numpy", "scikit-learn")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in packages}


def _heading(plan: Plan) -> dict[str, Any]:
    """Say what runs of a journal have in common."""
    return {
        "identity": plan.dataset.identity,
        "recipe": asdict(plan.recipe),
        "variant": plan.variant,
        "device": plan.device,
        "programs": [program.name for program in plan.programs],
        "versions": versions(),
    }


def _begun(journal: Path, plan: Plan) -> list[Run]:
    """Read the runs that an interrupted calibration has left; a last line that is cut off is forgotten.

    Raises:
        SpecError: they were made otherwise.
    """
    heading = json.dumps(_heading(plan)) + "\n"
    try:
        lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        lines = []
    except (OSError, ValueError) as error:
        raise SpecError(f"{journal}: cannot be read: {error}; remove it to begin anew") from None
    if lines and lines[0] != heading:
        raise SpecError(
            f"{journal}: runs of another calibration (data set, recipe, device, programs or versions differ); "
            "remove it to begin anew"
        )
    try:
        runs = [Run(**json.loads(line)) for line in lines[1:] if line.endswith("\n")]
    except (ValueError, TypeError) as error:
        raise SpecError(f"{journal}: no journal of runs ({error}); remove it to begin anew") from None
    kept = "".join([heading, *(json.dumps(asdict(run)) + "\n" for run in runs)])
    try:
        journal.write_text(kept, encoding="utf-8")
    except OSError as error:
        raise AutograderError(
            f"{journal}: cannot be written: {error.strerror}; give --out a folder of your own"
        ) from None
    return runs


def trainings(plan: Plan, sandbox: Sandbox, seeds: Sequence[int]) -> Iterator[Run]:
    """Train once for each seed, the programs taking turns.

    Raises:
        SpecError: a right program fails.
    """
    for seed in seeds:
        yield train_once(plan, sandbox, plan.programs[seed % len(plan.programs)], seed)


def train_once(plan: Plan, sandbox: Sandbox, program: Program, seed: int) -> Run:
    """Train a program in a fresh worker, as the suite does: secret images, first weights from us, labels withheld.

    Raises:
        SpecError: it fails.
    """
    rng = np.random.default_rng([seed, 0])
    data = training.withhold(plan.dataset, training.draw_secret(rng), rng)
    room = WHOLE_GPU if _kind(plan.device) == "cuda" else 0
    worker = sandbox.worker(("numpy", "torch"), replace(LIMITS, gpu_memory_mb=room), notebook=False)
    try:
        error = worker.run_cell(program.source)
        if error is not None:
            raise SpecError(f"{program.name}: {error[0]}: {error[1].strip()[-300:]}")
        model = _built(worker, plan.dataset.x_train.shape[1:], rng)
        losses = _call(
            worker, "fit", model, Tensor(data.x_train), Tensor(data.y_train),
            **asdict(plan.recipe), device=_kind(plan.device), seed=int(rng.integers(1 << 31)),
        )  # fmt: skip
        logits = [
            training.as_logits(_predicted(worker, model, x, plan.device), len(x))
            for x in (data.x_test, data.x_train[:OWN])
        ]
    except (StudentFault, Mismatch) as fault:
        raise SpecError(f"{program.name}, seed {seed}: {fault}; expected a right program") from None
    finally:
        worker.close()
    score = training.accuracy(logits[0], data.y_test)
    own = training.cross_entropy(logits[1], data.y_train[:OWN])
    return Run(seed, program.name, score, float(losses[0]), float(losses[-1]), own)


def _kind(device: str) -> str:
    """Take what torch calls a device: `cuda` of `cuda (NVIDIA ...)`."""
    return device.partition(" ")[0]


def _call(worker: Worker, name: str, *args: Any, **kwargs: Any) -> Any:
    return worker.call(name, args, kwargs, seconds=PATIENCE).value


def _predicted(worker: Worker, model: Handle, x: NDArray[np.float32], device: str) -> Any:
    return _call(worker, "predict", model, Tensor(x), batch_size=256, device=_kind(device))


def _built(worker: Worker, image: tuple[int, ...], rng: np.random.Generator) -> Handle:
    """Build a model and give it first weights that we draw as PyTorch does: uniform within 1 / sqrt(inputs) of a cell."""
    model = _call(worker, "build_model")
    worker.ask("layers", (model, (2, *image)), seconds=PATIENCE)
    shapes = [np.asarray(array).shape for array in worker.ask("weights", (model,), seconds=PATIENCE).value]
    worker.ask("set_weights", (model, first_weights(shapes, rng)), seconds=PATIENCE)
    return Handle(model.number)


def first_weights(shapes: Sequence[tuple[int, ...]], rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """Draw weights and biases of these shapes; a bias belongs to the weight that has as many outputs.

    >>> [part.shape for part in first_weights([(6, 1, 5, 5), (6,)], np.random.default_rng(0))]
    [(6, 1, 5, 5), (6,)]
    """
    inputs = {shape[0]: math.prod(shape[1:]) for shape in shapes if len(shape) > 1}
    bounds = [math.prod(shape[1:]) if len(shape) > 1 else inputs[shape[0]] for shape in shapes]
    return [
        rng.uniform(-1 / math.sqrt(n), 1 / math.sqrt(n), shape).astype(np.float32)
        for n, shape in zip(bounds, shapes, strict=True)
    ]
