"""The command `legrade bank texts`: what has still to be translated."""

from typing import Annotated

import typer

NEEDS_WORK = 1


def register(app: typer.Typer) -> None:
    """Add the command to the bank's."""
    app.command("texts")(texts)


def texts(
    *,
    families: Annotated[
        list[str] | None, typer.Argument(help="Names; all families, the catalogue and the page when none.")
    ] = None,
    language: Annotated[str, typer.Option(help="Into which language, such as vi.")],
    points: Annotated[
        int, typer.Option(min=1, help="Points of each space to look at, beside those with new values.")
    ] = 300,
    every: Annotated[
        bool, typer.Option("--all", help="Look at all points, for minutes; name what nothing uses, too.")
    ] = False,
) -> None:
    """List texts without a translation, as entries for a PO file. Exit code 1 when there are some."""
    from question_bank import languages
    from question_bank import texts as collected

    languages.known(language)
    most = None if every else points
    found = collected.of_families(families, most) if families else collected.everything(most)
    missing = dict(collected.problems(found, language))
    typer.echo(_entries(missing, found), nl=False)
    unused = collected.obsolete(found, language) if every and not families else []
    for file, text in unused:
        typer.echo(f"legrade: {file}: nothing uses {text!r}", err=True)
    typer.echo(f"legrade: {len(found)} texts, {len(missing)} without a translation", err=True)
    if missing or unused:
        raise typer.Exit(NEEDS_WORK)


def _entries(missing: dict[str, str], used_by: dict[str, set[str]]) -> str:
    """Write the entries to fill in; a broken translation is told above its entry."""
    from babel.messages.pofile import escape

    lines = []
    for text, problem in missing.items():
        lines += [f"#. {' '.join(sorted(used_by[text]))}"]
        lines += [] if "has no translation" in problem else [f"# {problem}"]
        lines += [f"msgid {escape(text)}", 'msgstr ""', "", ""]
    return "\n".join(lines)
