"""The pages of legal requests. Importing this registers them with the admin site."""

from cases.admin import (
    agencies,
    case,
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
    "case",
    "intake",
    "organisation",
    "review",
    "secrecy",
    "signoff",
    "standing",
    "targets",
]
