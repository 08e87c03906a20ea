"""What each verb of ``cases`` leaves in the trail, a line a verb."""

import io
from typing import Any

from django.utils import timezone

from cases import (
    assignment,
    closing,
    documents,
    evidence,
    glass,
    grants,
    intake,
    notes,
    review,
    scope,
    signoff,
    targeting,
)
from cases.enums import (
    Disposition,
    ItemDecision,
    MessageKind,
    Role,
    Secrecy,
    SignOffDecision,
)
from cases.models import CaseGroupPerm
from tests import factories as make
from tests import rulings
from tests.architecture.acting import nothing, row

CLERK, ANALYST, COUNSEL = Role.INTAKE_CLERK, Role.ANALYST, Role.COUNSEL
MOVED = "case.status.changed"


def on_paper() -> Any:
    case = make.opened()
    return make.paper(case)


def on_target() -> Any:
    return make.received().targets.get()


def on_grant() -> Any:
    return make.let_in(make.opened(), make.person(ANALYST, at_the_desk=False))


def on_closed_desk() -> Any:
    case = make.opened()
    CaseGroupPerm.objects.update(ends_at=make.AT)
    return case


def end_now(grant: Any, by: Any) -> Any:
    at = timezone.now()
    return grants.end(grant, actor=by, proof=make.proof(at), at=at)


def fallen() -> Any:
    case = make.approved()
    rulings.quashed(case)
    return case


def on_conditions() -> Any:
    return make.sign(make.awaiting(), decision=SignOffDecision.CONDITIONAL)


def on_question() -> Any:
    case = make.awaiting()
    make.sign(case, decision=SignOffDecision.ASKED)
    return make.fresh(case)


def stranger_to() -> Any:
    """A case that the desk's grant opens to nobody any more."""
    case = make.opened()
    CaseGroupPerm.objects.update(ends_at=make.AT)
    return case


def broken() -> Any:
    case = stranger_to()
    CaseGroupPerm.objects.update(ends_at=None)
    ana = make.person(ANALYST, at_the_desk=False)
    return glass.break_glass(
        case.number, actor=ana, reason="It burns.", proof=make.proof(), at=make.AT
    )


