"""What a student reads: a template with named fields, kept apart so that a translation replaces the template alone.

A template holds text, `{fields}`, maths between dollar signs in the language of `maths`, and code between backquotes.
"""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from question_bank import maths
from question_bank.errors import FormatError
from question_bank.frozen import take
from question_bank.values import Json, show_shape

FieldValue: TypeAlias = int | str | tuple[int, ...]
SpanKind: TypeAlias = Literal["text", "math", "code"]
_MARKED = re.compile(r"\$([^$]*)\$|`([^`]*)`")


@dataclass(frozen=True, slots=True)
class Message:
    """A template and its fields.

    >>> message = Message("Stride $s = {s}$, shape `{shape}`.", {"s": 2, "shape": (3, 32, 32)})
    >>> message.plain()
    'Stride s = 2, shape (3, 32, 32).'
    >>> list(message.spans())[1]
    ('math', 's = 2')
    """

    template: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    def spans(self) -> Iterator[tuple[SpanKind, str]]:
        """Yield (kind, text) with the fields filled in: `text`, `math` (in the language of `maths`) or `code`.

        Raises:
            FormatError: the template names a field that there is not.
        """
        shown = {
            name: show_shape(value) if isinstance(value, tuple) else value
            for name, value in self.fields.items()
        }
        start = 0
        for match in _MARKED.finditer(self.template):
            yield from _filled("text", self.template[start : match.start()], shown)
            yield from (
                _filled("code", match[2], shown) if match[1] is None else _filled("math", match[1], shown)
            )
            start = match.end()
        yield from _filled("text", self.template[start:], shown)

    def trimmed(self) -> "Message":
        """Return the message with the fields that its template names only: what is not read need not be known.

        >>> dict(Message("{n} px", {"n": 3, "key": 7}).trimmed().fields)
        {'n': 3}
        """
        named = {name for _, name, _, _ in string.Formatter().parse(self.template) if name}
        return Message(self.template, {name: value for name, value in self.fields.items() if name in named})

    def plain(self) -> str:
        """Return the message as plain text."""
        return "".join(maths.plain(text) if kind == "math" else text for kind, text in self.spans())

    def check(self) -> None:
        """See that it can be shown: that its fields are there, and its maths is of the language of `maths`.

        Raises:
            FormatError: the template names a field that there is not.
            FormulaError: something between dollar signs is no formula.
        """
        for kind, text in self.spans():
            if kind == "math":
                maths.mathml(text)

    def to_json(self) -> Json:
        """Freeze the message."""
        fields: dict[str, Json] = {k: list(v) if isinstance(v, tuple) else v for k, v in self.fields.items()}
        return {"template": self.template, "fields": fields}

    @classmethod
    def from_json(cls, data: Json) -> "Message":
        """Read what `to_json` wrote.

        Raises:
            FormatError: it is no message.
        """
        fields: dict[str, FieldValue] = {}
        for name, value in take(data, "fields", dict).items():
            if isinstance(value, bool) or not isinstance(value, int | str | list):
                raise FormatError(f"fields.{name}={value!r}: expected a whole number, a text or a shape")
            fields[name] = tuple(value) if isinstance(value, list) else value
        return cls(take(data, "template", str), fields)


def literal(text: str) -> Message:
    """Return the message that says just this: maths and code are marked as ever, braces are braces.

    >>> literal("The set {0, 1}, or `f'{x}'`}").plain()
    "The set {0, 1}, or f'{x}'}"
    """
    return Message(text.replace("{", "{{").replace("}", "}}"))


def _filled(
    kind: SpanKind, template: str, fields: Mapping[str, FieldValue]
) -> Iterator[tuple[SpanKind, str]]:
    if not template:
        return
    try:
        yield kind, template.format_map(fields) if "{" in template or "}" in template else template
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise FormatError(
            f"template {template!r}: expected fields among {sorted(fields)}; {error!r}"
        ) from None
