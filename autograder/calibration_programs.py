"""Which right programs a calibration trains: the reference, and those of `correct/` that build the same architecture."""

from dataclasses import dataclass
from pathlib import Path

from autograder.architectures import INPUTS, Architecture, architecture_of, refuse_other_images
from autograder.calibration import DEFAULT_VARIANT
from autograder.datasets import Dataset
from autograder.errors import SpecError


@dataclass(frozen=True, slots=True)
class Program:
    """A right solution."""

    name: str
    source: str


def find_programs(folder: Path, architecture: Architecture | None = None) -> tuple[Program, ...]:
    """Read the right programs of an architecture: those of `correct/` name another than the first by a comment `# variant: NAME`.

    The reference builds every architecture by its `build_lenet`.

    Raises:
        SpecError: there is none.
    """
    wanted = architecture or architecture_of({})
    reference = folder / "reference.py"
    programs = []
    if reference.is_file():
        source = reference.read_text(encoding="utf-8")
        if wanted.name != DEFAULT_VARIANT:
            source += f"\n\ndef build_model():\n    return build_lenet(**{wanted.arguments!r})\n"
        programs.append(Program(reference.stem, source))
    programs += [
        Program(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted((folder / "correct").glob("*.py"))
        if _variant(path) == wanted.name
    ]
    if not programs:
        raise SpecError(
            f"{folder}: no right program of the variant {wanted.name!r}; expected at least reference.py"
        )
    return tuple(programs)


def architecture_for(dataset: Dataset, variant: str, chosen: str | None = None) -> Architecture:
    """Take an architecture by its activation, and by its input: the first that fits the images where none is chosen.

    Raises:
        SpecError: no such architecture, or none for these images; the message lists those that there are.
    """
    image = dataset.x_train.shape[1:]
    fitting = [name for name in INPUTS if architecture_of({"input": name}).image == image]
    found = architecture_of({"variant": variant, "input": chosen or next(iter(fitting), next(iter(INPUTS)))})
    refuse_other_images(found, dataset.name, image)
    return found


def architecture_named(name: str) -> Architecture:
    """Take an architecture by the name that a calibration has.

    >>> architecture_named("sigmoid-3x32x32").input, architecture_named("relu").input
    ('3x32x32', '1x28x28')
    """
    variant, _, chosen = name.partition("-")
    return architecture_of({"variant": variant, **({"input": chosen} if chosen else {})})


def _variant(path: Path) -> str:
    """Read which architecture a program builds."""
    marks = [
        line.removeprefix("# variant: ").strip()
        for line in path.read_text(encoding="utf-8").splitlines()[:5]
        if line.startswith("# variant: ")
    ]
    return marks[0] if marks else DEFAULT_VARIANT
