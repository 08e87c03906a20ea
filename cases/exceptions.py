"""Refusals: each carries a sentence for the person who asked."""

from django.core.exceptions import ValidationError


class CaseError(Exception):
    """Something can't be done as asked; the message is a sentence for staff."""


class IllegalTransition(CaseError):
    """The act doesn't fit where the case stands now."""


class FourEyesViolation(CaseError):
    """Another person has to do this."""


class ScopeChanged(CaseError):
    """What was decided about is no longer what the case says."""


class DocumentRefused(CaseError):
    """An upload that can't be kept as a served paper."""


class InsufficientProcess(CaseError):
    """The instrument doesn't reach the class of data."""


class StaleProof(CaseError):
    """Who decides hasn't shown who they are within the last minutes."""


class ClaimLost(CaseError):
    """Another worker holds the work order by now; this one's result is thrown away."""


class BucketUnavailable(OSError):
    """A bucket can't be reached, or won't have us; another try may help."""


class KeyGone(CaseError):
    """The case has no key, any more or yet: what was closed by it stays closed."""


class NotOpened(CaseError):
    """A file isn't one that the case's key closed, or not whole."""


def require_storable(**texts: str) -> None:
    """Let texts pass that a database, a CSV and a digest can all carry, field by field.

    PostgreSQL can't store NUL, and half of a surrogate pair has no UTF-8 form.

    Raises:
        ValidationError: one message per field that holds such a character.
    """
    broken = {
        field: "This holds a character that can't be stored. Type the text in again."
        for field, text in texts.items()
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
    }
    if broken:
        raise ValidationError(broken)
