"""The command `legrade bank gallery`: one page with a question of each family, to look the bank over."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the bank's."""
    app.command("gallery")(gallery)


def gallery(
    *,
    out: Annotated[Path, typer.Option(dir_okay=False, help="Where to write the page.")] = Path(
        "gallery.html"
    ),
    families: Annotated[
        list[str] | None, typer.Option("--family", help="Only these; may be given several times.")
    ] = None,
    topics: Annotated[
        list[str] | None, typer.Option("--topic", help="Only these; may be given several times.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which questions; the same seed always gives the same.")] = 0,
    language: Annotated[str, typer.Option(help="Of the questions, such as vi.")] = "en",
) -> None:
    """Write one page with a question of each family, its key, worked solution and named wrong answers."""
    from question_bank import gallery as pages
    from question_bank.issued import write_whole

    chosen = pages.select(families or (), topics or ())
    page = pages.gallery(chosen, seed, language)
    write_whole(out, page)
    typer.echo(f"{out}: {len(chosen)} {'family' if len(chosen) == 1 else 'families'}, {len(page):,} bytes")
