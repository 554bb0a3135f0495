"""Worked examples of lectures, recomputed: what is stated, what is right, and which misconception or slip explains the difference."""
