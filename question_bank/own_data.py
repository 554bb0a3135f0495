"""Questions that a course wrote by itself, as frozen data; `question_bank.static_questions` reads them from files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from question_bank import languages, translation
from question_bank.errors import MissingTranslationError
from question_bank.frozen import take
from question_bank.languages import SOURCE
from question_bank.message import literal
from question_bank.model import Question
from question_bank.values import Json

PREFIX: Final = "own/"
"""What the family of such a question begins with: `own/why-relu`. No family of the bank is called so."""


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question of the course's own.

    Attributes:
        name: of its file, without the ending.
        question: with its key; `family` is its name after `PREFIX`.
        language: in which it is written.
        texts: what each of its texts is in other languages, by language.
        keep_order: whether its options stand as they are where the exam shuffles options.
    """

    name: str
    question: Question
    language: str = SOURCE
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keep_order: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "texts", MappingProxyType({k: MappingProxyType(dict(v)) for k, v in self.texts.items()})
        )

    def read_in(self, question: Question, language: str) -> Question:
        """Return the question, its options in whatever order, in another language.

        Raises:
            MissingTranslationError: one of its texts is not there in it.
        """
        if language == self.language:
            return question
        return translation.rewritten(question, lambda text: self.said(text, language))

    def said(self, text: str, language: str) -> str:
        """Return one of its texts, a template, in another language.

        Raises:
            MissingTranslationError: it is not there in it.
        """
        if language == self.language or not languages.needs_words(text):
            return text
        found = self.texts.get(language, {}).get(text)
        if found is None:
            raise MissingTranslationError(
                f"questions/{self.name}.toml is in {self.language!r} and has no {text!r} in {language!r}; add it under "
                f"[texts.{language}], or ask another question of those students"
            )
        return found

    def to_json(self) -> Json:
        """Freeze the question with its key."""
        return {
            "name": self.name,
            "question": self.question.to_json(),
            **languages.to_json(self.language),
            **({"texts": {k: dict(v) for k, v in self.texts.items()}} if self.texts else {}),
            **({"keep_order": True} if self.keep_order else {}),
        }

    @classmethod
    def from_json(cls, data: Json) -> "OwnQuestion":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no such question; the message names the field.
        """
        has = data if isinstance(data, dict) else {}
        texts = take(data, "texts", dict) if "texts" in has else {}
        return cls(
            take(data, "name", str),
            Question.from_json(take(data, "question", dict)),
            languages.from_json(data),
            {
                language: {k: take(said, k, str) for k in said}
                for language, said in texts.items()
                if isinstance(said, dict)
            },
            take(data, "keep_order", bool) if "keep_order" in has else False,
        )


def is_own(family: str) -> bool:
    """Whether the family of a question says that it is one of the course's own.

    >>> is_own("own/why-relu"), is_own("why")
    (True, False)
    """
    return family.startswith(PREFIX)


def template(text: str) -> str:
    """Return the template that says just this text."""
    return literal(text).template
