"""The commands `legrade exam new`, `exam preview`, `exam build` and `exam mark`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from question_bank.errors import QuestionBankError
from question_bank.writable import writing

if TYPE_CHECKING:
    from question_bank.blueprint_data import Slot
    from question_bank.exam import Built
    from question_bank.issued import Planned
    from question_bank.keys import CourseKey

exam_app = typer.Typer(name="exam", help="Quizzes and exams: look, build, mark.", no_args_is_help=True)


BlueprintPath = Annotated[Path, typer.Argument(metavar="BLUEPRINT", help="The exam.toml.")]
KeyPath = Annotated[
    Path | None, typer.Option("--key", help="Course key; course.key beside the blueprint by default.")
]
RosterPath = Annotated[
    Path | None,
    typer.Option(
        help="Class list: CSV with the columns id,name, or an export. Only --practice does without."
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        "--format",
        help="Formats with commas between them: html, json (both if left out), markdown, notebook, pdf, typst, latex. "
        "With --practice: html (if left out), markdown, pdf.",
    ),
]
Avoided = Annotated[
    list[Path] | None,
    typer.Option(help="Folder of a past exam, of practice sets or a pool, whose items are not asked again."),
]
PracticeSetCount = Annotated[
    int | None,
    typer.Option(
        min=1, max=200, help="Practice sets for everybody, where there is no class list; 1 if left out."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the exam's commands to an app."""
    app.add_typer(exam_app)


@exam_app.command("new")
def new_exam(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The blueprint to write.")] = Path("exam.toml"),
) -> None:
    """Write an example of a blueprint, with comments, and of a question of your own; it builds as it stands."""
    from question_bank.blueprint_example import BLUEPRINT, QUESTION, QUESTION_NAME
    from question_bank.static_questions import FOLDER

    question = path.parent / FOLDER / f"{QUESTION_NAME}.toml"
    if path.exists():
        raise QuestionBankError(f"{path}: is there already; name another file, nothing is overwritten")
    with writing(path.parent):
        question.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(BLUEPRINT)
        if not question.exists():
            question.write_text(QUESTION, encoding="utf-8")
    typer.echo(f"{path}: a blueprint to change, with all its fields.")
    typer.echo(f"{question}: a question of your own, which it asks.")
    key = (
        ""
        if (path.parent / "course.key").exists()
        else f"legrade key new {path.parent / 'course.key'}, then "
    )
    typer.echo(f"Next: {key}legrade exam preview {path}")


@exam_app.command()
def preview(
    blueprint: BlueprintPath,
    key: KeyPath = None,
    samples: Annotated[int, typer.Option(min=1, max=50, help="Questions to show for each slot.")] = 3,
) -> None:
    """Show sample questions of every slot with key, worked solution and the mistakes that are recognised."""
    from rich.console import Console

    from question_bank import exam
    from question_bank.as_text import question_lines, solution_lines
    from question_bank.blueprint import read_blueprint

    plan = read_blueprint(blueprint)
    console = Console(highlight=False)
    console.print(f"{plan.title} ({plan.paper})", style="bold", markup=False)
    for sample in exam.preview(plan, _key(blueprint, key), samples):
        heading = _heading(plan.slots[sample.planned.slot], sample.planned)
        console.print(f"\n{heading}", style="bold", markup=False, soft_wrap=True)
        for number, question in enumerate(sample.questions, start=1):
            console.print(f"\nSample {number}", style="italic")
            lines = [*question_lines(question), *solution_lines(question)]
            console.print("\n".join(lines), markup=False, soft_wrap=True)


