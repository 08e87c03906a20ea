"""Drawing the schedules' blocks in child processes, a block a time each.

Every process holds one block at once, so memory doesn't grow with the rows. A process
tells the page counts of a block when it is laid out and goes on to write it: the front
document needn't wait for the writing.
"""

import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from disclosures.packet import fonts, layout, letters, merge
from disclosures.packet.contents import PacketFacts
from disclosures.packet.schedule import columns
from disclosures.packet.schedule.plan import Block, Slice
from disclosures.packet.schedule.rows import rows

# The column of row numbers, in per cent of the page's width.
_NUMBER_WIDTH = 4.5
Counts = list[tuple[int, int]]


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


@dataclass
class Drawing:
    """Blocks that are being drawn; use it in ``with``: it ends its processes."""

    facts: PacketFacts
    blocks: tuple[Block, ...]
    folder: Path
    tagged: bool
    _open: list[Connection] = field(default_factory=list)
    _processes: list[Any] = field(default_factory=list)
    _counts: dict[int, Counts] = field(default_factory=dict)

    def __enter__(self) -> "Drawing":
        forked = multiprocessing.get_context("fork")
        following = forked.Value("q", 0)
        workers = min(len(self.blocks), len(os.sched_getaffinity(0)))
        for _ in range(workers):
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

    @property
    def files(self) -> tuple[Path, ...]:
        """The blocks' files, in order."""
        return tuple(self.file(block) for block in self.blocks)

    def file(self, block: Block) -> Path:
        """Where one block is drawn to."""
        return self.folder / f"block-{block.number:06d}.pdf"

    def pages(self) -> Counter[int]:
        """The pages of each exhibit, by its place; waits for the last layout.

        Raises:
            ChildProcessError: a process ended before it told.
        """
        while len(self._counts) < len(self.blocks):
            self._hear()
        pages: Counter[int] = Counter()
        for counts in self._counts.values():
            for place, count in counts:
                pages[place] += count
        return pages

    def finish(self) -> None:
        """Wait until every block is written.

        Raises:
            ChildProcessError: a process ended before it had written.
        """
        while self._open:
            self._hear()

    def _hear(self) -> None:
        for connection in wait(self._open):
            assert isinstance(connection, Connection)  # noqa: S101 - for the type checker
            try:
                told = connection.recv()
            except EOFError:
                raise ChildProcessError("A process that drew a block ended.") from None
            if told is None:
                self._open.remove(connection)
                connection.close()
            elif isinstance(told, Exception):
                raise told
            else:
                number, counts = told
                self._counts[number] = counts


def _work(
    drawing: Drawing, following: Any, told: Connection, others: list[Connection]
) -> None:
    """A worker's life: take the next block, lay it out, tell, write."""
    for connection in others:
        connection.close()
    gc.freeze()
    gc.disable()
    try:
        while True:
            with following.get_lock():
                place = following.value
                following.value += 1
            if place >= len(drawing.blocks):
                break
            if place:
                gc.collect()
            _draw(drawing, drawing.blocks[place], told)
        told.send(None)
    except Exception as error:  # noqa: BLE001 - it is raised again by the parent
        told.send(error)


def _draw(drawing: Drawing, block: Block, told: Connection) -> None:
    pieces = [_piece(drawing.facts, piece) for piece in block.slices]
    sheets = letters.lay_out(
        letters.html("schedule.html", {"pieces": pieces}),
        style="schedule.css",
        rules=layout.schedule_rules(drawing.facts),
        tagged=drawing.tagged,
    )
    anchors = sheets.anchors()
    starts = [anchors[piece["anchor"]] for piece in pieces]
    ends = [*starts[1:], sheets.pages]
    counts = [
        (piece.exhibit, end - start)
        for piece, start, end in zip(block.slices, starts, ends, strict=True)
    ]
    told.send((block.number, counts))
    sheets.write(drawing.file(block), merge.finisher(f"block-{block.number:06d}"))


def _piece(facts: PacketFacts, piece: Slice) -> dict[str, Any]:
    exhibit = facts.exhibits[piece.exhibit]
    found = rows(exhibit, piece, fonts.coverage())
    share = (100 - _NUMBER_WIDTH) / 100
    return {
        "anchor": f"{exhibit.number}-{piece.start}",
        "head": layout.exhibit_head(facts, exhibit),
        "is_first": piece.is_first,
        "is_last": piece.is_last,
        "from_row": f"{piece.start + 1:,}",
        "columns": exhibit.columns,
        "number_width": str(_NUMBER_WIDTH),
        "widths": [
            f"{width * share:.3f}" for width in (columns.widths(exhibit) if found else ())
        ],
        "rows": found,
    }
