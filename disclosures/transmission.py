"""The manifest of a transmission: what was sent, to whom, when, how, with its hashes.

Commission Implementing Regulation (EU) 2025/1550 names the seven elements that the
originator states of evidence which is sent outside the decentralised system, and until
when it stays accessible; every hand-over gets them, whatever the instrument, with the
record of the delivery. It is written once, at the hand-over, and frozen.
Source: https://data.europa.eu/eli/reg_impl/2025/1550/oj
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.utils import translation

from cases.models import Organisation
from disclosures import production
from disclosures.models import Delivery
from disclosures.packet import seal
from disclosures.packet.verify import MANIFEST

FORMAT = "candor-transmission-1"


@translation.override("en")  # what goes out is English, whoever hands it over
def freeze(delivery: Delivery) -> None:
    """Write the manifest into a delivery that is about to be saved.

    The packet's gates have just found every byte as it was sealed.
    """
    text = json.dumps(_said(delivery), ensure_ascii=False, indent=2) + "\n"
    delivery.transmission = text
    delivery.transmission_sha256 = hashlib.sha256(text.encode()).hexdigest()


def _said(delivery: Delivery) -> dict[str, Any]:
    packet, site = delivery.packet, Organisation.objects.get()
    archive, folder = production.archive(packet), production.folder(packet)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    return {
        "format": FORMAT,
        "rule": "Implementing Regulation (EU) 2025/1550",
        "sender_and_recipient": {
            "sender": {
                "name": site.name,
                "address": site.address.splitlines(),
                "contact": site.contact,
            },
            "recipient": {
                "name": delivery.recipient_name,
                "authority": packet.case.agency.name,
                "address": delivery.recipient_address,
            },
        },
        "order": {
            **{name: manifest[name] for name in ("instrument", "agency_reference")},
            "issued_on": packet.case.issued_on.isoformat(),
            **{name: manifest[name] for name in ("served_on", "case", "production")},
            "scope_sha256": manifest["scope"]["sha256"],
        },
        "sent_at": _utc(delivery.handed_over_at),
        "means": {
            "method": delivery.method,
            "in_words": str(delivery.get_method_display()),
            "accessible_until": _utc(delivery.expires_at),
        },
        # Names, sizes and digests, each with its algorithm.
        "files": [
            seal.measured(archive, archive.name).data,
            *manifest["files"],
            # The packet's own manifest doesn't list itself.
            seal.measured(folder / MANIFEST, MANIFEST).data,
        ],
        "delivery": {
            "released_by": delivery.released_by_name,
            "recorded_at": _utc(delivery.recorded_at),
            "shown_by": delivery.in_hand,
            "manifest_sha256": delivery.manifest_sha256,
            "note": delivery.note,
        },
    }


def _utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
