"""The sealed production: a folder and one zip of it, with every file's hash.

Made in a folder beside its place and moved there when everything is on disk: whatever
stops the process leaves either the whole production or an orphan whose name ends in
``.sealing`` (``sweep`` removes those). A place that is taken already is refused, never
overwritten. Names outside show nothing of the inside.
"""

import contextlib
import csv
import hashlib
import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disclosures.exceptions import PacketBroken
from disclosures.packet import withheld
from disclosures.packet.contents import (
    UNSIGNED,
    ExhibitFacts,
    PacketFacts,
    Rendered,
    Volume,
    bates,
    production_name,
    with_file,
)
from disclosures.packet.verify import (
    MANIFEST,
    SUMS,
    ZIP_DAY,
    ZIP_MODE,
    ZIP_SYSTEM,
)

PDF, INDEX, EXHIBITS = "packet.pdf", "index.csv", "exhibits"
LOG = "redactions.csv"  # of what was withheld and redacted; a letter has none
_ORPHAN = ".sealing"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Sealed:
    """What was sealed; ``files`` are name, bytes, SHA-256 of all but ``SHA256SUMS``."""

    folder: Path
    manifest_sha256: str
    pdf_sha256: str
    files: tuple[tuple[str, int, str], ...]
    archive: Path
    archive_sha256: str


def seal(
    facts: PacketFacts,
    rendered: Rendered,
    pdf: Path,
    exhibits: Mapping[str, Path],
    out: Path,
    *,
    prove: Callable[[Path], None] | None = None,
) -> Sealed:
    """Put the production into ``out``, which mustn't exist: folder and zip.

    ``prove`` looks through the finished folder, the archive beside it, and raises where
    it mustn't be sealed: then nothing of it stays.

    Raises:
        PacketBroken: an exhibit file is missing, is one too many, or isn't what was
            collected.
        FileExistsError: something is at ``out`` already.
    """
    if out.exists():
        raise FileExistsError(f"{out.name} was sealed already.")
    out.parent.mkdir(parents=True, exist_ok=True)
    work = out.with_name(f".{out.name}-{secrets.token_hex(4)}{_ORPHAN}")
    try:
        folder = work / production_name(facts)
        inside = folder / EXHIBITS if with_file(facts) else folder
        inside.mkdir(parents=True)
        files = _fill(facts, rendered, pdf, exhibits, folder)
        archive = folder.with_suffix(".zip")
        _zip(folder, [name for name, _, _ in files] + [SUMS], archive)
        archive_sha256 = _hash(archive)[1]
        if prove is not None:
            prove(folder)
        for path in dict.fromkeys((inside, folder, work)):
            _sync_folder(path)
        # A folder that came meanwhile and isn't empty makes this fail: nothing is lost.
        work.rename(out)
        _sync_folder(out.parent)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    digests = {name: digest for name, _, digest in files}
    return Sealed(
        folder=out / folder.name,
        manifest_sha256=digests[MANIFEST],
        pdf_sha256=digests[PDF],
        files=files,
        archive=out / archive.name,
        archive_sha256=archive_sha256,
    )


def sweep(folder: Path, *, older_than: float) -> list[Path]:
    """Remove what a killed process left half-made; ``older_than`` is a Unix time."""
    orphans = [
        path
        for path in folder.glob(f".*{_ORPHAN}")
        if path.is_dir() and path.stat().st_mtime < older_than
    ]
    for path in orphans:
        shutil.rmtree(path, ignore_errors=True)
    return orphans


def _fill(
    facts: PacketFacts,
    rendered: Rendered,
    pdf: Path,
    exhibits: Mapping[str, Path],
    folder: Path,
) -> tuple[tuple[str, int, str], ...]:
    wanted = {one.file_name: one for one in facts.exhibits if one.file_name}
    if set(wanted) != set(exhibits):
        raise PacketBroken("The exhibit files aren't those of the packet.")
    files = [
        # The first was drawn as whatever the caller calls it, the others beside it.
        _copy(pdf.with_name(name) if place else pdf, folder / name, name)
        for place, name in enumerate([one.name for one in rendered.volumes] or [PDF])
    ]
    for name, exhibit in wanted.items():
        made = _copy(exhibits[name], folder / EXHIBITS / name, f"{EXHIBITS}/{name}")
        if made[2] != exhibit.sha256 or made[1] != exhibit.bytes:
            raise PacketBroken(f"Exhibit {exhibit.number} isn't what was collected.")
        files.append(made)
    files.append(_write(folder / INDEX, INDEX, _index(facts, rendered)))
    if wanted:
        files.append(_write(folder / LOG, LOG, withheld.as_csv(facts)))
    manifest = _manifest(facts, rendered, files)
    files.append(_write(folder / MANIFEST, MANIFEST, manifest))
    files.sort()
    sums = "".join(f"{digest}  {name}\n" for name, _, digest in files)
    _write(folder / SUMS, SUMS, sums)
    return tuple(files)


