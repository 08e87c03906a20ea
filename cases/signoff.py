"""Counsel sign-off: the decision that a case's scope may be produced, or not.

A sign-off binds to the *digest* of the scope counsel read, not to the case. When a
target, a category or a date range changes, the digest changes, and no earlier
sign-off covers the case any more: nothing has to be remembered or switched off.

What holds here, and why:

* Counsel decides: a role with ``cases.sign_off_case`` and a grant on this case.
* Four eyes: whoever prepared the scope can't sign it, superusers included: who
  submitted it, and who decided any of its items, in this round or an earlier one.
  A permission can't say this (it knows roles, not what a person did), so it is a
  rule here, and a constraint on the row behind it.
* An approval names its legal basis, e.g. ``18 U.S.C. 2703(c)(2)``; the database
  refuses one without. Source: docs/policy.md, section "Sign-off".
* Counsel has just shown who they are; by what and when is kept with the decision.
* A submitted scope is decided once. Submitting it again raises its revision, and
  the revision is part of the digest.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases import audit, permissions, persons, scope, workflow
from cases.enums import Act, EventKind, Perm, SignOffDecision
from cases.exceptions import (
    IllegalTransition,
    ScopeChanged,
    require_storable,
)
from cases.models import Case, SignOff
from cases.proof import Proof

_AFTERWARDS = {
    SignOffDecision.APPROVED: ("approve_scope", EventKind.SIGN_OFF_APPROVED),
    SignOffDecision.RETURNED: ("return_scope", EventKind.SIGN_OFF_RETURNED),
    SignOffDecision.REFUSED: ("refuse_scope", EventKind.SIGN_OFF_REFUSED),
}


@transaction.atomic
def record_sign_off(
    case_id: int,
    *,
    counsel: User,
    decision: str,
    scope_digest: str,
    proof: Proof,
    legal_basis: str = "",
    note: str = "",
    at: datetime | None = None,
) -> SignOff:
    """Record counsel's decision on the scope that counsel was shown.

    ``scope_digest`` is the digest the form was drawn from, sent back with the
    answer. The case row is locked first, as in every verb that edits a scope: a
    change made in another window lands before the comparison and is refused here,
    or waits until the decision is in.

    Raises:
        PermissionDenied: ``counsel`` may not sign off this case.
        FourEyesViolation: ``counsel`` prepared the scope, or did what the site's
            profile keeps apart from approving.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        ScopeChanged: the scope is no longer the one counsel read.
        ValidationError: an approval without a legal basis, another decision without a
            note, an unknown decision, or a second decision on the same scope.
        IllegalTransition: the case isn't waiting for a sign-off.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(counsel, Perm.SIGN_OFF, case)
    preparer = case.scope_prepared_by_id
    if preparer is None:
        raise IllegalTransition(f"{case} has no submitted scope yet.")
    persons.require_other(case, counsel, Act.APPROVE)
    proof.require(at)
    if scope_digest != scope.digest(case):
        raise ScopeChanged(f"The scope of {case} changed after it was shown.")
    if decision not in _AFTERWARDS:
        raise ValidationError("Approve, return or refuse.")
    require_storable(legal_basis=legal_basis, note=note)

    sign_off = SignOff(
        case=case,
        scope_digest=scope_digest,
        decision=decision,
        legal_basis=legal_basis.strip(),
        note=note.strip(),
        prepared_by_id=preparer,
        counsel=counsel,
        counsel_name=audit.name_of(counsel),
        decided_at=at,
        **proof.columns,
    )
    sign_off.full_clean()
    sign_off.save()

    step, event_kind = _AFTERWARDS[SignOffDecision(decision)]
    audit.record(
        case,
        event_kind,
        actor=counsel,
        at=at,
        data={
            "sign_off": sign_off.pk,
            "scope": scope_digest,
            "basis": sign_off.legal_basis,
            "proof": sign_off.proof_method,
        },
    )
    # Counsel's note stays on the sign-off: the trail has other readers.
    workflow.transition(case.pk, step, actor=counsel, at=at)
    return sign_off
