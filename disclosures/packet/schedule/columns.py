"""How wide each column is drawn: by what its first rows hold and what its type is.

Widths come from the first rows of the whole exhibit, so that each block of it has the
same. Nothing is cut: a cell that is longer than its column wraps.
"""

import csv
import itertools
import math

from disclosures.packet.contents import ExhibitFacts

_SAMPLE = 500
# Characters that fit across a landscape page at the schedule's size of type.
_ACROSS = 150.0
# A column is never narrower than this, nor asks for more than that.
_LEAST, _MOST = 6.0, 70.0
# Types whose cells are read whole: they keep their width while others give way.
_WHOLE = frozenset(["timestamp", "integer", "boolean", "address"])


def widths(exhibit: ExhibitFacts) -> tuple[float, ...]:
    """The share of the page's width of each column, in per cent; they add up to 100."""
    lengths = _lengths(exhibit)
    if not lengths:
        return ()
    asked = [max(_LEAST, min(_MOST, length + 2)) for length in lengths]
    if sum(asked) > _ACROSS:
        asked = _squeezed(exhibit, asked)
    total = sum(asked)
    return tuple(round(100 * one / total, 2) for one in asked)


def _squeezed(exhibit: ExhibitFacts, asked: list[float]) -> list[float]:
    """Whole types keep their width if they leave half the page; text shares the rest."""
    whole = [column.type in _WHOLE for column in exhibit.columns]
    kept = sum(one for one, stays in zip(asked, whole, strict=True) if stays)
    if kept > _ACROSS / 2:
        whole, kept = [False] * len(asked), 0.0
    weights = [
        0.0 if stays else math.sqrt(one) for one, stays in zip(asked, whole, strict=True)
    ]
    room = (_ACROSS - kept) / (sum(weights) or 1)
    return [
        one if stays else max(_LEAST, weight * room)
        for one, stays, weight in zip(asked, whole, weights, strict=True)
    ]


def _lengths(exhibit: ExhibitFacts) -> list[int]:
    """The longest text of each column among the first rows, and of its heading's words."""
    lengths = [
        max(len(word) for word in [*column.title.split(), column.name])
        for column in exhibit.columns
    ]
    if exhibit.path is None:
        return lengths
    with exhibit.path.open(encoding="utf-8", newline="") as file:
        for cells in itertools.islice(csv.reader(file), 1, _SAMPLE + 1):
            for place, cell in enumerate(cells[: len(lengths)]):
                lengths[place] = max(lengths[place], len(cell))
    return lengths
