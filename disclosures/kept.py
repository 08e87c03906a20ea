"""Collected files at rest: closed by the case's key, hashed anew at each reading.

What holds here: a collected file lies in the store in one form alone, closed; its plain
bytes pass through memory, or stand in a folder of a run's own (``leftovers.private``);
size and hashes are those of the plain CSV; and whatever is read is hashed to its end
before it is believed.
"""

import hashlib
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from cases import vault
from cases.exceptions import NotOpened
from disclosures.exceptions import CustodyBroken
from disclosures.models import Exhibit, Packet


class Sink(Protocol):
    """What takes plain bytes, piece by piece."""

    def write(self, data: bytes, /) -> int:
        """Take a piece."""


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


def keep(plain: Path, path: str, packet: Packet) -> None:
    """Put a collected file into the store at ``path``, closed, whole or not at all."""
    closed = Path(settings.FILES_DIR) / path
    closed.parent.mkdir(parents=True, exist_ok=True)
    vault.close(plain, closed, case_id=packet.case_id)


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
            case_id=exhibit.packet.case_id,
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
    for exhibit in packet.exhibits.select_related("packet", "target"):
        read(exhibit)
