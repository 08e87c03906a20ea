"""The exhibits' files inside the PDF: the source of what is printed (AFRelationship).

Each is compressed as it is read, so that no file is ever in memory. PDF/A-3 (ISO
19005-3, 6.8) asks for the relationship, both names, the kind of file and its date.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from disclosures.exceptions import PacketBroken
from disclosures.packet.schedule.writer import Writer, string

_CHUNK = 1 << 20
_LEVEL = 6


@dataclass(frozen=True)
class Attachment:
    """A file of comma-separated values; ``read_at`` is the instant it tells of."""

    name: str
    path: Path
    sha256: str
    description: str
    read_at: datetime


def attach(writer: Writer, file: Attachment) -> int:
    """Write a file and what the PDF says of it; the number of its specification.

    Raises:
        PacketBroken: the file isn't what was collected.
    """
    digest, checksum, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0

    def taken() -> Iterator[bytes]:
        nonlocal size
        with file.path.open("rb") as read:
            while chunk := read.read(_CHUNK):
                digest.update(chunk)
                checksum.update(chunk)
                size += len(chunk)
                yield chunk

    after = writer.reserve()
    entries = (
        b"/Type/EmbeddedFile/Subtype/text#2fcsv/Filter/FlateDecode/Params %d 0 R"
        % after
    )
    number = writer.flow(_deflated(taken), entries)
    if digest.hexdigest() != file.sha256:
        raise PacketBroken(f"The file {file.name} isn't what was collected.")
    said = (size, checksum.hexdigest().encode(), _date(file.read_at))
    writer.add(b"<</Size %d/CheckSum<%b>/ModDate(%b)>>" % said, after)
    name = string(file.name)
    return writer.add(
        b"<</Type/Filespec/F%b/UF%b/AFRelationship/Source/Desc%b/EF<</F %d 0 R"
        b"/UF %d 0 R>>>>" % (name, name, string(file.description), number, number)
    )


def _deflated(chunks: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL)
    for chunk in chunks():
        yield packer.compress(chunk)
    yield packer.flush()


def _date(at: datetime) -> bytes:
    return f"D:{at.astimezone(UTC):%Y%m%d%H%M%S}Z".encode()
