"""An analysis as a page with plots for a person, and as a table for a spreadsheet. Both are the instructor's alone."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from question_bank.analysis import Analysis, ItemAnalysis, WrongAnswers
from question_bank.analysis_reading import EMPTY, OR, PARTLY, RIGHT, UNNAMED
from question_bank.exporters.html import page
from question_bank.misconceptions import CATALOGUE
from question_bank.spreadsheet import safe_text
from question_bank.values import show_number, simplest

WIDTH, HEIGHT, MARGIN = 560, 260, 44
"""Pixels of a plot, and of the space for its axes."""
BINS = 10
MINUS = "\u2212"
KINDS = (RIGHT, PARTLY, "named mistake", UNNAMED, EMPTY)
"""What an answer can come to, for the bars; all named mistakes are one of them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of a plot, in pixels, with what it says."""

    x: float
    y: float
    width: float
    height: float
    label: str
    kind: int = 0


@dataclass(frozen=True, slots=True)
class Dot:
    """An item in the plot of facility against discrimination."""

    x: float
    y: float
    label: str


def to_html(analysis: Analysis) -> bytes:
    """Write the page: it loads nothing, every plot has its numbers in a table, and the same analysis gives the same bytes."""
    return page(
        "analysis.html.j2",
        styles=("page.css.j2", "analysis.css.j2"),
        analysis=analysis,
        size=(WIDTH, HEIGHT, MARGIN),
        histogram=histogram(analysis.totals),
        dots=dots(analysis.items),
        kinds=KINDS,
        bars=[(item, bars(item)) for item in analysis.items],
        decimal=decimal,
        percent=lambda share: f"{share:.0%}",
        points=lambda value: show_number(simplest(value)),
        named=named,
    )


def to_csv(analysis: Analysis) -> bytes:
    """Write one row for each answer to each part of each item, UTF-8 with a byte-order mark; fit for any spreadsheet."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(
        (
            *("item", "families", "points", "students", "variants", "facility", "discrimination"),
            *("part", "answer", "title", "count", "share", "correlation with the rest", "remarks"),
        )
    )
    for item in analysis.items:
        head = [item.number, " ".join(item.families), show_number(simplest(item.points)), item.students]
        head += [item.variants, f"{item.facility:.4f}", _plain(item.discrimination)]
        for answer in item.answers:
            row = [_letter(answer.part), answer.name, named(answer.name), answer.count, f"{answer.share:.4f}"]
            remarks = safe_text("; ".join(item.remarks))
            writer.writerow([*head, *map(_cell, row), _plain(answer.correlation), remarks])
    return stream.getvalue().encode("utf-8-sig")


def histogram(totals: Sequence[float]) -> tuple[Bar, ...]:
    """Count the totals in ten bins of 10 % each; full marks belong to the last."""
    counts = [0] * BINS
    for total in totals:
        counts[min(BINS - 1, int(total * BINS + 1e-9))] += 1
    wide, high = (WIDTH - 2 * MARGIN) / BINS, HEIGHT - 2 * MARGIN
    return tuple(
        Bar(
            round(MARGIN + place * wide + 1, 1),
            round(HEIGHT - MARGIN - high * count / max(counts), 1),
            round(wide - 2, 1),
            round(high * count / max(counts), 1),
            str(count),
        )
        for place, count in enumerate(counts)
    )


def dots(items: Sequence[ItemAnalysis]) -> tuple[Dot, ...]:
    """Place each item by its facility (0 to 1, left to right) and discrimination (-0.5 to 1, bottom to top)."""
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    return tuple(
        Dot(
            round(MARGIN + wide * item.facility, 1),
            round(HEIGHT - MARGIN - high * (max(-0.5, item.discrimination) + 0.5) / 1.5, 1),
            str(item.number),
        )
        for item in items
        if item.discrimination is not None
    )


def bars(item: ItemAnalysis) -> tuple[Bar, ...]:
    """Lay out what the answers to the first part came to, as one bar of 100 %."""
    shares = [0.0] * len(KINDS)
    for answer in item.answers:
        if answer.part == 0:
            shares[_kind(answer)] += answer.share
    found, at = [], 0.0
    for kind, share in enumerate(shares):
        if share:
            found.append(Bar(round(at, 2), 0, round(100 * share, 2), 10, f"{KINDS[kind]}: {share:.0%}", kind))
        at += 100 * share
    return tuple(found)


def named(name: str) -> str:
    """Say what an answer was, in words: the titles of its misconceptions."""
    return OR.join(CATALOGUE[part].title if part in CATALOGUE else part for part in name.split(OR))


def decimal(value: float | None, places: int = 2) -> str:
    """Write a number for people.

    >>> decimal(-0.125), decimal(None)
    ('−0.12', 'undefined')
    """
    return "undefined" if value is None else f"{value:.{places}f}".replace("-", MINUS)


def _kind(answer: WrongAnswers) -> int:
    return KINDS.index(answer.name) if answer.name in KINDS else 2


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _cell(value: object) -> str:
    return safe_text(str(value))


def _letter(part: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[part]
