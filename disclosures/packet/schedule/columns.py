"""How wide each column is drawn, and how large the type of a schedule is.

By the columns' types, their headings and the first rows of the whole exhibit, so that
each block of it is drawn alike. Nothing is cut: a cell that is longer than its column
wraps, and however many columns there are, each has room for a few letters.
"""

import csv
import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

from disclosures.packet.contents import ColumnFacts, ExhibitFacts

# So many rows are measured.
SAMPLE = 500
_SIZE, _SIZE_SMALL = 7.6, 6.7
_PADDING = 3.4
# The least width in ems, and the least that text must have when there is no choice.
_LEAST, _NARROWEST = 3.5, 3
# Cells that are read whole: they keep their width while others wrap.
_WHOLE = frozenset(["timestamp", "integer", "boolean", "address"])
_SHORT = 14
# By how much more lines are tried each time.
_FINER = 1.05

Measure = Callable[[str], float]


@dataclass(frozen=True)
class Columns:
    """Where each column begins and ends, and the size of type; all in points."""

    edges: tuple[float, ...]
    padding: float
    size: float

    @property
    def text(self) -> tuple[tuple[float, float], ...]:
        """Where each column's text begins and how wide it may be."""
        return tuple(
            (start + self.padding, end - start - 2 * self.padding)
            for start, end in itertools.pairwise(self.edges)
        )


def columns(
    exhibit: ExhibitFacts, measure: Measure, left: float, right: float
) -> Columns:
    """The columns that need the fewest lines a row.

    ``measure`` says how wide a text is, in ems.
    """
    measure = functools.cache(measure)
    needs = _needs(exhibit, measure)
    leasts = [_heading(column, measure) for column in exhibit.columns]
    width = right - left
    both = 2 * _PADDING
    size = _SIZE
    if sum(needs) * size + both * len(needs) > width:
        size = _SIZE_SMALL
    whole = [
        column.type in _WHOLE or need <= _SHORT
        for column, need in zip(exhibit.columns, needs, strict=True)
    ]
    asked = _fewest_lines(needs, leasts, whole, width / size - both / size * len(needs))
    shares = [one * size + both for one in asked]
    scale = width / sum(shares)
    edges = [left + scale * one for one in itertools.accumulate(shares, initial=0)]
    narrowest = min(end - start for start, end in itertools.pairwise(edges))
    padding = min(_PADDING, narrowest * 0.15)
    size = min(size, (narrowest - 2 * padding) / _NARROWEST)
    return Columns(tuple(round(edge, 3) for edge in edges), padding, size)


def _fewest_lines(
    needs: list[float], leasts: list[float], whole: list[bool], across: float
) -> list[float]:
    """Each column as wide as it needs when no cell may take more lines than another.

    Where that isn't enough, no column keeps its width, and at last all are as narrow
    as their headings let them.
    """
    for kept in (whole, [False] * len(whole)):
        lines = 1.0
        asked = needs
        while sum(asked) > across and asked != _least(needs, leasts, kept):
            lines *= _FINER
            asked = [
                need if stays else max(least, need / lines)
                for need, least, stays in zip(needs, leasts, kept, strict=True)
            ]
        if sum(asked) <= across:
            return asked
    return leasts


def _least(needs: list[float], leasts: list[float], kept: list[bool]) -> list[float]:
    return [
        need if stays else least
        for need, least, stays in zip(needs, leasts, kept, strict=True)
    ]


def _heading(column: ColumnFacts, measure: Measure) -> float:
    """The longest word of a heading, a little wider as it is bold."""
    words = [*column.title.split(), column.name]
    return max(_LEAST, *(1.1 * measure(word) for word in words))


def _needs(exhibit: ExhibitFacts, measure: Measure) -> list[float]:
    """How wide the cells are, outliers aside, and never under the heading's words."""
    headings = [_heading(column, measure) for column in exhibit.columns]
    seen = [[heading] for heading in headings]
    if exhibit.path is not None:
        with exhibit.path.open(encoding="utf-8", newline="") as file:
            for cells in itertools.islice(csv.reader(file), 1, SAMPLE + 1):
                for widths, cell in zip(seen, cells, strict=False):
                    widths.append(measure(cell))
    return [
        max(heading, sorted(widths)[math.ceil(0.95 * len(widths)) - 1]) + 0.05
        for heading, widths in zip(headings, seen, strict=True)
    ]
