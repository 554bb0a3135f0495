"""Formats that a paper can be written in: one format, one file, registered by `@exporter`.

An exporter is given a `Paper`, which holds no key, so neither it nor its template can leak one. The same paper always gives
the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from question_bank.paper import Paper
from question_bank.registry import Registry

Export: TypeAlias = Callable[[Paper], bytes]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format.

    Attributes:
        name: what the user asks for, such as `html`.
        suffix: of its files, with the dot.
        export: writes a paper.
    """

    name: str
    suffix: str
    export: Export


EXPORTERS = Registry[Exporter]("format", package=__name__)


def exporter(name: str, *, suffix: str) -> Callable[[Export], Export]:
    """Register the decorated function as the format `name`.

    Raises:
        DuplicateNameError: there is such a format already.
    """

    def register(export: Export) -> Export:
        EXPORTERS.add(name, Exporter(name, suffix, export))
        return export

    return register
