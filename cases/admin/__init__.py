"""The pages of legal requests. Importing this registers them with the admin site."""

from cases.admin import (
    assignment,
    case,
    grants,
    intake,
    reference,
    review,
    secrecy,
    signoff,
    targets,
)

__all__ = [
    "assignment",
    "case",
    "grants",
    "intake",
    "reference",
    "review",
    "secrecy",
    "signoff",
    "targets",
]
