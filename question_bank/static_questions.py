"""Questions of a course's own: `questions/NAME.toml` beside the blueprint, read, checked, and frozen into papers like all others.

stem = "What does padding with zeros change?"   # in the language of `Message`: $formulas$ and `code`
language = "en"                     # the default; [texts.vi] may have "English text" = "Vietnamese text" of all of them
code = '''print(x.shape)'''         # a listing below the stem; may be left out
image = { file = "padding.png", alt = "A 3 x 3 image in a frame of zeros" }  # PNG, JPEG or SVG beside the question
feedback = "Each side gets more pixels."  # what is said afterwards
kind = "choice"                     # choices, integer, number, shape, array, expression or text
options = ["the size", "the number of channels"]
key = "the size"                    # the text of the right option; a list for choices; else what a student should type
keep_order = true                   # where the exam shuffles options
[[wrong]]                           # each wrong option of a choice; wrong entries of other kinds, as many as are worth it
answer = "the number of channels"
feedback = "Padding is added to height and width."   # or misconception = "...", an id of the catalogue

Also: `unit`, `tolerance`, `axes`, `symbols`, `show_size` (of an array), `may_raise`, `may_be_undetermined`; a text has
[[rubric]] tables with `text` and `points` in place of a key. Several parts are [[parts]], each with a `prompt` and the above.
"""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from question_bank import own_answers
from question_bank.errors import BlueprintError, QuestionBankError
from question_bank.figures import Figure
from question_bank.images import MAX_BYTES, read_image
from question_bank.languages import LANGUAGES, SOURCE
from question_bank.message import Message, literal
from question_bank.model import Part, Question, Wrong
from question_bank.own_data import PREFIX, OwnQuestion
from question_bank.own_texts import read_texts
from question_bank.toml_lines import FieldPath
from question_bank.toml_reading import TomlReader, read_bytes, short

FOLDER: Final = "questions"
MAX_PARTS: Final = 26
MAX_TEXT: Final = 10_000

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_FIELDS: Final = ("stem", "language", "code", "image", "feedback", "keep_order", "texts", "parts")


def read_question(folder: Path, name: str) -> OwnQuestion:
    """Read and check `folder/NAME.toml`.

    Raises:
        BlueprintError: there is no such file, or it is broken; the message has file, line, field, got and expected.
    """
    path = folder / f"{name}.toml"
    if not _NAME.fullmatch(name) or not path.is_file():
        known = sorted(each.stem for each in folder.glob("*.toml"))
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there is {', '.join(known[:20]) or 'none'}"
        raise BlueprintError(f"unknown question {name!r}: expected the name of a file in {folder}; {hint}")
    return parse_question(read_bytes(path, "one question", "see its rights"), name, str(path), folder)


def parse_question(
    data: bytes, name: str, file: str = "question.toml", folder: Path | None = None
) -> OwnQuestion:
    """Read and check the bytes of a question.

    Args:
        data: the TOML file.
        name: of the question.
        file: how messages call it.
        folder: where its image is; None where it may have none.

    Raises:
        BlueprintError: as `read_question`.
    """
    reader = TomlReader.of(data, file)
    table = reader.table
    several = "parts" in table
    reader.known(table, (), (*_FIELDS, *(() if several else own_answers.FIELDS)))
    tables = reader.tables(table, (), "parts") if several else [table]
    if not 1 <= len(tables) <= MAX_PARTS:
        raise reader.error(("parts",), f"{len(tables)} parts", f"1 to {MAX_PARTS}")
    parts: list[Part] = []
    wrong: list[Wrong] = []
    for number, asked in enumerate(tables):
        path: FieldPath = ("parts", number) if several else ()
        if several:
            reader.known(asked, path, (*own_answers.FIELDS, "prompt"))
        prompt = words(reader, asked, path, "prompt") if "prompt" in asked else Message("")
        part = own_answers.read_part(reader, asked, path, prompt)
        parts.append(part)
        wrong += own_answers.read_wrong(reader, asked, path, part, number)
    try:
        question = Question(
            f"{PREFIX}{name}",
            1,
            {},
            words(reader, table, (), "stem"),
            tuple(parts),
            _code(reader),
            wrong=tuple(wrong),
            figure=_figure(reader, folder),
            remarks=(words(reader, table, (), "feedback"),) if "feedback" in table else (),
        )
    except QuestionBankError as error:
        raise error if isinstance(error, BlueprintError) else BlueprintError(f"{file}: {error}") from None
    language = reader.one_of(table, (), "language", LANGUAGES, SOURCE)
    return OwnQuestion(
        name, question, language, read_texts(reader, language), reader.flag(table, (), "keep_order")
    )


def words(reader: TomlReader, table: Mapping[str, Any], path: FieldPath, name: str) -> Message:
    """Read a text of the language of `Message`; its formulas must be of the language of `maths`."""
    value = table.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise reader.error((*path, name), short(value), f"a text of 1 to {MAX_TEXT} characters")
    message = literal(value.strip())
    try:
        message.check()
    except QuestionBankError as error:
        raise reader.fault((*path, name), str(error)) from None
    return message


def _code(reader: TomlReader) -> str:
    value = reader.table.get("code", "")
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise reader.error(("code",), short(value), f"a listing of at most {MAX_TEXT} characters")
    return value.strip("\n")


def _figure(reader: TomlReader, folder: Path | None) -> Figure | None:
    """Read the picture; it lies in the folder of the question or below, so that a course can be handed on."""
    if "image" not in reader.table:
        return None
    table = reader.table["image"]
    if not isinstance(table, dict):
        raise reader.error(("image",), short(table), 'a table, as in { file = "net.png", alt = "..." }')
    reader.known(table, ("image",), ("file", "alt"))
    file, alt = reader.text(table, ("image",), "file"), words(reader, table, ("image",), "alt")
    place = ("image", "file")
    base = (folder or Path()).resolve()
    path = (base / file).resolve()
    if folder is None or not path.is_relative_to(base):
        raise reader.error(place, repr(file), "a file in the folder of the question, or below it")
    try:
        with path.open("rb") as stream:
            image = read_image(stream.read(MAX_BYTES + 1))
    except OSError as error:
        raise reader.fault(place, f"{path}: cannot be read ({error.strerror})") from None
    except QuestionBankError as error:
        raise reader.fault(place, f"{file}: {error}") from None
    size = {"size": (image.height, image.width)}
    return Figure("image", alt, size, media=image.media, data=image.data)
