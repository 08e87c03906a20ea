"""A byte edited anywhere in a production is found, and named."""

import json
import shutil
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases import keys
from disclosures import production as disk
from disclosures.packet import seal, verify
from tests.disclosures import packets
from tests.disclosures.admin.conftest import page_of

MODULE = Path(verify.__file__)
RECORDS = "exhibits/E001_t1_3a.csv"


@pytest.fixture(scope="session")
def original(packet, tmp_path_factory):
    facts, pdf, told = packet
    files = {one.file_name: one.path for one in facts.exhibits if one.file_name}
    out = tmp_path_factory.mktemp("sealed") / "out"
    return seal.seal(facts, told, pdf, files, out)


@pytest.fixture
def production(original, tmp_path):
    return Path(shutil.copytree(original.folder, tmp_path / "production-0001"))


def found(path):
    return [str(finding) for finding in verify.verify(path)]


def edit(path, old=None, new=None, place=None):
    data = bytearray(path.read_bytes())
    if old is not None:
        assert old in data
        data = bytearray(bytes(data).replace(old, new, 1))
    else:
        data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.feature("P2")
def test_byte_edited_in_any_file_is_found(original, tmp_path):
    assert found(original.folder) == []
    for name in [*(name for name, _, _ in original.files), "SHA256SUMS"]:
        size = (original.folder / name).stat().st_size
        for place in {0, size // 2, size - 1}:
            copy = tmp_path / f"{name.replace('/', '-')}-{place}"
            shutil.copytree(original.folder, copy)
            edit(copy / name, place=place)
            assert found(copy), (name, place)


@pytest.mark.feature("P2")
def test_byte_edited_in_the_archive_is_found(original, tmp_path):
    copy = tmp_path / "production-0001.zip"
    whole = original.archive.read_bytes()
    for place in range(40, len(whole), max(1, len(whole) // 60)):
        data = bytearray(whole)
        data[place] ^= 1
        copy.write_bytes(data)
        with zipfile.ZipFile(original.archive) as archive:
            names = [one.filename for one in archive.infolist()]
        try:
            with zipfile.ZipFile(copy) as archive:
                same = [one.filename for one in archive.infolist()] == names and all(
                    archive.read(name) == zipfile.ZipFile(original.archive).read(name)
                    for name in names
                )
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError):
            same = False
        except Exception:  # noqa: BLE001 - any failure to read is a change
            same = False
        assert bool(found(copy)) is not same, place


def test_changed_file_is_named_with_its_new_value(production):
    edit(production / "exhibits/E001_t1_3a.csv", b"row-00007", b"row-70000")
    [finding] = found(production)
    assert finding.startswith("exhibits/E001_t1_3a.csv: was changed: its SHA-256 is ")


def test_missing_and_added_files_are_named(production):
    (production / "exhibits/E001_t1_3a.csv").unlink()
    (production / "index.csv").unlink()
    (production / "exhibits/note.txt").write_text("hello")
    assert found(production) == [
        "exhibits/E001_t1_3a.csv: is missing",
        "index.csv: is missing",
        "exhibits/note.txt: doesn't belong to the production",
    ]


def test_missing_sums_are_named(production):
    (production / "SHA256SUMS").unlink()
    assert found(production) == ["SHA256SUMS: is missing"]


def test_missing_manifest_is_named(production):
    (production / "manifest.json").unlink()
    assert found(production) == [
        "manifest.json: missing or not a manifest (FileNotFoundError)"
    ]


def rewritten(production, change):
    """The manifest changed by someone who mended the sums as well."""
    path = production / "manifest.json"
    said = json.loads(path.read_text())
    change(said)
    old = verify._measure(verify._folder(production), "manifest.json")[1]
    path.write_text(json.dumps(said))
    new = verify._measure(verify._folder(production), "manifest.json")[1]
    edit(production / "SHA256SUMS", old.encode(), new.encode())


def set_rows(said):
    said["exhibits"][0]["rows"] = 39


def set_pages(said):
    said["exhibits"][1]["pages"] += 1


def set_gap(said):
    for one in said["exhibits"][3:]:
        for end in ("bates_first", "bates_last"):
            prefix, number = one[end].rsplit("-", 1)
            one[end] = f"{prefix}-{int(number) + 1:06d}"


def set_no_range(said):
    del said["exhibits"][11]["bates_last"]


def set_hash(said):
    said["exhibits"][0]["sha256"] = "0" * 64


def drop_file(said):
    said["files"] = [one for one in said["files"] if "E001" not in one["name"]]


def set_size(said):
    said["files"][1]["bytes"] += 1


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        (set_rows, ["exhibits/E001_t1_3a.csv: has 40 rows, not 39"]),
        (set_pages, ["manifest.json: miscounts the pages of exhibit E002"]),
        (
            set_gap,
            [
                "manifest.json: has a gap in the pages before exhibit E004",
                "manifest.json: the last exhibit doesn't end on the last page",
            ],
        ),
        (
            set_no_range,
            [
                "manifest.json: has no pages for exhibit E012",
                "manifest.json: the last exhibit doesn't end on the last page",
            ],
        ),
        (set_hash, ["manifest.json: has two values for exhibits/E001_t1_3a.csv"]),
        (
            drop_file,
            [
                "exhibits/E001_t1_3a.csv: doesn't belong to the production",
                f"SHA256SUMS: lists {RECORDS}, which the manifest doesn't",
                f"{RECORDS}: is an exhibit, but not among the files of the manifest",
            ],
        ),
    ],
)
def test_manifest_that_contradicts_the_production_is_found(
    production, change, findings
):
    rewritten(production, change)
    assert found(production) == findings


