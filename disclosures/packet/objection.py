"""The letter of objection: what a refused request is answered with.

It holds no record, so nothing is certified and there is no exhibit: the letter states
for each item and identifier on which ground it isn't answered, with the provision.
Equal facts give equal bytes, as with every packet.
"""

from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from disclosures.packet import (
    fonts,
    legible,
    letters,
    merge,
    numbering,
    paper,
    tools,
    wording,
)
from disclosures.packet.contents import PacketFacts, Rendered, matrix, production_name


def render(facts: PacketFacts, out: Path) -> Rendered:
    """Draw the letter into ``out``; to be run in a child (``cases.sandbox``).

    Raises:
        ValueError: an item without an answer, or an unknown paper.
        PacketBroken: the text tried to read something outside the packet.
        FontMissing: a font isn't installed.
    """
    shown: PacketFacts = legible.whole(facts, fonts.coverage())
    pages = _lay_out(shown, pages=1).pages
    # The number of pages stands at each foot: once to count, once to print it.
    sheets = _lay_out(shown, pages=pages)
    drawn = out.with_name(f"{out.name}.drawn")
    sheets.write(drawn, merge.finisher("letter"))
    with Pdf.open(drawn) as pdf:
        pdf.Root.PageLabels = _labels(shown, pages)
        pdf.Root.PageMode = Name.UseOutlines
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    drawn.unlink()
    return Rendered(
        pages=pages,
        bates_last=facts.bates_start + pages - 1,
        ranges={},
        tool_versions=tools.versions(),
    )


def _lay_out(facts: PacketFacts, *, pages: int) -> letters.Sheets:
    said = {
        "facts": facts,
        "production": production_name(facts),
        "issued": wording.day(facts.issued_on),
        "served": wording.day(facts.served_on),
        "prepared": wording.day(facts.prepared_on),
        "tally": wording.tally(facts),
        "rows": matrix(facts),
    }
    return letters.lay_out(
        letters.html("objection.html", said),
        styles=letters.FRONT,
        rules=paper.page_rules(facts, pages, letters.css_string),
        tagged=True,
    )


def _labels(facts: PacketFacts, pages: int) -> Dictionary:
    """A page label for each page, so that a reader can go to a Bates number."""
    numbered = [
        part
        for page in range(pages)
        for part in (page, Dictionary(P=String(numbering.label(facts, page))))
    ]
    return Dictionary(Nums=Array(numbered))
