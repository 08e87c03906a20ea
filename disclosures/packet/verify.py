"""Check a production against its own manifest, with Python's standard library alone.

    python verify.py FOLDER_OR_ZIP

Anyone can run this: it needs no part of the portal. It names every file that is
missing, was added or was changed, every size, row count or Bates range that isn't as
listed, and every disagreement between ``manifest.json`` and ``SHA256SUMS``; in a folder
whatever is no plain file, in a zip whatever is there beside its files. What it can't
tell is whether the whole production was made anew: for that, compare the SHA-256 of
``manifest.json`` with the one handed over.
"""

import csv
import hashlib
import io
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
# As ``seal`` packs: the earliest day that a zip can name, for it says nothing of when
# and by whom it was made.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
ZIP_MODE = 0o644 << 16
ZIP_SYSTEM = 3
_CHUNK = 1 << 20
# The most that an archive's short and long fields can say, and what follows beyond.
_MOST_SHORT, _MOST_LONG, _LONG_END = 0xFFFF, 0xFFFFFFFF, 76
_FIRST_DAY = 0x21  # ``ZIP_DAY`` as an archive writes it
# What a broken archive or file raises while it is read.
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError),
)


@dataclass(frozen=True)
class Finding:
    """Something that isn't as it was sealed; ``name`` is the file, or empty."""

    name: str
    sentence: str

    def __str__(self) -> str:
        name = _shown(self.name)
        return f"{name}: {self.sentence}" if name else self.sentence


@dataclass(frozen=True)
class _Production:
    """The files of a production, wherever they lie; ``others`` are no plain files."""

    names: tuple[str, ...]
    open: Callable[[str], IO[bytes]]
    others: tuple[str, ...] = ()


def verify(path: Path) -> list[Finding]:
    """Everything that is wrong with the production; an empty list is a clean one."""
    try:
        if path.is_dir():
            return list(_findings(_folder(path)))
        if not path.exists():
            return [Finding("", f"There is nothing at {path}.")]
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            packed = list(_packing(file, archive))
            return packed + list(_findings(_archive(archive)))
    except (*_UNREADABLE, TypeError) as error:
        return [Finding("", f"The production can't be read: {error}.")]


def _folder(path: Path) -> _Production:
    """A folder's plain files, links and empty folders apart from them."""
    found = sorted(path.rglob("*"))
    plain = [one for one in found if one.is_file() and not one.is_symlink()]
    holders = {folder for one in plain for folder in one.parents}
    others = [one for one in found if one not in holders and one not in set(plain)]
    return _Production(
        tuple(one.relative_to(path).as_posix() for one in plain),
        lambda name: (path / name).open("rb"),
        tuple(one.relative_to(path).as_posix() for one in others),
    )


def _archive(archive: zipfile.ZipFile) -> _Production:
    """The one folder that the archive holds."""
    whole = [info.filename for info in archive.infolist() if not info.is_dir()]
    tops = {name.split("/", 1)[0] for name in whole if "/" in name}
    top = f"{min(tops)}/" if len(tops) == 1 else ""
    return _Production(
        tuple(sorted(name.removeprefix(top) for name in whole)),
        lambda name: archive.open(top + name if top + name in whole else name),
        tuple(info.filename for info in archive.infolist() if info.is_dir()),
    )


def _packing(file: IO[bytes], archive: zipfile.ZipFile) -> Iterator[Finding]:
    """The archive is its files and their headings: no gap, note, date or tail.

    How the bytes of a file are compressed is free; what they unpack to isn't.
    """
    following = 0
    for info in archive.infolist():
        head = _heading(file, info)
        if info.header_offset != following or not head:
            name = info.filename.partition("/")[2] or info.filename
            yield Finding(name, "isn't packed as it was: its heading was changed")
            return
        following += head + info.compress_size
    if following != archive.start_dir or not _ends_as_packed(file, archive):
        yield Finding("", "The archive's list was changed, or holds something more.")


