"""The finished PDF: its numbers are true, its rows whole, its bytes the same."""

import dataclasses
import os
import re

import pikepdf
import pytest

from cases import sandbox
from disclosures.packet import assemble, blocks
from disclosures.packet.contents import ColumnFacts
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import digest, output, pages, squeezed, text


@pytest.mark.feature("P3", part=True)
def test_every_page_has_its_own_number(packet):
    facts, pdf, told = packet
    read = pages(pdf)
    assert len(read) == told.pages
    for number, content in enumerate(read):
        shown = re.findall(r"EPI-0001-\d{6}", content)[-1]
        assert shown == f"EPI-0001-{facts.bates_start + number:06d}"
        assert f"Page {number + 1} of {told.pages}" in content
        assert "Case 2023-0001" in content
    assert told.bates_last == facts.bates_start + told.pages - 1
    with pikepdf.open(pdf) as opened:
        assert [str(one.P) for one in list(opened.Root.PageLabels.Nums)[1::2]] == [
            f"EPI-0001-{facts.bates_start + n:06d}" for n in range(told.pages)
        ]


@pytest.mark.feature("P3", part=True)
def test_ranges_of_the_exhibits_are_those_of_the_finished_pages(packet):
    facts, pdf, told = packet
    read = pages(pdf)
    found = {}
    for number, content in enumerate(read, start=facts.bates_start):
        if running := re.match(r"\s*Exhibit (E\d+)  ?", content):
            found.setdefault(running[1], []).append(f"EPI-0001-{number:06d}")
    assert told.ranges == {
        exhibit: (labels[0], labels[-1], len(labels))
        for exhibit, labels in found.items()
    }
    assert list(found) == [one.number for one in facts.exhibits]
    assert told.ranges["E001"][2] > 1
    index = squeezed("".join(page for page in read if "What it is" in page))
    for first, last, _ in told.ranges.values():
        assert first in index
        assert last in index


def test_links_and_bookmarks_lead_to_the_pages_they_name(packet):
    facts, pdf, told = packet
    with pikepdf.open(pdf) as opened:
        order = {page.obj.objgen: n for n, page in enumerate(opened.pages)}
        start = facts.bates_start
        named = opened.Root.Names.Dests.Names
        places = {
            str(named[n]): order[named[n + 1][0].objgen]
            for n in range(0, len(named), 2)
        }
        for exhibit, (first, last, _) in told.ranges.items():
            assert places[exhibit] == int(first[-6:]) - start
            assert places[f"{exhibit}-last"] == int(last[-6:]) - start
        links = [
            link
            for page in opened.pages
            for link in page.get("/Annots", [])
            if link.Subtype == "/Link"
        ]
        assert {str(link.Dest) for link in links} <= set(places)
        assert {str(link.Contents) for link in links} == {
            f"Go to {link.Dest}" for link in links
        }
        with opened.open_outline() as outline:
            assert [one.title for one in outline.root] == [
                "Cover letter",
                "Response table",
                "Declaration of the custodian",
                "Production index",
                "Data dictionary",
                "Provenance",
                "Withheld and redacted",
                "Record schedules",
            ]
            targets = outline.root[7].children
            assert [one.title for one in targets] == [
                "Target 1: clever_otter",
                "Target 2: night-ship",
            ]
            items = [one for target in targets for one in target.children]
            assert [one.title for one in items] == 2 * [
                f"Item {number}: Category {number}" for number in (1, 2, 3, 4)
            ]
            marks = [one for item in items for one in item.children]
            assert [mark.title for mark in marks] == [
                f"{one.number} {one.title}" for one in facts.exhibits
            ]
            assert [order[mark.destination[0].objgen] for mark in marks] == [
                int(told.ranges[one.number][0][-6:]) - start for one in facts.exhibits
            ]


@pytest.mark.feature("D5")
def test_answer_without_records_has_its_page(packet):
    facts, pdf, told = packet
    start = facts.bates_start
    empty = text(pdf, int(told.ranges["E002"][0][-6:]) - start + 1)
    assert "Searched, no responsive records" in empty
    assert "Statement of part 3b." in empty
    assert "No rows. The file holds its heading line only." in empty
    words = text(pdf, int(told.ranges["E004"][0][-6:]) - start + 1)
    assert "Not collected by the service" in words
    assert "Statement of part 7a." in words
    assert "No rows" not in words


