"""What `legrade exam build --practice` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from question_bank.errors import QuestionBankError
from question_bank.writable import writing

if TYPE_CHECKING:
    from question_bank.keys import CourseKey


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command was told.

    Attributes:
        roster: the class list, where each student is to have a set.
        id_column: of the class list.
        sets: how many sets for everybody; None where nothing was said.
        formats: names of formats.
        avoid: folders of past exams, practice sets and pools.
        own: whether the course's own questions are practised that the exam asks.
    """

    roster: Path | None
    id_column: str
    sets: int | None
    formats: Sequence[str]
    avoid: Sequence[Path]
    own: bool


def practise(blueprint: Path, out: Path, wanted: Wanted, key: "CourseKey") -> None:
    """Write practice sets, and say what was written.

    Raises:
        QuestionBankError: as `practice.build_practice`, or both a class list and a number of sets are given.
    """
    from question_bank.blueprint import read_blueprint
    from question_bank.past_items import items_of
    from question_bank.practice import FOLDER, build_practice
    from question_bank.roster import read_roster

    if wanted.roster is not None and wanted.sets is not None:
        raise QuestionBankError(
            f"--sets {wanted.sets}: with --roster every student has a set; give one of the two"
        )
    students = read_roster(wanted.roster, wanted.id_column) if wanted.roster is not None else ()
    plan, avoid = read_blueprint(blueprint), items_of(wanted.avoid)
    with writing(out):
        built = build_practice(
            plan,
            key,
            out,
            students,
            sets=wanted.sets or 1,
            formats=wanted.formats,
            avoid=avoid,
            own=wanted.own,
        )
    for told in built.left_out:
        typer.echo(f"legrade: {told}", err=True)
    kept = f", {built.kept} kept as they were issued" if built.kept else ""
    typer.echo(f"{built.issued} practice set{'s' * (built.issued != 1)} issued{kept}.")
    typer.echo(f"For students, with answers: {out / FOLDER} ({len(built.pages)} files)")
    typer.echo(f"For you only: {out / 'key'}")
    if not plan.versions and not students:
        typer.echo(
            f"Which items each student's exam asks is known with a class list only: build the exam with --avoid {out}"
        )
