"""The words of a course's own in other languages: [texts.vi] in a blueprint or a question, "English text" = "Vietnamese text"."""

from question_bank.errors import QuestionBankError
from question_bank.languages import LANGUAGES
from question_bank.message import literal
from question_bank.own_data import template
from question_bank.toml_reading import TomlReader, short


def read_texts(reader: TomlReader, language: str) -> dict[str, dict[str, str]]:
    """Read what the texts of a file are in other languages, as templates.

    Raises:
        BlueprintError: a table is of no other language, or a text is none.
    """
    tables = reader.table.get("texts", {})
    if not isinstance(tables, dict):
        raise reader.error(("texts",), short(tables), "tables [texts.LANGUAGE]")
    found: dict[str, dict[str, str]] = {}
    for name, table in tables.items():
        if name not in LANGUAGES or name == language or not isinstance(table, dict):
            others = ", ".join(each for each in LANGUAGES if each != language)
            raise reader.error(("texts", name), short(table), f"a table for one of {others}")
        for text, said in table.items():
            if not isinstance(said, str) or not said.strip():
                raise reader.error(("texts", name, text), short(said), "the text in that language")
            try:
                literal(said).check()
            except QuestionBankError as error:
                raise reader.fault(("texts", name, text), str(error)) from None
        found[name] = {template(text.strip()): template(said.strip()) for text, said in table.items()}
    return found
