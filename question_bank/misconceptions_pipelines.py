"""Rows of the catalogue about pipelines of several operations, initial weights, and what layers cost beside each other: id, title, explanation, topic."""

PIPELINES: tuple[tuple[str, str, str, str], ...] = ()
