r"""Texts and formulas as LaTeX: whatever a text says, it is printed as it is and never obeyed.

Letters are those of the encodings T1 and T5 (Vietnamese), which pdflatex needs to be told apart; lualatex and xelatex read them
all. A character that neither has is set as a symbol, or as its number in a frame.

>>> escape(r"50 % of \today {x}_1 & ^2 -- [a]")
'50 \\% of \\textbackslash{}today \\{x\\}\\_1 \\& \\textasciicircum{}2 -{}- {[}a{]}'
>>> escape("thước"), escape("thước", "vi"), escape("Müller", "vi")
('\\vn{thước}', 'thước', '\\latin{Müller}')
"""

import functools
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from question_bank import maths
from question_bank.message import Message

_SPECIAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "\\": "\\textbackslash{}",
        "{": "\\{",
        "}": "\\}",
        "$": "\\$",
        "&": "\\&",
        "#": "\\#",
        "%": "\\%",
        "_": "\\_",
        "^": "\\textasciicircum{}",
        "~": "\\textasciitilde{}",
        "<": "\\textless{}",
        ">": "\\textgreater{}",
        "|": "\\textbar{}",
        "[": "{[}",
        "]": "{]}",
        "`": "\\textasciigrave{}",
        "\u00a0": "~",
        "\u202f": "~",
    }
)
_MATHS: Final = (
    "− -;× \\times;÷ \\div;± \\pm;· \\cdot;⌊ \\lfloor;⌋ \\rfloor;⌈ \\lceil;⌉ \\rceil;≤ \\leq;≥ \\geq;≠ \\neq;≈ \\approx;"
    "∞ \\infty;→ \\rightarrow;← \\leftarrow;↔ \\leftrightarrow;∈ \\in;∑ \\sum;√ \\surd;∂ \\partial;∇ \\nabla;⊙ \\odot;"
    "α \\alpha;β \\beta;γ \\gamma;δ \\delta;ε \\varepsilon;η \\eta;θ \\theta;κ \\kappa;λ \\lambda;μ \\mu;µ \\mu;ν \\nu;π \\pi;"
    "ρ \\rho;σ \\sigma;τ \\tau;φ \\varphi;χ \\chi;ψ \\psi;ω \\omega;Γ \\Gamma;Δ \\Delta;Θ \\Theta;Λ \\Lambda;Π \\Pi;"
    "Σ \\Sigma;Φ \\Phi;Ψ \\Psi;Ω \\Omega"
)
_IN_MATHS: Final[Mapping[str, str]] = MappingProxyType({pair[0]: pair[2:] for pair in _MATHS.split(";")})
_SIGNS: Final = frozenset("–—‘’“”„…°•§©®«»¡¿†‡")
_ASCII: Final = frozenset(map(chr, range(0x20, 0x7F)))
_T1: Final = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğİıĹĺĽľŁłŃńŇňŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž"
)
_T5: Final = frozenset(
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
) | frozenset("đĐ")
_DOUBLED: Final = re.compile(r"([-',])(?=\1)")
_MINUS: Final = re.compile(r"(?<![\w)\]])-(?=[\d.])")
_BRACKET: Final = re.compile(r"\\left\(((?:(?!\\left|\\right|\\frac).)*)\\right\)")
_UPRIGHT: Final = re.compile(r"(\\mathrm\{[^{}]*\})")
_WORD: Final = re.compile(r"(?<![\\A-Za-z])([A-Za-z]{2,}[0-9]*)")


def escape(text: str, language: str = "en") -> str:
    """Return a text of one line so that it is printed as it is; `language` says which letters need no word of their own."""
    shown = unicodedata.normalize("NFC", " ".join(text.split()))
    return " ".join(_word(word, language) for word in shown.split(" "))


def escape_code(text: str, language: str = "en") -> str:
    """Return a line of code for a typewriter face: quotes straight, every blank kept, lines broken after commas and brackets only."""
    pieces = []
    for part in re.split(r"( |')", text.expandtabs(4)):
        if part == " ":
            pieces.append("\\ ")
        elif part == "'":
            pieces.append("\\textquotesingle{}")
        elif part:
            pieces.append(re.sub(r"(,|\(|=)(?=.)", r"\1\\allowbreak{}", escape(part, language)))
    return "".join(pieces)


def text(message: Message, language: str = "en") -> str:
    """Set a message."""
    pieces = []
    for kind, source in message.spans():
        if kind == "math":
            pieces.append(f"${formula(maths.latex(source))}$")
        elif kind == "code":
            pieces.append(f"\\code{{{escape_code(' '.join(source.split()), language)}}}")
        else:
            shown = _MINUS.sub("\u2212", source)
            before = " " if shown[:1].isspace() else ""
            after = " " if shown[-1:].isspace() and shown.strip() else ""
            pieces.append(f"{before}{escape(shown, language)}{after}")
    return "".join(pieces).strip()


def formula(latex: str) -> str:
    r"""Return a formula as `maths.latex` wrote it, so that it can be broken over lines and is read on paper.

    Brackets around a line are of its height, a name of several letters is one word, fractions are as large as letters.

    >>> formula("2 \\times \\left(span - 1\\right)")
    '2 \\times (\\mathit{span} - 1)'
    >>> formula("\\max\\left(x_{\\mathrm{a_b}}, 1\\right)")
    '\\max(x_{\\mathrm{a\\_b}},\\allowbreak{} 1)'
    """
    flat = latex
    while (plainer := _BRACKET.sub(r"(\1)", flat)) != flat:
        flat = plainer
    pieces = [
        piece.replace("_", "\\_") if piece.startswith("\\mathrm") else _WORD.sub(r"\\mathit{\1}", piece)
        for piece in _UPRIGHT.split(flat.replace(", ", ",\\allowbreak{} ").replace("\\frac", "\\dfrac"))
    ]
    return "".join(_in_formula(character) for character in "".join(pieces))


def _in_formula(character: str) -> str:
    if character.isascii():
        return character
    if character in _IN_MATHS:
        return f"{_IN_MATHS[character]} "
    return f"\\mbox{{{_character(character, 'en')}}}"


@functools.lru_cache(maxsize=8192)
def _word(word: str, language: str) -> str:
    """Set a word: as a whole in the encoding that has its letters, or character by character."""
    if word.isascii() and word.isalnum():
        return word
    usual, other, switch = (_T5, _T1, "\\latin") if language == "vi" else (_T1, _T5, "\\vn")
    letters = {each for each in word if not each.isascii() and each not in _SIGNS and each not in _IN_MATHS}
    if not letters <= other or letters <= usual:
        return _set(word, language)
    return f"{switch}{{{_set(word, 'en' if language == 'vi' else 'vi')}}}"


def _set(word: str, language: str) -> str:
    """Set characters one by one; an empty group keeps what is doubled from becoming one character."""
    return _DOUBLED.sub(r"\1{}", "".join(_character(each, language) for each in word))


def _character(character: str, language: str) -> str:
    usual, other, switch = (_T5, _T1, "\\latin") if language == "vi" else (_T1, _T5, "\\vn")
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _ASCII or character in _SIGNS or character in usual:
        return character
    if character in _IN_MATHS:
        return f"\\ensuremath{{{_IN_MATHS[character]}}}"
    if character in other:
        return f"{switch}{{{character}}}"
    if unicodedata.category(character) in {"Cc", "Cf"}:
        return ""
    return f"\\unlisted{{{ord(character) if unicodedata.category(character) != 'Cs' else 0xFFFD:04X}}}"
