"""Counsel sign-off: the decision that a case's scope may be produced, or not.

A sign-off binds to the *digest* of the scope counsel read, not to the case. When a
target, a category or a date range changes, the digest changes, and no earlier
sign-off covers the case any more: nothing has to be remembered or switched off.

What holds here, and why:

* Counsel decides: a role with ``cases.sign_off_case`` and a grant on this case.
* Four eyes: whoever prepared the scope can't sign it, superusers included: who
  submitted it, and who decided any of its items, in this round or an earlier one.
  A permission can't say this (it knows roles, not what a person did), so it is a
  rule of persons, and a constraint on the row behind it.
* An approval names its legal basis, e.g. ``18 U.S.C. 2703(c)(2)``; the database
  refuses one without. Source: docs/policy.md, section "Sign-off".
* Counsel has just shown who they are; by what and when is kept with the decision.
* A submitted scope is decided once by as many counsel as the site's policy wants. A
  question decides nothing; a return or a refusal decides at once.
* What counsel objects to, item by item, becomes a frozen revision of its own: counsel
  signs exactly what will be answered (docs/decisions/0010-objections-of-counsel.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions, persons, replies, scope, workflow
from cases.enums import Act, CaseStatus, EventKind, Perm, SignOffDecision
from cases.exceptions import IllegalTransition, ScopeChanged, require_storable
from cases.grounds import ItemObjection
from cases.models import Case, Organisation, Reply, ScopeRevision, SignOff
from cases.models.signoff import APPROVALS
from cases.proof import Proof

D = SignOffDecision
# The event of each decision, and the step that the case takes by it.
_AFTERWARDS = {
    D.APPROVED: ("approve_scope", EventKind.SIGN_OFF_APPROVED),
    D.CONDITIONAL: ("approve_scope", EventKind.SIGN_OFF_CONDITIONAL),
    D.ASKED: ("ask_back", EventKind.SIGN_OFF_ASKED),
    D.RETURNED: ("return_scope", EventKind.SIGN_OFF_RETURNED),
    D.REFUSED: ("refuse_scope", EventKind.SIGN_OFF_REFUSED),
}


@dataclass(frozen=True)
class Decision:
    """What counsel decided: of which kind, on what basis, in which words."""

    kind: str  # a value of SignOffDecision
    legal_basis: str = ""
    note: str = ""
    objections: Sequence[ItemObjection] = ()


@dataclass(frozen=True)
class Quorum:
    """How many counsel have to approve the scope as it stands, and who has."""

    needed: int
    approvals: tuple[SignOff, ...]
    reasons: tuple[str, ...]  # why it wants more than the site's ordinary number

    @property
    def missing(self) -> int:
        """How many approvals are still to come."""
        return self.needed - len(self.approvals)


def quorum(case: Case) -> Quorum:
    """Who has approved the scope as it stands, and how many it takes.

    The number is that of the day of the first approval: a change of policy doesn't
    reach into a decision under way.
    """
    given = case.sign_offs.filter(
        scope_digest=scope.digest(case), decision__in=APPROVALS
    )
    approvals = tuple(given.select_related("counsel"))
    site, sensitive = Organisation.objects.get(), scope.sensitive_in(case)
    wanted = site.counsel_needed_sensitive if sensitive else site.counsel_needed
    return Quorum(
        needed=approvals[0].needed if approvals else wanted,
        approvals=approvals,
        reasons=tuple(f"{one.reason} ({one.citation})" for one in sensitive),
    )


@transaction.atomic
def record_sign_off(
    case_id: int,
    *,
    counsel: User,
    decision: Decision,
    scope_digest: str,
    proof: Proof,
    at: datetime | None = None,
) -> SignOff:
    """Record counsel's decision on the scope that counsel was shown.

    ``scope_digest`` is the digest the form was drawn from, sent back with the
    answer. The case row is locked first, as in every verb that edits a scope: a
    change made in another window lands before the comparison and is refused here,
    or waits until the decision is in. With objections the sign-off covers the
    scope as they leave it, not as it was shown.

    Raises:
        PermissionDenied: ``counsel`` may not sign off this case.
        FourEyesViolation: ``counsel`` prepared the scope, or did what the site's
            profile keeps apart from approving.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        ScopeChanged: the scope is no longer the one counsel read.
        ValidationError: an approval without a legal basis, conditions, a question or
            a return without words, an objection without ground or reason, a refusal
            that leaves something to produce, an unknown decision, or a second
            decision of this counsel on the same scope.
        IllegalTransition: the case isn't waiting for a sign-off.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(counsel, Perm.SIGN_OFF, case)
    persons.require_other(case, counsel, Act.APPROVE)
    proof.require(at)
    if case.status != CaseStatus.AWAITING_SIGN_OFF:
        raise IllegalTransition(
            _("%(case)s is “%(status)s”, not waiting for counsel.")
            % {"case": case, "status": case.get_status_display()}
        )
    if scope_digest != scope.digest(case):
        raise ScopeChanged(
            _("The scope of %(case)s changed after it was shown.") % {"case": case}
        )
    kind = _kind_of(decision)
    decided = _as_decided(case, kind, decision.objections, counsel, at)
    standing = quorum(case)
    sign_off = SignOff(
        case=case,
        scope_digest=decided.digest,
        decision=kind,
        place=None if kind == D.ASKED else len(standing.approvals) + 1,
        needed=standing.needed,
        legal_basis=decision.legal_basis.strip(),
        note=decision.note.strip(),
        prepared_by_id=decided.prepared_by_id,
        counsel=counsel,
        counsel_name=audit.name_of(counsel),
        decided_at=at,
        **proof.columns,
    )
    sign_off.full_clean()
    sign_off.save()

    step, event_kind = _AFTERWARDS[kind]
    told = {
        "sign_off": sign_off.pk,
        "scope": sign_off.scope_digest,
        "basis": sign_off.legal_basis,
        "proof": sign_off.proof_method,
    }
    if scope_digest != sign_off.scope_digest:
        told |= {"shown": scope_digest, "objections": _grounds(case, counsel, at)}
    audit.record(case, event_kind, actor=counsel, at=at, data=told)
    # Counsel's note stays on the sign-off: the trail has other readers.
    if kind not in APPROVALS or sign_off.place == sign_off.needed:
        workflow.transition(case.pk, step, actor=counsel, at=at)
    return sign_off


