"""The pages of legal requests. Importing this registers them with the admin site."""

from cases.admin import (
    agencies,
    assignment,
    case,
    grants,
    intake,
    organisation,
    review,
    secrecy,
    signoff,
    standing,
    targets,
)

__all__ = [
    "agencies",
    "assignment",
    "case",
    "grants",
    "intake",
    "organisation",
    "review",
    "secrecy",
    "signoff",
    "standing",
    "targets",
]
