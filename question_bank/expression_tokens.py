r"""From a typed expression to its tokens: spellings are made one, and words become letters, functions or products of letters.

The rules stand in `question_bank.expressions`. Nothing here recurses, and every pattern takes time in proportion to its text.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from question_bank.reading_numbers import MAX_NUMBER

MAX_TYPED = 1000

FUNCTIONS: Final[Mapping[str, str]] = {
    "floor": "floor",
    "ceil": "ceil",
    "ceiling": "ceil",
    "max": "max",
    "min": "min",
    "relu": "relu",
    "abs": "abs",
    "exp": "exp",
    "log": "log",
    "ln": "log",
    "sqrt": "sqrt",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "sigma": "sigmoid",
    "\u03c3": "sigmoid",
}
"""What functions are called, in lower case, and their own names."""

_SUBSCRIPTS, _SUPERSCRIPTS = (
    "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089",
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079",
)
_SPELLINGS: Final = str.maketrans(
    dict(zip(_SUBSCRIPTS, "0123456789", strict=True))
    | dict.fromkeys("\u00b7\u00d7\u22c5\u2217\u2219\u2022", "*")
    | dict.fromkeys("\u00f7\u2044\u2215", "/")
    | dict.fromkeys("\n$", " ")
)
_DIGITS: Final = str.maketrans(dict(zip(_SUPERSCRIPTS, "0123456789", strict=True)) | {"\u207b": "-"})
_RAISED = re.compile(f"\u207b?[{_SUPERSCRIPTS}]+")
_UPRIGHT = re.compile(r"\\(?:operatorname|mathrm|text)\{([A-Za-z]+)\}")
_SPACING = re.compile(r"\\(?:left|right|quad|[,;:! ])")
_SUBSCRIPT = re.compile(r"_\{([A-Za-z0-9]+)\}")
_MODULE = re.compile(r"(^|[^A-Za-z0-9_.])(?:math|numpy|np|torch)\.(?=[A-Za-z])")
_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|(?P<word>[A-Za-z\u03b1-\u03c9][A-Za-z0-9_\u03b1-\u03c9]*)|(?P<command>\\[A-Za-z]+)"
    r"|(?P<sign>\*\*|//|[-+*/^()\[\]{}\u230a\u230b\u2308\u2309,])| +|(?P<odd>[\s\S])"
)
_COMMANDS: Final[Mapping[str, str]] = {
    "\\cdot": "*",
    "\\times": "*",
    "\\ast": "*",
    "\\frac": "frac",
    "\\dfrac": "frac",
    "\\tfrac": "frac",
    "\\lfloor": "\u230a",
    "\\rfloor": "\u230b",
    "\\lceil": "\u2308",
    "\\rceil": "\u2309",
}


class UnreadableExpressionError(Exception):
    """Why a text is no expression: `problem` is a key of `reading.PROBLEMS`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Token(NamedTuple):
    """A piece of an expression: its kind (`number`, `letter`, `function`, `e`, or the sign itself), text and place."""

    kind: str
    text: str
    start: int
    end: int


@functools.lru_cache(maxsize=256)
def _bare(symbols: tuple[str, ...]) -> Mapping[str, str]:
    """Return the letters by what they are without underscores."""
    return {symbol.replace("_", ""): symbol for symbol in symbols}


def tokens(text: str, symbols: tuple[str, ...]) -> list[Token]:
    """Split a tidied text.

    Raises:
        UnreadableExpressionError: it is too long, or holds what no expression holds.
    """
    if len(text) > MAX_TYPED:
        raise UnreadableExpressionError("expression-too-long")
    text = text.rpartition("=")[2].translate(_SPELLINGS)
    text = _RAISED.sub(lambda match: f"^({match[0].translate(_DIGITS)})", text)
    text = _SPACING.sub(" ", _UPRIGHT.sub(r"\1", text))
    text = _MODULE.sub(r"\1", _SUBSCRIPT.sub(r"_\1", text))
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup, match[0]
        if kind == "odd":
            raise UnreadableExpressionError("not-an-expression")
        if kind == "command":
            kind, piece = ("sign", _COMMANDS[piece]) if piece in _COMMANDS else ("word", piece[1:])
        if kind == "number":
            if len(piece) > MAX_NUMBER:
                raise UnreadableExpressionError("number-too-long")
            found.append(Token("number", piece, *match.span()))
        elif kind == "sign":
            found.append(Token("^" if piece == "**" else piece, piece, *match.span()))
        elif kind == "word":
            found += [Token(role, name, *match.span()) for role, name in _words(piece, symbols)]
    return found


def _words(word: str, symbols: tuple[str, ...]) -> list[tuple[str, str]]:
    """Say what a word stands for: a letter, a function, e, or letters side by side."""
    bare = _bare(symbols)
    plain = word.replace("_", "")
    if word in symbols or plain in bare:
        return [("letter", word if word in symbols else bare[plain])]
    if word.lower() in FUNCTIONS:
        return [("function", FUNCTIONS[word.lower()])]
    if word == "e":
        return [("e", "e")]
    other_case = _unique(bare, lambda name: name.lower() == plain.lower())
    if other_case:
        return [("letter", bare[other_case])]
    return [("letter", bare[name]) for name in _side_by_side(plain, tuple(bare))]


def _unique(names: Mapping[str, str], fits: Callable[[str], bool]) -> str:
    found = [name for name in names if fits(name)]
    return found[0] if len(found) == 1 else ""


def _side_by_side(word: str, names: tuple[str, ...]) -> list[str]:
    """Split a word into letters in the only way there is."""
    ways = [1] + [0] * len(word)  # how many ways lead to each place, counted up to 2
    last = [""] * (len(word) + 1)
    for end in range(1, len(word) + 1):
        for name in names:
            start = end - len(name)
            if start >= 0 and ways[start] and word.startswith(name, start):
                ways[end] = min(2, ways[end] + ways[start])
                last[end] = name
    if not ways[-1]:
        raise UnreadableExpressionError("unknown-name")
    if ways[-1] > 1:
        raise UnreadableExpressionError("two-products")
    found: list[str] = []
    end = len(word)
    while end:
        found.append(last[end])
        end -= len(last[end])
    return found[::-1]
