"""A packet of many pages comes in volumes, which lead to each other."""

import dataclasses
import hashlib
import re

import pikepdf
import pytest

from cases import sandbox
from disclosures.packet import assemble, seal, verify, volumes
from disclosures.packet.contents import Volume, bates
from disclosures.packet.schedule import plan
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import digest, output, pages

ROWS = 400
MOST, BLOCK = 16, 150


def drawn(facts, out, block):
    plan.BLOCK_ROWS = block
    return assemble.render(facts, out)


@pytest.fixture(scope="module")
def parted(tmp_path_factory):
    """A packet in volumes: facts, files in order and what the drawing told."""
    folder = tmp_path_factory.mktemp("parted")
    facts = dataclasses.replace(
        given.facts(folder / "csv", rows=ROWS), volume_pages=MOST
    )
    out = folder / "packet.pdf"
    told = sandbox.run(drawn, facts, out, BLOCK, seconds=120, megabytes=2000)
    return facts, [out.with_name(one.name) for one in told.volumes], told


def test_pages_are_parted_and_the_designed_ones_are_not():
    assert volumes.volumes(9, 4, 10) == (Volume("packet.pdf", 0, 9),)
    assert volumes.volumes(25, 4, 10) == (
        Volume("packet.pdf", 0, 10),
        Volume("packet-volume-002.pdf", 10, 20),
        Volume("packet-volume-003.pdf", 20, 25),
    )
    assert volumes.volumes(25, 22, 10) == (
        Volume("packet.pdf", 0, 22),
        Volume("packet-volume-002.pdf", 22, 25),
    )


@pytest.mark.feature("P1", part=True)
@pytest.mark.feature("P9", part=True)
def test_each_volume_is_a_sound_document_and_together_they_are_the_packet(parted):
    facts, files, told = parted
    assert len(files) > 2
    read, count = [], 0
    for place, (path, volume) in enumerate(zip(files, told.volumes, strict=True)):
        assert "No syntax or stream encoding errors" in output(
            "qpdf", "--check", str(path)
        )
        fonts = output("pdffonts", str(path)).splitlines()[2:]
        assert {tuple(line.split()[-5:-3]) for line in fonts} == {("yes", "yes")}
        info = output("pdfinfo", str(path))
        assert re.search(r"^Metadata Stream: +yes$", info, re.M)
        assert re.search(r"^Tagged: +yes$", info, re.M)
        name = re.search(r"^Title: +(.*)$", info, re.M)[1]
        assert name.endswith(f", volume {place + 1} of {len(files)}") == (place > 0)
        with pikepdf.open(path) as pdf:
            assert [str(one.S) for one in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]
            with pdf.open_metadata() as said:
                assert said["pdfaid:part"] + said["pdfaid:conformance"] == "3A"
                assert said["dc:title"] == name
            labels = pdf.Root.PageLabels.Nums
            assert str(labels[1].P) == bates(facts, facts.bates_start + volume.first)
            assert len(labels) == 2 * len(pdf.pages)
            assert ("/AF" in pdf.Root) == (place == 0)
            assert len(pdf.pages) == volume.stop - volume.first
        read += pages(path)
        count += volume.stop - volume.first
    assert count == told.pages == len(read)
    for number, page in enumerate(read):
        assert page.strip().endswith(bates(facts, facts.bates_start + number))
        assert f"Page {number + 1} of {count}" in page
    marks = re.findall(r"row-(\d{5})-end", "".join(read))
    assert sorted(map(int, marks))[-ROWS + 3 :] == list(range(3, ROWS))
    assert [int(one) for one in marks if int(one) > 2] == list(range(3, ROWS))


@pytest.mark.feature("P9", part=True)
def test_what_leads_to_another_volume_names_its_file_and_page(parted):
    facts, files, told = parted
    far = {volume.name: volume for volume in told.volumes[1:]}
    firsts = {
        number: int(first[-6:]) - facts.bates_start
        for number, (first, _, _) in told.ranges.items()
    }
    firsts["schedules"] = min(firsts.values())
    with pikepdf.open(files[0]) as pdf:
        links = {
            str(note.Contents): note.A
            for page in pdf.pages
            for note in page.get("/Annots", [])
            if "/A" in note
        }
        assert links
        for said, act in links.items():
            page = firsts[said.removeprefix("Go to ")]
            assert str(act.S) == "/GoToR"
            assert far[str(act.F.UF)].first + int(act.D[0]) == page
        names = [str(one) for one in pdf.Root.Names.Dests.Names[::2]]
        assert not set(names) & {one.removeprefix("Go to ") for one in links}
        with pdf.open_outline() as outline:
            target = outline.root[-1].children[0]
            first = target.children[0].children[0]
            assert [one.title for one in first.children] == [
                "Rows 1 to 150",
                "Rows 151 to 300",
                "Rows 301 to 400",
            ]
            last = first.children[-1]
            assert (last.destination, str(last.action.S)) == (None, "/GoToR")
    with pikepdf.open(files[1]) as pdf, pdf.open_outline() as outline:
        assert outline.root[0].title == ("E001 Part 3a · Rows 1 to 150 (continued)")


@pytest.mark.feature("P9", part=True)
def test_every_content_of_a_further_volume_is_in_its_structure(parted):
    for path in parted[1]:
        with pikepdf.open(path) as pdf:
            nums = pdf.Root.StructTreeRoot.ParentTree.Nums
            numbered = dict(zip(nums[::2], nums[1::2], strict=True))
            for page in pdf.pages:
                content = page.Contents
                streams = content if isinstance(content, pikepdf.Array) else [content]
                used = re.findall(
                    rb"/MCID (\d+)", b"".join(one.read_bytes() for one in streams)
                )
                parents = numbered[page.StructParents]
                assert sorted(map(int, used)) == list(range(len(parents)))
                assert all(one.P is not None for one in parents)


@pytest.mark.feature("P7", part=True)
def test_volumes_are_sealed_each_with_its_numbers(parted, tmp_path):
    facts, files, told = parted
    exhibits = {one.file_name: one.path for one in facts.exhibits if one.path}
    sealed = seal.seal(facts, told, files[0], exhibits, tmp_path / "sealed")
    assert verify.verify(sealed.folder) == verify.verify(sealed.archive) == []
    listed = {name: value for name, _, value in sealed.files}
    assert {one.name: digest(one) for one in files}.items() <= listed.items()
    assert sealed.pdf_sha256 == hashlib.sha256(files[0].read_bytes()).hexdigest()
