"""A production is sealed whole or not at all, and equal inputs seal to equal bytes."""

import csv
import dataclasses
import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from disclosures.exceptions import PacketBroken
from disclosures.packet import seal
from disclosures.packet.verify import verify


def files(facts):
    return {one.file_name: one.path for one in facts.exhibits if one.file_name}


def sealed(packet, out):
    facts, pdf, told = packet
    return seal.seal(facts, told, pdf, files(facts), out)


@pytest.mark.feature("P2", part=True)
def test_seal_makes_a_folder_that_checks_itself(packet, tmp_path):
    facts, pdf, _told = packet
    made = sealed(packet, tmp_path / "packets" / "7-1")
    assert made.folder == tmp_path / "packets" / "7-1" / "production-0001"
    names = sorted(
        str(one.relative_to(made.folder))
        for one in made.folder.rglob("*")
        if one.is_file()
    )
    records = [f"exhibits/{name}" for name in files(facts)]
    listed = sorted(
        [*records, "index.csv", "manifest.json", "packet.pdf", "redactions.csv"]
    )
    assert names == sorted(["SHA256SUMS", *listed])
    assert [name for name, _, _ in made.files] == listed
    check = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],  # noqa: S607 - the recipient's own
        cwd=made.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert check.stdout.splitlines() == [f"{name}: OK" for name in listed]
    assert made.pdf_sha256 == hashlib.sha256(pdf.read_bytes()).hexdigest()
    assert sorted(one.name for one in made.folder.parent.iterdir()) == [
        "production-0001",
        "production-0001.zip",
    ]
    assert [one.name for one in (tmp_path / "packets").iterdir()] == ["7-1"]
    assert verify(made.folder) == []


@pytest.mark.feature("P2", part=True)
def test_manifest_says_what_was_produced_and_on_whose_word(packet, tmp_path):
    facts, _pdf, told = packet
    made = sealed(packet, tmp_path / "out")
    said = json.loads((made.folder / "manifest.json").read_text())
    assert said["scope"] == {"revision": 3, "sha256": "5f" * 32}
    assert said["sign_off"] == {
        "counsel": "Morgan Reyes",
        "on": "2023-04-28",
        "legal_basis": "18 U.S.C. 2703(c)(2).",
    }
    assert said["data_map"]["version"] == "2023-05"
    assert said["tools"] == told.tool_versions
    assert said["pages"] == told.pages
    assert said["bates_first"] == "EPI-0001-000041"
    first = said["exhibits"][0]
    assert first["file"] == "exhibits/E001_t1_3a.csv"
    assert (first["rows"], first["sha256"]) == (40, facts.exhibits[0].sha256)
    ranges = {one["number"]: one["bates_first"] for one in said["exhibits"]}
    assert ranges == {number: first for number, (first, _, _) in told.ranges.items()}
    with (made.folder / "index.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["response"] for row in rows] == [one.code for one in facts.exhibits]
    assert hashlib.sha256((made.folder / "manifest.json").read_bytes()).hexdigest() == (
        made.manifest_sha256
    )


@pytest.mark.feature("P7", part=True)
def test_equal_inputs_seal_to_equal_bytes(packet, tmp_path):
    one = sealed(packet, tmp_path / "one")
    other = sealed(packet, tmp_path / "other")
    assert one.files == other.files
    assert one.archive.read_bytes() == other.archive.read_bytes()
    assert one.archive_sha256 == hashlib.sha256(one.archive.read_bytes()).hexdigest()


def test_archive_holds_the_folder_and_no_trace_of_its_making(packet, tmp_path):
    made = sealed(packet, tmp_path / "out")
    with zipfile.ZipFile(made.archive) as archive:
        assert archive.testzip() is None
        assert [one.filename for one in archive.infolist()] == sorted(
            f"production-0001/{name}"
            for name in [*(f[0] for f in made.files), "SHA256SUMS"]
        )
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert verify(made.archive) == []


def test_seal_never_overwrites(packet, tmp_path):
    made = sealed(packet, tmp_path / "out")
    with pytest.raises(FileExistsError, match=r"^out was sealed already"):
        sealed(packet, tmp_path / "out")
    assert verify(made.folder) == []
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def broken_file(packet, tmp_path):
    facts, pdf, told = packet
    other = tmp_path / "other.csv"
    other.write_bytes(facts.exhibits[0].path.read_bytes().replace(b"totp", b"none", 1))
    return facts, told, pdf, files(facts) | {"E001_t1_3a.csv": other}


def missing_file(packet, tmp_path):
    facts, pdf, told = packet
    return facts, told, pdf, files(facts) | {"E001_t1_3a.csv": tmp_path / "nothing"}


def one_too_few(packet, tmp_path):
    facts, pdf, told = packet
    return facts, told, pdf, dict(list(files(facts).items())[1:])


def one_too_many(packet, tmp_path):
    facts, pdf, told = packet
    return facts, told, pdf, files(facts) | {"E099_t1_3a.csv": pdf}


def missing_pdf(packet, tmp_path):
    facts, _pdf, told = packet
    return facts, told, tmp_path / "nothing.pdf", files(facts)


@pytest.mark.parametrize(
    ("given_to_seal", "sentence"),
    [
        (broken_file, "Exhibit E001 isn't what was collected."),
        (missing_file, "The file of exhibits/E001_t1_3a.csv is missing."),
        (one_too_few, "The exhibit files aren't those of the packet."),
        (one_too_many, "The exhibit files aren't those of the packet."),
        (missing_pdf, "The file of packet.pdf is missing."),
    ],
)
def test_seal_of_what_is_not_whole_leaves_nothing(
    packet, tmp_path, given_to_seal, sentence
):
    arguments = given_to_seal(packet, tmp_path)
    with pytest.raises(PacketBroken) as refusal:
        seal.seal(*arguments, tmp_path / "out" / "1-1")
    assert str(refusal.value) == sentence
    assert list((tmp_path / "out").iterdir()) == []


def test_killed_seal_leaves_an_orphan_that_is_swept(packet, tmp_path):
    facts, _, told = packet
    os.mkfifo(tmp_path / "stuck.pdf")
    script = tmp_path / "seal.py"
    script.write_text(
        "import pickle, sys\n"
        "from disclosures.packet import seal\n"
        "seal.seal(*pickle.load(open(sys.argv[1], 'rb')))\n"
    )
    job = tmp_path / "job"
    out = tmp_path / "out"
    arguments = (facts, told, tmp_path / "stuck.pdf", files(facts), out / "1-1")
    job.write_bytes(pickle.dumps(arguments))
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, script, job], env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    writer = os.open(tmp_path / "stuck.pdf", os.O_WRONLY)  # returns when it is read
    os.write(writer, b"%PDF-half")
    for _ in range(400):
        if any(out.glob(".*/production-0001/packet.pdf")):
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.close(writer)
    orphans = list(out.iterdir())
    assert [one.name.endswith(".sealing") for one in orphans] == [True]
    assert seal.sweep(out, older_than=time.time() - 3600) == []
    assert seal.sweep(out, older_than=time.time() + 1) == orphans
    assert list(out.iterdir()) == []


def test_names_outside_show_nothing_of_the_inside(packet, tmp_path):
    facts = dataclasses.replace(packet[0], packet_number=12)
    made = sealed((facts, *packet[1:]), tmp_path / "out")
    names = [*(one.name for one in made.folder.parent.iterdir())]
    assert sorted(names) == ["production-0012", "production-0012.zip"]
    shown = " ".join(str(one) for one in made.folder.rglob("*"))
    assert not any(target.identifier in shown for target in facts.targets)
