"""What is drawn apart, in child processes: the schedules' blocks, and some parts.

Every process draws one piece at a time, so memory doesn't grow with the rows. It tells
a piece's pages when that is laid out and goes on to write it: the front document
needn't wait for the writing.
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

from disclosures.packet import fonts, layout, letters, merge, numbering, paper
from disclosures.packet.contents import PacketFacts
from disclosures.packet.schedule import columns
from disclosures.packet.schedule.plan import Block, Slice
from disclosures.packet.schedule.rows import rows

# The column of row numbers, in per cent of the page's width.
_NUMBER_WIDTH = 4.5
# The pages of a piece: of each exhibit of a block by its place, of a part by its name;
# of the front, which is only counted, the page of each of its anchors as well.
Counts = list[tuple[int | str, int]]
# Rows of a packet whose layouts may all be in memory at once.
_SMALL = 1_000


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
        tagged: bool,
    ) -> None:
        self.facts, self.blocks, self.folder, self.tagged = (
            facts,
            blocks,
            folder,
            tagged,
        )
        # The longer first, and the parts fill the gaps.
        self.pieces: tuple[Block | str, ...] = (
            *blocks,
            numbering.FRONT,
            *numbering.APART,
        )
        self.is_small = sum(one.rows for one in facts.exhibits) <= _SMALL
        self.counts: dict[int, Counts] = {}
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
        return self.folder / f"piece-{place:06d}.pdf"

    def pages(self) -> Counter[Any]:
        """The pages of each exhibit and part; waits for the last layout.

        Raises:
            ChildProcessError: a process ended before it told.
        """
        while len(self.counts) < len(self.pieces):
            self._hear()
        pages: Counter[Any] = Counter()
        for counts in self.counts.values():
            for name, count in counts:
                pages[name] += count
        return pages

    def finish(self) -> None:
        """Wait until every piece is written.

        Raises:
            ChildProcessError: a process ended before it had written.
        """
        while self._open:
            self._hear()

    def places(self, where: numbering.Places) -> dict[int, Path]:
        """With which page of the front each file begins."""
        found, following = {}, where["schedules"]
        for place, piece in enumerate(self.pieces):
            if piece in numbering.APART:
                found[where[str(piece)]] = self.file(place)
            elif isinstance(piece, Block):
                found[following] = self.file(place)
                following += sum(count for _, count in self.counts[place])
        return found

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
                place, counts = told
                self.counts[place] = counts


def _work(
    drawing: Drawing, following: Any, told: Connection, others: list[Connection]
) -> None:
    """A worker's life: take the next piece, lay it out, tell, write.

    In a small packet all writing comes last: the front document waits for the layouts.
    """
    for connection in others:
        connection.close()
    gc.freeze()
    gc.disable()
    unwritten: list[Callable[[], None]] = []
    try:
        for place in _places(drawing, following):
            sheets, counts = _lay_out(drawing, drawing.pieces[place])
            told.send((place, counts))
            if drawing.pieces[place] != numbering.FRONT:
                finisher = merge.finisher(f"piece-{place:06d}")
                unwritten.append(partial(sheets.write, drawing.file(place), finisher))
            del sheets
            if not drawing.is_small:
                _write(unwritten)
                gc.collect()
        _write(unwritten)
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


def _write(unwritten: list[Callable[[], None]]) -> None:
    while unwritten:
        unwritten.pop(0)()


def _lay_out(drawing: Drawing, piece: Block | str) -> tuple[letters.Sheets, Counts]:
    if isinstance(piece, Block):
        return _lay_out_block(drawing, piece)
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
    return letters.lay_out(
        letters.html("front.html", layout.front(drawing.facts, where, pages)),
        styles=letters.FRONT,
        rules=paper.page_rules(drawing.facts, letters.css_string),
        tagged=drawing.tagged,
    )


def _lay_out_part(drawing: Drawing, name: str) -> letters.Sheets:
    return letters.lay_out(
        letters.html("part.html", layout.part(drawing.facts, name)),
        styles=letters.PART,
        rules=paper.part_rules(drawing.facts),
        tagged=drawing.tagged,
    )


def _lay_out_block(drawing: Drawing, block: Block) -> tuple[letters.Sheets, Counts]:
    pieces = [_piece(drawing.facts, piece) for piece in block.slices]
    sheets = letters.lay_out(
        letters.html("schedule.html", {"pieces": pieces}),
        styles=letters.SCHEDULE,
        rules=paper.schedule_rules(drawing.facts),
        tagged=drawing.tagged,
    )
    anchors = sheets.anchors()
    starts = [anchors[piece["anchor"]] for piece in pieces]
    ends = [*starts[1:], sheets.pages]
    return sheets, [
        (piece.exhibit, end - start)
        for piece, start, end in zip(block.slices, starts, ends, strict=True)
    ]


def _piece(facts: PacketFacts, piece: Slice) -> dict[str, Any]:
    exhibit = facts.exhibits[piece.exhibit]
    found = rows(exhibit, piece, fonts.coverage())
    share = (100 - _NUMBER_WIDTH) / 100
    drawn = columns.widths(exhibit) if found else columns.Widths((), is_small=False)
    return {
        "anchor": f"{exhibit.number}-{piece.start}",
        "head": layout.exhibit_head(facts, exhibit),
        "is_first": piece.is_first,
        "is_last": piece.is_last,
        "from_row": f"{piece.start + 1:,}",
        "columns": exhibit.columns,
        "number_width": str(_NUMBER_WIDTH),
        "widths": [f"{width * share:.3f}" for width in drawn.shares],
        "size": "small" if drawn.is_small else "",
        "rows": found,
    }
