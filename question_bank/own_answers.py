"""The answer of a question of a course's own: read by the grammar that reads what students type, so that the key marks right."""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from question_bank.answer_json import answer_from_json
from question_bank.answers import Answer, Choice, Criterion, Written
from question_bank.errors import BlueprintError, QuestionBankError
from question_bank.message import Message, literal
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Part, Wrong
from question_bank.own_data import template
from question_bank.readings import PROBLEMS, read
from question_bank.toml_lines import FieldPath
from question_bank.toml_reading import TomlReader, short
from question_bank.values import KINDS, Field, Grid, Json, Raised, Rational, Value, value_to_json
from question_bank.values import Undetermined as NotDetermined

FIELDS: Final = (
    *("kind", "key", "options", "unit", "tolerance", "axes", "symbols", "show_size"),
    *("may_raise", "may_be_undetermined", "rubric", "wrong"),
)
MAX_FEEDBACK: Final = 1000
_MOST_OPTIONS: Final = 26
_MOST_PLACES: Final = 40
_DEEPEST: Final = 8
_OF_KIND: Final = {
    "options": ("choice", "choices"),
    "unit": ("integer", "number"),
    "tolerance": ("number",),
    "axes": ("shape",),
    "symbols": ("expression",),
    "show_size": ("array",),
    "rubric": ("text",),
}


def read_part(reader: TomlReader, table: Mapping[str, Any], path: FieldPath, prompt: Message) -> Part:
    """Read the kind and the key of one thing that is asked.

    Raises:
        BlueprintError: a field is wrong, or the key is no answer to it.
    """
    kind = reader.one_of(table, path, "kind", KINDS, "")
    for name, kinds in _OF_KIND.items():
        if name in table and kind not in kinds:
            raise reader.error(
                (*path, name), f"{name} with the kind {kind}", f"it with {' or '.join(kinds)} only"
            )
    flags = {name: reader.flag(table, path, name) for name in ("may_raise", "may_be_undetermined")}
    if kind == "text":
        if "key" in table:
            raise reader.error((*path, "key"), "a key with the kind text", "a rubric, [[rubric]]")
        return Part(_written(reader, table, path), prompt)
    if "key" not in table:
        raise reader.error((*path, "key"), "nothing", "the right answer")
    field = _field(reader, table, path, kind, flags)
    value = _value(reader, (*path, "key"), table["key"], field)
    try:
        answer = _answer(reader, table, path, field, value)
        return Part(answer, prompt, flags["may_raise"], flags["may_be_undetermined"])
    except BlueprintError:
        raise
    except QuestionBankError as error:
        raise reader.fault((*path, "key"), str(error)) from None


def read_wrong(
    reader: TomlReader, table: Mapping[str, Any], path: FieldPath, part: Part, number: int
) -> tuple[Wrong, ...]:
    """Read the wrong answers that have a name: an id of the catalogue, or what its author says about it.

    Raises:
        BlueprintError: one of them is right, is there twice or has no name, or a wrong option of a choice is not there.
    """
    found: dict[Value, Wrong] = {}
    for at, each in enumerate(reader.tables(table, path, "wrong")):
        where = (*path, "wrong", at)
        reader.known(each, where, ("answer", "misconception", "feedback"))
        if "answer" not in each:
            raise reader.error((*where, "answer"), "nothing", "a wrong answer")
        value = _value(reader, (*where, "answer"), each["answer"], part.field)
        if part.answer.accepts(value):
            raise reader.error((*where, "answer"), short(each["answer"]), "a wrong answer; this one is right")
        if value in found:
            raise reader.error(
                (*where, "answer"), f"{short(each['answer'])} again", "every wrong answer once"
            )
        found[value] = Wrong(_named(reader, each, where), number, value)
    if isinstance(part.answer, Choice):
        for letter, option in zip(part.field.letters, part.answer.options, strict=True):
            if letter != part.answer.value and letter not in found:
                raise reader.error(
                    (*path, "options"),
                    f"the wrong option {option!r} without a reason",
                    "a table [[wrong]] for it",
                )
    return tuple(found.values())


