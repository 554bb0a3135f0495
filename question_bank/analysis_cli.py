"""The command `legrade exam analyse`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from question_bank.values import Json

MAX_BYTES = 200_000_000


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
    from question_bank.issued import private_folder, read_sheets, write_whole

    record = marks if marks is not None else folder / "marks" / "marks.json"
    found = examine(read_sheets(folder), _read(record))
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


def _read(path: Path) -> "Json":
    """Read the marks."""
    import json

    from question_bank.errors import FormatError

    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise FormatError(f"{path}: {len(data)} bytes; expected marks.json as `exam mark` wrote it")
        found: Json = json.loads(data)
    except FileNotFoundError:
        raise FormatError(f"{path}: there is none; mark responses first, with `legrade exam mark`") from None
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(f"{path}: cannot be read ({error}); mark again, with `legrade exam mark`") from None
    return found
