"""Check a production against its own manifest, with Python's standard library alone.

Anyone can run this: it needs no part of the portal and goes out with each production,
packed into one file (``program``). It names every file that is missing, was added or
was changed, every size, row count or Bates range that isn't as listed, and every
disagreement between ``manifest.json`` and the lists of checksums; in a folder whatever
is no plain file, in a zip whatever is there beside its files. What it can't tell is
whether the whole production was made anew: for that, compare the SHA-256 of
``manifest.json`` with the one handed over, or check who signed it.
"""

import zipfile
from pathlib import Path

from disclosures.packet.verify import listed, packing, reading
from disclosures.packet.verify.found import (
    MANIFEST,
    SIGNATURE,
    SUMS,
    SUMS_512,
    UNREADABLE,
    Finding,
)

__all__ = ["MANIFEST", "SIGNATURE", "SUMS", "SUMS_512", "Finding", "verify"]


def verify(path: Path) -> list[Finding]:
    """Everything that is wrong with the production; an empty list is a clean one."""
    try:
        if path.is_dir():
            return list(listed.findings(reading.folder(path)))
        if not path.exists():
            return [Finding("", f"There is nothing at {path}.")]
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            packed = list(packing.findings(file, archive))
            return packed + list(listed.findings(reading.archive(archive)))
    except (*UNREADABLE, TypeError) as error:
        return [Finding("", f"The production can't be read: {error}.")]
