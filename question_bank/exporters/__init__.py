"""Formats that a paper can be written in: one format, one file, registered by `@exporter`.

An exporter is given a `Paper`, which holds no key, so neither it nor its template can leak one. The same paper always gives
the same bytes. Formats for course systems, which mark by themselves, hold keys and feedback: they are written from a `Pool`,
registered by `@key_exporter`, and are for instructors only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from question_bank.paper import Paper
from question_bank.pool import Pool
from question_bank.registry import Registry

Export: TypeAlias = Callable[[Paper], bytes]
KeyExport: TypeAlias = Callable[[Pool], bytes]
Losses: TypeAlias = Callable[[Pool], tuple[str, ...]]
Beside: TypeAlias = Callable[[Paper], Iterable[tuple[str, Callable[[], bytes]]]]
"""Which files a paper needs beside it, by their place, each with what makes it; files of one place have the same bytes."""


def _nothing(paper: Paper) -> tuple[()]:  # noqa: ARG001 -- see `Beside`
    return ()


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format.

    Attributes:
        name: what the user asks for, such as `html`.
        suffix: of its files, with the dot.
        export: writes a paper.
        beside: the files that it needs, such as figures; none as a rule.
        stem: how a file of this stem is called, where the format's readers take a character for something else.
    """

    name: str
    suffix: str
    export: Export
    beside: Beside = _nothing
    stem: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class KeyExporter:
    """One format with keys, for a course system.

    Attributes:
        name: what the user asks for, such as `moodle`.
        suffix: of its file, with the dot.
        export: writes a pool.
        losses: says what of a pool the format cannot express, a line for each rule and family.
    """

    name: str
    suffix: str
    export: KeyExport
    losses: Losses


EXPORTERS = Registry[Exporter]("format", package=__name__)
KEY_EXPORTERS = Registry[KeyExporter]("course format", package=__name__)


def exporter(
    name: str, *, suffix: str, beside: Beside = _nothing, stem: Callable[[str], str] = str
) -> Callable[[Export], Export]:
    """Register the decorated function as the format `name`.

    Raises:
        DuplicateNameError: there is such a format already.
    """

    def register(export: Export) -> Export:
        EXPORTERS.add(name, Exporter(name, suffix, export, beside, stem))
        return export

    return register


def key_exporter(name: str, *, suffix: str, losses: Losses) -> Callable[[KeyExport], KeyExport]:
    """Register the decorated function as the course format `name`.

    Raises:
        DuplicateNameError: there is such a format already.
    """

    def register(export: KeyExport) -> KeyExport:
        KEY_EXPORTERS.add(name, KeyExporter(name, suffix, export, losses))
        return export

    return register
