"""Rows of the catalogue about statements about concepts: id, title, explanation, topic."""

CONCEPTS: tuple[tuple[str, str, str, str], ...] = ()
