"""The pages of legal requests. Importing this registers them with the admin site."""

from cases.admin import (
    addresses,
    agencies,
    assignment,
    authenticity,
    case,
    glass,
    grants,
    intake,
    notes,
    organisation,
    restricted,
    review,
    secrecy,
    signoff,
    standing,
    targets,
)

__all__ = [
    "addresses",
    "agencies",
    "assignment",
    "authenticity",
    "case",
    "glass",
    "grants",
    "intake",
    "notes",
    "organisation",
    "restricted",
    "review",
    "secrecy",
    "signoff",
    "standing",
    "targets",
]
