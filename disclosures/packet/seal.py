"""The sealed production: a folder and one zip of it, with every file's hash.

Made in a folder beside its place and moved there when everything is on disk: whatever
stops the process leaves either the whole production or an orphan whose name ends in
``.sealing`` (``sweep`` removes those). A place that is taken already is refused, never
overwritten. Names outside show nothing of the inside.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from disclosures.exceptions import PacketBroken
from disclosures.packet import manifest, program, withheld
from disclosures.packet.contents import (
    PacketFacts,
    Rendered,
    production_name,
    with_file,
)
from disclosures.packet.manifest import EXHIBITS, INDEX, LOG, PDF, Drawn, File
from disclosures.packet.signer import Signature, Signer
from disclosures.packet.verify import MANIFEST, SIGNATURE, SUMS, SUMS_512
from disclosures.packet.verify.found import ZIP_DAY, ZIP_MODE, ZIP_SYSTEM

_ORPHAN = ".sealing"
_SUMS = {SUMS: "sha256", SUMS_512: "sha512"}
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Sealed:
    """What was sealed; ``files`` are name, bytes, SHA-256 of all but the checksums."""

    folder: Path
    manifest_sha256: str
    pdf_sha256: str
    unsigned: File
    signature: Signature | None
    files: tuple[tuple[str, int, str], ...]
    archive: Path
    archive_sha256: str


def seal(
    facts: PacketFacts,
    rendered: Rendered,
    pdf: Path,
    exhibits: Mapping[str, Path],
    out: Path,
    signer: Signer | None = None,
    *,
    prove: Callable[[Path], None] | None = None,
) -> Sealed:
    """Put the production into ``out``, which mustn't exist: folder and zip.

    With a ``signer`` each PDF is signed, and the manifest that lists them. ``prove``
    looks through the finished folder, the archive beside it, and raises where it
    mustn't be sealed: then nothing of it stays.

    Raises:
        PacketBroken: an exhibit file is missing, is one too many, or isn't what was
            collected.
        FileExistsError: something is at ``out`` already.
        CaseError: the signer can't sign; it says why.
    """
    if out.exists():
        raise FileExistsError(f"{out.name} was sealed already.")
    out.parent.mkdir(parents=True, exist_ok=True)
    work = out.with_name(f".{out.name}-{secrets.token_hex(4)}{_ORPHAN}")
    try:
        folder = work / production_name(facts)
        inside = folder / EXHIBITS if with_file(facts) else folder
        inside.mkdir(parents=True)
        made = _fill(facts, rendered, pdf, exhibits, folder, signer)
        files = made.files
        archive = folder.with_suffix(".zip")
        _zip(folder, [*(one.name for one in files), *_SUMS], archive)
        archive_sha256 = measured(archive, archive.name).sha256
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
    digests = {one.name: one.sha256 for one in files}
    return Sealed(
        folder=out / folder.name,
        manifest_sha256=digests[MANIFEST],
        pdf_sha256=digests[PDF],
        unsigned=made.unsigned,
        signature=made.signature,
        files=tuple((one.name, one.bytes, one.sha256) for one in files),
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


@dataclass(frozen=True)
class _Filled:
    files: tuple[File, ...]  # sorted, all but the lists of checksums
    unsigned: File
    signature: Signature | None


def _fill(
    facts: PacketFacts,
    rendered: Rendered,
    pdf: Path,
    exhibits: Mapping[str, Path],
    folder: Path,
    signer: Signer | None,
) -> _Filled:
    wanted = {one.file_name: one for one in facts.exhibits if one.file_name}
    if set(wanted) != set(exhibits):
        raise PacketBroken("The exhibit files aren't those of the packet.")
    files = []
    for name, exhibit in wanted.items():
        made = _copy(exhibits[name], folder / EXHIBITS / name, f"{EXHIBITS}/{name}")
        if made.sha256 != exhibit.sha256 or made.bytes != exhibit.bytes:
            raise PacketBroken(f"Exhibit {exhibit.number} isn't what was collected.")
        files.append(made)
    files.append(_write(folder, INDEX, manifest.index(facts, rendered).encode()))
    if wanted:
        files.append(_write(folder, LOG, withheld.as_csv(facts).encode()))
    files.append(_write(folder, program.NAME, program.data()))
    drawn = [
        # The first was drawn as whatever the caller calls it, the others beside it.
        _pdf(pdf.with_name(name) if place else pdf, folder / name, signer)
        for place, name in enumerate([one.name for one in rendered.volumes] or [PDF])
    ]
    files += [one.enclosed for one in drawn]
    said = manifest.text(facts, rendered, sorted(files), drawn).encode()
    files.append(_write(folder, MANIFEST, said))
    if signer:
        files.append(_write(folder, SIGNATURE, signer.manifest(said)))
    for name, algorithm in _SUMS.items():
        _write(folder, name, manifest.sums(files, algorithm).encode())
    first = drawn[0]
    return _Filled(tuple(sorted(files)), first.unsigned, first.signature)


def _pdf(pdf: Path, target: Path, signer: Signer | None) -> Drawn:
    """One PDF into the production, signed where the site signs."""
    if signer is None:
        copied = _copy(pdf, target, target.name)
        return Drawn(copied, copied, None)
    unsigned = measured(pdf, target.name)
    signature = signer.pdf(pdf, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    return Drawn(unsigned, measured(target, target.name), signature)


def _copy(source: Path, target: Path, name: str) -> File:
    """Copy a file as it is read once, hashed on the way and on disk when done."""
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    try:
        with source.open("rb") as read, target.open("xb") as written:
            while chunk := read.read(_CHUNK):
                sha256.update(chunk)
                sha512.update(chunk)
                size += len(chunk)
                written.write(chunk)
            written.flush()
            os.fsync(written.fileno())
    except FileNotFoundError as error:
        raise PacketBroken(f"The file of {name} is missing.") from error
    return File(name, size, sha256.hexdigest(), sha512.hexdigest())


def _write(folder: Path, name: str, data: bytes) -> File:
    with (folder / name).open("xb") as written:
        written.write(data)
        written.flush()
        os.fsync(written.fileno())
    hashes = (hashlib.new(one, data).hexdigest() for one in _SUMS.values())
    return File(name, len(data), *hashes)


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


def measured(path: Path, name: str) -> File:
    """A file that lies there, hashed as it is read once; ``name`` is its own in it.

    Raises:
        PacketBroken: it is missing.
    """
    sha256, sha512 = hashlib.sha256(), hashlib.sha512()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                sha256.update(chunk)
                sha512.update(chunk)
    except FileNotFoundError as error:
        raise PacketBroken(f"The file of {name} is missing.") from error
    size = path.stat().st_size
    return File(name, size, sha256.hexdigest(), sha512.hexdigest())


def _sync_folder(path: Path) -> None:
    """Let the names in a folder survive a power cut, where the system can."""
    descriptor = os.open(path, os.O_RDONLY)
    with contextlib.suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)
