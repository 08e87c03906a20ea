"""Which rows are drawn together: fixed blocks, whatever the number of workers.

A block is drawn on its own and starts on a new page, so the split is a function of the
data alone: any number of processes gives the same pages. Exhibits of few rows share a
block; one of many rows is cut every ``BLOCK_ROWS`` rows.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from disclosures.packet.contents import ExhibitFacts, PacketFacts
from disclosures.packet.schedule.columns import SAMPLE

BLOCK_ROWS = 50_000
# Small exhibits are put together up to this, so that several processes share the work.
_SHARED = 5_000
# What the heading and the page of an exhibit cost, counted in rows.
_OVERHEAD = 30
_CHUNK = 1 << 20


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

    @property
    def is_large(self) -> bool:
        """Whether it is one slice that shares its block with no other."""
        first, *others = self.slices
        return not others and first.stop - first.start + _OVERHEAD > _SHARED


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


def apart(planned: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that any worker may draw; none where one alone is as quick."""
    large = tuple(one for one in planned if one.is_large)
    rows = sum(one.slices[0].stop - one.slices[0].start for one in large)
    return large if len(large) > 1 and rows > BLOCK_ROWS else ()


def cut(source: Path, piece: Slice, target: Path) -> Slice:
    """Copy to ``target`` what is read to draw a slice; where it begins in there.

    The file's heading and first rows come along: the columns are laid out by them, and
    by no others as long as the exhibit has as many.
    """
    size = source.stat().st_size
    sample = next(_starts(source, 0, SAMPLE), size)
    # The last is copied to the file's end: a row too many is then found.
    starts = _starts(source, piece.offset, piece.stop - piece.start)
    stop = size if piece.is_last else next(starts, size)
    with source.open("rb") as read, target.open("xb") as written:
        if piece.is_first:
            _copy(read, written, max(stop, sample))
            return piece
        _copy(read, written, sample)
        read.seek(piece.offset)
        _copy(read, written, stop - piece.offset)
    return replace(piece, offset=sample)


def _copy(read: IO[bytes], written: IO[bytes], size: int) -> None:
    while size and (chunk := read.read(min(size, _CHUNK))):
        written.write(chunk)
        size -= len(chunk)


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
    if exhibit.path is not None:
        yield from _starts(exhibit.path, 0, BLOCK_ROWS)


def _starts(path: Path, offset: int, rows: int) -> Iterator[int]:
    """Where every so many rows of a file are over, from a place in it on.

    From its start on, its heading isn't counted.
    """
    read = offset
    with path.open("rb") as file:
        file.seek(offset)

        def lines() -> Iterator[str]:
            nonlocal read
            for line in file:
                read += len(line)
                yield line.decode()

        for number, _ in enumerate(csv.reader(lines()), start=1 if offset else 0):
            if number and number % rows == 0:
                yield read
