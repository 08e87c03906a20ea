"""A byte changed anywhere in a production is found, wherever it stands."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from disclosures.packet import contents, seal, verify
from tests.disclosures.packet import given

SUMS, SUMS_512, MANIFEST = "SHA256SUMS", "SHA512SUMS", "manifest.json"
RECORDS = "exhibits/E001_t1_3a.csv"
OTHER = "exhibits/e001_t1_3a.csv"
LINE_ENDS = "\r|\x0b|\x0c|\x1c|\x1d|\x1e|\x85|\u2028|\u2029"


@pytest.fixture(scope="session")
def sealed(tmp_path_factory):
    """A production that is small enough to be checked thousands of times."""
    folder = tmp_path_factory.mktemp("every-byte")
    facts = given.facts(folder / "csv", rows=2)
    pdf = folder / "packet.pdf"
    pdf.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) + b"\n%%EOF\n")
    numbers = enumerate((one.number for one in facts.exhibits), facts.bates_start)
    ranges = {name: (*[contents.bates(facts, n)] * 2, 1) for n, name in numbers}
    last = facts.bates_start + len(ranges) - 1
    rendered = contents.Rendered(len(ranges), last, ranges, {})
    files = {one.file_name: one.path for one in facts.exhibits if one.path}
    return seal.seal(facts, rendered, pdf, files, folder / "out")


@pytest.fixture
def production(sealed, tmp_path):
    return Path(shutil.copytree(sealed.folder, tmp_path / "production-0001"))


@pytest.fixture
def archive(sealed, tmp_path):
    return Path(shutil.copy(sealed.archive, tmp_path / "production-0001.zip"))


def found(path):
    return [str(finding) for finding in verify.verify(path)]


def unfound(path, whole, places):
    """The places where a changed bit goes unnoticed."""
    missed = []
    with path.open("r+b") as file:
        for place in places:
            file.seek(place)
            file.write(bytes([whole[place] ^ 1 << place % 8]))
            file.flush()
            if not verify.verify(path if path.suffix == ".zip" else folder_of(path)):
                missed.append(place)
            file.seek(place)
            file.write(whole[place : place + 1])
            file.flush()
    return missed


def folder_of(path):
    return next(one for one in path.parents if one.name == "production-0001")


@pytest.mark.feature("P2", part=True)
def test_a_bit_changed_at_any_place_of_any_file_is_found(sealed, production):
    for name in [SUMS, SUMS_512, *(name for name, _, _ in sealed.files)]:
        whole = (production / name).read_bytes()
        step = 1 if name == SUMS else 5
        assert unfound(production / name, whole, range(0, len(whole), step)) == []
    assert found(production) == []


@pytest.mark.feature("P2", part=True)
@pytest.mark.parametrize("sign", LINE_ENDS.split("|"))
def test_another_line_end_in_the_sums_is_found(production, sign):
    path = production / SUMS
    whole = path.read_bytes()
    for changed in (
        whole.replace(b"\n", sign.encode(), 1),
        whole.replace(b"\n", sign.encode() + b"\n", 1),
        whole + sign.encode(),
        whole + sign.encode() + b"\n",
        sign.encode() + whole,
    ):
        path.write_bytes(changed)
        said = found(production)
        assert said
        assert all(one.startswith(f"{SUMS}: ") for one in said)


@pytest.mark.feature("P2", part=True)
def test_sums_that_only_another_reader_takes_for_the_same_are_found(production):
    path = production / SUMS
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for changed in (
        whole.upper().replace(b"SHA256SUMS", b""),
        whole.replace(b"  ", b" *"),
        b"".join(reversed(lines)),
        whole + lines[0],
        whole + b"\n",
        b"\n" + whole,
        b"\xef\xbb\xbf" + whole,
        b"# checked\n" + whole,
        whole[:-1],
        b"",
    ):
        path.write_bytes(changed)
        said = found(production)
        assert said
        assert all(one.startswith(f"{SUMS}: ") for one in said)


@pytest.mark.feature("P2", part=True)
def test_a_byte_more_or_less_at_the_end_of_any_file_is_found(sealed, production):
    for name in [SUMS, SUMS_512, *(name for name, _, _ in sealed.files)]:
        path = production / name
        whole = path.read_bytes()
        for changed in (whole + b"\n", whole + b"\0", whole + b" ", whole[:-1]):
            path.write_bytes(changed)
            assert found(production), (name, changed[-2:])
        path.write_bytes(whole)


def renamed(folder):
    (folder / RECORDS).rename(folder / OTHER)


def hidden_file(folder):
    (folder / ".DS_Store").write_bytes(b"")


def second_sums(folder):
    (folder / "exhibits" / SUMS).write_bytes(b"")


def empty_folder(folder):
    (folder / "exhibits" / "more" / "yet").mkdir(parents=True)


def link_to_the_same_bytes(folder):
    shutil.move(folder / RECORDS, folder.parent / "elsewhere.csv")
    (folder / RECORDS).symlink_to(folder.parent / "elsewhere.csv")


def linked_folder(folder):
    shutil.move(folder / "exhibits", folder.parent / "elsewhere")
    (folder / "exhibits").symlink_to(folder.parent / "elsewhere")


def link_to_nothing(folder):
    (folder / "note").symlink_to(folder / "nowhere")


def pipe(folder):
    (folder / RECORDS).unlink()
    os.mkfifo(folder / RECORDS)


def folder_in_its_place(folder):
    (folder / RECORDS).unlink()
    (folder / RECORDS).mkdir()


NOT_PLAIN = "isn't a plain file of the production"
STRANGERS = [
    (renamed, [f"{RECORDS}: is missing", f"{OTHER}: doesn't belong to"]),
    (hidden_file, [".DS_Store: doesn't belong to the production"]),
    (second_sums, ["exhibits/SHA256SUMS: doesn't belong to the production"]),
    (empty_folder, [f"exhibits/more: {NOT_PLAIN}", f"exhibits/more/yet: {NOT_PLAIN}"]),
    (link_to_the_same_bytes, [f"{RECORDS}: {NOT_PLAIN}", f"{RECORDS}: is missing"]),
    (link_to_nothing, [f"note: {NOT_PLAIN}"]),
    (pipe, [f"{RECORDS}: {NOT_PLAIN}", f"{RECORDS}: is missing"]),
    (folder_in_its_place, [f"{RECORDS}: {NOT_PLAIN}", f"{RECORDS}: is missing"]),
]


@pytest.mark.feature("P2", part=True)
@pytest.mark.parametrize(("change", "findings"), STRANGERS)
def test_what_is_no_file_of_the_production_is_named(production, change, findings):
    change(production)
    said = found(production)
    assert len(said) == len(findings)
    assert all(
        one.startswith(begins) for one, begins in zip(said, findings, strict=True)
    )


def test_a_linked_folder_is_named_with_all_that_is_missing_for_it(sealed, production):
    linked_folder(production)
    records = sorted(n for n, _, _ in sealed.files if n.startswith("exhibits/"))
    assert found(production) == [
        f"exhibits: {NOT_PLAIN}",
        *(f"{name}: is missing" for name in records),
    ]


def test_a_name_that_a_terminal_would_obey_is_shown_and_not_obeyed(production):
    (production / "a\x1b[2Jb\nc").write_bytes(b"")
    assert found(production) == ["'a\\x1b[2Jb\\nc': doesn't belong to the production"]


@pytest.mark.parametrize(
    "manifest",
    [
        b"[]",
        b"{}",
        b"null",
        b'"files"',
        b'{"files": [], "exhibits": [1]}',
        b'{"files": [1], "exhibits": []}',
        b'{"files": {"a": 1}, "exhibits": []}',
        b'{"files": [{"name": 1}], "exhibits": []}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_manifest_of_another_shape_is_a_finding_and_no_crash(production, manifest):
    (production / MANIFEST).write_bytes(manifest)
    assert found(production)


# ----------------------------------------------------------------------------- the zip


def compressed(archive):
    """The places of the files' own bytes, as they are packed."""
    places = set()
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            start = info.header_offset + 30 + len(info.filename)
            places |= set(range(start, start + info.compress_size))
    return places


