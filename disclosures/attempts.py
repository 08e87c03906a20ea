"""What every step of a worker has in common: so many attempts, and why it ended."""

import logging
import traceback

from django.utils.translation import gettext as _

from cases import queue
from cases.exceptions import CaseError
from disclosures.exceptions import CollectionFailed


def require_left(held: queue.Claim) -> None:
    """Let a claim go on that isn't one too many.

    Raises:
        CollectionFailed: so many before it didn't finish.
    """
    most = queue.MAX_ATTEMPTS
    if held.attempt > most:
        raise CollectionFailed(
            _("Stopped after %(most)s attempts that did not finish.") % {"most": most}
        )


def sentence(error: Exception, log: logging.Logger, step: str) -> str:
    """What staff may read: our own refusals as they are, others by kind alone.

    ``log`` gets the place, never the text: it may quote a record. ``step`` says there
    what ended.
    """
    if isinstance(error, CaseError):
        return str(error)
    kind = type(error).__name__
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s ended with %s:\n%s", step, kind, frames)
    return f"Something outside the portal failed ({kind}); see the server's log."
