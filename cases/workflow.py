"""The life of a case: the one table of its steps."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from cases import audit, authenticity, permissions, scope, standing
from cases.enums import CaseStatus, EventKind, Perm
from cases.exceptions import IllegalTransition
from cases.models import Case
from cases.transitions import Machine, Transition, sources, table

S = CaseStatus


def _has_process(case: Case) -> str:
    served = case.documents.filter(kind="process").exists()
    if served:
        return ""
    return _("An intake clerk or analyst uploads the served paper first.")


def _has_what_was_asked(case: Case) -> str:
    if not case.targets.exists():
        return _("An intake clerk or analyst enters at least one target first.")
    if not case.items.exists():
        return _(
            "An intake clerk or analyst ticks at least one requested category first."
        )
    return ""


def _scope_is_frozen(case: Case) -> str:
    now = scope.digest(case)
    frozen = case.revisions.filter(digest=now).exists()
    decided = case.sign_offs.approving(now) | case.sign_offs.refusing(now)
    if frozen and not decided.exists():
        return ""
    return _("Counsel hasn't got the scope as it stands now: an analyst submits it.")


def _scope_is_signed(case: Case) -> str:
    signed = case.sign_offs.approving(scope.digest(case)).exists()
    return "" if signed else _uncovered()


def _uncovered() -> str:
    return _(
        "No approval covers the scope as it stands now: an analyst submits it, then "
        "counsel decides."
    )


def _is_genuine(case: Case) -> str:
    is_letter = not case.sign_offs.approving(scope.digest(case)).exists()
    return authenticity.refusal(case, is_letter=is_letter)


def _is_over(case: Case) -> str:
    if standing.over(case):
        return ""
    return _("It is “%(status)s”: take its scope back first.") % {
        "status": case.get_status_display()
    }


def _scope_is_decided(case: Case) -> str:
    now = scope.digest(case)
    if not case.sign_offs.covering(now).exists():
        return _uncovered()
    approved = case.sign_offs.approving(now).exists()
    if approved or not scope.holds_something(case):
        return ""
    return _(
        "Counsel refused, and the scope still holds something to answer: an analyst "
        "revises it."
    )


def _conditions_are_read(case: Case) -> str:
    if not case.sign_offs.unacknowledged(scope.digest(case)).exists():
        return ""
    return _("Counsel set conditions: somebody who orders acknowledges them first.")


def _has_outcome(case: Case) -> str:
    if case.disposition and case.closed_at:
        return ""
    return _("State how the request ended first, item by item.")


CASE = Machine(
    model=Case,
    event=EventKind.STATUS_CHANGED,
    case_of=lambda case: case,
    steps=table(
        Transition(
            "start_review",
            sources(S.RECEIVED),
            S.IN_REVIEW,
            Perm.REVIEW,
            guards=(_has_process, _has_what_was_asked),
        ),
        Transition(
            "submit_scope",
            sources(S.IN_REVIEW),
            S.AWAITING_SIGN_OFF,
            Perm.REVIEW,
            guards=(
                _has_process,
                _has_what_was_asked,
                standing.over,
                _scope_is_frozen,
            ),
        ),
        Transition(
            "approve_scope",
            sources(S.AWAITING_SIGN_OFF),
            S.APPROVED,
            Perm.SIGN_OFF,
            guards=(standing.over, _scope_is_signed),
        ),
        Transition(
            "ask_back", sources(S.AWAITING_SIGN_OFF), S.IN_REVIEW, Perm.SIGN_OFF
        ),
        Transition(
            "return_scope", sources(S.AWAITING_SIGN_OFF), S.IN_REVIEW, Perm.SIGN_OFF
        ),
        Transition(
            "refuse_scope", sources(S.AWAITING_SIGN_OFF), S.REFUSED, Perm.SIGN_OFF
        ),
        Transition(
            "revise_scope",
            sources(S.AWAITING_SIGN_OFF, S.APPROVED, S.REFUSED, S.IN_PRODUCTION),
            S.IN_REVIEW,
            Perm.REVIEW,
        ),
        Transition(
            "order_packet",
            sources(S.APPROVED, S.REFUSED),
            S.IN_PRODUCTION,
            Perm.ORDER,
            guards=(
                standing.over,
                _is_genuine,
                _scope_is_decided,
                _conditions_are_read,
            ),
        ),
        Transition(
            "release_packet",
            sources(S.IN_PRODUCTION),
            S.RELEASED,
            Perm.RELEASE,
            guards=(standing.over, _is_genuine, _scope_is_decided),
        ),
        Transition(
            "close",
            sources(S.RECEIVED, S.IN_REVIEW, S.REFUSED, S.RELEASED),
            S.CLOSED,
            Perm.CLOSE,
            guards=(_has_outcome,),
        ),
        # What fell while it was under way is closed from where it stands.
        Transition(
            "close_fallen",
            sources(S.AWAITING_SIGN_OFF, S.APPROVED, S.IN_PRODUCTION),
            S.CLOSED,
            Perm.CLOSE,
            guards=(_is_over, _has_outcome),
        ),
        Transition("reopen", sources(S.CLOSED), S.IN_REVIEW, Perm.REOPEN),
    ),
)


def transition(
    case_id: int, name: str, *, actor: audit.Actor, at: datetime, reason: str = ""
) -> Case:
    """Move a case along the named step and write the event that says so.

    Raises:
        PermissionDenied: ``actor`` lacks the step's permission on this case, or is the
            system and the step needs a person.
        IllegalTransition: the case isn't in one of the sources, or a guard refused.
    """
    case: Case = CASE.take(case_id, name, actor=actor, at=at, reason=reason)
    return case


def editable(case_id: int, actor: User) -> Case:
    """The case, locked, where this person may change what was asked.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the scope has gone to counsel.
    """
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.INTAKE, case)
    if not case.is_editable:
        raise IllegalTransition(
            _("%(case)s is “%(status)s”: take the scope back to review first.")
            % {"case": case, "status": case.get_status_display()}
        )
    return case
