"""Rows of the catalogue about reading code and training logs: id, title, explanation, topic."""

CODE: tuple[tuple[str, str, str, str], ...] = ()
