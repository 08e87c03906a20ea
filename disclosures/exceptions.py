"""Refusals of what goes out: each carries a sentence for the person who asked."""

from cases.exceptions import CaseError


class CollectionFailed(CaseError):
    """A part can't be collected; trying again without a change won't help."""


class PacketBroken(CaseError):
    """Stored records or a sealed packet are no longer what they were."""


class FontMissing(CaseError):
    """A font that packets are set in isn't installed."""