@exam_app.command()
def build(
    blueprint: BlueprintPath,
    out: Annotated[
        Path, typer.Option(help="Folder for papers/ or practice/ (students) and key/ (you only).")
    ],
    roster: RosterPath = None,
    formats: Formats = "",
    key: KeyPath = None,
    seating: Annotated[
        Path | None, typer.Option(help="CSV with the columns id,row,seat; versions differ side by side.")
    ] = None,
    avoid: Avoided = None,
    id_column: Annotated[str, typer.Option("--id", help="Column of the class list that has the id.")] = "",
    *,
    practice: Annotated[
        bool, typer.Option("--practice", help="Write practice sets: with hints, answers, worked solutions.")
    ] = False,
    sets: PracticeSetCount = None,
    own: Annotated[
        bool, typer.Option("--own", help="Practise questions of your own that the exam asks, too.")
    ] = False,
) -> None:
    """Write one paper for each student, and the keys apart. Students who have a paper already keep it.

    With --practice, write sets to practise with, which hold their answers: other items than those of the exam's versions, or of
    the students of --roster; where neither is known, build the exam with --avoid and the folder of the sets.
    """
    from question_bank import exam
    from question_bank.blueprint import read_blueprint
    from question_bank.exporters import EXPORTERS
    from question_bank.past_items import items_of
    from question_bank.practice_cli import Wanted, practise
    from question_bank.roster import read_roster, seated

    named = [name.strip() for name in formats.split(",") if name.strip()]
    if practice:
        _refuse({"--seating": seating is not None}, "is of no use for practice sets; leave it out")
        wanted = Wanted(roster, id_column, sets, named or ["html"], avoid or [], own)
        practise(blueprint, out, wanted, _key(blueprint, key))
        return
    _refuse({"--sets": sets is not None, "--own": own}, "is for practice sets; give --practice, too")
    for name in named or filter(None, [formats]):
        EXPORTERS.get(name)
    plan, students = read_blueprint(blueprint), read_roster(_given(roster), id_column)
    if seating is not None:
        students = seated(students, seating)
    known = items_of(avoid or ())
    with writing(out):
        built = exam.build(plan, students, _key(blueprint, key), out, named or ["html", "json"], known)
    _tell(built, out)


def _refuse(options: dict[str, bool], why: str) -> None:
    """Refuse options that were given."""
    for name, given in options.items():
        if given:
            raise QuestionBankError(f"{name}: {why}")


def _given(roster: Path | None) -> Path:
    """Return the class list.

    Raises:
        QuestionBankError: none was given.
    """
    if roster is None:
        raise QuestionBankError(
            "--roster is missing: expected a class list; give one, or --practice for sets that everybody may have"
        )
    return roster


def _tell(built: "Built", out: Path) -> None:
    """Say what a build did, and on stderr what an instructor should know of it."""
    for told in (*built.shortages, *built.left):
        typer.echo(f"legrade: {told}", err=True)
    for near in built.neighbours:
        typer.echo(
            f"legrade: {near.alike} of {near.pairs} pairs {near.kind} have the same version; more versions, or other seats, help",
            err=True,
        )
    kept = f", {built.kept} kept as they were issued" if built.kept else ""
    typer.echo(f"{built.issued} paper{'s' * (built.issued != 1)} issued{kept}.")
    typer.echo(f"For students: {out / 'papers'} ({len(built.papers)} files)")
    typer.echo(f"For you only: {out / 'key'} (needed to mark)")
    typer.echo(
        f"  {len(built.keys)} key sheet{'s' * (len(built.keys) != 1)} in key/sheets; who gets which paper in key/class.csv; how fair it is in {built.report}"
    )


def _key(blueprint: Path, path: Path | None) -> "CourseKey":
    from question_bank.keys import DEFAULT_NAME, CourseKey

    return CourseKey.load(path if path is not None else blueprint.parent / DEFAULT_NAME)


def _heading(slot: "Slot", planned: "Planned") -> str:
    from question_bank.credit import PARTS
    from question_bank.values import show_number

    radicals = ", ".join(f"{name} = {value}" for name, value in planned.radicals.items())
    source = slot.source if slot.questions or not slot.others else f"{slot.source} (here {planned.family})"
    title = f"slots[{planned.slot}]: {slot.count} x {source}, points each: {show_number(slot.points)}"
    if slot.credit != PARTS:
        title += f", credit: {slot.credit}"
    return f"{title}; the same for all students: {radicals}" if radicals else title
