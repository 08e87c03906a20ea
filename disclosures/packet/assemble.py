"""The finished PDF: designed pages and record schedules as one numbered document.

The schedules are drawn by their own engine, the parts that print no page numbers by
further processes. How many pages each took is then known, and the front document is
laid out with its true numbers, and an empty page for each page of those parts. At last
the empty pages are exchanged for what was drawn (``merge``), and the schedules' pages
are written behind them (``schedule.bind``).

Equal facts and files give equal bytes, whatever the number of processes.
"""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from cases import sandbox
from disclosures.packet import (
    blocks,
    bookmarks,
    fonts,
    layout,
    legible,
    letters,
    merge,
    numbering,
    paper,
    volumes,
)
from disclosures.packet.blocks import Drawing, without_collector
from disclosures.packet.contents import ExhibitFacts, PacketFacts, Rendered, Volume
from disclosures.packet.schedule import bind, plan
from disclosures.packet.schedule.attach import Attachment
from disclosures.packet.schedule.draw import draw, pack

# Above this many rows the tags alone would be millions of objects (packet-engine 5);
# the CSV exhibits are then the accessible equivalent.
TAGGED_ROWS = 20_000
_COUNTED = (*numbering.OWN, numbering.FRONT)
_ANCHORS = (*numbering.OWN, *numbering.APART, "schedules")
# A number of another width than was counted with may move a page; then once more.
_LAYOUTS = 3
_TOOLS = ("weasyprint", "pydyf", "pikepdf", "uharfbuzz")


def draw_apart(facts: PacketFacts, block: plan.Block, out: Path) -> None:
    """Draw one block into ``out``, for ``render`` to bind; to be run in a child.

    Raises:
        ValueError: the exhibit's file isn't what the facts say, or an unknown paper.
        FontMissing: a font isn't installed.
    """
    shown: PacketFacts = legible.whole(facts, fonts.coverage())
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".drawing-") as name:
        part = Path(name) / "part"
        pack(part, draw(shown, block, part, tagged=_is_tagged(shown)), out)


def tools() -> dict[str, str]:
    """What draws, each with its version: others may give other bytes."""
    return {tool: metadata.version(tool) for tool in _TOOLS}


def render(
    facts: PacketFacts,
    out: Path,
    planned: tuple[plan.Block, ...] | None = None,
    apart: Mapping[int, Path] | None = None,
) -> Rendered:
    """Draw the whole packet into ``out``; to be run in a child (``cases.sandbox``).

    ``planned`` are its blocks where they are known already, ``apart`` the files of
    those, by number, that other processes drew (``draw_apart``).

    Raises:
        ValueError: an item without an answer, an exhibit file that isn't what the facts
            say, an unknown paper or place of signing.
        PacketBroken: the text tried to read something outside the packet.
        FontMissing: a font isn't installed.
        ChildProcessError: a process that drew a block ended.
    """
    shown: PacketFacts = legible.whole(facts, fonts.coverage())
    with (
        tempfile.TemporaryDirectory(dir=out.parent, prefix=".drawing-") as name,
        without_collector(),
        Drawing(
            shown,
            planned or plan.blocks(shown),
            Path(name),
            apart=apart or {},
            tagged=_is_tagged(shown),
        ) as drawing,
    ):
        pages = drawing.pages()
        where, front = _front(drawing, pages)
        front.write(Path(name) / "front.pdf", merge.finisher("front"))
        drawing.finish()
        parted = _bind(drawing, where, Path(name), out)
    ranges = {
        one.number: (
            *numbering.first_and_last(shown, where, one.number),
            pages[place],
        )
        for place, one in enumerate(shown.exhibits)
    }
    total = numbering.total(where)
    return Rendered(
        pages=total,
        bates_last=facts.bates_start + total - 1,
        ranges=ranges,
        tool_versions=tools(),
        volumes=parted,
    )


def make_ready() -> None:
    """Get this process's fork server ready to draw; a worker does so when it starts."""
    sandbox.preload(
        "disclosures.packet.letters:warm",
        "disclosures.packet.schedule.draw:warm",
        "disclosures.packet.assemble",
    )
    sandbox.warm()


def _is_tagged(facts: PacketFacts) -> bool:
    return sum(exhibit.rows for exhibit in facts.exhibits) <= TAGGED_ROWS


def _bind(
    drawing: Drawing, where: numbering.Places, folder: Path, out: Path
) -> tuple[Volume, ...]:
    """One document of the front, the parts and the schedules; its volumes."""
    facts, first = drawing.facts, where["schedules"]
    sheet, pages = paper.landscape(facts), numbering.total(where)
    found = drawing.stretches(first)
    parted = volumes.volumes(pages, first, facts.volume_pages)
    scheduled = merge.Scheduled(
        anchors={name: page - first for name, page in where.items() if page >= first},
        firsts=tuple(one.page - first for one in found),
        top=sheet.height,
        elsewhere=lambda place: volumes.elsewhere(parted, first + place),
    )
    designed = folder / "designed.pdf"
    merge.merge(folder / "front.pdf", drawing.upright(where), designed, scheduled)
    bind.bind(
        designed,
        drawing.schedules(),
        out,
        drawing.ink,
        sheet=sheet,
        numbering=bind.Numbering(
            label=partial(numbering.label, facts),
            footer=paper.footer(facts),
            pages=pages,
        ),
        attachments=[_attachment(one) for one in facts.attached],
        further=[
            bind.Further(
                volume,
                f"{layout.title(facts)}, volume {number} of {len(parted)}",
                bookmarks.further(facts, found, volume),
            )
            for number, volume in enumerate(parted[1:], start=2)
        ],
    )
    return parted


def _attachment(exhibit: ExhibitFacts) -> Attachment:
    if exhibit.path is None:
        raise ValueError(f"{exhibit.number} has no file to attach.")
    return Attachment(
        name=exhibit.file_name,
        path=exhibit.path,
        sha256=exhibit.sha256,
        description=f"Exhibit {exhibit.number}, SHA-256 {exhibit.sha256}",
        read_at=datetime.fromisoformat(exhibit.snapshot_at),
    )


def _front(
    drawing: Drawing, pages: Mapping[Any, int]
) -> tuple[numbering.Places, letters.Sheets]:
    """The front with its true numbers: they are what its own layout says they are."""
    own: numbering.Places = {name: pages[name] for name in _COUNTED}
    apart = sum(pages[name] for name in numbering.APART)
    for _ in range(_LAYOUTS):
        where = numbering.places(drawing.facts, own, pages)
        front = blocks.front(drawing, where, pages)
        found = front.anchors()
        if all(found[name] == where[name] for name in _ANCHORS):
            return where, front
        own = {name: found[name] for name in numbering.OWN}
        own["index"] -= pages["declaration"]
        # Its last page stands for the schedules.
        own[numbering.FRONT] = front.pages - apart - 1
    raise ValueError("The packet's page numbers don't settle.")
