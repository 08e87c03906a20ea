"""A block of the schedules, drawn into a part of pages that are numbered later.

The part is two files: the compressed pages one after the other, and a line of JSON for
each that says whose page it is, how long, and what is tagged on it. Nothing grows with
the rows but these files.
"""

import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from disclosures.packet import layout
from disclosures.packet.contents import PacketFacts
from disclosures.packet.paper import landscape
from disclosures.packet.schedule import head
from disclosures.packet.schedule.faces import Role, faces
from disclosures.packet.schedule.page import Pages, Tags
from disclosures.packet.schedule.plan import Block, Slice
from disclosures.packet.schedule.rows import rows
from disclosures.packet.schedule.table import Table
from disclosures.packet.schedule.text import Ink, Setter

_LEVEL = 6
# The members of a part that is put into one file.
_SAID, _PAGES, _LISTED = "said.json", "pages", "pages.jsonl"


@dataclass(frozen=True)
class Drawn:
    """What a block came to: the pages of each of its slices in order, and its ink."""

    pages: tuple[int, ...]
    ink: Ink


@dataclass(frozen=True)
class PartPage:
    """One page of a part: its compressed content, and its tags."""

    content: bytes
    exhibit: int
    tags: Tags


def draw(facts: PacketFacts, block: Block, target: Path, *, tagged: bool) -> Drawn:
    """Draw a block's pages into ``target`` and its list.

    Raises:
        ValueError: an exhibit's file isn't what the facts say; an unknown paper.
    """
    setter = Setter()
    with target.open("wb") as pages, _list(target).open("w") as listed:
        part = _Part(pages, listed)
        drawing = Pages(landscape(facts), setter, part.add, tagged=tagged)
        for piece in block.slices:
            drawing.close()
            part.begin(piece.exhibit)
            _draw(facts, piece, drawing)
        drawing.close()
    return Drawn(tuple(part.counts), setter.ink)


def pack(part: Path, drawn: Drawn, target: Path) -> None:
    """Put a part into one file, so that another process can bind it."""
    said = json.dumps({"pages": drawn.pages, "ink": drawn.ink.told()})
    with zipfile.ZipFile(target, "x") as packed:
        packed.writestr(_SAID, said)
        packed.write(part, _PAGES)
        packed.write(_list(part), _LISTED)


def unpack(packed: Path, part: Path) -> Drawn:
    """Lay a part down again at ``part``; what it came to."""
    with zipfile.ZipFile(packed) as opened:
        for name, target in ((_PAGES, part), (_LISTED, _list(part))):
            with opened.open(name) as source, target.open("xb") as written:
                shutil.copyfileobj(source, written)
        said = json.loads(opened.read(_SAID))
    return Drawn(tuple(said["pages"]), Ink.heard(said["ink"]))


def read(part: Path) -> Iterator[PartPage]:
    """The pages of a part, one at a time."""
    with part.open("rb") as pages, _list(part).open() as listed:
        for line in listed:
            size, exhibit, tags = json.loads(line)
            yield PartPage(pages.read(size), exhibit, [tuple(tag) for tag in tags])


def warm() -> int:
    """Open the fonts, so that the processes forked from this one have them.

    Returns how many glyphs of the named faces have a meaning.
    """
    named = faces()[: len(Role)]
    return sum(len(face.meanings) for face in named if face.widths)


class _Part:
    """The part's files while they grow."""

    def __init__(self, pages: IO[bytes], listed: IO[str]) -> None:
        self._pages, self._listed = pages, listed
        self._exhibit = 0
        self.counts: list[int] = []

    def begin(self, exhibit: int) -> None:
        """Take the pages of the next slice."""
        self._exhibit = exhibit
        self.counts.append(0)

    def add(self, body: bytes, tags: Tags) -> None:
        """Take a finished page."""
        content = zlib.compress(body, _LEVEL)
        self._pages.write(content)
        self._listed.write(json.dumps([len(content), self._exhibit, tags]) + "\n")
        self.counts[-1] += 1


def _list(part: Path) -> Path:
    return part.with_suffix(".jsonl")


def _draw(facts: PacketFacts, piece: Slice, pages: Pages) -> None:
    exhibit = facts.exhibits[piece.exhibit]
    said: dict[str, Any] = layout.exhibit_head(facts, exhibit)
    pages.open(layout.running(exhibit), is_first=piece.is_first)
    has_rows = piece.stop > 0
    if piece.is_first:
        head.head(pages, said, has_rows=has_rows)
    else:
        head.continued(pages, said, piece.start + 1)
    found = rows(exhibit, piece)
    if has_rows:
        pages.setter.coded.clear()
        Table(pages, exhibit, last_needs=head.END_HEIGHT).draw(found)
        head.coded(pages, piece.start + 1, piece.stop)
    elif next(found, None) is not None:  # reads the heading, and that no row is there
        raise ValueError(
            f"{exhibit.number}: the file's rows aren't as many as counted."
        )
    if piece.is_last and exhibit.file_name:
        head.end(pages, said)
