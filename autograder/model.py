"""What crosses the autograder's boundaries: limits, specs, outcomes, grades. Frozen, and free of behaviour."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Outcome(StrEnum):
    """How a hidden test ended; only `PASSED` earns all of its points.

    `FAILED`: the student's code was wrong or hit a limit. `SKIPPED`: it could not run for the student's
    reason. `ERROR`: our fault; points are null and a person is needed.
    """

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


class Quantity(StrEnum):
    """What a curve shows over the epochs of a training."""

    LOSS = "loss"
    ACCURACY = "accuracy"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use; a limit that is hit is named in the record with its value."""

    load_seconds: float = 20.0
    """Wall time for running all cells of the submission once."""
    call_seconds: float = 5.0
    """Wall time for one call of the student's function."""
    total_seconds: float = 120.0
    """Wall time for everything that one suite asks of the worker."""
    cpu_seconds: int = 130
    """Processor time of all threads of one process; `spec.toml` may leave it to be `total_seconds` and 10 more."""
    memory_mb: int = 2048
    """Address space of one process beyond what the libraries took, in MiB; memory of all together where there are control groups."""
    processes: int = 64
    """Processes and threads at one time; the kernel counts them together. In tier B there is one process."""
    open_files: int = 256
    """Files, pipes and sockets that are open at one time."""
    file_mb: int = 64
    """Largest file that the student's code writes, in MiB."""
    scratch_mb: int = 64
    """Room for all files that the student's code writes, in MiB."""
    output_kb: int = 1024
    """Printed output before the worker is ended, in KiB; the first 64 KiB are kept."""
    reply_mb: int = 64
    """Largest reply to one call, in MiB."""
    source_kb: int = 1024
    """Largest program, in KiB: what trains a network has no room for trained weights."""
    gpu_memory_mb: int = 0
    """Memory of a GPU, in MiB; 0: none is assigned, whatever the machine has. Memory of the machine is then watched from outside."""


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What a function must be written without: the table `[forbidden]` of its `spec.toml`."""

    modules: tuple[str, ...] = ()
    """Top-level modules that the worker lacks."""
    operators: tuple[str, ...] = ()
    """Operators as torch's dispatcher names them, such as `aten::convolution`, with their variants."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A graded function's `spec.toml`: the contract between student, suite and sandbox."""

    name: str
    """The folder's name under `solutions/`."""
    folder: Path
    functions: tuple[str, ...]
    """Names that the submission defines; the first is the one that `student(...)` calls."""
    signature: str
    summary: str
    libraries: tuple[str, ...]
    """What the student's code may import: ("numpy",) or ("numpy", "torch")."""
    features: tuple[str, ...]
    """Every feature that the suite can test; an assignment names those it taught."""
    limits: Limits
    call_seconds: dict[str, float]
    """Wall time for one call, for the functions that need another than `limits.call_seconds`."""
    diagnose: bool
    """Whether `mistakes/` may be run on the suite's inputs to name a mistake."""
    forbidden: Forbidden = Forbidden()


@dataclass(frozen=True, slots=True)
class Part:
    """One graded function inside an assignment: how much it is worth and what of it was taught."""

    spec: Spec
    points: float | None
    """None: as many as the suite's weights add up to."""
    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a submission is graded on."""

    name: str
    parts: tuple[Part, ...]
    round: int = 1
    ignored_cells: frozenset[str] = frozenset()
    """Sources of cells that came with the notebook and are not the student's to run: public checks."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """What one hidden test says about one submission."""

    __test__ = False  # keeps pytest from collecting the class; not a field

    function: str
    test: str
    description: str
    """The test's docstring: all that a student reads about what was tested."""
    points: float | None
    max_points: float
    outcome: Outcome
    reason: str
    """One sentence for the student, free of hidden values; empty when the test passed."""
    diagnosis: str | None
    """The id of the one misconception that explains all outputs, or None."""
    seconds: float
    shapes: str = ""
    """Shapes of the arguments of the first call that failed, such as `(2, 3, 7, 9), (4, 3, 3, 2)`."""
    detail: str = ""
    """For the instructor only: values, positions, exception text."""
    curve: tuple[float, ...] = ()
    """What the student's own program reported or reached over time, such as the loss of each epoch; this student may see it."""
    curve_of: Quantity = Quantity.LOSS
    """What the numbers of the curve are."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Everything that is known about one submission, enough for a re-grade to meet the same tests."""

    submission: str
    points: float | None
    max_points: float
    needs_person: bool
    round: int
    suite: str
    """Digest of the suites, references and specs that were used."""
    versions: dict[str, str]
    tier: str
    tests: tuple[TestResult, ...]
    notes: tuple[str, ...] = ()
    """What was strange about the file or its cells, in words that may be shown to the student."""
    output: str = ""
    """For the instructor only: the first 64 KiB that the submission printed."""