def _heading(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    """The length of a file's own heading; 0 where it isn't as we pack."""
    ours = zipfile.ZipInfo(info.filename, ZIP_DAY)
    ours.compress_type, ours.CRC = info.compress_type, info.CRC
    ours.compress_size, ours.file_size = info.compress_size, info.file_size
    # The heading of a large file has a longer form; a middling one's may have it.
    for form in (True,) if _is_large(info) else (False, True):
        head = ours.FileHeader(zip64=form)
        file.seek(info.header_offset)
        if file.read(len(head)) == head:
            return len(head)
    return 0


def _ends_as_packed(file: IO[bytes], archive: zipfile.ZipFile) -> bool:
    infos, start = archive.infolist(), archive.start_dir
    listed = b"".join(map(_entry, infos))
    is_long = len(infos) > _MOST_SHORT or start > zipfile.ZIP64_LIMIT
    count, size = min(len(infos), _MOST_SHORT), min(len(listed), _MOST_LONG)
    end = struct.pack(
        *("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size),
        *(min(start, _MOST_LONG), 0),
    )
    file.seek(start)
    found = file.read()
    between = _LONG_END if is_long else 0
    return (
        found.startswith(listed)
        and found.endswith(end)
        and len(found) == len(listed) + between + len(end)
    )


def _entry(info: zipfile.ZipInfo) -> bytes:
    """A file in the archive's list, as we pack it."""
    name, large = info.filename.encode(), _is_large(info)
    is_far = info.header_offset > zipfile.ZIP64_LIMIT
    extra = info.extra if large or is_far else b""
    sizes = (_MOST_LONG,) * 2 if large else (info.compress_size, info.file_size)
    version = info.extract_version
    return struct.pack(
        *("<4s4B4H3L5H2L", b"PK\1\2", version, ZIP_SYSTEM, version, 0, 0),
        *(info.compress_type, 0, _FIRST_DAY, info.CRC, *sizes, len(name), len(extra)),
        *(0, 0, 0, ZIP_MODE, _MOST_LONG if is_far else info.header_offset),
    ) + (name + extra)


def _is_large(info: zipfile.ZipInfo) -> bool:
    return max(info.file_size, info.compress_size) > zipfile.ZIP64_LIMIT


def _findings(production: _Production) -> Iterator[Finding]:
    if len(set(production.names)) != len(production.names):
        yield Finding("", "A file is there twice.")
    for name in production.others:
        yield Finding(name, "isn't a plain file of the production")
    try:
        manifest = json.loads(_read(production, MANIFEST))
        listed = {file["name"]: file for file in manifest["files"]}
        exhibits = [dict(exhibit) for exhibit in manifest["exhibits"]]
    except (KeyError, TypeError, ValueError, OSError, RecursionError) as error:
        yield Finding(MANIFEST, f"missing or not a manifest ({type(error).__name__})")
        return
    if len(listed) != len(manifest["files"]):
        yield Finding(MANIFEST, "lists a file twice")
    yield from _presence(production, listed)
    for name, file in sorted(listed.items()):
        if name in production.names:
            yield from _content(production, name, file)
    yield from _sums(production, listed)
    for exhibit in exhibits:
        yield from _rows(production, exhibit, listed)
    yield from _ranges(manifest)


def _presence(production: _Production, listed: dict[str, Any]) -> Iterator[Finding]:
    here = set(production.names)
    for name in sorted({*listed, SUMS} - here):
        yield Finding(name, "is missing")
    for name in sorted(here - {*listed, MANIFEST, SUMS}):
        yield Finding(name, "doesn't belong to the production")


def _content(
    production: _Production, name: str, file: dict[str, Any]
) -> Iterator[Finding]:
    size, digest = _measure(production, name)
    if size != file.get("bytes"):
        yield Finding(name, f"has {size} bytes, not {file.get('bytes')}")
    if digest != file.get("sha256"):
        yield Finding(name, f"was changed: its SHA-256 is {digest}")


def _sums(production: _Production, listed: dict[str, Any]) -> Iterator[Finding]:
    """``SHA256SUMS`` lists the manifest and every file of it, with the same values."""
    if SUMS not in production.names:
        return
    try:
        data = _read(production, SUMS)
    except OSError:
        yield Finding(SUMS, "can't be read")
        return
    wanted = {name: file.get("sha256") for name, file in listed.items()}
    wanted[MANIFEST] = _measure(production, MANIFEST)[1]
    said = list(_lines(data.decode("utf-8", "replace"), wanted))
    # Byte for byte: what is the same list to one reader may be another to the next.
    whole = "".join(f"{digest}  {name}\n" for name, digest in sorted(wanted.items()))
    if not said and data != whole.encode():
        said = [Finding(SUMS, "isn't written as it was sealed")]
    yield from said


def _lines(text: str, wanted: dict[str, Any]) -> Iterator[Finding]:
    if not text.endswith("\n"):
        yield Finding(SUMS, "is cut off")
    found: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n"):
        digest, _, name = line.partition("  ")
        if not name or name in found:
            yield Finding(
                SUMS, f"has a line that isn't a checksum: {_shown(line[:80])}"
            )
        found[name] = digest
    yield from _differences(wanted, found)


def _differences(wanted: dict[str, Any], found: dict[str, str]) -> Iterator[Finding]:
    for name in sorted({*wanted, *found}):
        if name not in found:
            yield Finding(SUMS, f"doesn't list {name}")
        elif name not in wanted:
            yield Finding(SUMS, f"lists {_shown(name)}, which the manifest doesn't")
        elif found[name] != wanted[name]:
            yield Finding(SUMS, f"has another value for {name} than the manifest")


def _rows(
    production: _Production, exhibit: dict[str, Any], listed: dict[str, Any]
) -> Iterator[Finding]:
    """The rows of a record file are as many as the manifest says."""
    name = exhibit.get("file")
    if not name:
        return
    if name not in listed:
        yield Finding(name, "is an exhibit, but not among the files of the manifest")
        return
    if name not in production.names:
        return
    if exhibit.get("sha256") != listed[name].get("sha256"):
        yield Finding(MANIFEST, f"has two values for {name}")
    try:
        with production.open(name) as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            rows = sum(1 for _ in csv.reader(text)) - 1
    except (*_UNREADABLE, csv.Error) as error:
        yield Finding(name, f"can't be read as a table ({type(error).__name__})")
        return
    if rows != exhibit.get("rows"):
        yield Finding(name, f"has {rows} rows, not {exhibit.get('rows')}")


def _ranges(manifest: dict[str, Any]) -> Iterator[Finding]:
    """The exhibits' pages follow one another to the last page, without a gap."""
    following = None
    for exhibit in manifest["exhibits"]:
        number = exhibit.get("number", "?")
        try:
            first, last = (int(exhibit[end].rsplit("-", 1)[1]) for end in _ENDS)
        except (KeyError, ValueError, IndexError, AttributeError):
            yield Finding(MANIFEST, f"has no pages for exhibit {number}")
            continue
        if last - first + 1 != exhibit.get("pages"):
            yield Finding(MANIFEST, f"miscounts the pages of exhibit {number}")
        if following is not None and first != following:
            yield Finding(MANIFEST, f"has a gap in the pages before exhibit {number}")
        following = last + 1
    end = str(manifest.get("bates_last", "")).rsplit("-", 1)[-1]
    if following is not None and end.isdigit() and int(end) != following - 1:
        yield Finding(MANIFEST, "the last exhibit doesn't end on the last page")


_ENDS = ("bates_first", "bates_last")


def _measure(production: _Production, name: str) -> tuple[int, str]:
    """Size and SHA-256; a part of an archive that can't be read has neither."""
    digest, size = hashlib.sha256(), 0
    try:
        with production.open(name) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except _UNREADABLE:
        return size, "unreadable"
    return size, digest.hexdigest()


def _read(production: _Production, name: str) -> bytes:
    try:
        with production.open(name) as file:
            return file.read()
    except OSError:
        raise
    except _UNREADABLE as error:
        raise OSError(name) from error


def _shown(name: str) -> str:
    """A name as a terminal may print it."""
    return name if name.isprintable() else ascii(name)


def main(arguments: list[str]) -> int:
    """The command line: print the findings, 1 if there are any."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python verify.py FOLDER_OR_ZIP\n")
        return 2
    findings = verify(Path(arguments[0]))
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    if not findings:
        sys.stdout.write("Every file is as it was sealed.\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
