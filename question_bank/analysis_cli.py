"""The command `legrade exam analyse`."""

from pathlib import Path
from typing import Annotated

import typer


def register(exam_app: typer.Typer) -> None:
    """Add the command to `legrade exam`."""
    exam_app.command("analyse")(analyse)


def analyse(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `exam build` wrote, marked.")],
    marks: Annotated[Path | None, typer.Option(help="DIR/marks/marks.json by default.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write; the folder of the marks by default.")
    ] = None,
) -> None:
    """Analyse the items: analysis.html with plots, analysis.csv. What a person should look at is printed."""
    from question_bank import analysis_page
    from question_bank.analysis import analyse as examine
    from question_bank.errors import FormatError
    from question_bank.issued import private_folder, read_sheets, write_whole
    from question_bank.marksheet import read_marks

    record = marks if marks is not None else folder / "marks" / "marks.json"
    read = read_marks(record)
    if read is None:
        raise FormatError(f"{record}: there is none; mark responses first, with `legrade exam mark`")
    found = examine(read_sheets(folder), read)
    target = out if out is not None else record.parent
    private_folder(target)
    for name, data in (("html", analysis_page.to_html(found)), ("csv", analysis_page.to_csv(found))):
        write_whole(target / f"analysis.{name}", data, 0o600)
    alpha = analysis_page.decimal(found.alpha.value if found.alpha else None)
    typer.echo(f"{found.title}: {found.counted} students, {len(found.items)} items, alpha {alpha}")
    for item in found.items:
        for remark in item.remarks:
            typer.echo(f"item {item.number} ({', '.join(item.families)}): {remark}")
    typer.echo(f"Page: {target / 'analysis.html'}")
    typer.echo(f"Table: {target / 'analysis.csv'}")
