"""Questions as plain HTML for course systems, which have no style of ours and clean away scripts: stem, fields, worked solution.

How a formula and a figure are written differs between systems, so each gives its own `Look`; all texts are escaped here.
"""

import math
import re
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from question_bank import languages, maths
from question_bank.figures import Figure
from question_bank.gaps import Asked, Gap, Names, PersonGap, TextGap
from question_bank.message import Message, literal
from question_bank.misconceptions import CATALOGUE
from question_bank.model import Question, Step, Table
from question_bank.paper import Heading
from question_bank.values import Grid, Rational, Value, show, show_number

ANSWER: Final = "Your answer"
_SHAPE: Final = "Write a shape as (3, 32, 32)."
_ROW: Final = "Write the numbers in one row, as [1, 2, 3]."
_RAISES: Final = "Where it raises an error, write: error"
_UNDETERMINED: Final = "Where it cannot be determined, write: cannot be determined"
_FRACTIONS: Final = "Write fractions as decimals with four places, as 0.3333."
_SEVERAL: Final = "Several can be right. Each right one that you choose counts, each wrong one takes as much away, never below 0."
LETTER: Final = "Write letters of these options."
_SOLUTION: Final = "Worked solution"
_KEY: Final = "Key"
_OTHERS: Final = "Wrong answers that have a name"
WORDS: Final = (
    ANSWER,
    _SHAPE,
    _ROW,
    _RAISES,
    _UNDETERMINED,
    _FRACTIONS,
    _SEVERAL,
    LETTER,
    _SOLUTION,
    _KEY,
    _OTHERS,
)
"""What stands in a course system beside the question's own texts, for translators."""

_MINUS: Final = re.compile(r"(?<![\w)\]])-(?=[\d.])")
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CELL: Final = 'style="border: 1px solid #888; padding: 2px 8px; text-align: right"'


@dataclass(frozen=True, slots=True)
class Look:
    """How a course system wants what is not plain text.

    Attributes:
        formula: sets LaTeX, without dollar signs, as HTML.
        image: the address of a figure's file.
        language: of the texts.
        mathml: whether formulas are set as MathML, and `formula` is not asked.
        letters: whether options are called by their letters, which mean nothing where the system shuffles them.
    """

    formula: Callable[[str], str]
    image: Callable[[Figure], str]
    language: str = languages.SOURCE
    mathml: bool = False
    letters: bool = True

    def say(self, text: str) -> str:
        """Return one of `WORDS`, or of the catalogue, in the language of the page."""
        return languages.text(text, self.language)

    def message(self, message: Message) -> str:
        """Set a message."""
        spans = []
        for kind, source in message.spans():
            if kind == "math":
                spans.append(maths.mathml(source) if self.mathml else self.formula(maths.latex(source)))
            elif kind == "code":
                spans.append(f"<code>{escape(source)}</code>")
            else:
                spans.append(escape(_MINUS.sub("\u2212", source)))
        return "".join(spans)

    def template(self, text: str) -> str:
        """Set an option, or another text of the language of `Message`."""
        return self.message(Message(text))

    def explanations(self, names: Names) -> str:
        """Say what is behind a wrong entry."""
        return " ".join(self.template(self._explanation(name)) for name in names)

    def _explanation(self, name: str) -> str:
        """Return what is said about a misconception; a question of the course's own says it itself, braces as they are."""
        return self.say(CATALOGUE[name].explanation) if name in CATALOGUE else literal(name).template


def stem(question: Question, code: str, look: Look) -> str:
    """Set what comes before the fields: the stem, which ends in the item's code, listing, figure, tables."""
    pieces = [f"<p>{look.message(question.stem)} {escape(code)}</p>"]
    if question.code:
        pieces.append(f"<pre><code>{escape(question.code)}</code></pre>")
    if question.figure:
        alt = escape(question.figure.alt.plain())
        pieces.append(f'<p><img src="{escape(look.image(question.figure))}" alt="{alt}"></p>')
    pieces += [_table(table, look) for table in question.tables]
    return "\n".join(pieces)


def heading(said: Heading, look: Look, *, title: bool = True) -> str:
    """Set what is said before the items of a section."""
    pieces = [f"<h3>{escape(said.title)}</h3>"] if title and said.title else []
    pieces += [f"<p>{look.message(literal(said.intro))}</p>"] if said.intro else []
    return "\n".join(pieces)


def prompt(question: Question, asked: Asked, look: Look) -> str:
    """Set the text beside a field: the letter of the part where there are several, the prompt, unit or axes, how to write it."""
    field = asked.field
    letter = (
        f"({string.ascii_lowercase[asked.part]}) "
        if len(question.parts) > 1 and asked.prompt.template[:1] != "("
        else ""
    )
    told = look.message(asked.prompt) if asked.prompt.template else escape(look.say(ANSWER))
    unit = f" ({escape(field.unit)})" if field.unit else ""
    axes = (
        f" ({escape(', '.join(field.axes))})"
        if field.axes and field.axes[0] not in asked.prompt.plain()
        else ""
    )
    exact = not getattr(question.parts[asked.part].answer, "tolerance", 0)
    hint = " ".join(look.template(look.say(text)) for text in _hints(asked, exact=exact))
    symbols = f" <code>{escape(', '.join(field.symbols))}</code>" if field.symbols else ""
    return f"{letter}{told}{unit}{axes}{symbols}" + (f" <em>{hint}</em>" if hint else "")


