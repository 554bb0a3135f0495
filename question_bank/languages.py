"""The languages of papers, and their texts: English templates are looked up in `locales/<language>/LC_MESSAGES/*.po`.

English costs nothing and imports nothing. A text without a translation is an error, so that no paper mixes two languages.

>>> needs_words("`{layer}`, $k = 3$, {n} px"), needs_words("Stride $s$")
(False, True)
>>> text("Stride $s$", "en")
'Stride $s$'
"""

import functools
import json
import re
import string
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from question_bank.errors import FormatError, MissingTranslationError
from question_bank.frozen import take
from question_bank.registry import unknown
from question_bank.values import Json

SOURCE: Final = "en"
LANGUAGES: Final = (SOURCE, "vi")
FOLDER: Final = Path(__file__).parent / "locales"

_MARKED = re.compile(r"\$[^$]*\$|`[^`]*`")
_FIELD = re.compile(r"\{[^{}]*\}|%\([a-z_]+\)s")
_TAG = re.compile(r"</?[a-z][^>]*>")
_SAME_EVERYWHERE = re.compile(r"\b(?:px|KB|MB|GB|KiB|MiB|GiB|ReLU|PyTorch|Keras)\b")
_SAID = re.compile(r'\b_\(("(?:[^"\\]|\\.)*")')
_LETTER = re.compile(r"[^\W\d_]")


def known(language: str) -> str:
    """Return the language.

    Raises:
        UnknownNameError: there are no texts in it; the message lists those that there are.
    """
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    return language


def to_json(language: str) -> dict[str, Json]:
    """Freeze a language: nothing where it is English.

    >>> to_json("en"), to_json("vi")
    ({}, {'language': 'vi'})
    """
    return {} if language == SOURCE else {"language": language}


def from_json(data: Json) -> str:
    """Read the field that `to_json` wrote, from the object that it is in.

    Raises:
        FormatError: there is no such language.
    """
    language = take(data, "language", str) if isinstance(data, dict) and "language" in data else SOURCE
    if language not in LANGUAGES:
        raise FormatError(f"language={language!r}: expected one of {', '.join(LANGUAGES)}")
    return language


def needs_words(template: str) -> bool:
    """Whether a text has words outside its maths, code and fields, and so reads differently in another language."""
    bare = _FIELD.sub("", _MARKED.sub("", template))
    return bool(_LETTER.search(_SAME_EVERYWHERE.sub("", bare)))


def text(template: str, language: str) -> str:
    """Return a template in another language; one without words is the same in all.

    Raises:
        MissingTranslationError: it has no translation, or one that is not of the same fields, code and maths.
        UnknownNameError: there is no such language.
    """
    if language == SOURCE or not needs_words(template):
        return template
    found = catalog(known(language)).get(template)
    if found is None:
        raise MissingTranslationError(
            f"language {language!r}: {template!r} has no translation; add it to {_folder(language)}"
        )
    if problem := _mismatch(template, found):
        raise MissingTranslationError(f"language {language!r}: {template!r}: {problem}")
    return found


def in_script(source: str) -> list[str]:
    """Return the texts that a script of ours says, each written `_("...")`.

    >>> in_script('tell(_("{count} answered", { count }))')
    ['{count} answered']
    """
    return [json.loads(quoted) for quoted in _SAID.findall(source)]


@functools.cache
def catalog(language: str) -> Mapping[str, str]:
    """Return every translation into a language, of all its files.

    Raises:
        FormatError: two files translate one text in two ways.
    """
    merged: dict[str, tuple[str, str]] = {}
    for file, english, translated in entries(language):
        if merged.setdefault(english, (translated, file))[0] != translated:
            raise FormatError(
                f"{_folder(language)}: {english!r} is translated in two ways, in {merged[english][1]} and in {file}; keep one"
            )
    return {english: translated for english, (translated, _) in merged.items()}


def entries(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name of the file, English, translation) of every finished entry; fuzzy and empty ones are left out."""
    from babel.messages.pofile import read_po

    for path in sorted(_folder(language).glob("*.po")):
        with path.open("rb") as stream:
            for entry in read_po(stream, locale=language):
                if entry.id and isinstance(entry.id, str) and entry.string and not entry.fuzzy:
                    yield path.name, entry.id, str(entry.string)


def _folder(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES"


@functools.lru_cache(maxsize=8192)
def _mismatch(english: str, translated: str) -> str:
    """Say what a translation has otherwise than the English: a field, code, maths, a tag, blanks at the ends; empty if nothing."""
    for what, found in _PIECES.items():
        try:
            wanted, got = found(english), found(translated)
        except ValueError as error:
            return f"the translation {translated!r} has braces that do not match ({error}); double those that are text"
        if wanted != got:
            return f"the translation {translated!r} has the {what} {got}, expected {wanted}"
    return ""


def _fields(template: str) -> list[object]:
    named = {
        (name, spec, way) for _, name, spec, way in string.Formatter().parse(template) if name is not None
    }
    return sorted(named, key=str) + sorted(set(re.findall(r"%\([a-z_]+\)s", template)))


_PIECES: Final[Mapping[str, Callable[[str], object]]] = {
    "fields": _fields,
    "code and maths": lambda template: sorted(_MARKED.findall(template)),
    "tags": lambda template: sorted(_TAG.findall(template)),
    "marks": lambda template: (template.count("$"), template.count("`")),
    "blanks at the ends": lambda template: (template[:1].isspace(), template[-1:].isspace()),
}
