"""Check a production against its own manifest, with Python's standard library alone.

    python verify.py FOLDER_OR_ZIP

Anyone can run this: it needs no part of the portal. It names every file that is
missing, was added or was changed, every size, row count or Bates range that isn't as
listed, and every disagreement between ``manifest.json`` and ``SHA256SUMS``. What it
can't tell is whether the whole production was made anew: for that, compare the SHA-256
of ``manifest.json`` with the one handed over.
"""

import csv
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Finding:
    """Something that isn't as it was sealed; ``name`` is the file, or empty."""

    name: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence}" if self.name else self.sentence


@dataclass(frozen=True)
class _Production:
    """The files of a production, wherever they lie."""

    names: tuple[str, ...]
    open: Callable[[str], IO[bytes]]


def verify(path: Path) -> list[Finding]:
    """Everything that is wrong with the production; an empty list is a clean one."""
    try:
        if path.is_dir():
            return list(_findings(_folder(path)))
        if not path.exists():
            return [Finding("", f"There is nothing at {path}.")]
        with zipfile.ZipFile(path) as archive:
            return list(_findings(_archive(archive)))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        return [Finding("", f"The production can't be read: {error}.")]


def _folder(path: Path) -> _Production:
    names = sorted(
        file.relative_to(path).as_posix()
        for file in path.rglob("*")
        if file.is_symlink() or not file.is_dir()
    )
    return _Production(tuple(names), lambda name: (path / name).open("rb"))


def _archive(archive: zipfile.ZipFile) -> _Production:
    """The one folder that the archive holds."""
    whole = [info.filename for info in archive.infolist() if not info.is_dir()]
    tops = {name.split("/", 1)[0] for name in whole if "/" in name}
    top = f"{min(tops)}/" if len(tops) == 1 else ""
    return _Production(
        tuple(sorted(name.removeprefix(top) for name in whole)),
        lambda name: archive.open(top + name if top + name in whole else name),
    )


def _findings(production: _Production) -> Iterator[Finding]:
    if len(set(production.names)) != len(production.names):
        yield Finding("", "A file is there twice.")
    try:
        manifest = json.loads(_read(production, MANIFEST))
        listed = {file["name"]: file for file in manifest["files"]}
        exhibits = manifest["exhibits"]
    except (KeyError, TypeError, ValueError, OSError) as error:
        yield Finding(MANIFEST, f"missing or not a manifest ({type(error).__name__})")
        return
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
    text = _read(production, SUMS).decode("utf-8", "replace")
    if not text.endswith("\n"):
        yield Finding(SUMS, "is cut off")
    wanted = {name: file.get("sha256") for name, file in listed.items()}
    wanted[MANIFEST] = _measure(production, MANIFEST)[1]
    found: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n"):
        digest, _, name = line.partition("  ")
        if not name or name in found:
            yield Finding(SUMS, f"has a line that isn't a checksum: {line[:80]}")
        found[name] = digest
    yield from _differences(wanted, found)


def _differences(wanted: dict[str, Any], found: dict[str, str]) -> Iterator[Finding]:
    for name in sorted({*wanted, *found}):
        if name not in found:
            yield Finding(SUMS, f"doesn't list {name}")
        elif name not in wanted:
            yield Finding(SUMS, f"lists {name}, which the manifest doesn't")
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
    except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile) as error:
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
    except (zipfile.BadZipFile, OSError, EOFError):
        return size, "unreadable"
    return size, digest.hexdigest()


def _read(production: _Production, name: str) -> bytes:
    try:
        with production.open(name) as file:
            return file.read()
    except (zipfile.BadZipFile, EOFError) as error:
        raise OSError(name) from error


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
