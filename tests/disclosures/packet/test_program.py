"""The check that goes out with each production, run as a recipient runs it.

By a bare interpreter: isolated, without site packages, from another folder.
"""

import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from disclosures.packet import contents, program, seal
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import output

BARE = (sys.executable, "-I", "-S")
FINE = "Every file is as it was sealed.\n"
RECORDS = "exhibits/E001_t1_3a.csv"


@pytest.fixture(scope="session")
def sealed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("program")
    facts = given.facts(folder / "csv", rows=2)
    pdf = folder / "packet.pdf"
    pdf.write_bytes(b"%PDF-1.7\n%%EOF\n")
    numbers = enumerate((one.number for one in facts.exhibits), facts.bates_start)
    ranges = {name: (*[contents.bates(facts, n)] * 2, 1) for n, name in numbers}
    last = facts.bates_start + len(ranges) - 1
    rendered = contents.Rendered(len(ranges), last, ranges, {})
    files = {one.file_name: one.path for one in facts.exhibits if one.path}
    return seal.seal(facts, rendered, pdf, files, folder / "out")


@pytest.fixture
def production(sealed, tmp_path):
    return Path(shutil.copytree(sealed.folder, tmp_path / "production-0001"))


def said(production, *arguments, fails=False):
    """What the program out of this production prints."""
    run = (*BARE, str(production / program.NAME), *map(str, arguments))
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
    made = (sealed.folder / program.NAME).read_bytes()
    script = "from disclosures.packet import program; print(program.data().hex())"
    again = tmp_path / "again.pyz"
    again.write_bytes(bytes.fromhex(output(sys.executable, "-c", script)))
    assert again.read_bytes() == made
    with zipfile.ZipFile(again) as packed:
        names = packed.namelist()
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    home = "disclosures/packet/verify/"
    ours = [name for name in names if not name.startswith(home)]
    assert ours == [
        *("__main__.py", "disclosures/__init__.py", "disclosures/packet/__init__.py")
    ]
    assert len(again.read_bytes()) < 64 * 1024


def test_a_wrong_call_says_how_it_is_called(production):
    assert output(*BARE, str(production / program.NAME), "-h", code=2) == ""
