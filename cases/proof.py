"""Fresh proof of who decides: by what it was given and when, kept with the decision.

Sign-off, certification and release bind the house, so a session alone isn't enough for
them: the person has shown within the last five minutes who they are, by their second
factor where the site requires one. The verbs ask; there is no default.
Source: docs/policy.md, section "Signing in".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cases.enums import ProofMethod
from cases.exceptions import StaleProof

FRESH_FOR = timedelta(minutes=5)


def is_accepted(method: ProofMethod, *, has_factor: bool) -> bool:
    """Whether this way of proof is enough; a password only without a second factor."""
    if method == ProofMethod.PASSWORD:
        return not (has_factor or settings.SECOND_FACTOR_REQUIRED)
    return method != ProofMethod.NOT_RECORDED


def is_fresh(proof_at: datetime, at: datetime) -> bool:
    """Whether a proof of then still holds at this instant."""
    return timedelta(0) <= at - proof_at < FRESH_FOR


@dataclass(frozen=True)
class Proof:
    """That somebody showed who they are: how, and when."""

    method: ProofMethod
    at: datetime

    def require(self, at: datetime) -> None:
        """Let a proof pass that is fresh at this instant, or stop here.

        Raises:
            StaleProof: older than five minutes, ahead of the act, or of a kind that
                isn't enough here.
        """
        accepted = is_accepted(ProofMethod(self.method), has_factor=False)
        if not (accepted and is_fresh(self.at, at)):
            raise StaleProof(
                _("Show again who you are: this needs a proof of the moment.")
            )

    @property
    def columns(self) -> dict[str, Any]:
        """How the decision's row keeps it (``cases.models.proof.Proved``)."""
        return {"proof_method": self.method, "proof_at": self.at}