def test_wrong_size_is_named(production):
    size = (production / "exhibits/E001_t1_3a.csv").stat().st_size
    rewritten(production, set_size)
    assert found(production) == [
        f"exhibits/E001_t1_3a.csv: has {size} bytes, not {size + 1}"
    ]


def test_sums_that_differ_from_the_manifest_are_found(production):
    sums = production / "SHA256SUMS"
    lines = sums.read_text().splitlines()
    sums.write_text("\n".join([*lines[1:], "nonsense", f"{'0' * 64}  other"]) + "\n")
    assert found(production) == [
        "SHA256SUMS: has a line that isn't a checksum: nonsense",
        "SHA256SUMS: lists , which the manifest doesn't",
        "SHA256SUMS: doesn't list exhibits/E001_t1_3a.csv",
        "SHA256SUMS: lists other, which the manifest doesn't",
    ]


def test_nothing_and_no_archive_are_said_so(tmp_path):
    assert found(tmp_path / "x") == [f"There is nothing at {tmp_path / 'x'}."]
    (tmp_path / "x").write_text("no zip")
    assert found(tmp_path / "x") == [
        "The production can't be read: File is not a zip file."
    ]


@pytest.mark.feature("P2", part=True)
def test_module_runs_alone_with_the_standard_library(original, production, tmp_path):
    alone = Path(shutil.copy(MODULE, tmp_path / "verify.py"))

    def run(*arguments):
        command = [sys.executable, "-I", "-S", str(alone), *map(str, arguments)]
        done = subprocess.run(  # noqa: S603 - our own interpreter
            command, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    assert run(original.archive) == (0, "Every file is as it was sealed.\n")
    assert run() == (2, "")
    edit(production / "packet.pdf", place=100)
    code, said = run(production)
    assert code == 1
    assert said.startswith("packet.pdf: was changed: its SHA-256 is ")


@pytest.mark.feature("P2", part=True)
def test_command_prints_the_findings_and_fails(original, production):
    out = StringIO()
    call_command("verify_packet", str(original.folder), stdout=out)
    assert out.getvalue() == "Every file is as it was sealed.\n"
    (production / "index.csv").unlink()
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 finding: not as sealed") as refusal:
        call_command("verify_packet", str(production), stdout=out)
    assert (refusal.value.returncode, out.getvalue()) == (1, "index.csv: is missing\n")


@pytest.mark.django_db
@pytest.mark.feature("P2", part=True)
def test_command_checks_a_packet_of_this_site_zip_and_all(small):
    packet = packets.sealed_undrawn()
    token = page_of(packet).rstrip("/").rsplit("/", 1)[-1]

    def said():
        out = StringIO()
        try:
            call_command("verify_packet", packet=token, stdout=out)
        except CommandError as refusal:
            return [*out.getvalue().splitlines(), str(refusal)]
        return out.getvalue().splitlines()

    assert said() == ["Every file is as it was sealed."]
    archive = disk.archive(packet)
    whole = archive.read_bytes()
    archive.write_bytes(whole + b"\0")
    assert said()[-2:] == [
        "production-0001.zip: not the one that was sealed.",
        "1 finding: not as sealed.",
    ]
    archive.write_bytes(whole)
    (archive.parent / "copy.zip").write_bytes(whole)
    assert said()[0] == "copy.zip: lies beside the production."
    (archive.parent / "copy.zip").unlink()
    edit(disk.folder(packet) / "index.csv", place=0)
    assert said()[0].startswith("index.csv: was changed: its SHA-256 is ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--packet", "999"], "There is no packet 999."),
        ([], "one of the arguments path --packet is required"),
        (["x", "--packet", "1"], "not allowed with argument"),
    ],
)
def test_command_says_what_it_can_t_check(arguments, refusal):
    with pytest.raises(CommandError, match=refusal):
        call_command("verify_packet", *arguments)


@pytest.mark.django_db
def test_command_knows_a_packet_that_is_gone_from_one_that_never_was():
    token = keys.disguise(999, "row")
    with pytest.raises(CommandError, match=f"There is no packet {token}."):
        call_command("verify_packet", "--packet", token)


@pytest.mark.django_db
def test_command_checks_no_packet_that_isn_t_sealed(small):
    packet = packets.ordered()
    with pytest.raises(CommandError, match=r"is “Queued”, not sealed"):
        call_command("verify_packet", packet=keys.disguise(packet.pk, "row"))