def _manifest(
    facts: PacketFacts, rendered: Rendered, files: list[tuple[str, int, str]]
) -> str:
    """What the production is, for machines; keys in a fixed order."""
    said = {
        "format": "candor-production-1",
        "production": production_name(facts),
        "case": facts.case_number,
        "organisation": facts.organisation.name,
        "agency": facts.agency,
        "agency_reference": facts.agency_reference,
        "instrument": facts.instrument,
        "served_on": facts.served_on.isoformat(),
        "prepared_on": facts.prepared_on.isoformat(),
        "scope": {"revision": facts.scope_revision, "sha256": facts.scope_digest},
        "sign_off": {
            "counsel": facts.counsel_name,
            "on": facts.signed_off_on.isoformat(),
            "legal_basis": facts.legal_basis,
        },
        "declaration": _declaration(facts),
        "data_map": {
            "title": facts.map_title,
            "version": facts.map_version,
            "sha256": facts.map_digest,
        },
        "pages": rendered.pages,
        "bates_first": bates(facts, facts.bates_start),
        "bates_last": bates(facts, rendered.bates_last),
        "volumes": [_volume(facts, one) for one in rendered.volumes],
        "attached": [one.file_name for one in facts.attached],
        "exhibits": [_exhibit(one, rendered) for one in facts.exhibits],
        "files": [
            {"name": name, "bytes": size, "sha256": digest}
            for name, size, digest in files
        ],
        "tools": rendered.tool_versions,
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _declaration(facts: PacketFacts) -> dict[str, str] | None:
    signed = facts.declaration
    if signed == UNSIGNED:
        return None
    return {
        "custodian": signed.custodian_name,
        "role": signed.role,
        "place": signed.place,
        "form": signed.signing_place,
        "on": signed.signed_on.isoformat(),
    }


def _volume(facts: PacketFacts, volume: Volume) -> dict[str, Any]:
    return {
        "file": volume.name,
        "bates_first": bates(facts, facts.bates_start + volume.first),
        "bates_last": bates(facts, facts.bates_start + volume.stop - 1),
        "pages": volume.stop - volume.first,
    }


def _exhibit(exhibit: ExhibitFacts, rendered: Rendered) -> dict[str, Any]:
    first, last, pages = rendered.ranges[exhibit.number]
    return {
        "number": exhibit.number,
        "target": exhibit.target_number,
        "item": exhibit.item_number,
        "part": exhibit.part_code,
        "title": exhibit.title,
        "response": exhibit.code,
        "bates_first": first,
        "bates_last": last,
        "pages": pages,
        "file": f"{EXHIBITS}/{exhibit.file_name}" if exhibit.file_name else None,
        "rows": exhibit.rows if exhibit.file_name else None,
        "rows_in_all": exhibit.total if exhibit.file_name else None,
        "rows_collected": exhibit.collected_rows if exhibit.file_name else None,
        "rows_withheld": _not_produced(exhibit, of_columns=False),
        "values_redacted": _not_produced(exhibit, of_columns=True),
        "sha256_collected": exhibit.collected_sha256 or None,
        "bytes": exhibit.bytes if exhibit.file_name else None,
        "sha256": exhibit.sha256 or None,
        "source": exhibit.source_title or None,
        "snapshot_at": exhibit.snapshot_at or None,
        "query_sha256": hashlib.sha256(exhibit.sql.encode()).hexdigest()
        if exhibit.sql
        else None,
        **({"pull_order": exhibit.order} if exhibit.order else {}),
    }


def _not_produced(exhibit: ExhibitFacts, *, of_columns: bool) -> int | None:
    found = [n.count for n in exhibit.not_produced if bool(n.column) == of_columns]
    return sum(found) if exhibit.file_name else None


_INDEX_COLUMNS = (
    *("number", "target", "item", "part", "title", "response"),
    *("bates_first", "bates_last", "pages", "file", "rows", "bytes", "sha256"),
    *("rows_collected", "rows_withheld", "values_redacted"),
)


def _index(facts: PacketFacts, rendered: Rendered) -> str:
    """The production index as a table: RFC 4180, like the exhibits."""
    out = io.StringIO(newline="")
    rows = csv.DictWriter(
        out, _INDEX_COLUMNS, extrasaction="ignore", lineterminator="\r\n"
    )
    rows.writeheader()
    rows.writerows(_exhibit(one, rendered) for one in facts.exhibits)
    return out.getvalue()


def _copy(source: Path, target: Path, name: str) -> tuple[str, int, str]:
    """Copy a file as it is read once, hashed on the way and on disk when done."""
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as read, target.open("xb") as written:
            while chunk := read.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                written.write(chunk)
            written.flush()
            os.fsync(written.fileno())
    except FileNotFoundError as error:
        raise PacketBroken(f"The file of {name} is missing.") from error
    return name, size, digest.hexdigest()


def _write(target: Path, name: str, text: str) -> tuple[str, int, str]:
    data = text.encode()
    with target.open("xb") as written:
        written.write(data)
        written.flush()
        os.fsync(written.fileno())
    return name, len(data), hashlib.sha256(data).hexdigest()


def _zip(folder: Path, names: Iterable[str], archive: Path) -> None:
    """The folder as a zip; order, day and mode are fixed: equal files, equal zip."""
    with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name in sorted(names):
            info = zipfile.ZipInfo(f"{folder.name}/{name}", ZIP_DAY)
            info.compress_type = (
                zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
            )
            info.create_system, info.external_attr = ZIP_SYSTEM, ZIP_MODE
            source = folder / name
            big = source.stat().st_size > zipfile.ZIP64_LIMIT // 2
            with (
                source.open("rb") as read,
                packed.open(info, "w", force_zip64=big) as to,
            ):
                shutil.copyfileobj(read, to, _CHUNK)
    with archive.open("rb+") as file:
        os.fsync(file.fileno())


def _hash(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(path: Path) -> None:
    """Let the names in a folder survive a power cut, where the system can."""
    descriptor = os.open(path, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)
