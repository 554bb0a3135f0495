"""LeGrade."""
