"""The sealed production on disk: where it lies, and whether it is what was sealed."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from disclosures.models import Packet
from disclosures.packet import contents, seal, verify
from disclosures.packet.signer import Signature


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


def sealed_row(
    folder: str,
    packet_facts: contents.PacketFacts,
    rendered: contents.Rendered,
    sealed: seal.Sealed,
) -> dict[str, Any]:
    """What a packet's row keeps of its seal; the zip is the last of its files."""
    zipped = sealed.archive
    return {
        "folder": folder,
        "pages": rendered.pages,
        "bates_first": packet_facts.bates_start,
        "bates_last": rendered.bates_last,
        "pdf_sha256": sealed.pdf_sha256,
        "unsigned_sha256": sealed.unsigned.sha256,
        **_signature_row(sealed.signature),
        "manifest_sha256": sealed.manifest_sha256,
        "files": [
            *map(list, sealed.files),
            [zipped.name, zipped.stat().st_size, sealed.archive_sha256],
        ],
    }


def _signature_row(signature: Signature | None) -> dict[str, Any]:
    """What a packet's row keeps of who signed it; nothing of an unsigned one."""
    if signature is None:
        return {}
    return {
        "signer": signature.signer,
        "stamper": signature.authority,
        "stamped_at": datetime.fromisoformat(signature.stamped_at),
    }


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
