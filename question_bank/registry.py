"""Names and what they stand for: families, formats. One implementation a name; an unknown name is answered with the nearest."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from typing import Generic, TypeVar

from question_bank.errors import DuplicateNameError, UnknownNameError

T = TypeVar("T")

MOST_LISTED = 20
"""So many names are listed beside the near ones."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Make the error for a name that is not there: it says the nearest names, and all where they are few or none is near.

    >>> print(unknown("family", "conv-size", ["conv-output-size", "conv-parameters"]))
    unknown family 'conv-size': did you mean conv-output-size or conv-parameters? Known: conv-output-size, conv-parameters
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f" did you mean {' or '.join(near)}?" if near else ""
    if near and len(names) > MOST_LISTED:
        return UnknownNameError(f"unknown {kind} {name!r}:{hint} {len(names)} are known")
    return UnknownNameError(f"unknown {kind} {name!r}:{hint} Known: {', '.join(names) or 'none'}")


class Registry(Generic[T]):
    """What is known by name.

    Attributes:
        kind: what is registered, for messages: `family`, `format`.
        package: the dotted name of the package whose modules register themselves when imported.

    >>> formats = Registry[str]("format")
    >>> formats.add("html", "a page")
    >>> formats.get("html"), formats.names()
    ('a page', ('html',))
    """

    __slots__ = ("_entries", "_package", "kind")

    def __init__(self, kind: str, package: str = "") -> None:
        self.kind = kind
        self._package = package
        self._entries: dict[str, T] = {}

    def add(self, name: str, entry: T) -> None:
        """Register an entry.

        Raises:
            DuplicateNameError: the name is taken; the message names both.
        """
        if name in self._entries:
            raise DuplicateNameError(
                f"{self.kind} {name!r} is there twice: {self._entries[name]!r} and {entry!r}; rename one"
            )
        self._entries[name] = entry

    def get(self, name: str) -> T:
        """Return the entry of this name.

        Raises:
            UnknownNameError: there is none; the message lists the nearest names.
        """
        self._discover()
        if name not in self._entries:
            raise unknown(self.kind, name, self._entries)
        return self._entries[name]

    def names(self) -> tuple[str, ...]:
        """Return all names, sorted."""
        self._discover()
        return tuple(sorted(self._entries))

    def _discover(self) -> None:
        """Import every module of the package, once; a plug-in that cannot be imported is an error, never left out."""
        package, self._package = self._package, ""
        if package:
            for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
                importlib.import_module(module.name)
