"""Rows as the schedule prints them: read from the exhibit's CSV, each cell legible.

The file is read as a stream; no more than one slice is in memory.
"""

import csv
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from disclosures.packet.contents import ExhibitFacts
from disclosures.packet.legible import Covers, legible
from disclosures.packet.schedule.plan import Slice

# A JSON cell may be long; the collection decides what is too long, not the reader.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


# A longer cell is laid out in pieces of this many characters, each on lines of its own:
# the time that one long text takes to be broken into lines grows with its square.
_PIECE = 400


@dataclass(frozen=True)
class Row:
    """One row of an exhibit; ``number`` counts from 1 and is how it is cited."""

    number: str
    cells: tuple[str, ...]

    @property
    def is_shaded(self) -> bool:
        """Whether it is one of every second row, which are shaded to guide the eye."""
        return self.number[-1] in "02468"

    @property
    def is_long(self) -> bool:
        """Whether a cell of it has to be laid out in pieces."""
        return any(len(cell) > 2 * _PIECE for cell in self.cells)

    @property
    def pieces(self) -> tuple[tuple[str, ...], ...]:
        """Each cell in pieces that together are the whole cell."""
        return tuple(
            tuple(cell[at : at + _PIECE] for at in range(0, len(cell), _PIECE))
            for cell in self.cells
        )


def rows(exhibit: ExhibitFacts, piece: Slice, covers: Covers | None) -> tuple[Row, ...]:
    """The rows of one slice.

    Raises:
        ValueError: the file's columns or its number of rows aren't those of the facts.
    """
    if exhibit.path is None or piece.stop == 0:
        return ()
    # The very last slice asks for one row more, to notice a file that is too long.
    extra = 1 if piece.is_last else 0
    with exhibit.path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        if header != [column.name for column in exhibit.columns]:
            raise ValueError(f"{exhibit.number}: the file's columns aren't the map's.")
        wanted = itertools.islice(reader, piece.start, piece.stop + extra)
        found = tuple(_rows(wanted, exhibit, piece.start, covers))
    if len(found) != piece.stop - piece.start:
        raise ValueError(
            f"{exhibit.number}: the file's rows aren't as many as counted."
        )
    return found


def _rows(
    wanted: Iterator[list[str]],
    exhibit: ExhibitFacts,
    start: int,
    covers: Covers | None,
) -> Iterator[Row]:
    for number, cells in enumerate(wanted, start=start + 1):
        if len(cells) != len(exhibit.columns):
            raise ValueError(f"{exhibit.number}: row {number} has another width.")
        yield Row(str(number), tuple(legible(cell, covers) for cell in cells))
