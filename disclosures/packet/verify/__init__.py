"""Check a production against its own manifest, with Python's standard library alone.

Anyone can run this: it needs no part of the portal and goes out with each production,
packed into one file (``program``). It names every file that is missing, was added or
was changed, every size, row count or Bates range that isn't as listed, and every
disagreement between ``manifest.json`` and the lists of checksums; in a folder whatever
is no plain file, in a zip whatever is there beside its files. What it can't tell is
whether the whole production was made anew: for that, compare the SHA-256 of
``manifest.json`` with the one handed over, or check who signed it.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from disclosures.packet.verify import listed, packing, reading, signatures
from disclosures.packet.verify.found import (
    MANIFEST,
    SIGNATURE,
    SUMS,
    SUMS_512,
    UNREADABLE,
    Finding,
)

__all__ = ["MANIFEST", "SIGNATURE", "SUMS", "SUMS_512", "Finding", "signed", "verify"]


def verify(path: Path) -> list[Finding]:
    """Everything that is wrong with the production; an empty list is a clean one."""
    if not path.exists():
        return [Finding("", f"There is nothing at {path}.")]
    try:
        with _opened(path) as (production, packed):
            return packed + list(listed.findings(production))
    except (*UNREADABLE, TypeError) as error:
        return [Finding("", f"The production can't be read: {error}.")]


def signed(path: Path) -> list[str]:
    """What is to be said of the signatures of a production that was found clean."""
    with _opened(path) as (production, _packed):
        return signatures.lines(json.loads(reading.read(production, MANIFEST)))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[reading.Production, list[Finding]]]:
    """The production, and what is wrong with its packing."""
    if path.is_dir():
        yield reading.folder(path), []
        return
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        yield reading.archive(archive), list(packing.findings(file, archive))