VERBS = {
    "cases.glass.break_glass": row(
        ANALYST,
        stranger_to,
        lambda it, by: glass.break_glass(
            it.number, actor=by, reason="It burns.", proof=make.proof(), at=make.AT
        ),
        "case.glass.broken",
    ),
    "cases.glass.review": row(
        COUNSEL,
        broken,
        lambda it, by: glass.review(
            it.pk, actor=by, was_right=True, finding="It did.", at=make.AT
        ),
        "case.glass.reviewed",
    ),
    "cases.targeting.find": row(
        CLERK,
        make.received,
        lambda it, by: targeting.find(actor=by, identifier="alice", at=make.AT),
        "list.opened",
    ),
    "cases.standing.record_ruling": row(
        COUNSEL,
        make.in_review,
        lambda it, by: rulings.stay(it, by=by),
        "case.standing.recorded",
    ),
    "cases.standing.record_withdrawal": row(
        ANALYST,
        make.in_review,
        lambda it, by: rulings.withdrawn(it, by=by),
        "case.standing.recorded",
    ),
    "cases.standing.lodge": row(
        COUNSEL,
        make.in_review,
        lambda it, by: rulings.objection(it, by=by),
        "case.objection.lodged",
    ),
    "cases.standing.resolve": row(
        COUNSEL,
        lambda: rulings.objection(make.in_review()),
        lambda it, by: rulings.resolved(it, by=by),
        "case.objection.decided",
    ),
    "cases.intake.open_case": row(
        CLERK,
        nothing,
        lambda it, by: intake.open_case(actor=by, facts=make.facts(), at=make.AT),
        "case.opened",
    ),
    "cases.intake.correct_facts": row(
        CLERK,
        make.received,
        lambda it, by: intake.correct_facts(
            it.pk, actor=by, facts=make.facts(officer_name="Agent Raman"), at=make.AT
        ),
        "case.corrected",
    ),
    "cases.intake.record_secrecy": row(
        CLERK,
        make.received,
        lambda it, by: intake.record_secrecy(
            it.pk, actor=by, secrecy=Secrecy.ASKED, at=make.AT
        ),
        "case.secrecy.recorded",
    ),
    "cases.targeting.add_target": row(
        CLERK,
        make.received,
        lambda it, by: targeting.add_target(
            it.pk, actor=by, facts=make.target_facts("bob"), at=make.AT
        ),
        "case.target.added",
    ),
    "cases.targeting.correct_target": row(
        CLERK,
        on_target,
        lambda it, by: targeting.correct_target(
            it.pk, actor=by, facts=make.target_facts("carol"), at=make.AT
        ),
        "case.target.corrected",
    ),
    "cases.targeting.remove_target": row(
        CLERK,
        on_target,
        lambda it, by: targeting.remove_target(it.pk, actor=by, at=make.AT),
        "case.target.removed",
    ),
    "cases.intake.set_items": row(
        CLERK,
        make.received,
        lambda it, by: intake.set_items(
            it.pk, actor=by, wordings=[("names", "Names")], at=make.AT
        ),
        "case.categories.set",
    ),
    "cases.documents.add_document": row(
        CLERK,
        make.received,
        lambda it, by: make.paper(it, by=by, content=io.BytesIO(make.pdf())),
        "case.document.added",
    ),
    "cases.documents.open_document": row(
        COUNSEL,
        on_paper,
        lambda it, by: documents.open_document(it.pk, actor=by, at=make.AT),
        "case.document.opened",
    ),
    # A page is a part of the paper: whoever shows it has opened that first.
    "cases.documents.page_picture": row(
        COUNSEL, on_paper, lambda it, by: documents.page_picture(it.pk, 1, actor=by)
    ),
    "cases.authenticity.record_finding": row(
        COUNSEL, make.received, make.check, "case.authenticity.found"
    ),
    "cases.notes.write_note": row(
        CLERK,
        make.opened,
        lambda it, by: notes.write_note(it.pk, actor=by, text="Called.", at=make.AT),
        "case.note.written",
    ),
    "cases.notes.ask_counsel": row(
        ANALYST,
        make.opened,
        lambda it, by: notes.ask_counsel(it.pk, actor=by, text="May we?", at=make.AT),
        "case.privileged.written",
    ),
    "cases.notes.write_privileged": row(
        COUNSEL,
        make.opened,
        lambda it, by: notes.write_privileged(
            it.pk, actor=by, kind=MessageKind.ANSWER, text="Yes.", at=make.AT
        ),
        "case.privileged.written",
    ),
    "cases.notes.read_thread": row(
        COUNSEL,
        make.opened,
        lambda it, by: notes.read_thread(it.pk, actor=by, at=make.AT),
        "case.privileged.read",
    ),
    "cases.review.start": row(
        ANALYST,
        make.received,
        lambda it, by: review.start(it.pk, actor=by, at=make.AT),
        f"{MOVED} start_review",
    ),
    "cases.review.decide": row(
        ANALYST,
        make.in_review,
        lambda it, by: review.decide(
            it.pk,
            actor=by,
            choices=make.choices(it, ItemDecision.OBJECT, "Too broad."),
            at=make.AT,
        ),
        "case.item.decided",
    ),
    "cases.review.submit": row(
        ANALYST,
        make.decided,
        lambda it, by: review.submit(it.pk, actor=by, at=make.AT),
        f"{MOVED} submit_scope",
        "case.scope.submitted",
    ),
    "cases.review.revise": row(
        ANALYST,
        make.awaiting,
        lambda it, by: review.revise(it.pk, actor=by, reason="Once more.", at=make.AT),
        f"{MOVED} revise_scope",
    ),
    "cases.evidence.export_trail": row(
        Role.AUDITOR,
        make.received,
        lambda it, by: evidence.export_trail(
            it.pk, actor=by, out=io.BytesIO(), at=make.AT
        ),
        "case.trail.exported",
    ),
    "cases.closing.close": row(
        ANALYST,
        make.opened,
        lambda it, by: closing.close(
            it.pk,
            actor=by,
            disposition=Disposition.WITHDRAWN,
            outcomes={},
            at=make.AT,
        ),
        f"{MOVED} close",
        "case.closed",
    ),
    "cases.grants.give": row(
        COUNSEL,
        make.opened,
        lambda it, by: make.let_in(
            it, make.person(ANALYST, at_the_desk=False), actor=by
        ),
        "case.grant.given",
    ),
    "cases.grants.end": row(COUNSEL, on_grant, end_now, "case.grant.ended"),
    "cases.grants.note_refusal": row(
        ANALYST,
        on_closed_desk,
        lambda it, by: grants.note_refusal(it.pk, actor=by, page="paper", at=make.AT),
        "case.grant.refused",
    ),
    "cases.assignment.hand_over": row(
        COUNSEL,
        make.opened,
        lambda it, by: assignment.hand_over(
            it.pk, to=make.analyst(), actor=by, reason="On leave.", at=make.AT
        ),
        "case.handed_over",
    ),
    "cases.closing.close, fallen": row(
        ANALYST,
        fallen,
        lambda it, by: closing.close(
            it.pk,
            actor=by,
            disposition=Disposition.WITHDRAWN,
            outcomes={one.pk: "withdrawn" for one in scope.decisions(it)},
            at=make.AT,
        ),
        f"{MOVED} close_fallen",
        "case.closed",
    ),
    "cases.closing.reopen": row(
        COUNSEL,
        make.closed,
        lambda it, by: closing.reopen(it.pk, actor=by, reason="Why.", at=make.AT),
        f"{MOVED} reopen",
        "case.reopened",
    ),
    "cases.signoff.record_sign_off": row(
        COUNSEL,
        make.awaiting,
        make.sign,
        "case.sign_off.approved",
        f"{MOVED} approve_scope",
    ),
    "cases.signoff.record_sign_off, conditional": row(
        COUNSEL,
        make.awaiting,
        lambda it, by: make.sign(it, by, SignOffDecision.CONDITIONAL),
        "case.sign_off.conditional",
        f"{MOVED} approve_scope",
    ),
    "cases.signoff.record_sign_off, asked": row(
        COUNSEL,
        make.awaiting,
        lambda it, by: make.sign(it, by, SignOffDecision.ASKED),
        "case.sign_off.asked",
        f"{MOVED} ask_back",
    ),
    "cases.signoff.acknowledge": row(
        ANALYST,
        on_conditions,
        lambda it, by: signoff.acknowledge(it.pk, actor=by, at=make.AT),
        "case.conditions.acknowledged",
    ),
    "cases.review.submit, answering": row(
        ANALYST,
        on_question,
        lambda it, by: review.submit(it.pk, actor=by, answer="Yes.", at=make.AT),
        "case.question.answered",
        f"{MOVED} submit_scope",
        "case.scope.submitted",
    ),
    "cases.signoff.record_sign_off, returned": row(
        COUNSEL,
        make.awaiting,
        lambda it, by: make.sign(it, by, SignOffDecision.RETURNED),
        "case.sign_off.returned",
        f"{MOVED} return_scope",
    ),
    "cases.signoff.record_sign_off, refused": row(
        COUNSEL,
        make.awaiting,
        lambda it, by: make.sign(it, by, SignOffDecision.REFUSED),
        "case.sign_off.refused",
        f"{MOVED} refuse_scope",
    ),
}
