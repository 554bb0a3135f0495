r"""Questions as Markdown with TeX between dollar signs, as Jupyter and most renderers read it: every text is escaped.

>>> from question_bank.message import Message, literal
>>> text(Message("Stride $s = {s}$, `x[0]`, 3 * 4 <b>", {"s": 2}))
'Stride $s = 2$, `x[0]`, 3 \\* 4 &lt;b&gt;'
"""

import re
import string
from collections.abc import Callable
from typing import Final

from question_bank import credit, languages, maths
from question_bank.answers import Answer, Choice, Choices, Written
from question_bank.figures import Figure
from question_bank.issued import KeyItem
from question_bank.message import Message, literal
from question_bank.misconceptions import CATALOGUE
from question_bank.model import PublicQuestion, Question, Table
from question_bank.paper import Item
from question_bank.values import Field, Rational, show, show_number

_KINDS: Final = {
    "integer": "Write a whole number, as 24.",
    "number": "Write a number, as 0.5 or 3/4.",
    "shape": "Write a shape as (3, 32, 32).",
    "array": "Write an array by its rows, as [[1, 2], [3, 4]].",
    "choice": "Write the letter of one option, as A.",
    "choices": (
        "Several can be right. Each right one that you choose counts, each wrong one takes as much away, never below 0."
    ),
    "expression": "Write an expression in the letters {symbols}.",
    "text": "Write some sentences; a person marks them.",
}
_RAISES: Final = "Where it raises an error, write: error"
_UNDETERMINED: Final = "Where it cannot be determined, write: cannot be determined"
_QUESTION: Final = "Question {number}"
_ANSWER: Final = "Your answer"
_ONE_POINT: Final = "{points} point"
_POINTS: Final = "{points} points"
_SIZE: Final = "Size of the array: {size}."
_KEY: Final = "Key"
_SOLUTION: Final = "Worked solution"
_OTHERS: Final = "Wrong answers that have a name"
_RULES: Final = {
    credit.ALL_OR_NOTHING: "All points for a whole right answer, otherwise none.",
    credit.WHOLE_PARTS: "Each part counts when all of it is right.",
    credit.PER_CELL: "Each number of an array counts as much as another part.",
}
WORDS: Final = (
    *_KINDS.values(),
    _RAISES,
    _UNDETERMINED,
    _QUESTION,
    _ANSWER,
    _ONE_POINT,
    _POINTS,
    _SIZE,
    _KEY,
    _SOLUTION,
    _OTHERS,
    *_RULES.values(),
)
"""What stands beside a question, for translators."""

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]#$~|])")
_STARTS: Final = re.compile(r"^([0-9]*)([-+=.)])(?=\s|=|-|$)")
_MINUS: Final = re.compile(r"(?<![\w)\]])-(?=[\d.])")


def plain(words: str) -> str:
    """Escape a text of one line, so that it is shown as it is."""
    return _STARTS.sub(r"\1\\\2", _escaped(" ".join(words.split())))


def _escaped(words: str) -> str:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", escaped)


def text(message: Message) -> str:
    """Set a message on one line."""
    pieces = []
    for kind, source in message.spans():
        if kind == "math":
            pieces.append(f"${maths.latex(source)}$")
        elif kind == "code":
            pieces.append(_code(source))
        else:
            shown = _escaped(re.sub(r"\s+", " ", _MINUS.sub("\u2212", source)))
            pieces.append(shown if pieces else _STARTS.sub(r"\1\\\2", shown.lstrip()))
    return "".join(pieces).strip()


def item(
    each: Item | KeyItem, number: int, language: str, picture: Callable[[Figure], str], *, coded: bool
) -> str:
    """Set an item up to its parts: heading, stem with the item's code, rule of credit, listing, figure, tables."""
    question = each.question
    heading = languages.text(_QUESTION, language).format(number=number)
    pieces = [f"## {heading} ({points(each.points, language)})"]
    code = plain(f"[{each.id.upper()}]")
    pieces.append(f"{text(question.stem)} {code}" if coded else text(question.stem))
    if not coded:
        pieces[0] += f" {code}"
    if rule := _RULES.get(each.credit):
        pieces.append(f"*{plain(languages.text(rule, language))}*")
    pieces += _shown(question, picture)
    return "\n\n".join(pieces)


