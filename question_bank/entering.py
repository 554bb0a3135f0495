"""Answers of paper exams, typed in by a marker: one paper after the other, one line for each answer.

Each paper becomes the file that its page would have saved, written whole when the marker says `done`, and only then; a paper that
was entered before is opened with what is there. Every answer is read back as marking will read it; whether it is right is not said.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from question_bank.entering_rows import LISTED, fields, folded, names_of, part_named, place, row
from question_bank.errors import ResponseError
from question_bank.issued import Sheet, write_whole
from question_bank.registry import unknown
from question_bank.responses import parse_response, saved
from question_bank.roster import file_stem

MAX_LINE: Final = 40_000
"""The longest line, in bytes."""
MAX_FILE: Final = 1_000_000

PAPER_HELP: Final = (
    "A line is QUESTION ANSWER: 3 24, 3b (4, 5), K7M2-M3XA/b 1 2; 3 4. A new answer takes the place of the old one.",
    "clear QUESTION  takes an answer out         undo  takes the last line back",
    "show            lists the answers           skip  leaves the paper; nothing of it is written",
    "done            writes the paper's answers",
)
STUDENT_HELP: Final = (
    "Type a student's id, the line at the foot of the paper, or the code of an item that is on one paper only.",
    "next            opens the next paper without answers",
    "list            says whose papers have none",
    "done            ends",
)
_LINE: Final = re.compile(r"([^\s:=]+)(?:\s*[:=]\s*|\s+)(\S.*)")


class Desk:
    """A marker's sitting: takes lines, says what became of each.

    Attributes:
        sheet: the paper that is open; None between two papers.
        finished: whether the marker is done.
        written: how many papers were written.
    """

    def __init__(self, sheets: Mapping[str, Sheet], out: Path) -> None:
        """Sit down.

        Args:
            sheets: the issued papers by student.
            out: the folder of the files of responses.
        """
        self.sheet: Sheet | None = None
        self.finished = False
        self.written = 0
        self._sheets = sheets
        self._out = out
        self._answers: dict[str, str] = {}
        self._before: list[dict[str, str]] = []
        self._names: dict[str, list[str]] = {}
        for name, sheet in sheets.items():
            for alias in names_of(sheet):
                self._names.setdefault(alias, []).append(name)

    @property
    def prompt(self) -> str:
        """What the marker is asked for."""
        return f"{self.sheet.student.id}> " if self.sheet else "student> "

    def progress(self) -> str:
        """Say how many papers have answers."""
        return f"{len(self._sheets) - len(self._missing())} of {len(self._sheets)} papers have answers in {self._out}"

    def take(self, data: bytes) -> list[str]:
        """Take one line and return what is to be said; a line that cannot be used changes nothing.

        Raises:
            OSError: a paper's answers cannot be written.
        """
        try:
            line = _text(data)
            return self._on_paper(self.sheet, line) if self.sheet else self._between(line)
        except ResponseError as error:
            return [f"not taken: {error}"]

    def _between(self, line: str) -> list[str]:
        command = line.casefold()
        if command == "help":
            return list(STUDENT_HELP)
        if command == "list":
            missing = self._missing()
            more = f" and {len(missing) - LISTED} more" if len(missing) > LISTED else ""
            return [
                self.progress(),
                *([f"none yet: {', '.join(missing[:LISTED])}{more}"] if missing else []),
            ]
        if command == "done":
            self.finished = True
            return [self.progress()]
        if command == "next":
            missing = self._missing()
            return self._open(self._sheets[missing[0]]) if missing else ["every paper has answers; done ends"]
        return self._open(self._find(line))

    def _missing(self) -> list[str]:
        return [name for name in self._sheets if not self._file(name).exists()]

    def _find(self, line: str) -> Sheet:
        """Find the paper that a line names."""
        found = self._names.get(folded(line), [])
        if len(found) == 1:
            return self._sheets[found[0]]
        if found:
            raise ResponseError(f"{line[:60]!r} is on {len(found)} papers; type the student's id")
        if not line:
            raise ResponseError("got an empty line, expected a student's id, next or done; help says more")
        raise ResponseError(
            f"{unknown('student', line[:60], self._sheets)}; help says what else can be typed"
        )

    def _open(self, sheet: Sheet) -> list[str]:
        """Open a paper, with the answers that it has already."""
        self._answers = self._read(sheet)
        self._before = []
        self.sheet = sheet
        version = f", version {sheet.version}" if sheet.version else ""
        return [f"{sheet.student.id} {sheet.student.name}{version}", *self._listing(sheet)]

    def _on_paper(self, sheet: Sheet, line: str) -> list[str]:
        command, _, rest = line.partition(" ")
        if line.casefold() in ("help", "show", "undo", "skip", "done"):
            return self._command(sheet, line.casefold())
        if command.casefold() == "clear":
            return self._clear(sheet, rest.strip())
        match = _LINE.fullmatch(line)
        if match is None:
            raise ResponseError(
                f"got {line[:60]!r}, expected QUESTION ANSWER, such as 3b 24, or done; help says more"
            )
        key = part_named(sheet, match[1])
        before = self._answers.get(key)
        self._change({**self._answers, key: match[2]})
        told = f"; was {before!r}" if before not in (None, match[2]) else ""
        return [f"{row(sheet, key, match[2])}{told}"]

    def _command(self, sheet: Sheet, command: str) -> list[str]:
        if command == "help":
            return list(PAPER_HELP)
        if command == "show":
            return self._listing(sheet)
        if command == "undo":
            return self._undo(sheet)
        if command == "skip":
            self.sheet = None
            return [f"{sheet.student.id}: left; nothing was written"]
        keys = list(fields(sheet))
        given = {key: self._answers[key] for key in keys if key in self._answers}
        data = saved(sheet.paper, sheet.student.id, given)
        write_whole(self._file(sheet.student.id), data, 0o600)
        self.written += 1
        self.sheet = None
        empty = [place(sheet, key) for key in keys if key not in self._answers]
        told = f"; no answer to {', '.join(empty)}" if empty else ""
        return [
            f"{self._file(sheet.student.id)}: {len(keys) - len(empty)} of {len(keys)} answers{told}",
        ]

    def _undo(self, sheet: Sheet) -> list[str]:
        if not self._before:
            raise ResponseError("there is nothing to undo since this paper was opened")
        now, self._answers = self._answers, self._before.pop()
        changed = next(key for key in fields(sheet) if now.get(key) != self._answers.get(key))
        return [f"taken back: {row(sheet, changed, self._answers.get(changed, ''))}"]

    def _clear(self, sheet: Sheet, question: str) -> list[str]:
        key = part_named(sheet, question)
        if key not in self._answers:
            raise ResponseError(f"{place(sheet, key)} has no answer to clear")
        self._change({name: text for name, text in self._answers.items() if name != key})
        return [row(sheet, key, "")]

    def _change(self, answers: dict[str, str]) -> None:
        if answers != self._answers:
            self._before.append(self._answers)
            self._answers = answers

    def _listing(self, sheet: Sheet) -> list[str]:
        return [row(sheet, key, self._answers.get(key, "")) for key in fields(sheet)]

    def _file(self, student: str) -> Path:
        return self._out / f"responses-{file_stem(student)}.json"

    def _read(self, sheet: Sheet) -> dict[str, str]:
        """Return the answers that were written before."""
        path = self._file(sheet.student.id)
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_FILE + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ResponseError(f"{path}: cannot be read ({error.strerror}); move it away") from None
        if len(data) > MAX_FILE:
            raise ResponseError(
                f"{path}: more than {MAX_FILE} bytes, expected the answers of one paper; move it away"
            )
        try:
            found = parse_response(data, path.name)
        except ResponseError as error:
            raise ResponseError(f"{path}: {error}; move it away, or mend it") from None
        if (found.paper, found.student) != (sheet.paper, sheet.student.id):
            raise ResponseError(
                f"{path}: has answers of {found.student[:60]!r} to {found.paper[:60]!r}, expected {sheet.student.id!r} to "
                f"{sheet.paper!r}; move it away"
            )
        unread = sorted(set(found.answers) - set(fields(sheet)))
        if unread:
            raise ResponseError(
                f"{path}: answers {unread[0][:60]!r}, which is not on the paper of {sheet.student.id!r}; move it away, or mend it"
            )
        return {key: text for key, text in found.answers.items() if text.strip()}


def _text(data: bytes) -> str:
    """Decode a line."""
    if len(data) > MAX_LINE:
        raise ResponseError(f"got a line of more than {MAX_LINE} bytes, expected an answer; type it again")
    try:
        return data.decode().strip()
    except UnicodeDecodeError as error:
        raise ResponseError(
            f"byte {error.start + 1} of the line is not UTF-8; type it again, or save the file as UTF-8"
        ) from None
