"""Exhibits at rest in tests: their plain bytes, other bytes in their place, a bit."""

import hashlib
import io
import tempfile
from pathlib import Path

from django.conf import settings

from disclosures import kept
from disclosures.models import Exhibit


def path(exhibit: Exhibit) -> Path:
    """Where the closed file lies."""
    return Path(settings.FILES_DIR) / exhibit.path


def plain(exhibit: Exhibit) -> bytes:
    """What was collected, hash checked."""
    sink = io.BytesIO()
    assert kept.read(exhibit, sink)
    return sink.getvalue()


def put(exhibit: Exhibit, data: bytes) -> None:
    """Other bytes in its place, closed by the right key."""
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other"
        other.write_bytes(data)
        kept.keep(other, exhibit.path, exhibit.packet)


def rewrite(exhibit: Exhibit, data: bytes) -> None:
    """The same, with the hash and the counts that go with it."""
    put(exhibit, data)
    rows = max(0, data.count(b"\r\n") - 1)
    Exhibit.objects.filter(pk=exhibit.pk).update(
        sha256=hashlib.sha256(data).hexdigest(),
        rows=rows,
        total=rows,
        size=len(data),
    )


def flip(file: Path) -> None:
    """Turn one bit round."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