def _kind_of(decision: Decision) -> SignOffDecision:
    """The kind of a decision that is well formed; the rest is the row's own."""
    if decision.kind not in D.values:
        raise ValidationError(_("Approve, ask, return or refuse."))
    require_storable(
        legal_basis=decision.legal_basis,
        note=decision.note,
        objections="".join(one.reason for one in decision.objections),
    )
    return D(decision.kind)


def _as_decided(
    case: Case,
    decision: SignOffDecision,
    objections: Sequence[ItemObjection],
    counsel: User,
    at: datetime,
) -> ScopeRevision:
    """The scope as counsel's objections leave it; without any, what was shown."""
    if objections and decision not in {*APPROVALS, D.REFUSED}:
        raise ValidationError(_("Object to items while approving or refusing."))
    whole = [one for one in objections if one.item_id is None]
    if whole and decision != D.REFUSED:
        raise ValidationError(_("To object to everything is to refuse."))
    revision: ScopeRevision = case.revisions.get(digest=scope.digest(case))
    if objections:
        # The single objections first: what they leave is what the general one is to.
        ordered = sorted(objections, key=lambda one: one.item_id is None)
        revision = scope.object_as_counsel(case, ordered, objected_by=counsel, at=at)
    left = scope.holds_something(case)
    if decision == D.REFUSED and left:
        raise ValidationError(_("A refusal says on which ground nothing is answered."))
    if decision in APPROVALS and not left:
        raise ValidationError(
            _("Nothing is left to produce: refuse the request instead.")
        )
    return revision


def _grounds(case: Case, counsel: User, at: datetime) -> dict[str, Any]:
    """By scope item, on what ground this counsel objected just now."""
    return {
        str(row.pk): row.ground
        for row in scope.decisions(case)
        if row.decided_by_id == counsel.pk and row.decided_at == at
    }


@transaction.atomic
def acknowledge(sign_off_id: int, *, actor: User, at: datetime | None = None) -> Reply:
    """Record that somebody who orders has read the conditions of an approval.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: there are no conditions, or they were acknowledged already.
        ValidationError: they are ``actor``'s own.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(sign_offs=sign_off_id)
    permissions.require(actor, Perm.ORDER, case)
    waiting = case.sign_offs.filter(decision=D.CONDITIONAL, reply=None)
    sign_off = waiting.filter(pk=sign_off_id).first()
    if sign_off is None:
        raise IllegalTransition(_("No conditions of counsel wait to be acknowledged."))
    kind = EventKind.CONDITIONS_ACKNOWLEDGED
    return replies.give(sign_off, kind, by=actor, at=at)