def _named(reader: TomlReader, table: Mapping[str, Any], path: FieldPath) -> str:
    """Return what a wrong answer is called."""
    if ("misconception" in table) == ("feedback" in table):
        raise reader.error(path, "both or neither", "either a misconception of the catalogue, or a feedback")
    if "feedback" in table:
        feedback = table["feedback"]
        if not isinstance(feedback, str) or not feedback.strip() or len(feedback) > MAX_FEEDBACK:
            raise reader.error(
                (*path, "feedback"), short(feedback), f"a text of 1 to {MAX_FEEDBACK} characters"
            )
        said = " ".join(feedback.split())
        try:
            literal(said).check()
        except QuestionBankError as error:
            raise reader.fault((*path, "feedback"), str(error)) from None
        return said
    name = table["misconception"]
    if name not in CATALOGUE:
        near = difflib.get_close_matches(str(name), CATALOGUE, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise reader.error((*path, "misconception"), short(name), f"an id of the catalogue{hint}")
    return str(name)


def _field(
    reader: TomlReader, table: Mapping[str, Any], path: FieldPath, kind: str, flags: Mapping[str, bool]
) -> Field:
    """Return the field that the key is typed into."""
    options: tuple[str, ...] = ()
    if kind in {"choice", "choices"}:
        options = tuple(template(text.strip()) for text in _texts(reader, table, path, "options"))
        if not 2 <= len(set(options)) == len(options) <= _MOST_OPTIONS:
            raise reader.error((*path, "options"), short(table.get("options")), "2 to 26 different texts")
        for option in options:
            try:
                Message(option).check()
            except QuestionBankError as error:
                raise reader.fault((*path, "options"), str(error)) from None
    return Field(
        kind,  # type: ignore[arg-type]  # one of KINDS, which are the literal's own
        unit=reader.text(table, path, "unit") if "unit" in table else "",
        axes=_texts(reader, table, path, "axes") if "axes" in table else (),
        options=options,
        symbols=_texts(reader, table, path, "symbols") if kind == "expression" else (),
        may_raise=flags["may_raise"],
        may_be_undetermined=flags["may_be_undetermined"],
    )


def _texts(reader: TomlReader, table: Mapping[str, Any], path: FieldPath, name: str) -> tuple[str, ...]:
    value = table.get(name)
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(each, str) and each.strip() for each in value)
    ):
        raise reader.error((*path, name), short(value), "a list of texts")
    return tuple(value)


def _value(reader: TomlReader, path: FieldPath, given: Any, field: Field) -> Value:
    """Read an answer as a student's would be; options by their texts."""
    text = _letters(reader, path, given, field) if field.options else _typed(reader, path, given)
    reading = read(field, text)
    if reading.value is None:
        raise reader.fault(path, f"got {short(given)}: {PROBLEMS[reading.problem]}")
    return reading.value


def _letters(reader: TomlReader, path: FieldPath, given: Any, field: Field) -> str:
    """Return the letters of options; a text that is no option is read as it stands, such as "error"."""
    several = given if isinstance(given, list) else [given]
    if isinstance(given, list) and field.kind == "choice":
        raise reader.error(path, short(given), "one of the options")
    if isinstance(given, str) and isinstance(read(field, given).value, Raised | NotDetermined):
        return given
    letters = ""
    for each in several:
        text = template(each.strip()) if isinstance(each, str) else None
        if text not in field.options:
            near = difflib.get_close_matches(str(each), field.options, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise reader.error(path, short(each), f"the text of an option{hint}")
        letters += field.letters[field.options.index(text)]
    return " ".join(sorted(letters))


def _typed(reader: TomlReader, path: FieldPath, given: Any, depth: int = 0) -> str:
    """Write a TOML value as a student would type it."""
    if isinstance(given, list) and depth < _DEEPEST:
        return f"[{', '.join(_typed(reader, path, each, depth + 1) for each in given)}]"
    if isinstance(given, str):
        return given
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    if isinstance(given, Decimal) and given.is_finite() and abs(given.adjusted()) <= _MOST_PLACES:
        return format(given, "f")
    raise reader.error(path, short(given), "a text, a number, or a list of them")


def _answer(
    reader: TomlReader, table: Mapping[str, Any], path: FieldPath, field: Field, value: Value
) -> Answer:
    """Return the answer of a field whose key was read.

    Raises:
        FormatError: the key is read, and is of another kind, such as 2.5 for a whole number.
    """
    frozen: dict[str, Json] = {"value": value_to_json(value)}
    if field.kind == "number":
        frozen["tolerance"] = value_to_json(_tolerance(reader, table, path))
    if isinstance(value, Grid) and reader.flag(table, path, "show_size"):
        field = replace(field, size=value.shape)
    return answer_from_json(field, frozen)


def _tolerance(reader: TomlReader, table: Mapping[str, Any], path: FieldPath) -> Rational:
    given = table.get("tolerance", 0)
    reading = read(Field("number"), _typed(reader, (*path, "tolerance"), given))
    if not isinstance(reading.value, int | Fraction) or reading.value < 0:
        raise reader.error((*path, "tolerance"), short(given), "a number from 0 on")
    return reading.value


def _written(reader: TomlReader, table: Mapping[str, Any], path: FieldPath) -> Written:
    """Read the rubric of a written text."""
    lines: list[Criterion] = []
    for at, each in enumerate(reader.tables(table, path, "rubric")):
        where = (*path, "rubric", at)
        reader.known(each, where, ("text", "points"))
        text = each.get("text")
        if not isinstance(text, str) or not text.strip():
            raise reader.error((*where, "text"), short(text), "what an answer must say")
        message = literal(text.strip())
        try:
            message.check()
        except QuestionBankError as error:
            raise reader.fault((*where, "text"), str(error)) from None
        lines.append(Criterion(message, reader.whole(each, where, "points", range(1, 101), 1)))
    if not lines:
        raise reader.error((*path, "rubric"), "nothing", "one table [[rubric]] or more, with text and points")
    return Written(tuple(lines))