def fields(asked: Asked, write: Callable[[Gap], str]) -> str:
    """Lay the gaps out: in a line, in brackets with commas, or in the cells of tables, one table for each plane."""
    if asked.layout == "axes":
        return f"({', '.join(map(write, asked.gaps))}{',' if len(asked.gaps) == 1 else ''})"
    if asked.layout == "grid":
        cells = [write(gap) for gap in asked.gaps]
        return "\n".join(
            f"<p>{name}</p>\n{table}" if name else table for name, table in _planes(asked.size, cells)
        )
    return " ".join(map(write, asked.gaps))


def solution(question: Question, parts: Iterable[Asked], look: Look) -> str:
    """Set the keys, the worked solution, and the wrong answers that have a name but no gap of their own."""
    pieces = [f"<p><strong>{escape(look.say(_KEY))}</strong></p>", key_list(question, look)]
    if question.solution or question.remarks:
        pieces.append(f"<p><strong>{escape(look.say(_SOLUTION))}</strong></p>")
    if question.solution:
        pieces.append(_items("ol", (_step(step, look) for step in question.solution)))
    pieces += [f"<p>{look.message(remark)}</p>" for remark in question.remarks]
    pieces.append(named(((part.part, *entry) for part in parts for entry in part.elsewhere), question, look))
    return "\n".join(piece for piece in pieces if piece)


def key_list(question: Question, look: Look) -> str:
    """List the keys of the parts, or the rubric."""
    lines = []
    for number, part in enumerate(question.parts):
        options = part.answer.field.options
        value = part.answer.value
        if options and isinstance(value, str):
            told = "<br>".join(_options(value, options, look))
        else:
            told = escape(part.answer.show().replace("-", "\u2212"))
        lines.append(f"{_letter(question, number)}{told}")
    return _items("ul", lines)


def named(entries: Iterable[tuple[int, Value, Names]], question: Question, look: Look) -> str:
    """List wrong answers with what is said about them; nothing where there are none."""
    lines = [
        f"{_letter(question, part)}{_entry(question, part, value, look)}: {look.explanations(names)}"
        for part, value, names in entries
    ]
    if not lines:
        return ""
    return f"<p><strong>{escape(look.say(_OTHERS))}</strong></p>\n{_items('ul', lines)}"


def _options(letters: str, options: Sequence[str], look: Look) -> list[str]:
    """Set options, with their letters where these say something."""
    texts = {letter: look.template(options[ord(letter) - ord("A")]) for letter in letters}
    return [f"{letter}: {text}" if look.letters else text for letter, text in texts.items()]


def _entry(question: Question, part: int, value: Value, look: Look) -> str:
    """Set a wrong answer as a student gives it."""
    options = question.parts[part].answer.field.options
    if options and isinstance(value, str) and not look.letters:
        return "; ".join(_options(value, options, look))
    return escape(show(value))


def xml(text: str) -> bytes:
    """Return XML in UTF-8, in which characters that XML cannot hold are U+FFFD."""
    return _NO_XML.sub("\ufffd", text).encode("utf-8", "replace")


def rubric(asked: Asked, look: Look) -> str:
    """List by what a person marks a part."""
    lines = (look.message(line) for gap in asked.gaps if isinstance(gap, PersonGap) for line in gap.lines)
    return _items("ul", lines)


def _letter(question: Question, part: int) -> str:
    return f"({string.ascii_lowercase[part]}) " if len(question.parts) > 1 else ""


def _items(kind: str, lines: Iterable[str]) -> str:
    return f"<{kind}>{''.join(f'<li>{line}</li>' for line in lines)}</{kind}>"


def _step(step: Step, look: Look) -> str:
    equation = step.mathml() if look.mathml else look.formula(step.latex())
    return f"{look.message(step.label)}: {equation}"


def _hints(asked: Asked, *, exact: bool) -> list[str]:
    field, gap = asked.field, asked.gaps[0]
    hints = []
    if isinstance(gap, TextGap):
        hints += {"shape": [_SHAPE], "array": [_ROW]}.get(field.kind, [])
        hints += [_RAISES] if field.may_raise else []
        hints += [_UNDETERMINED] if field.may_be_undetermined else []
    if field.kind in {"number", "array"} and exact:
        hints.append(_FRACTIONS)
    if field.kind == "choices":
        hints.append(_SEVERAL)
    return hints


def _table(table: Table, look: Look) -> str:
    grid: Grid = table.value
    cells = [escape(_number(cell)) for cell in grid.cells]
    pieces = [f"<p>{look.message(table.caption)}</p>"]
    pieces += [f"<p>{name}</p>\n{body}" if name else body for name, body in _planes(grid.shape, cells)]
    return "\n".join(pieces)


def _number(value: Rational) -> str:
    return show_number(value).replace("-", "\u2212")


def _planes(size: Sequence[int], cells: Sequence[str]) -> list[tuple[str, str]]:
    """Return (index of the plane, its table); the index is empty where there is one plane."""
    width = size[-1]
    height = size[-2] if len(size) > 1 else 1
    outer = size[:-2]
    planes = []
    for plane in range(math.prod(outer)):
        index, rest = [], plane
        for length in reversed(outer):
            rest, place = divmod(rest, length)
            index.append(str(place))
        start = plane * height * width
        rows = (cells[start + row * width : start + (row + 1) * width] for row in range(height))
        body = "".join(f"<tr>{''.join(f'<td {_CELL}>{cell}</td>' for cell in row)}</tr>" for row in rows)
        table = f'<table style="border-collapse: collapse"><tbody>{body}</tbody></table>'
        planes.append((f"[{', '.join(reversed(index))}]" if index else "", table))
    return planes
