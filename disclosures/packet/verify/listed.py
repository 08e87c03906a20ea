"""A production against its manifest: files, sizes, hashes, rows and page ranges."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from disclosures.packet.verify import signatures
from disclosures.packet.verify.found import (
    MANIFEST,
    SIGNATURE,
    SUMS,
    SUMS_512,
    UNREADABLE,
    Finding,
    shown,
)
from disclosures.packet.verify.reading import Measures, Production, measure, read

_ENDS = ("bates_first", "bates_last")
# Each list of checksums, and the hash that it lists.
_LISTS = {SUMS: "sha256", SUMS_512: "sha512"}


def findings(production: Production) -> Iterator[Finding]:
    """Everything that isn't as the manifest says."""
    if len(set(production.names)) != len(production.names):
        yield Finding("", "A file is there twice.")
    for name in production.others:
        yield Finding(name, "isn't a plain file of the production")
    try:
        manifest = json.loads(read(production, MANIFEST))
        listed = {file["name"]: file for file in manifest["files"]}
        exhibits = [dict(exhibit) for exhibit in manifest["exhibits"]]
    except (KeyError, TypeError, ValueError, OSError, RecursionError) as error:
        yield Finding(MANIFEST, f"missing or not a manifest ({type(error).__name__})")
        return
    if len(listed) != len(manifest["files"]):
        yield Finding(MANIFEST, "lists a file twice")
    own = (MANIFEST, SIGNATURE) if manifest.get("signature") else (MANIFEST,)
    yield from _presence(production, listed, own)
    for name, file in sorted(listed.items()):
        if name in production.names:
            yield from _content(measure(production, name), name, file)
    yield from _sums(production, listed, own)
    for exhibit in exhibits:
        yield from _rows(production, exhibit, listed)
    yield from _ranges(manifest)
    yield from signatures.findings(production, manifest)


def _presence(
    production: Production, listed: dict[str, Any], own: tuple[str, ...]
) -> Iterator[Finding]:
    here, wanted = set(production.names), {*listed, *own, *_LISTS}
    for name in sorted(wanted - here):
        yield Finding(name, "is missing")
    for name in sorted(here - wanted):
        yield Finding(name, "doesn't belong to the production")


def _content(found: Measures, name: str, file: dict[str, Any]) -> Iterator[Finding]:
    if found.bytes != file.get("bytes"):
        yield Finding(name, f"has {found.bytes} bytes, not {file.get('bytes')}")
    if found.sha256 != file.get("sha256"):
        yield Finding(name, f"was changed: its SHA-256 is {found.sha256}")
    elif found.sha512 != file.get("sha512"):
        yield Finding(name, f"was changed: its SHA-512 is {found.sha512}")


def _sums(
    production: Production, listed: dict[str, Any], own: tuple[str, ...]
) -> Iterator[Finding]:
    """Both lists name the manifest and every file of it, with the same values."""
    measured = {name: measure(production, name) for name in own}
    for sums, algorithm in _LISTS.items():
        if sums not in production.names:
            continue
        wanted = {name: file.get(algorithm) for name, file in listed.items()}
        wanted |= {name: getattr(one, algorithm) for name, one in measured.items()}
        try:
            data = read(production, sums)
        except OSError:
            yield Finding(sums, "can't be read")
            continue
        yield from _list(sums, data, wanted)


def _list(sums: str, data: bytes, wanted: dict[str, Any]) -> Iterator[Finding]:
    said = list(_lines(sums, data.decode("utf-8", "replace"), wanted))
    # Byte for byte: what is the same list to one reader may be another to the next.
    whole = "".join(f"{digest}  {name}\n" for name, digest in sorted(wanted.items()))
    if not said and data != whole.encode():
        said = [Finding(sums, "isn't written as it was sealed")]
    yield from said


def _lines(sums: str, text: str, wanted: dict[str, Any]) -> Iterator[Finding]:
    if not text.endswith("\n"):
        yield Finding(sums, "is cut off")
    found: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n"):
        digest, _, name = line.partition("  ")
        if not name or name in found:
            yield Finding(sums, f"has a line that isn't a checksum: {shown(line[:80])}")
        found[name] = digest
    for name in sorted({*wanted, *found}):
        if name not in found:
            yield Finding(sums, f"doesn't list {name}")
        elif name not in wanted:
            yield Finding(sums, f"lists {shown(name)}, which the manifest doesn't")
        elif found[name] != wanted[name]:
            yield Finding(sums, f"has another value for {name} than the manifest")


def _rows(
    production: Production, exhibit: dict[str, Any], listed: dict[str, Any]
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
    except (*UNREADABLE, csv.Error) as error:
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
