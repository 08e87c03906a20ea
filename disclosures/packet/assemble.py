"""The finished PDF: designed pages and record schedules as one numbered document.

The schedules, and the parts that print no page numbers, are drawn by child processes.
How many pages each took is then known, and the front document is laid out with an empty
page for each of them: so its numbers, links and bookmarks are those of the whole. At
last each empty page is exchanged for the page that was drawn for it (``merge``).

Equal facts and files give equal bytes, whatever the number of processes.
"""

import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from cases import sandbox
from disclosures.packet import blocks, fonts, legible, letters, merge, numbering
from disclosures.packet.blocks import Drawing, without_collector
from disclosures.packet.contents import PacketFacts, Rendered
from disclosures.packet.schedule import plan

# Above this many rows the tags alone would be millions of objects (packet-engine 5);
# the CSV exhibits are then the accessible equivalent.
TAGGED_ROWS = 20_000
_COUNTED = (*numbering.OWN, numbering.FRONT)
# A number of another width than was counted with may move a page; then once more.
_LAYOUTS = 3
_TOOLS = ("weasyprint", "pydyf", "pikepdf")


def render(facts: PacketFacts, out: Path) -> Rendered:
    """Draw the whole packet into ``out``; to be run in a child (``cases.sandbox``).

    Raises:
        ValueError: an item without an answer, an exhibit file that isn't what the facts
            say, an unknown paper or place of signing.
        PacketBroken: the text tried to read something outside the packet.
        FontMissing: a font isn't installed.
        ChildProcessError: a process that drew a block ended.
    """
    shown: PacketFacts = legible.whole(facts, fonts.coverage())
    tagged = sum(exhibit.rows for exhibit in shown.exhibits) <= TAGGED_ROWS
    with (
        tempfile.TemporaryDirectory(dir=out.parent, prefix=".drawing-") as name,
        without_collector(),
        Drawing(shown, plan.blocks(shown), Path(name), tagged=tagged) as drawing,
    ):
        pages = drawing.pages()
        where, front = _front(drawing, pages)
        front.write(Path(name) / "front.pdf", merge.finisher("front"))
        drawing.finish()
        merge.merge(
            Path(name) / "front.pdf",
            drawing.places(where),
            out,
            labels=[numbering.label(shown, page) for page in range(front.pages)],
        )
    ranges = {
        one.number: (
            *numbering.first_and_last(shown, where, one.number),
            pages[place],
        )
        for place, one in enumerate(shown.exhibits)
    }
    return Rendered(
        pages=front.pages,
        bates_last=facts.bates_start + front.pages - 1,
        ranges=ranges,
        tool_versions={tool: metadata.version(tool) for tool in _TOOLS},
    )


def make_ready() -> None:
    """Get this process's fork server ready to draw; a worker does so when it starts."""
    sandbox.preload("disclosures.packet.letters:warm", "disclosures.packet.assemble")
    sandbox.warm()


def _front(
    drawing: Drawing, pages: Mapping[Any, int]
) -> tuple[numbering.Places, letters.Sheets]:
    """The front with its true numbers: they are what its own layout says they are."""
    own: numbering.Places = {name: pages[name] for name in _COUNTED}
    for _ in range(_LAYOUTS):
        where = numbering.places(drawing.facts, own, pages)
        front = blocks.front(drawing, where, pages)
        found = front.anchors()
        if all(found[name] == page for name, page in where.items()):
            return where, front
        apart = sum(pages[name] for name in numbering.APART)
        drawn = sum(pages[place] for place in range(len(drawing.facts.exhibits)))
        own = {name: found[name] for name in numbering.OWN}
        own["index"] -= pages["declaration"]
        own[numbering.FRONT] = front.pages - apart - drawn
    raise ValueError("The packet's page numbers don't settle.")
