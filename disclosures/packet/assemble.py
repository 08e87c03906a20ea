"""The finished PDF: designed pages and record schedules as one numbered document.

The schedules are drawn in fixed blocks by child processes. How many pages each exhibit
took is then known, and the front document is laid out once, with an empty page for each
of them: so the numbers of pages, the Bates numbers, the links of the index and the
bookmarks are all set by the layout itself. At last each empty page is exchanged for its
page of the schedules (``merge``).

Equal facts and files give equal bytes, whatever the number of processes.
"""

import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from disclosures.packet import fonts, layout, legible, letters, merge
from disclosures.packet.blocks import Drawing, without_collector
from disclosures.packet.contents import PacketFacts, Rendered, bates
from disclosures.packet.schedule import plan

# Above this many rows the tags alone would be millions of objects (packet-engine 5);
# the CSV exhibits are then the accessible equivalent.
TAGGED_ROWS = 20_000
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
    blocks = plan.blocks(shown)
    with (
        tempfile.TemporaryDirectory(dir=out.parent, prefix=".drawing-") as name,
        without_collector(),
        Drawing(shown, blocks, Path(name), tagged=tagged) as drawing,
    ):
        pages = drawing.pages()
        front = letters.lay_out(
            letters.html("front.html", layout.front(shown, pages, pages)),
            styles=letters.FRONT,
            rules=layout.page_rules(shown, letters.css_string),
            tagged=tagged,
        )
        front.write(Path(name) / "front.pdf", merge.finisher("front"))
        drawing.finish()
        merge.merge(
            Path(name) / "front.pdf",
            drawing.places(front.anchors()),
            out,
            labels=[bates(shown, facts.bates_start + n) for n in range(front.pages)],
        )
    return _rendered(shown, front, pages)


def _rendered(
    facts: PacketFacts, front: letters.Sheets, pages: Mapping[Any, int]
) -> Rendered:
    anchors = front.anchors()
    ranges = {}
    for place, exhibit in enumerate(facts.exhibits):
        first = facts.bates_start + anchors[exhibit.number]
        last = facts.bates_start + anchors[f"{exhibit.number}-last"]
        if last - first + 1 != pages[place]:
            raise ValueError(f"{exhibit.number}: its pages aren't as many as drawn.")
        ranges[exhibit.number] = (bates(facts, first), bates(facts, last), pages[place])
    return Rendered(
        pages=front.pages,
        bates_last=facts.bates_start + front.pages - 1,
        ranges=ranges,
        tool_versions={tool: metadata.version(tool) for tool in _TOOLS},
    )
