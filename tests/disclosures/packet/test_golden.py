"""Golden packets, page by page: what a recipient reads is what was once read and kept.

A page that changes on purpose is read by a person first and then kept anew:
``CANDOR_KEEP_GOLDEN=1 pytest tests/disclosures/packet/test_golden.py``, and the
difference goes into the commit.
"""

import dataclasses
import os
from itertools import product
from pathlib import Path

import pytest

from cases import sandbox
from disclosures.packet import contents, objection
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import pages

GOLDEN = Path(__file__).with_name("golden")
MARK = "=" * 20 + " page {0}\n"


def shown(pdf):
    """The text of each page, line by line; how wide a gap is isn't what is read."""
    lines = (
        [" ".join(one.split()) for one in page.splitlines()] for page in pages(pdf)
    )
    return ["".join(f"{line}\n" for line in page if line) for page in lines]


def kept(name, found):
    """The pages as they are kept; kept anew first where somebody asked for that."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("CANDOR_KEEP_GOLDEN") == "1":
        text = "".join(MARK.format(n) + page for n, page in enumerate(found, start=1))
        path.write_text(text, encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    parts = text.split("=" * 20 + " page ")[1:]
    return [part.partition("\n")[2] for part in parts]


def compare(name, pdf):
    found = shown(pdf)
    golden = kept(name, found)
    for number, (page, wanted) in enumerate(zip(found, golden, strict=False), start=1):
        assert page == wanted, f"page {number} of {name}"
    assert len(found) == len(golden)


@pytest.mark.feature("P1")
def test_the_packet_reads_page_by_page_as_it_was_kept(packet):
    _facts, pdf, _told = packet
    compare("packet", pdf)


@pytest.mark.feature("P1", part=True)
def test_the_letter_of_objection_reads_as_it_was_kept(tmp_path):
    objected = [
        given.exhibit(tmp_path, place, target, item, f"{item}a", "OBJECTED")
        for place, (item, target) in enumerate(product((1, 2, 3, 4), (1, 2)), start=1)
    ]
    facts = given.facts(tmp_path, exhibits=tuple(objected))
    facts = dataclasses.replace(facts, exhibits=(), declaration=contents.UNSIGNED)
    pdf = tmp_path / "letter.pdf"
    sandbox.run(objection.render, facts, pdf, seconds=120, megabytes=2000)
    compare("letter", pdf)


def test_a_page_that_differs_is_found_by_its_number(packet, tmp_path, monkeypatch):
    _facts, pdf, _told = packet
    text = (GOLDEN / "packet.txt").read_text(encoding="utf-8")
    last = text.rindex("page ")
    (tmp_path / "packet.txt").write_text(text[:last] + text[last:] + "One more line.\n")
    monkeypatch.setattr(f"{__name__}.GOLDEN", tmp_path)
    monkeypatch.delenv("CANDOR_KEEP_GOLDEN", raising=False)
    number = text[last:].split()[1]
    with pytest.raises(AssertionError, match=f"page {number} of packet"):
        compare("packet", pdf)
