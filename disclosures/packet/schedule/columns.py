"""How wide each column is drawn, and how large the type of a schedule is.

By the columns' types and the first rows of the whole exhibit, so that each block of it
is drawn alike. Nothing is cut: a cell that is longer than its column wraps.
"""

import csv
import itertools
import math
from dataclasses import dataclass

from disclosures.packet.contents import ExhibitFacts

_SAMPLE = 500
# Characters across a landscape page: at the usual size of type, and at the small one.
_ACROSS, _ACROSS_SMALL = 152, 174
_PADDING, _LEAST = 2, 6
# Cells that are read whole: they keep their width while others wrap.
_WHOLE = frozenset(["timestamp", "integer", "boolean", "address"])
_SHORT = 24
_MOST_LINES = 40


@dataclass(frozen=True)
class Widths:
    """Each column's share of the page's width, in per cent, and the type's size."""

    shares: tuple[float, ...]
    is_small: bool


def widths(exhibit: ExhibitFacts) -> Widths:
    """The widths that need the fewest lines a row."""
    lengths = _lengths(exhibit)
    whole = [
        column.type in _WHOLE or length <= _SHORT
        for column, length in zip(exhibit.columns, lengths, strict=True)
    ]
    fits = sum(lengths) + _PADDING * len(lengths) <= _ACROSS
    across = _ACROSS if fits else _ACROSS_SMALL
    asked = _fewest_lines(lengths, whole, across)
    total = sum(asked)
    shares = tuple(round(100 * one / total, 3) for one in asked)
    return Widths(shares=shares, is_small=not fits)


def _fewest_lines(lengths: list[int], whole: list[bool], across: int) -> list[int]:
    """Each column as wide as it needs when no cell may take more lines than another."""
    asked = lengths
    for lines in range(1, _MOST_LINES):
        asked = [
            _PADDING + (length if stays else max(_LEAST, math.ceil(length / lines)))
            for length, stays in zip(lengths, whole, strict=True)
        ]
        if sum(asked) <= across:
            break
    return asked


def _lengths(exhibit: ExhibitFacts) -> list[int]:
    """How long the cells are, outliers aside, and never under the heading's words."""
    seen: list[list[int]] = [
        [max(_LEAST, *(len(word) for word in [*column.title.split(), column.name]))]
        for column in exhibit.columns
    ]
    headings = [one[0] for one in seen]
    if exhibit.path is not None:
        with exhibit.path.open(encoding="utf-8", newline="") as file:
            for cells in itertools.islice(csv.reader(file), 1, _SAMPLE + 1):
                for lengths, cell in zip(seen, cells, strict=False):
                    lengths.append(len(cell))
    return [
        max(heading, sorted(lengths)[math.ceil(0.95 * len(lengths)) - 1])
        for heading, lengths in zip(headings, seen, strict=True)
    ]
