"""P5 and P6 on finished packets: the log has each mark, nothing redacted is left."""

import base64
import csv
import io
import shutil
from collections import Counter
from pathlib import Path

import pikepdf
import pytest

from disclosures import facts, production, proving
from disclosures.enums import Redaction
from disclosures.exceptions import PacketBroken
from disclosures.packet import search, verify
from tests.disclosures import packets, redacting
from tests.disclosures.packet.reading import output, squeezed

pytestmark = pytest.mark.django_db

GONE = "invited by Mallory"


def marks_in(text: str) -> Counter[str]:
    """How often each reason's mark stands in a text, whatever its line breaks."""
    found = squeezed(text)
    return Counter(
        {one: n for one in Redaction if (n := found.count(f"[redacted:{one}]"))}
    )


@pytest.fixture
def redacted(small):
    """A sealed packet, drawn for real, with rows withheld and values redacted."""
    packet, by = redacting.collected(small, redacting.FLAGGED), packets.custodian()
    exhibit = redacting.events(packet)
    redacting.mark(exhibit, by, rows="5", reason=Redaction.PRIVILEGED)
    redacting.mark(exhibit, by, rows="1,3", column="address", reason=Redaction.SECRET)
    derived = packet.exhibits.get(part_code="3a")
    redacting.mark(derived, by, rows="1", column="id")
    packets.examined(packet, by)
    return packets.sealed(packets.certified(packets.fresh(packet)))


@pytest.mark.feature("P5")
@pytest.mark.feature("P6", part=True)
def test_the_logs_totals_are_the_marks_of_the_finished_packet(redacted):
    folder = production.folder(redacted)
    log = list(csv.DictReader(io.StringIO((folder / "redactions.csv").read_text())))
    assert [
        (one["exhibit"], one["what"], one["column"], one["reason"], one["count"])
        for one in log
    ] == [
        ("E003", "rows withheld", "", "PRIVILEGED", "1"),
        ("E003", "values redacted", "address", "SECRET", "2"),
        ("E003", "values redacted", "kind", "THIRD_PARTY", "5"),
        ("E004", "values redacted", "id", "THIRD_PARTY", "1"),
    ]
    said: Counter[str] = Counter()
    for one in log:
        if one["column"]:
            said[one["reason"]] += int(one["count"])
    files = sorted((folder / "exhibits").glob("*.csv"))
    assert marks_in("".join(one.read_text() for one in files)) == said
    printed = output("pdftotext", "-raw", str(folder / "packet.pdf"), "-")
    assert marks_in(printed) == said

    shown = {one.label: one for one in redacted.exhibits.all()}
    index = {
        one["number"]: one
        for one in csv.DictReader(io.StringIO((folder / "index.csv").read_text()))
    }
    for number, gone in (("E003", (6, 1, 7)), ("E004", (3, 0, 1)), ("E001", (1, 0, 0))):
        line = index[number]
        rows = (folder / line["file"]).read_text().count("\n") - 1
        names = ("rows_collected", "rows_withheld", "values_redacted")
        assert tuple(int(line[name]) for name in names) == gone
        assert rows == int(line["rows"]) == gone[0] - gone[1]
        assert (line["sha256"] == shown[number].sha256) == (not any(gone[1:]))
    assert index["E003"]["response"] == "PRODUCED_PARTIAL"
    pages = squeezed(output("pdftotext", str(folder / "packet.pdf"), "-"))
    words = "1rowwaswithheldand7valueswerereplacedbyamark"
    assert pages.count(words) >= 2  # the answer, the declaration
    assert list(verify.verify(folder)) == []
    for path in folder.rglob("*.*"):
        assert GONE.encode() not in path.read_bytes()
    assert squeezed(GONE) not in pages


def prove(packet, folder: Path) -> str:
    said = facts.packet_facts(packet)
    try:
        proving.prove(packet, said, folder)
    except PacketBroken as refusal:
        return str(refusal)
    return ""


def in_file_name(folder: Path) -> None:
    (folder / f"{GONE}.txt").write_text("x")


def in_text(folder: Path) -> None:
    (folder / "note.txt").write_text("INVITED\n  by mallory")


def in_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"format"', f'"note": "{GONE}", "format"'))


def in_bytes(data: bytes):
    def plant(folder: Path) -> None:
        (folder / "packet.bin").write_bytes(b"\0\1" + data + b"\2")

    return plant


