"""The check that goes out with each production, run as a recipient runs it.

By a bare interpreter: isolated, without site packages, from another folder.
"""

import hashlib
import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from disclosures import signing
from disclosures.packet import contents, program, seal
from tests import authority as authorities
from tests import factories as make
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import output

BARE = (sys.executable, "-I", "-S")
FINE = "Every file is as it was sealed.\nThe production isn't signed.\n"
RECORDS = "exhibits/E001_t1_3a.csv"


def made(folder, pdf, signer=None):
    """A small production; ``pdf`` is put in as drawn."""
    facts = given.facts(folder / "csv", rows=2)
    numbers = enumerate((one.number for one in facts.exhibits), facts.bates_start)
    ranges = {name: (*[contents.bates(facts, n)] * 2, 1) for n, name in numbers}
    last = facts.bates_start + len(ranges) - 1
    rendered = contents.Rendered(len(ranges), last, ranges, {})
    files = {one.file_name: one.path for one in facts.exhibits if one.path}
    return seal.seal(facts, rendered, pdf, files, folder / "out", signer)


@pytest.fixture(scope="session")
def sealed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    pdf = folder / "packet.pdf"
    pdf.write_bytes(b"%PDF-1.7\n%%EOF\n")
    return made(folder, pdf)


@pytest.fixture
def production(sealed, tmp_path):
    return Path(shutil.copytree(sealed.folder, tmp_path / "production-0001"))


def said(production, *arguments, fails=False, by=BARE):
    """What the program out of this production prints."""
    run = (*by, str(production / program.NAME), *map(str, arguments))
    return output(*run, code=int(fails), cwd="/")


@pytest.mark.feature("P2", part=True)
def test_a_good_production_is_found_good_by_a_bare_interpreter(sealed, production):
    assert said(production) == FINE
    assert said(production, sealed.archive) == FINE
    assert said(production, sealed.folder) == FINE


def changed_bytes(folder):
    data = (folder / RECORDS).read_bytes()
    (folder / RECORDS).write_bytes(data.replace(b"row-00001", b"row-99999"))


def taken_away(folder):
    (folder / "index.csv").unlink()


def put_in(folder):
    (folder / "note.txt").write_text("Hello")


def other_sums(folder):
    path = folder / "SHA512SUMS"
    text = path.read_text()
    path.write_text(text[127::-1] + text[128:])


TAMPERED = [
    (changed_bytes, f"{RECORDS}: was changed: its SHA-256 is "),
    (taken_away, "index.csv: is missing\n"),
    (put_in, "note.txt: doesn't belong to the production\n"),
    (other_sums, "SHA512SUMS: has another value for exhibits/E001_t1_3a.csv than"),
]


@pytest.mark.feature("P2", part=True)
@pytest.mark.parametrize(("change", "begins"), TAMPERED)
def test_a_tampered_production_is_named_by_a_bare_interpreter(
    production, change, begins
):
    change(production)
    assert said(production, fails=True).startswith(begins)


@pytest.mark.feature("P2", part=True)
def test_the_program_is_in_the_lists_and_the_same_each_time(sealed, tmp_path):
    packed = (sealed.folder / program.NAME).read_bytes()
    script = "from disclosures.packet import program; print(program.data().hex())"
    again = tmp_path / "again.pyz"
    again.write_bytes(bytes.fromhex(output(sys.executable, "-c", script)))
    assert again.read_bytes() == packed
    with zipfile.ZipFile(again) as opened:
        names = opened.namelist()
        assert {one.date_time for one in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    home = "disclosures/packet/verify/"
    ours = [name for name in names if not name.startswith(home)]
    assert ours == [
        *("__main__.py", "disclosures/__init__.py", "disclosures/packet/__init__.py")
    ]
    assert len(again.read_bytes()) < 64 * 1024


def test_a_wrong_call_says_how_it_is_called(production):
    assert output(*BARE, str(production / program.NAME), "-h", code=2) == ""


RUN = """To check it, inside the folder, with the roots that you trust:
  openssl cms -verify -binary -inform DER -in manifest.json.p7s \\
    -content manifest.json -CAfile ROOTS.pem -purpose any -out /dev/null
  pdfsig packet.pdf
"""
WITH_LIBRARY = (sys.executable, "-I")


def resum(folder):
    """Both lists of checksums anew, as who tampers would write them."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    for sums, kind in (("SHA256SUMS", "sha256"), ("SHA512SUMS", "sha512")):
        names = [line.split("  ", 1)[1] for line in lines]
        hashes = [hashlib.new(kind, (folder / one).read_bytes()) for one in names]
        listed = zip(hashes, names, strict=True)
        text = "".join(f"{one.hexdigest()}  {name}\n" for one, name in listed)
        (folder / sums).write_text(text)


def relist(folder, name):
    """The manifest with what the file is now."""
    path = folder / "manifest.json"
    manifest, data = json.loads(path.read_text()), (folder / name).read_bytes()
    measures = {"bytes": len(data)} | {
        kind: hashlib.new(kind, data).hexdigest() for kind in ("sha256", "sha512")
    }
    for file in manifest["files"]:
        if file["name"] == name:
            file.update(measures)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


@pytest.mark.feature("P2", part=True)
@pytest.mark.feature("P8", part=True)
def test_signatures_are_checked_where_they_can_be_and_said_not_to_be_elsewhere(
    authority, tmp_path
):
    drawn = tmp_path / "drawn.pdf"
    drawn.write_bytes(make.pdf(2))
    signer = signing.SiteSigner(authority.desk())
    folder = made(tmp_path, drawn, signer).folder
    signature = json.loads((folder / "manifest.json").read_text())["signature"]
    fine = "Every file is as it was sealed.\n"
    without = "Signature not checked: Python's cryptography isn't installed here.\n"
    assert said(folder) == f"{fine}{without}{RUN}"
    assert said(folder, by=WITH_LIBRARY) == (
        f"{fine}Signed by {authorities.SIGNER}, by the key of the certificate with "
        f"SHA-256\n  {signature['certificate_sha256']}\n"
        f"Time stamped by {authorities.STAMPS}, {signature['stamped_at']}.\n"
        "Whether you trust that certificate and that stamp isn't checked here.\n"
        f"{RUN}"
    )
    # Whoever changes a file can mend every list, and not the signatures.
    (folder / "index.csv").write_text("Another index")
    relist(folder, "index.csv")
    resum(folder)
    assert said(folder).startswith(fine)
    other = "manifest.json.p7s: its signature is of other bytes\n"
    assert said(folder, by=WITH_LIBRARY, fails=True) == other
    pdf = (folder / "packet.pdf").read_bytes()
    for changed, finding in (
        (pdf.replace(b"%PDF-1.", b"%PDF-2.", 1), "doesn't begin with the PDF that was"),
        (pdf + b"\n", "holds something that its signature doesn't cover\n"),
        (drawn.read_bytes(), "isn't signed as the manifest says\n"),
    ):
        (folder / "packet.pdf").write_bytes(changed)
        relist(folder, "packet.pdf")
        resum(folder)
        told = said(folder, by=WITH_LIBRARY, fails=True)
        assert told.startswith(f"{other}packet.pdf: {finding}")
