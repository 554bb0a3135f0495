r"""How a typed expression is read: a grammar for Python and for the page's JavaScript, which must agree; see `readings`.

Nothing is evaluated while reading; reading takes bounded time and memory. The text is tidied first, as every answer.

**One spelling.** More than 1,000 code points are `expression-too-long`. What stands up to the last `=` is dropped. Subscript digits are digits;
U+00B7, U+00D7, U+22C5, U+2217, U+2219, U+2022 are `*`; U+00F7, U+2044, U+2215 are `/`; a newline and `$` are spaces. Superscript digits, with a
superscript minus or not, are `^(...)`. `\operatorname{NAME}`, `\mathrm{NAME}`, `\text{NAME}` are NAME; `\left`, `\right`, `\quad` and
`\` before one of `,;:!` or a space are a space; `_{NAME}` is `_NAME`; `math.`, `numpy.`, `np.`, `torch.` before a letter go.

**Tokens.** Numbers (digits with at most one point; over 40 characters `number-too-long`); words (a letter a-z, A-Z or U+03B1-U+03C9, then
letters, digits, `_`); commands `\cdot \times \ast` (`*`), `\frac \dfrac \tfrac`, `\lfloor \rfloor \lceil \rceil` (U+230A, U+230B, U+2308,
U+2309), another `\WORD` is WORD; `** // + - * / ^ ( ) [ ] { } ,` and those four; spaces between. Anything else is `not-an-expression`.
A word is, in this order: a letter that the question declares; one such but for underscores; a function (any case: floor, ceil, ceiling,
max, min, relu, abs, exp, log, ln, sqrt, tanh, sigmoid, sigma, U+03C3); `e`; a declared letter but for case, where there is only one;
declared letters side by side, which is their product (`v1w1`), where there is one way to split it (none: `unknown-name`, several: `two-products`).

**Grammar.**
    sum      = sign* term (sign+ term)*                 a minus counts once or not at all
    term     = power ((`*` | `/` | `//`) sign* power | power)*
    power    = primary ((`^` | `**`) sign* primary)?    in `^` an exponent, see below
    primary  = number | letter | `e` | function `(` sum (`,` sum)* `)` | `(` sum `)` | frac `{` sum `}` `{` sum `}` | floor | ceiling
Round, square and curly brackets are the same, but each closes with its own kind (else `brackets`); U+230A ... U+230B is floor(...), U+2308 ...
U+2309 is ceil(...). Factors side by side are a product: the second is no number (`missing-sign`), the first stands after no `/` or
`//` (`product-after-division`, as in 1/2x). `a // b` is floor(a/b). Outside a function's brackets `0,5` without spaces is 0.5. A function
without brackets is `function-without-brackets`; floor, ceil, relu, abs, exp, log, sqrt, tanh and sigmoid take one argument, max and min
one to sixteen (`wrong-arguments`). An exponent is a number, or numbers divided by each other, with a sign or not: whole and from
-12 to 12, or 1/2 or -1/2 (a square root); of `e` it is anything, and means exp(...); two in a row, or another one: `exponent`.

**Limits.** More than 25 brackets inside each other, or 25 times `//`: `nested-too-deep`. A size over 1,000: `too-large`; the size of a number is its digits, of a
letter 1, of a power the base's times the exponent, of anything else the sum of its parts', plus 1 for a function.

**Canonical form.** What was read, written out: `v1*w1 + 2*b`, `floor((n - k)/s) + 1`, `(a/b)*c`, `x^(-2)`, `exp(-x)`, `sqrt(x)`, numbers as decimals. Read
again it gives itself; one that cannot be (more than 1,000 characters, or 25 brackets) is `too-large`. It is what a student is shown.
"""

import functools
from collections.abc import Collection

from question_bank.expression_equality import agree
from question_bank.expression_parser import parse, write
from question_bank.expression_tokens import MAX_TYPED, UnreadableExpressionError

__all__ = ["UnreadableExpressionError", "equal", "read"]


def read(text: str, symbols: Collection[str]) -> str:
    r"""Return the canonical form of a typed expression in the letters that a question declares.

    Raises:
        UnreadableExpressionError: it is no expression in these letters; `problem` says why.

    >>> read(r"y = \lfloor (n - k)/s \rfloor + 1", "nks")
    'floor((n - k)/s) + 1'
    """
    if len(text) > MAX_TYPED:  # before it is kept in the cache
        raise UnreadableExpressionError("expression-too-long")
    return _read(text, tuple(symbols))


@functools.lru_cache(maxsize=1024)
def _read(text: str, symbols: tuple[str, ...]) -> str:
    return write(parse(text, symbols))


def equal(one: str, other: str, symbols: Collection[str]) -> bool:
    """Whether two expressions are equal; see `expression_equality` for what that means and how it is decided.

    Raises:
        UnreadableExpressionError: one of them is no expression in these letters.

    >>> equal("(n - k + s)//s", "floor((n - k)/s) + 1", "nks"), equal("(n - k)/s + 1", "floor((n - k)/s) + 1", "nks")
    (True, False)
    """
    letters = tuple(symbols)
    return one == other or agree(parse(one, letters), parse(other, letters), f"{one}|{other}")
