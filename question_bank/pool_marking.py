"""What a course system asked from a pool -> papers and files of responses like any others, so that they are marked by LeGrade's own keys.

Each row of an export becomes a student's paper, frozen with the items that the system drew, and a file of responses. Rows that cannot
be used are told and nothing is made of them. The system's own marks are not read.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from question_bank.errors import ResponseError
from question_bank.issued import (
    KeyItem,
    Sheet,
    private_folder,
    read_exam,
    read_sheets,
    write_sheet,
    write_whole,
)
from question_bank.pool import Pool, code
from question_bank.pool_answers import answers_of, says_section
from question_bank.responses import Problem, Response, saved
from question_bank.responses_canvas import is_canvas, parse_canvas
from question_bank.responses_course import Attempt, Export, item_in, parse_rows
from question_bank.responses_moodle import is_moodle, parse_moodle
from question_bank.student import file_stem

MAX_BYTES: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What was made of an export: papers and responses by student, and what could not be used."""

    sheets: Mapping[str, Sheet]
    responses: Mapping[str, Response]
    problems: tuple[Problem, ...]


def read_export(path: Path) -> bytes:
    """Read an export.

    Raises:
        ResponseError: it cannot be read, or is larger than any class's.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ResponseError(
            f"{path}: cannot be read ({error.strerror}); give the CSV that the course system wrote"
        ) from None
    if len(data) > MAX_BYTES:
        raise ResponseError(f"{path}: more than {MAX_BYTES} bytes; expected the attempts of a class")
    return data


def import_export(pool: Pool, data: bytes, file: str) -> Imported:
    """Make papers and responses of an export of Moodle or Canvas.

    Raises:
        ResponseError: it is neither's, or cannot be matched with items; the message names the file.
    """
    try:
        export, moodle = _export(data)
    except ResponseError as error:
        raise ResponseError(f"{file}: {error}") from None
    told = [Problem(file, f"row {row}: {reason}") for row, reason in export.problems]
    rows: dict[str, list[Attempt]] = {}
    for attempt in export.attempts:
        rows.setdefault(attempt.student.id.casefold(), []).append(attempt)
    sheets: dict[str, Sheet] = {}
    responses: dict[str, Response] = {}
    for attempts in rows.values():
        first = attempts[0]
        try:
            _single(attempts)
            sheet, answers = _paper(pool, first, moodle=moodle, told=told, file=file)
        except ResponseError as error:
            told.append(Problem(file, f"row {first.row}: {first.student.id}: {error}"))
            continue
        sheets[first.student.id] = sheet
        responses[first.student.id] = Response(file, pool.paper, first.student.id, answers)
    return _complete(pool, Imported(sheets, responses, tuple(told)), file)


def _export(data: bytes) -> tuple[Export, bool]:
    """Read a table, and say whether it is Moodle's."""
    header = parse_rows(data).header
    if is_moodle(header):
        return parse_moodle(data), True
    if is_canvas(header):
        return parse_canvas(data), False
    raise ResponseError(
        f"row 1: got the columns {', '.join(header)[:120]!r}, expected Moodle's quiz report 'Responses' or Canvas's 'Student analysis'"
    )


def known(found: Imported, students: Collection[str], roster: str) -> Imported:
    """Leave out who is not in the class list."""
    strange = [name for name in found.sheets if name not in students]
    problems = [Problem(found.responses[name].file, f"{name}: is not in {roster}") for name in strange]
    return Imported(
        {name: sheet for name, sheet in found.sheets.items() if name in students},
        {name: each for name, each in found.responses.items() if name in students},
        (*found.problems, *problems),
    )


def write_import(folder: Path, found: Imported) -> Imported:
    """Freeze papers and write files of responses; a paper that is there already and is another stays, and is told.

    Raises:
        ResponseError: `folder` holds papers that `legrade exam build` wrote.
    """
    if read_exam(folder) is not None:
        raise ResponseError(
            f"{folder}: holds papers that `legrade exam build` wrote; give --out a folder of its own"
        )
    before = read_sheets(folder)
    problems = list(found.problems)
    sheets: dict[str, Sheet] = {}
    private_folder(folder / "responses")
    for name, sheet in found.sheets.items():
        if name in before and before[name].items != sheet.items:
            problems.append(
                Problem(
                    found.responses[name].file,
                    f"{name}: has a paper of other items in {folder}; import into another folder",
                )
            )
            continue
        sheets[name] = sheet
        write_sheet(folder, sheet)
        data = saved(sheet.paper, name, found.responses[name].answers)
        write_whole(folder / "responses" / f"responses-{file_stem(name)}.json", data, 0o600)
    return Imported(sheets, {name: found.responses[name] for name in sheets}, tuple(problems))


def _single(attempts: Sequence[Attempt]) -> None:
    if len(attempts) > 1:
        rows = ", ".join(str(attempt.row) for attempt in attempts)
        raise ResponseError(f"{len(attempts)} rows ({rows}); leave the attempt that counts")


def _paper(
    pool: Pool, attempt: Attempt, *, moodle: bool, told: list[Problem], file: str
) -> tuple[Sheet, dict[str, str]]:
    """Make the paper of a row, and its answers; a response that cannot be read back is told and left out."""
    items = {item.id: item for item in pool.items()}
    drawn: dict[str, str] = {}
    for text, response in attempt.responses:
        name = item_in(text, items)
        if not name and not moodle and says_section(pool, text):
            continue
        if not name:
            raise ResponseError(f"question {text.strip()[-60:]!r} has the code of no item of this pool")
        if name in drawn:
            raise ResponseError(f"item {code(name)} is there twice")
        drawn[name] = response
    chosen: list[KeyItem] = []
    for group in pool.groups:
        own = [item for item in group.items if item.id in drawn]
        if len(own) > 1:
            raise ResponseError(f"{len(own)} items of {group.name!r}, expected one")
        chosen += own
    answers: dict[str, str] = {}
    for item in chosen:
        try:
            answers |= answers_of(item, drawn[item.id], moodle=moodle, language=pool.language)
        except ResponseError as error:
            told.append(
                Problem(
                    file,
                    f"row {attempt.row}: {attempt.student.id}: {code(item.id)} counts as not answered: {error}",
                )
            )
    return Sheet(pool.title, pool.paper, attempt.student, tuple(chosen), pool.language, coded=True), answers


def _complete(pool: Pool, found: Imported, file: str) -> Imported:
    """Leave out students who lack a slot that others were asked: their marks could not be compared."""
    slot_of = {item.id: at for at, group in enumerate(pool.groups) for item in group.items}
    asked = {name: {slot_of[item.id] for item in sheet.items} for name, sheet in found.sheets.items()}
    whole = set().union(*asked.values())
    short = {name: sorted(whole - own) for name, own in asked.items() if own != whole}
    problems = [
        Problem(
            file,
            f"{name}: no item of {pool.groups[lacking[0]].name!r}, which others were asked; mark by hand",
        )
        for name, lacking in short.items()
    ]
    return Imported(
        {name: sheet for name, sheet in found.sheets.items() if name not in short},
        {name: each for name, each in found.responses.items() if name not in short},
        (*found.problems, *problems),
    )
