"""What the check finds, and the names that a production's own files have."""

import struct
import zipfile
import zlib
from dataclasses import dataclass

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.p7s"  # where the site signs
SUMS, SUMS_512 = "SHA256SUMS", "SHA512SUMS"
# As ``seal`` packs: the earliest day that a zip can name, for it says nothing of when
# and by whom it was made.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
ZIP_MODE = 0o644 << 16
ZIP_SYSTEM = 3
CHUNK = 1 << 20
# What a broken archive or file raises while it is read.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError),
)


@dataclass(frozen=True)
class Finding:
    """Something that isn't as it was sealed; ``name`` is the file, or empty."""

    name: str
    sentence: str

    def __str__(self) -> str:
        name = shown(self.name)
        return f"{name}: {self.sentence}" if name else self.sentence


def shown(name: str) -> str:
    """A name as a terminal may print it."""
    return name if name.isprintable() else ascii(name)
