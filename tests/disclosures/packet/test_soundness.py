"""The finished PDF is a sound, tagged PDF/A, as far as we can tell without veraPDF."""

import re

import pikepdf
import pytest

from tests.disclosures.packet.reading import elements, output


@pytest.mark.feature("P9", part=True)
def test_finished_file_is_sound_and_says_what_it_is(packet):
    _, pdf, told = packet
    assert "No syntax or stream encoding errors" in output("qpdf", "--check", str(pdf))
    info = output("pdfinfo", str(pdf))
    assert re.search(r"^Pages: +(\d+)$", info, re.M)[1] == str(told.pages)
    assert re.search(r"^Tagged: +yes$", info, re.M)
    assert re.search(r"^Encrypted: +no$", info, re.M)
    assert re.search(r"^Metadata Stream: +yes$", info, re.M)
    fonts = output("pdffonts", str(pdf)).splitlines()[2:]
    assert fonts
    assert {tuple(line.split()[-5:-3]) for line in fonts} == {("yes", "yes")}


@pytest.mark.feature("P9", part=True)
def test_finished_file_claims_pdf_a_3a_and_keeps_its_rules(packet):
    with pikepdf.open(packet[1]) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
        assert [str(one.S) for one in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]
        assert pdf.Root.OutputIntents[0].DestOutputProfile.N == 3
        assert len(pdf.trailer.ID) == 2
        assert pdf.Root.Lang == "en"
        assert pdf.Root.MarkInfo.Marked is True
        assert not any(
            isinstance(one, pikepdf.Stream) and one.get("/Interpolate", False)
            for one in pdf.objects
        )


@pytest.mark.feature("P9", part=True)
def test_record_files_are_inside_as_the_source_of_what_is_printed(packet):
    facts, path, _ = packet
    files = [one for one in facts.exhibits if one.file_name]
    with pikepdf.open(path) as pdf:
        found = {name: spec.get_file() for name, spec in pdf.attachments.items()}
        assert {name: file.read_bytes() for name, file in found.items()} == {
            one.file_name: one.path.read_bytes() for one in files
        }
        assert [
            (str(one.UF), str(one.F), str(one.AFRelationship), str(one.Desc))
            for one in pdf.Root.AF
        ] == [
            (
                one.file_name,
                one.file_name,
                "/Source",
                f"Exhibit {one.number}, SHA-256 {one.sha256}",
            )
            for one in files
        ]
        for one in pdf.Root.AF:
            stream = one.EF.F
            assert stream.objgen == one.EF.UF.objgen
            assert stream.Subtype == "/text/csv"
            assert str(stream.Params.ModDate) == "D:20230502140311Z"
        # What links lead to is in the same tree of names, and still there.
        assert len(pdf.Root.Names.Dests.Names) > len(files)


@pytest.mark.feature("P9", part=True)
def test_every_marked_content_is_in_the_structure_tree(packet):
    with pikepdf.open(packet[1]) as pdf:
        tree = pdf.Root.StructTreeRoot
        numbered = dict(
            zip(tree.ParentTree.Nums[::2], tree.ParentTree.Nums[1::2], strict=True)
        )
        reached = {one.objgen for one in elements(tree.K[0])}
        for page in pdf.pages:
            used = re.findall(
                rb"/MCID (\d+)",
                b"".join(one.read_bytes() for one in page.Contents)
                if isinstance(page.Contents, pikepdf.Array)
                else page.Contents.read_bytes(),
            )
            parents = numbered[page.StructParents]
            assert sorted(map(int, used)) == list(range(len(parents)))
            assert {one.Pg.objgen for one in parents} == {page.obj.objgen}
        listed = list(tree.IDTree.Names)
        names = [str(name) for name in listed[::2]]
        assert names == sorted(set(names))
        assert {str(one.ID) for one in listed[1::2]} == set(names)
        headers = {
            str(name)
            for one in elements(tree.K[0])
            if one.S == "/TD"
            for name in one.A.get("/Headers", [])
        }
        assert headers <= set(names)
        assert {one.objgen for one in listed[1::2]} <= reached
