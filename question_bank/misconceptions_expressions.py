"""Rows of the catalogue about answers that are expressions: id, title, explanation, topic."""

EXPRESSIONS: tuple[tuple[str, str, str, str], ...] = ()
