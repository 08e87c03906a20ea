"""What a packet was drawn from, kept with its seal: it can be made again from it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from disclosures.exceptions import PacketBroken
from disclosures.models import FrozenFacts, Packet
from disclosures.packet import contents, inputs


def keep(packet: Packet, said: contents.PacketFacts, *, at: datetime) -> FrozenFacts:
    """Keep what the packet was drawn from. Call it in the seal's transaction."""
    text = inputs.document(said)
    return FrozenFacts.objects.create(
        packet=packet, document=text, digest=inputs.digest(text), frozen_at=at
    )


def facts(packet: Packet, paths: Mapping[str, Path]) -> contents.PacketFacts:
    """What the packet said when it was sealed; ``paths`` are its exhibits' files now.

    Raises:
        PacketBroken: nothing was kept, it was changed since, or it is of a version of
            the portal that this one doesn't read.
    """
    row = FrozenFacts.objects.filter(packet=packet).first()
    if row is None:
        raise PacketBroken(
            _("This packet was sealed before the portal kept what packets say.")
        )
    if inputs.digest(row.document) != row.digest:
        raise PacketBroken(_("What this packet says was changed after it was frozen."))
    try:
        return inputs.read(row.document, paths)
    except ValueError:
        raise PacketBroken(
            _("Another version of the portal wrote what this packet says.")
        ) from None