def in_pdf(change):
    def plant(folder: Path) -> None:
        path = folder / "packet.pdf"
        with pikepdf.open(path, allow_overwriting_input=True) as document:
            change(document)
            document.save(path)

    return plant


def in_xmp(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as metadata:
        metadata["dc:description"] = GONE


def in_attachment(document: pikepdf.Pdf) -> None:
    document.attachments["note"] = pikepdf.AttachedFileSpec(document, GONE.encode())


def in_info(document: pikepdf.Pdf) -> None:
    document.trailer["/Info"] = document.make_indirect(
        pikepdf.Dictionary(Subject=pikepdf.String(GONE))
    )


def in_page(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    page.obj.Resources.Font["/Leak"] = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
    )
    # White on white, in two pieces and the second moved to the next line.
    text = b"BT 1 1 1 rg /Leak 4 Tf 40 40 Td (invited by M) Tj 0 -5 Td (allory) Tj ET"
    page.contents_add(text, prepend=False)


PLANTED = {
    "a name": in_file_name,
    "text": in_text,
    "the manifest": in_manifest,
    "UTF-16": in_bytes(GONE.encode("utf-16-be")),
    "hexadecimal": in_bytes(GONE.encode().hex().encode()),
    "base64": in_bytes(base64.b64encode(b"ab" + GONE.encode() + b"cd")),
    "percent signs": in_bytes(b"invited%20by%20Mallory"),
    "XMP": in_pdf(in_xmp),
    "an attachment": in_pdf(in_attachment),
    "the document's facts": in_pdf(in_info),
    "a page": in_pdf(in_page),
}


@pytest.mark.feature("P6")
def test_what_is_redacted_is_found_wherever_it_is_left(redacted, tmp_path):
    sealed = production.folder(redacted)
    assert prove(redacted, sealed) == ""
    found = {}
    for name, plant in PLANTED.items():
        copy = tmp_path / name / sealed.name
        shutil.copytree(sealed, copy)
        shutil.copy(sealed.with_suffix(".zip"), copy.with_suffix(".zip"))
        plant(copy)
        found[name] = prove(redacted, copy)
    start = "What is redacted at E003, row 4, column kind, stands in "
    assert [name for name, one in found.items() if not one.startswith(start)] == []
    assert not any("Mallory" in one for one in found.values())


@pytest.mark.feature("P6", part=True)
def test_an_enclosed_file_is_compared_place_by_place(redacted, tmp_path):
    sealed = production.folder(redacted)
    name = "exhibits/E003_t1_2a.csv"
    text = (sealed / name).read_bytes().decode()
    whole = "E003 as enclosed isn't what was passed, from row "
    row = "more-3,2022-07-03T10:00:00+00:00,198.51.100.3,login\r\n"
    changes = {
        "a mark too few": (text.replace("[redacted: SECRET]", "192.0.2.1", 1), "1"),
        "another value": (text.replace("192.0.2.2", "192.0.2.9"), "2"),
        "a row withheld": (text.replace("more-4", row + "more-4"), "6"),
        "a row too many": (text + row, "7"),
    }
    found = {}
    for case, (changed, _row) in changes.items():
        copy = tmp_path / case / sealed.name
        shutil.copytree(sealed, copy)
        (copy / name).write_bytes(changed.encode())
        found[case] = prove(redacted, copy)
    assert found == {
        case: f"{whole}{number} on." for case, (_changed, number) in changes.items()
    }


def test_a_value_that_lawfully_stands_elsewhere_is_proved_by_place(redacted):
    """The address of row 1 is redacted in E003 and goes out in the log-ins, E004."""
    folder = production.folder(redacted)
    assert "192.0.2.1" in (folder / "exhibits/E004_t1_3a.csv").read_text()
    assert "192.0.2.1," not in (folder / "exhibits/E003_t1_2a.csv").read_text()


def test_many_values_are_sought_as_few_are():
    values = {f"value-{n}-{n * 7919}": f"row {n}" for n in range(2000)}
    many = search.Sought(values)
    assert many.in_text("Nothing of value-7 is here.") == ""
    assert many.in_text("so VALUE-1234\n-9772046, and on") == "row 1234"
    assert search.Sought({"abc": "row 1"}).in_text("abc") == ""  # too short to tell
