"""Whether a zip is packed as we pack: its files, their headings and nothing more."""

import struct
import zipfile
from collections.abc import Iterator
from typing import IO

from disclosures.packet.verify.found import (
    ZIP_DAY,
    ZIP_MODE,
    ZIP_SYSTEM,
    Finding,
)

# The most that an archive's short and long fields can say, and what follows beyond.
_MOST_SHORT, _MOST_LONG, _LONG_END = 0xFFFF, 0xFFFFFFFF, 76
_FIRST_DAY = 0x21  # ``ZIP_DAY`` as an archive writes it


def findings(file: IO[bytes], archive: zipfile.ZipFile) -> Iterator[Finding]:
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
