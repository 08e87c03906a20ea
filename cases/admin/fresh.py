"""Fresh proof at the pages that bind the house: asked again after five minutes.

What is asked depends on the person: the second factor where there is one, the password
only where the site requires none (the demo). The POST is kept in the session meanwhile
and goes on by itself once the proof is there, so nothing is typed twice.
"""

from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.utils import timezone

from cases import proof
from cases.enums import ProofMethod
from cases.proof import Proof

_BY_TYPE = {
    Authenticator.Type.TOTP: ProofMethod.TOTP,
    Authenticator.Type.WEBAUTHN: ProofMethod.PASSKEY,
    Authenticator.Type.RECOVERY_CODES: ProofMethod.RECOVERY_CODE,
}


def proof_of(request: HttpRequest) -> Proof | None:
    """The newest proof of this session that is fresh and enough; None: ask again."""
    has_factor = is_mfa_enabled(request.user)
    for record in reversed(get_authentication_records(request, request.user)):
        method = _method(record)
        at = datetime.fromtimestamp(float(record["at"]), UTC)
        if method is None or not proof.is_accepted(method, has_factor=has_factor):
            continue
        if proof.is_fresh(at, timezone.now()):
            return Proof(method, at)
    return None


def require_fresh(request: HttpRequest) -> Proof:
    """The proof, or off to give it; allauth's middleware keeps the POST and resumes it.

    Raises:
        ReauthenticationRequired: nothing in this session is fresh enough.
    """
    found = proof_of(request)
    if found is None:
        raise ReauthenticationRequired
    return found


def _method(record: dict[str, Any]) -> ProofMethod | None:
    match record.get("method"):
        case "password":
            return ProofMethod.PASSWORD
        case "mfa":
            return _BY_TYPE.get(Authenticator.Type(str(record.get("type"))))
        case _:  # single sign-on says who, not that the person is here now
            return None
