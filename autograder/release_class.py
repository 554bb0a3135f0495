"""Use case: an assignment and a class list -> a folder for each student, whose notebook has questions of the student's own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.course import open_assignment
from autograder.errors import AutograderError, LeakError
from autograder.leaks import Guard, secret_lines
from autograder.release_folder import Released, beside, common_files, hidden, key_path, packed, write_all
from autograder.release_notebook import with_own_cells
from autograder.release_readings import readings
from autograder.release_secrets import names_in
from autograder.variants_cells import own_cells, texts_of
from autograder.variants_issuing import issue
from question_bank.issued import Sheet
from question_bank.keys import DEFAULT_NAME
from question_bank.roster import Student, file_stem


def release_to_class(
    course: Path,
    name: str,
    out: Path,
    roster: Sequence[Student],
    *,
    key: Path | None = None,
    nbgrader: Path | None = None,
    zipped: bool = False,
) -> Released:
    """Write a folder for each student, whose notebook has questions of the student's own in plain cells.

    The questions and their answers are frozen beside the course key. Who has some keeps them, whoever joins later.

    Args:
        course: the folder that holds `assignments/` and `solutions/`.
        name: the assignment; it has tables `[[variants]]`.
        out: made when it is missing; holds a folder for each student, named by the student's id.
        roster: the class.
        key: the course key; the course's own when None.
        nbgrader: see `release`.
        zipped: also write each folder as a zip beside it.

    Raises:
        KeyFileError: there is no key, or it cannot be read.
        SpecError: a table is broken, or its questions cannot be marked by a machine.
        BlueprintError: other questions were issued before under this name.
        LeakError, AutograderError: as `release`; nothing is written to `out`.
    """
    assignment = open_assignment(course, name)
    if not assignment.variants:
        raise AutograderError(
            f"{name}: has no [[variants]], so everybody gets the same; release it without --roster"
        )
    key = key_path(course, key) or course / DEFAULT_NAME
    guard = Guard(secret_lines(course / "solutions"), hidden(course, assignment, out, key))
    common = common_files(course, assignment, nbgrader)
    for file, data in common.items():
        guard.refuse(data, file)
        _refuse_students(file, (text for _, text in readings(data, file)), roster)
    issued = issue(assignment, roster, key)
    written: dict[Path, bytes] = {}
    for student in roster:
        files = {**common, f"{name}.ipynb": _personal(common[f"{name}.ipynb"], issued.sheets, student)}
        written |= packed(name, out / file_stem(student.id), files, guard, zipped=zipped)
    kept = [out / file_stem(who) / file for who in issued.sheets for file in common]
    zips = [beside(out / file_stem(who)) for who in issued.sheets]
    return replace(write_all(written, out, (*kept, *zips)), remarks=issued.remarks)


def _personal(notebook: bytes, sheets: Mapping[str, Sheet], student: Student) -> bytes:
    """Put a student's own questions into the common notebook.

    Raises:
        LeakError: they name another student.
    """
    own = own_cells(sheets[student.id])
    others = [sheet.student for who, sheet in sheets.items() if who != student.id]
    questions = own[1:]  # above them stands the student's own name, which may be a part of another's
    _refuse_students(f"the notebook of {student.id}", [texts_of(questions).encode()], others)
    return with_own_cells(notebook, own)


def _refuse_students(file: str, texts: Iterable[bytes], students: Sequence[Student]) -> None:
    for text in texts:
        if (who := names_in(text, students)) is not None:
            raise LeakError(f"{file}: names the student {who!r}, whom it is not for; take it out")