def test_letter_and_declaration_say_what_counsel_must_read(packet):
    facts, pdf, _ = packet
    whole = re.sub(r"\s+", " ", output("pdftotext", str(pdf), "-"))
    for words in (
        "I declare under penalty of perjury that the foregoing is true and correct. "
        "Executed on 2 May 2023.",
        "/s/ Alex Quill",
        "28 U.S.C. § 1746; Fed. R. Evid. 902(11), 902(13) and 902(14)",
        "“Connection records;”",
        "The service never records this kind of information",
        "18 U.S.C. 2703(c)(2).",
        "WHERE source_id = :account",
        "key of the account (:account): 00000000-1111",
        "Sources read as Service database: role reader, in a read-only transaction",
        "Every value fits the type of its column.",
        "Limit of part 3a.",
        *[one.sha256 for one in facts.exhibits if one.sha256],
    ):
        assert squeezed(words) in squeezed(whole)


@pytest.mark.feature("P1", part=True)
def test_rows_come_back_from_the_finished_pages(packet):
    _, pdf, _ = packet
    raw = squeezed(output("pdftotext", "-raw", str(pdf), "-"))
    for number in range(40):
        cells = "".join(given.event(number))
        assert squeezed(f"{number + 1}{cells}") in raw


@pytest.mark.feature("P7", part=True)
def test_equal_facts_give_equal_bytes_in_another_process(packet, draw):
    facts, pdf, told = packet
    sandbox._stop()  # the next server has another seed for its hashes
    again, retold = draw(facts)
    assert retold == told
    assert digest(again) == digest(pdf)


def on_one_processor(facts, out):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return assemble.render(facts, out)


@pytest.mark.feature("P7", part=True)
def test_number_of_processes_does_not_change_the_bytes(packet, tmp_path):
    facts, pdf, told = packet
    out = tmp_path / "one.pdf"
    args = (on_one_processor, facts, out)
    assert sandbox.run(*args, seconds=120, megabytes=2000) == told
    assert digest(out) == digest(pdf)


def with_few_tagged(facts, out):
    assemble.TAGGED_ROWS = 10
    return assemble.render(facts, out)


def test_many_rows_are_drawn_without_tags(packet, tmp_path):
    out = tmp_path / "untagged.pdf"
    args = (with_few_tagged, packet[0], out)
    assert sandbox.run(*args, seconds=120, megabytes=2000) == packet[2]
    with pikepdf.open(out) as pdf:
        assert "/StructTreeRoot" not in pdf.Root
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:conformance"] == "U"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda f: dataclasses.replace(f, rows=39),
            "the file's rows aren't as many as counted",
        ),
        (
            lambda f: dataclasses.replace(f, rows=41),
            "the file's rows aren't as many as counted",
        ),
        (
            lambda f: dataclasses.replace(
                f, columns=(ColumnFacts("x", "X", "", "text"), *f.columns[1:])
            ),
            "the file's columns aren't the map's",
        ),
    ],
)
def test_file_that_is_not_what_the_facts_say_is_refused(packet, draw, change, sentence):
    facts = packet[0]
    broken = (change(facts.exhibits[0]), *facts.exhibits[1:])
    with pytest.raises(ValueError, match=sentence):
        draw(dataclasses.replace(facts, exhibits=broken), name="broken.pdf")


def test_bookmarks_follow_the_items_where_targets_mix(packet, draw, tmp_path):
    facts = packet[0]
    mixed = sorted(facts.exhibits, key=lambda one: one.item_number)
    pdf, _ = draw(dataclasses.replace(facts, exhibits=tuple(mixed)))
    with pikepdf.open(pdf) as opened, opened.open_outline() as outline:
        assert [
            (mark.title, [one.title[:4] for one in mark.children])
            for mark in outline.root[7].children
        ] == [
            ("Item 1: Category 1", ["E001", "E002", "E007", "E008"]),
            ("Item 2: Category 2", ["E003", "E009"]),
            ("Item 3: Category 3", ["E004", "E010"]),
            ("Item 4: Category 4", ["E005", "E006", "E011", "E012"]),
        ]


def test_unknown_paper_is_refused(packet, draw, tmp_path):
    with pytest.raises(ValueError, match=r"^No such paper"):
        draw(dataclasses.replace(packet[0], paper="a3"))
    assert list(tmp_path.iterdir()) == []


def test_a4_paper(packet, draw):
    pdf, _ = draw(dataclasses.replace(packet[0], paper="a4"))
    assert re.search(
        r"Page size: +595\.\d+ x 841\.\d+ pts \(A4\)", output("pdfinfo", str(pdf))
    )


def end_at_once(*_):
    os._exit(9)


def with_a_process_that_ends(facts, out):
    blocks._lay_out_part = end_at_once
    return assemble.render(facts, out)


def test_process_that_ends_while_drawing_is_noticed(packet, tmp_path):
    args = (with_a_process_that_ends, packet[0], tmp_path / "x.pdf")
    with pytest.raises(ChildProcessError, match=r"^A process that drew pages ended"):
        sandbox.run(*args, seconds=120, megabytes=2000)
    assert list(tmp_path.iterdir()) == []
