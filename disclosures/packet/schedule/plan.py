"""Which rows are drawn together: fixed blocks, whatever the number of workers.

A block is drawn on its own and starts on a new page, so the split is a function of the
data alone: any number of processes gives the same pages. Exhibits of few rows share a
block; one of many rows is cut every ``BLOCK_ROWS`` rows.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from disclosures.packet.contents import ExhibitFacts, PacketFacts

BLOCK_ROWS = 50_000
# Small exhibits are put together up to this, so that several processes share the work.
_SHARED = 5_000
# What the heading and the page of an exhibit cost, counted in rows.
_OVERHEAD = 30


@dataclass(frozen=True)
class Slice:
    """Rows ``start`` to ``stop`` (half-open, from 0) of one exhibit, drawn together.

    ``offset`` is the place in the file where they begin, 0 for the file's own start.
    """

    exhibit: int  # its place in ``facts.exhibits``
    start: int
    stop: int
    offset: int
    is_last: bool

    @property
    def is_first(self) -> bool:
        """Whether the exhibit begins with it."""
        return self.start == 0


@dataclass(frozen=True)
class Block:
    """What one process draws at once."""

    number: int
    slices: tuple[Slice, ...]


def blocks(facts: PacketFacts) -> tuple[Block, ...]:
    """Every exhibit in order, cut and put together."""
    groups: list[list[Slice]] = []
    weight = _SHARED
    for place, exhibit in enumerate(facts.exhibits):
        for piece in _slices(place, exhibit):
            cost = piece.stop - piece.start + _OVERHEAD
            if not groups or weight + cost > _SHARED:
                groups.append([])
                weight = 0
            groups[-1].append(piece)
            weight += cost
    return tuple(Block(number, tuple(group)) for number, group in enumerate(groups))


def _slices(place: int, exhibit: ExhibitFacts) -> list[Slice]:
    rows = exhibit.rows if exhibit.file_name else 0
    starts = range(0, rows, BLOCK_ROWS) or range(1)
    offsets = _offsets(exhibit) if len(starts) > 1 else iter([0])
    return [
        Slice(
            exhibit=place,
            start=start,
            stop=min(start + BLOCK_ROWS, rows),
            offset=next(offsets, 0),
            is_last=start + BLOCK_ROWS >= rows,
        )
        for start in starts
    ]


def _offsets(exhibit: ExhibitFacts) -> Iterator[int]:
    """Where each block begins in the file: it is read once, and not once a block."""
    yield 0
    if exhibit.path is None:
        return
    read = 0

    with exhibit.path.open("rb") as file:

        def lines() -> Iterator[str]:
            nonlocal read
            for line in file:
                read += len(line)
                yield line.decode()

        for number, _ in enumerate(csv.reader(lines())):
            if number and number % BLOCK_ROWS == 0:
                yield read