def unpacked(archive):
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.mark.feature("P2", part=True)
def test_a_bit_changed_at_any_place_of_the_archive_is_found(archive):
    whole, inside = archive.read_bytes(), compressed(archive)
    places = [p for p in range(len(whole)) if p not in inside or p % 5 == 0]
    before = unpacked(archive)
    missed = unfound(archive, whole, places)
    assert set(missed) <= inside
    for place in missed:  # packed in another way, and the same when it is unpacked
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        archive.write_bytes(changed)
        assert unpacked(archive) == before
    assert len(missed) < len(places) // 100


def with_tail(data):
    return data + b"\0"


def with_head(data):
    return b"#!/bin/sh\n" + data


def with_note(data):
    return data[:-2] + b"\x05\x00hello"


@pytest.mark.feature("P2", part=True)
@pytest.mark.parametrize("change", [with_tail, with_head, with_note])
def test_what_is_put_round_the_archive_is_found(archive, change):
    archive.write_bytes(change(archive.read_bytes()))
    assert found(archive)


@pytest.mark.feature("P2", part=True)
@pytest.mark.parametrize("name", ["production-0001/more/", "production-0001/note.txt"])
def test_what_is_added_to_the_archive_is_found(archive, name):
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(name, "")
    short = name.partition("/")[2]
    said = found(archive)
    assert f"{short}: isn't packed as it was: its heading was changed" in said
    assert len(said) == 2


def test_an_archive_packed_by_another_hand_is_not_the_one_that_was_made(
    archive, tmp_path
):
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(again, "w") as opened:
        for name, data in unpacked(archive).items():
            opened.writestr(name, data)
    assert found(again) == [
        "SHA256SUMS: isn't packed as it was: its heading was changed"
    ]


def test_a_large_archive_s_longer_fields_are_understood(sealed, tmp_path, monkeypatch):
    for limit in (100, 700, 3_000):
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
        made = tmp_path / f"{limit}.zip"
        names = [*(name for name, _, _ in sealed.files), SUMS, SUMS_512]
        seal._zip(sealed.folder, names, made)
        assert found(made) == []
        made.write_bytes(made.read_bytes() + b"\0")
        assert found(made)
