"""Texts that go into a spreadsheet, which runs what looks like a formula (CWE-1236)."""

import re

_FORMULA = re.compile(r"[\s\u200b-\u200f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")


def safe_text(text: str) -> str:
    """Put a `'` before a text that a spreadsheet would run.

    >>> safe_text("=1+1"), safe_text("Án")
    ("'=1+1", 'Án')
    """
    return f"'{text}" if _FORMULA.match(text) else text
