"""Refusals of what goes out: each carries a sentence for the person who asked."""

from cases.exceptions import CaseError


class CollectionFailed(CaseError):
    """A part can't be collected; trying again without a change won't help."""


class PacketBroken(CaseError):
    """Stored records or a sealed packet are no longer what they were."""


class CustodyBroken(PacketBroken):
    """A file isn't what was collected or sealed; ``breaks.noted`` writes it down.

    ``found`` is the SHA-256 of what lies there, "" where that can't be said;
    ``exhibit_id`` is None where it is the sealed packet.
    """

    def __init__(
        self,
        sentence: str,
        *,
        packet_id: int,
        exhibit_id: int | None = None,
        found: str = "",
    ) -> None:
        super().__init__(sentence)
        self.packet_id, self.exhibit_id = packet_id, exhibit_id
        self.found = found


class FontMissing(CaseError):
    """A font that packets are set in isn't installed."""


class SigningRefused(CaseError):
    """The site signs its packets, and its key can't be used until it is mended."""


class AuthorityOut(CaseError):
    """No time stamp came, or no word on revocation; trying again later may help."""
