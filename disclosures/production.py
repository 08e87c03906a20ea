"""The sealed production on disk: where it lies, and whether it is what was sealed."""

import hashlib
from pathlib import Path

from django.conf import settings

from disclosures.models import Packet
from disclosures.packet import verify


def folder(packet: Packet) -> Path:
    """Where the unpacked production of a sealed packet lies."""
    return Path(settings.FILES_DIR) / packet.folder / name(packet)


def archive(packet: Packet) -> Path:
    """Where the zip of a sealed packet lies."""
    return Path(settings.FILES_DIR) / packet.folder / f"{name(packet)}.zip"


def name(packet: Packet) -> str:
    """The production's name outside: it shows nothing of the inside."""
    return f"production-{packet.number:04d}"


def archive_sha256(packet: Packet) -> str:
    """The digest that the zip was sealed with; "" where it wasn't."""
    sealed = {file: digest for file, _size, digest in packet.files}
    return str(sealed.get(archive(packet).name, ""))


def findings(packet: Packet) -> list[str]:
    """What the verifier has against a packet as it lies on disk; empty: nothing."""
    found = [str(one) for one in verify.verify(folder(packet))]
    own = {archive(packet), folder(packet)}
    found += [
        f"{path.name}: lies beside the production."
        for path in sorted(archive(packet).parent.glob("*"))
        if path not in own
    ]
    sealed = {
        folder(packet) / verify.MANIFEST: packet.manifest_sha256,
        archive(packet): archive_sha256(packet),
    }
    found += [
        f"{path.name}: not the one that was sealed."
        for path, digest in sealed.items()
        if _sha256(path) != digest
    ]
    return found


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