def part(question: PublicQuestion | Question, at: int, language: str) -> str:
    """Set one part: letter where there are several, prompt, unit or axes, options, how the answer is written."""
    asked = question.parts[at]
    field = asked.field
    letter = (
        f"({string.ascii_lowercase[at]}) "
        if len(question.parts) > 1 and asked.prompt.template[:1] != "("
        else ""
    )
    told = text(asked.prompt) if asked.prompt.template else plain(languages.text(_ANSWER, language))
    unit = f" ({plain(field.unit)})" if field.unit else ""
    axes = (
        f" ({plain(', '.join(field.axes))})"
        if field.axes and field.axes[0] not in asked.prompt.plain()
        else ""
    )
    options = [
        f"- {letter}: {text(Message(option))}"
        for letter, option in zip(field.letters, field.options, strict=True)
    ]
    said = f"*{plain(' '.join(hints(field, language)))}*"
    return "\n\n".join(
        piece for piece in (f"**{letter}{told}{unit}{axes}**", "\n".join(options), said) if piece
    )


def solution(question: Question, language: str) -> str:
    """Set the keys of the parts, the worked solution, and the wrong answers that have a name: for instructors."""
    keys = [
        f"- {_letter(question, at)}{line}"
        for at, asked in enumerate(question.parts)
        for line in _key(asked.answer)
    ]
    steps = [f"1. {text(step.label)}: ${step.latex()}$" for step in question.solution]
    named = [
        f"- {_letter(question, wrong.part)}{plain(show(wrong.value))}: {_why(wrong.misconception, language)}"
        for wrong in question.wrong
    ]
    pieces = [_titled(_KEY, keys, language), _titled(_SOLUTION, steps, language)]
    pieces += [text(remark) for remark in question.remarks]
    return "\n\n".join(piece for piece in (*pieces, _titled(_OTHERS, named, language)) if piece)


def _titled(title: str, lines: list[str], language: str) -> str:
    return "\n".join([f"**{languages.text(title, language)}**", "", *lines]) if lines else ""


def _letter(question: Question, at: int) -> str:
    return f"({string.ascii_lowercase[at]}) " if len(question.parts) > 1 else ""


def _key(answer: Answer) -> list[str]:
    """Write a key; the right options with their texts, or the lines of a rubric."""
    if isinstance(answer, Choice | Choices):
        lettered = zip(answer.field.letters, answer.options, strict=True)
        return [f"{letter}: {text(Message(option))}" for letter, option in lettered if letter in answer.value]
    if isinstance(answer, Written):
        return [f"{text(line.text)} ({line.points})" for line in answer.rubric]
    return [plain(answer.show())]


def _why(name: str, language: str) -> str:
    """Say what is behind a wrong answer; a question of the course's own says it itself."""
    if name not in CATALOGUE:
        return text(literal(name))
    return text(Message(languages.text(CATALOGUE[name].explanation, language)))


def points(value: Rational, language: str) -> str:
    """Write points."""
    return languages.text(_ONE_POINT if value == 1 else _POINTS, language).format(points=show_number(value))


def hints(field: Field, language: str) -> list[str]:
    """Say how an answer is written, as plain texts."""
    said = [languages.text(_KINDS[field.kind], language).replace("{symbols}", ", ".join(field.symbols))]
    if field.kind == "array" and field.size is not None:
        said.append(languages.text(_SIZE, language).replace("{size}", " \u00d7 ".join(map(str, field.size))))
    said += [languages.text(_RAISES, language)] if field.may_raise else []
    said += [languages.text(_UNDETERMINED, language)] if field.may_be_undetermined else []
    return said


def _shown(question: PublicQuestion | Question, picture: Callable[[Figure], str]) -> list[str]:
    pieces = []
    if question.code:
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", question.code)), default=0))
        pieces.append(f"{fence}python\n{question.code}\n{fence}")
    if question.figure:
        pieces.append(f"![{plain(question.figure.alt.plain())}]({picture(question.figure)})")
    pieces += [_table(table) for table in question.tables]
    return pieces


def _table(table: Table) -> str:
    """Set an array as a matrix, one for each plane."""
    grid = table.value
    height = grid.shape[-2] if len(grid.shape) > 1 else 1
    rows = [" & ".join(map(_cell, row)) for row in grid.rows()]
    planes = [rows[at : at + height] for at in range(0, len(rows), height)]
    names = [f"[{number}]\\quad " for number in range(len(planes))] if len(planes) > 1 else [""]
    matrices = map(_matrix, planes, names)
    return "\n\n".join([text(table.caption), *(f"$${matrix}$$" for matrix in matrices)])


def _matrix(rows: list[str], name: str) -> str:
    inside = " \\\\ ".join(rows)
    return f"{name}\\begin{{bmatrix}} {inside} \\end{{bmatrix}}"


def _cell(value: Rational) -> str:
    return show_number(value)


def _code(source: str) -> str:
    """Write code as a span, whatever backquotes are in it."""
    fence = "`" * (1 + max(map(len, re.findall("`+", source)), default=0))
    pad = " " if "`" in source or source != source.strip() else ""
    return f"{fence}{pad}{source}{pad}{fence}"
