"""Listings whose lines are numbered, so that a question can ask for one of them."""


def numbered(lines: tuple[str, ...]) -> str:
    """Write the lines of a listing with their numbers in front.

    >>> print(numbered(("x = 1", "print(x)")))
     1  x = 1
     2  print(x)
    """
    return "\n".join(f"{number:2d}  {line}".rstrip() for number, line in enumerate(lines, start=1))


def unnumbered(code: str) -> str:
    r"""Take the numbers off again.

    >>> unnumbered(" 1  x = 1\n 2  print(x)")
    'x = 1\nprint(x)'
    """
    return "\n".join(line[4:] for line in code.split("\n"))
