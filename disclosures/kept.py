"""Collected files at rest: closed by the case's key, hashed anew at each reading.

What holds here: a collected file lies in the store in one form alone, closed; its plain
bytes pass through memory, or stand in a folder of a run's own (``leftovers.private``);
size and hashes are those of the plain CSV; and whatever is read is hashed to its end
before it is believed.
"""

import csv
import hashlib
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from cases import vault
from cases.exceptions import NotOpened
from disclosures.exceptions import CustodyBroken, PacketBroken
from disclosures.models import Exhibit, Packet

_NEWLINE = b"\r\n"
_AT_ONCE = 1 << 20


class Sink(Protocol):
    """What takes plain bytes, piece by piece."""

    def write(self, data: bytes, /) -> int:
        """Take a piece."""


class Rows:
    """A sink that takes plain CSV as it comes and hands on row after row, complete.

    A row ends with a line break outside quotes: the writer doubles a quote inside.
    """

    def __init__(self) -> None:
        self.number = 0  # of the next row; the header is row 0
        self._line: list[bytes] = []  # of a row that isn't complete yet
        self._is_quoted = False
        self._waiting: list[bytes] = []
        self._size = 0

    def row(self, number: int, line: bytes) -> None:
        """Take one row with its line break; rows count from 1.

        Raises:
            NotImplementedError: of this class, which only splits.
        """
        raise NotImplementedError

    def write(self, data: bytes, /) -> int:
        """Take a piece."""
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _AT_ONCE:
            self._work()
        return len(data)

    def end(self) -> None:
        """Take what is left.

        Raises:
            csv.Error: the last row isn't complete.
        """
        self._work()
        if self._line or self._waiting != [b""]:
            raise csv.Error

    def _work(self) -> None:
        *lines, rest = b"".join(self._waiting).split(_NEWLINE)
        self._waiting, self._size = [rest], 0
        for line in lines:
            self._line.append(line)
            self._is_quoted ^= line.count(b'"') % 2 == 1
            if not self._is_quoted:
                self.row(self.number, _NEWLINE.join(self._line) + _NEWLINE)
                self._line = []
                self.number += 1


class _Hashed:
    """A sink that hashes what passes on its way to another, or to nowhere."""

    def __init__(self, sink: Sink | None) -> None:
        self._sink = sink
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.sha256.update(data)
        if self._sink is not None:
            self._sink.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def keeping(path: str, packet: Packet) -> vault.Closing:
    """A file in the store at ``path``, closed while it is written, whole or not at all.

    Its context begins the file, and begins it anew when entered again.
    """
    return vault.closing(_place(path), case_id=packet.case_id)


def keep(plain: Path, path: str, packet: Packet) -> None:
    """Put a plain file into the store at ``path``, closed, whole or not at all."""
    vault.close(plain, _place(path), case_id=packet.case_id)


def _place(path: str) -> Path:
    closed = Path(settings.FILES_DIR) / path
    closed.parent.mkdir(parents=True, exist_ok=True)
    return closed


def read(exhibit: Exhibit, sink: Sink | None = None) -> bool:
    """Pass an exhibit's plain bytes to a sink; False where the answer has no file.

    Believe what went into the sink once this has returned, and not before.

    Raises:
        CustodyBroken: the file is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
    """
    if not exhibit.path:
        return False
    hashed, found = _Hashed(sink), ""
    try:
        vault.pour(
            Path(settings.FILES_DIR) / exhibit.path,
            hashed,
            case=exhibit.packet.case,
        )
        found = hashed.sha256.hexdigest()
    except NotOpened:
        pass  # then it is no longer what was collected, whatever it is
    if found != exhibit.sha256:
        raise CustodyBroken(
            _("Exhibit %(label)s was changed or lost after it was collected.")
            % {"label": exhibit.label},
            packet_id=exhibit.packet_id,
            exhibit_id=exhibit.pk,
            found=found,
        )
    return True


def copy(exhibit: Exhibit, folder: Path) -> Path | None:
    """A plain copy in a private folder; None where the answer has no file.

    Raises:
        CustodyBroken: the file is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
    """
    plain = folder / exhibit.file_name
    with plain.open("xb") as sink:
        has_file = read(exhibit, sink)
    if not has_file:
        plain.unlink()
        return None
    return plain


def require_intact(packet: Packet) -> None:
    """Let an act go on that stands on a packet's exhibits: each file is hashed.

    Raises:
        CustodyBroken: one is missing or no longer what was collected.
        KeyGone: the case's key was destroyed.
    """
    for exhibit in packet.exhibits.select_related("target"):
        read(exhibit)


def no_csv(exhibit: Exhibit) -> PacketBroken:
    """What is raised where an exhibit, whole as it was collected, is no CSV."""
    return PacketBroken(
        _("Exhibit %(label)s can't be read as CSV.") % {"label": exhibit.label}
    )
