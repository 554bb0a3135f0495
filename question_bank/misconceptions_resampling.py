"""Rows of the catalogue about resampling, finding a stride or a padding, and the layer tables of well-known networks: id, title, explanation, topic."""

RESAMPLING: tuple[tuple[str, str, str, str], ...] = ()
