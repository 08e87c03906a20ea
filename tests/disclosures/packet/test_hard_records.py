"""Records that are hostile, or longer than a page, are printed whole and not obeyed."""

import dataclasses
import re

import pikepdf
import pytest

from cases import sandbox
from disclosures.packet import assemble
from disclosures.packet.schedule import plan
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import output, pages, squeezed

NASTY = (
    '<img src="file:///etc/passwd">',
    '<img src="http://127.0.0.1:9/hit.png">',
    '<a rel=attachment href="file:///etc/passwd">x</a>',
)


@pytest.mark.feature("P1", part=True)
def test_markup_in_records_is_printed_and_not_obeyed(tmp_path, draw):
    def nasty(number):
        cells = given.event(number)
        cells[3] = f'{{"label": "{NASTY[number % 3]}"}}'
        return cells

    facts = given.facts(tmp_path / "csv", rows=3, events=nasty)
    name = f"{NASTY[0]}\x00\u202egnp"
    facts = dataclasses.replace(
        facts,
        targets=(
            dataclasses.replace(facts.targets[0], identifier=name),
            facts.targets[1],
        ),
        organisation=dataclasses.replace(facts.organisation, name=NASTY[2]),
        agency_reference='"} @import "http://127.0.0.1:9/x.css"; {"',
        exhibits=(
            dataclasses.replace(facts.exhibits[0], odd_cells=2),
            *facts.exhibits[1:],
        ),
    )
    pdf, _ = draw(facts)
    whole = squeezed(output("pdftotext", "-raw", str(pdf), "-"))
    odd = "stand as the source has them, bytes as hexadecimal digits: E001 (2)."
    for one in (*NASTY, f"{NASTY[0]}<U+0000><U+202E>gnp", odd):
        assert squeezed(one) in whole
    assert "root:x:0" not in whole
    with pikepdf.open(pdf) as opened:
        assert sorted(opened.attachments) == sorted(
            one.file_name for one in facts.exhibits if one.file_name
        )
        assert not [
            one
            for one in opened.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]
        for page in opened.pages:
            for link in page.get("/Annots", []):
                assert "/A" not in link


def in_small_blocks(facts, out):
    plan.BLOCK_ROWS = 30
    return assemble.render(facts, out)


def test_long_exhibit_is_cut_into_blocks_and_keeps_each_row_whole(tmp_path):
    facts = given.facts(tmp_path / "csv", rows=100)
    out = tmp_path / "long.pdf"
    told = sandbox.run(in_small_blocks, facts, out, seconds=120, megabytes=2000)
    first, _, count = told.ranges["E001"]
    read = pages(out)
    place = int(first[-6:]) - facts.bates_start
    shown = read[place : place + count]
    assert sum("continued from row" in one for one in shown) == 3
    assert [re.findall(r"row-(\d{5})-end", one) for one in shown] == [
        sorted(re.findall(r"row-(\d{5})-end", one)) for one in shown
    ]
    marks = [mark for one in shown for mark in re.findall(r"row-(\d{5})-end", one)]
    assert marks == [f"{n:05d}" for n in range(100)]
    assert all("Network address" in one for one in shown)
    assert "End of exhibit E001" in shown[-1]


def test_cell_longer_than_a_page_is_printed_whole(tmp_path, draw):
    words = "".join(f"w{n:05d}" for n in range(4000))

    def long(number):
        return [*given.event(number)[:3], words]

    facts = given.facts(tmp_path / "csv", rows=1, events=long)
    pdf, told = draw(facts)
    start = int(told.ranges["E001"][0][-6:]) - facts.bates_start
    shown = pages(pdf)[start : start + told.ranges["E001"][2]]
    assert len(shown) > 1
    inside = "".join(re.findall(r"[w\d]{30,}", "".join(shown)))
    assert inside == words
