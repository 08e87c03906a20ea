"""What is drawn apart, in child processes: the schedules' blocks, and some parts.

Every process draws one piece at a time. It tells a part's pages when that is laid out
and goes on to write it: the front document needn't wait for the writing. A block of
the schedules is drawn by their own engine, which holds a page at a time.
"""

import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Self

from disclosures.packet import layout, letters, merge, numbering, paper, volumes
from disclosures.packet.contents import PacketFacts
from disclosures.packet.schedule.draw import draw, unpack
from disclosures.packet.schedule.plan import Block
from disclosures.packet.schedule.text import Ink

# The pages of a piece: of each exhibit of a block by its place, of a part by its name;
# of the front, which is only counted, the page of each of its anchors as well.
Counts = list[tuple[int | str, int]]


@contextmanager
def without_collector() -> Iterator[None]:
    """Let WeasyPrint make its trees of boxes without the collector walking them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Drawing:
    """Pieces that are being drawn; used in ``with``, whose end ends its processes."""

    def __init__(
        self,
        facts: PacketFacts,
        blocks: tuple[Block, ...],
        folder: Path,
        *,
        apart: Mapping[int, Path],
        tagged: bool,
    ) -> None:
        self.facts, self.blocks, self.folder = facts, blocks, folder
        self.tagged = tagged
        # The longer first, and the others fill the gaps.
        self.pieces: tuple[Block | str, ...] = (
            numbering.FRONT,
            *numbering.APART,
            *(one for one in blocks if one.number not in apart),
        )
        self.counts: dict[int, Counts] = {}
        self.ink = Ink()
        # By block: its file, and the pages of its slices.
        self._parts = {
            piece.number: self.file(place)
            for place, piece in enumerate(self.pieces)
            if isinstance(piece, Block)
        }
        self._counted: dict[int, tuple[int, ...]] = {}
        for number, packed in apart.items():
            self._parts[number] = folder / f"apart-{number:06d}"
            drawn = unpack(packed, self._parts[number])
            self._counted[number] = drawn.pages
            self.ink.merge(drawn.ink)
        self._open: list[Connection] = []
        self._processes: list[Any] = []

    def __enter__(self) -> Self:
        forked = multiprocessing.get_context("fork")
        following = forked.Value("q", 0)
        for _ in range(min(len(self.pieces), len(os.sched_getaffinity(0)))):
            ours, theirs = forked.Pipe(duplex=False)
            process = forked.Process(
                target=_work, args=(self, following, theirs, [*self._open, ours])
            )
            process.start()
            theirs.close()
            self._open.append(ours)
            self._processes.append(process)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.join()
        for connection in self._open:
            connection.close()

    def file(self, place: int) -> Path:
        """Where a piece is drawn to."""
        return self.folder / f"piece-{place:06d}"

    def pages(self) -> Counter[Any]:
        """The pages of each exhibit and part; waits for the last layout.

        Raises:
            ChildProcessError: a process ended before it told.
        """
        while len(self.counts) < len(self.pieces):
            self._hear()
        pages: Counter[Any] = Counter()
        for place, counts in self.counts.items():
            piece = self.pieces[place]
            if isinstance(piece, Block):
                self._counted[piece.number] = tuple(count for _, count in counts)
            else:
                pages.update(dict(counts))
        for block in self.blocks:
            counted = self._counted[block.number]
            for one, count in zip(block.slices, counted, strict=True):
                pages[one.exhibit] += count
        return pages

    def stretches(self, first: int) -> tuple[volumes.Stretch, ...]:
        """Where each block's exhibits stand, the schedules' first page being given."""
        counted = [self._counted[block.number] for block in self.blocks]
        return volumes.stretches(self.blocks, counted, first)

    def finish(self) -> None:
        """Wait until every piece is written.

        Raises:
            ChildProcessError: a process ended before it had written.
        """
        while self._open:
            self._hear()

    def upright(self, where: numbering.Places) -> dict[int, Path]:
        """With which page of the front each part that is drawn apart begins."""
        return {
            where[piece]: self.file(place)
            for place, piece in enumerate(self.pieces)
            if isinstance(piece, str) and piece != numbering.FRONT
        }

    def schedules(self) -> list[Path]:
        """The files of the blocks, in order."""
        return [self._parts[block.number] for block in self.blocks]

    def _hear(self) -> None:
        ready: list[Any] = list(wait(self._open))
        for connection in ready:
            try:
                told = connection.recv()
            except EOFError:
                raise ChildProcessError("A process that drew pages ended.") from None
            if told is None:
                self._open.remove(connection)
                connection.close()
            elif isinstance(told, Exception):
                raise told
            else:
                place, counts, ink = told
                self.counts[place] = counts
                self.ink.merge(ink)


def _work(
    drawing: Drawing, following: Any, told: Connection, others: list[Connection]
) -> None:
    """A worker's life: take the next piece, draw it, tell of its pages.

    The front document waits for the layouts, so the parts are written when no piece is
    left to lay out.
    """
    for connection in others:
        connection.close()
    gc.freeze()
    gc.disable()
    unwritten: list[Callable[[], None]] = []
    try:
        for place in _places(drawing, following):
            piece = drawing.pieces[place]
            if isinstance(piece, Block):
                told.send((place, *_draw_block(drawing, piece, place)))
                continue
            sheets, counts = _lay_out(drawing, piece)
            told.send((place, counts, Ink()))
            if piece != numbering.FRONT:
                finisher = merge.finisher(f"piece-{place:06d}")
                unwritten.append(partial(sheets.write, drawing.file(place), finisher))
        for write in unwritten:
            write()
        told.send(None)
    except Exception as error:  # noqa: BLE001 - it is raised again by the parent
        told.send(error)


def _places(drawing: Drawing, following: Any) -> Iterator[int]:
    """The pieces that no other worker took."""
    while True:
        with following.get_lock():
            place = following.value
            following.value += 1
        if place >= len(drawing.pieces):
            return
        yield place


def _draw_block(drawing: Drawing, block: Block, place: int) -> tuple[Counts, Ink]:
    drawn = draw(drawing.facts, block, drawing.file(place), tagged=drawing.tagged)
    exhibits = [piece.exhibit for piece in block.slices]
    return list(zip(exhibits, drawn.pages, strict=True)), drawn.ink


def _lay_out(drawing: Drawing, piece: str) -> tuple[letters.Sheets, Counts]:
    if piece == numbering.FRONT:
        return _count_front(drawing)
    sheets = _lay_out_part(drawing, piece)
    return sheets, [(piece, sheets.pages)]


def _count_front(drawing: Drawing) -> tuple[letters.Sheets, Counts]:
    sheets = front(drawing, numbering.unknown(drawing.facts), None)
    anchors = sheets.anchors()
    counts: Counts = [(name, anchors[name]) for name in numbering.OWN]
    return sheets, [*counts, (numbering.FRONT, sheets.pages)]


def front(
    drawing: Drawing, where: numbering.Places, pages: Mapping[Any, int] | None
) -> letters.Sheets:
    """Lay out the front document; without ``pages``, its own pages alone."""
    cuts = {
        place: tuple(map(volumes.rows, pieces))
        for place, pieces in volumes.cuts(drawing.blocks).items()
        if len(pieces) > 1
    }
    return letters.lay_out(
        letters.html("front.html", layout.front(drawing.facts, where, pages, cuts)),
        styles=letters.FRONT,
        rules=paper.page_rules(
            drawing.facts, numbering.total(where), letters.css_string
        ),
        tagged=drawing.tagged,
    )


def _lay_out_part(drawing: Drawing, name: str) -> letters.Sheets:
    return letters.lay_out(
        letters.html("part.html", layout.part(drawing.facts, name)),
        styles=letters.PART,
        rules=paper.part_rules(drawing.facts),
        tagged=drawing.tagged,
    )
