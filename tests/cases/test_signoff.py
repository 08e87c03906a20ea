"""Counsel's decision: by whom, about exactly what, once, and worth nothing afterwards
if anything changed."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases import audit, review, scope, signoff
from cases.enums import (
    Act,
    CaseStatus,
    EventKind,
    ObjectionGround,
    Profile,
    Role,
    SignOffDecision,
)
from cases.exceptions import FourEyesViolation, IllegalTransition, ScopeChanged
from cases.grounds import ItemObjection
from cases.models import (
    Case,
    CaseGroupPerm,
    Event,
    Organisation,
    Reply,
    ScopeItem,
    ScopeRevision,
    SignOff,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

D = SignOffDecision
PREPARED = "You prepared the scope of this case: another person does this."


def decide(case, counsel, **changed):
    said = {"kind": changed.pop("decision", D.APPROVED), "legal_basis": make.BASIS}
    for name in ("legal_basis", "note", "objections"):
        if name in changed:
            said[name] = changed.pop(name)
    wanted = {
        "decision": signoff.Decision(**said),
        "scope_digest": scope.digest(make.fresh(case)),
        "proof": make.proof(),
        "at": make.AT,
    }
    return signoff.record_sign_off(case.pk, counsel=counsel, **(wanted | changed))


WHOLE = [ItemObjection(ObjectionGround.DEFECTIVE, "No court of this name.")]


def everything(case):
    return (
        Case.objects.filter(pk=case.pk).values().get(),
        list(Event.objects.order_by("pk").values()),
        list(SignOff.objects.order_by("pk").values()),
        list(ScopeItem.objects.order_by("pk").values()),
        list(ScopeRevision.objects.order_by("pk").values()),
        list(Reply.objects.order_by("pk").values()),
    )


def refused(error, case, counsel, **changed):
    """The sentence of the refusal, after which nothing was written."""
    before = everything(case)
    with pytest.raises(error) as caught:
        decide(case, counsel, **changed)
    assert everything(case) == before
    return caught.value


DECISIONS = [
    ("approved", "approve_scope", CaseStatus.APPROVED, make.BASIS, ""),
    ("conditional", "approve_scope", CaseStatus.APPROVED, make.BASIS, "Not by mail."),
    ("asked", "ask_back", CaseStatus.IN_REVIEW, "", "Which court is this?"),
    ("returned", "return_scope", CaseStatus.IN_REVIEW, "", "Narrow item 2."),
]


@pytest.mark.parametrize(("decision", "step", "status", "basis", "note"), DECISIONS)
def test_a_decision_moves_the_case_and_leaves_these_two_events(
    decision, step, status, basis, note
):
    case, counsel = make.awaiting(), make.person(Role.COUNSEL, first_name="Cora")
    before, shown = Event.objects.count(), scope.digest(case)
    made = decide(case, counsel, decision=decision, legal_basis=basis, note=note)
    assert make.fresh(case).status == status
    stored = SignOff.objects.get()
    assert stored == made
    assert (
        stored.case,
        stored.decision,
        stored.scope_digest,
        stored.place,
        stored.needed,
        stored.legal_basis,
        stored.note,
        stored.prepared_by,
        stored.counsel,
        stored.counsel_name,
        stored.decided_at,
    ) == (
        case,
        decision,
        shown,
        None if decision == "asked" else 1,
        1,
        basis,
        note,
        case.scope_prepared_by,
        counsel,
        "Cora",
        make.AT,
    )
    told = {"basis": basis, "proof": "password", "sign_off": stored.pk, "scope": shown}
    assert trail_since(before) == [
        (case, f"case.sign_off.{decision}", counsel, make.AT, told),
        (case, "case.status.changed", counsel, make.AT, moved(step, status)),
    ]


def trail_since(before):
    return [
        (e.case, e.kind, e.actor, e.at, json.loads(e.data))
        for e in Event.objects.order_by("pk")[before:]
    ]


def moved(step, status):
    return {
        "from": "awaiting_sign_off",
        "to": status.value,
        "step": step,
        "reason": "",
    }


def test_a_refusal_objects_to_everything_and_covers_that():
    case, counsel = make.awaiting(), make.person(Role.COUNSEL, first_name="Cora")
    before, shown = Event.objects.count(), scope.digest(case)
    made = decide(case, counsel, decision=D.REFUSED, legal_basis="", objections=WHOLE)
    case = make.fresh(case)
    assert (case.status, case.scope_revision) == (CaseStatus.REFUSED, 2)
    assert made.scope_digest == scope.digest(case) != shown
    rows = scope.decisions(case)
    assert {(row.decision, row.ground, row.reason) for row in rows} == {
        ("object", "defective", "No court of this name.")
    }
    told = {
        "basis": "",
        "proof": "password",
        "sign_off": made.pk,
        "scope": made.scope_digest,
        "shown": shown,
        "objections": {str(row.pk): "defective" for row in rows},
    }
    assert trail_since(before) == [
        (case, "case.sign_off.refused", counsel, make.AT, told),
        (
            case,
            "case.status.changed",
            counsel,
            make.AT,
            moved("refuse_scope", CaseStatus.REFUSED),
        ),
    ]


def test_counsel_s_note_stays_out_of_the_trail():
    case = make.awaiting()
    decide(case, make.counsel(), note="Privileged: canary-7a1f")
    assert SignOff.objects.get().note == "Privileged: canary-7a1f"
    assert not Event.objects.filter(data__contains="canary-7a1f").exists()


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.COUNSEL, Role.OUTSIDE_COUNSEL})
)
def test_no_other_role_signs(role):
    refused(PermissionDenied, make.awaiting(), make.person(role))


def test_counsel_without_a_grant_on_the_case_can_t_sign():
    refused(
        PermissionDenied, make.awaiting(), make.person(Role.COUNSEL, at_the_desk=False)
    )


def test_counsel_whose_grant_has_ended_can_t_sign():
    case, counsel = make.awaiting(), make.counsel()
    CaseGroupPerm.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    refused(PermissionDenied, case, counsel)


def test_a_superuser_with_neither_can_t_sign():
    root = make.person(at_the_desk=False, is_superuser=True)
    refused(PermissionDenied, make.awaiting(), root)


def test_counsel_who_has_left_can_t_sign():
    refused(
        PermissionDenied, make.awaiting(), make.person(Role.COUNSEL, is_active=False)
    )


@pytest.mark.parametrize("decision", SignOffDecision.values)
def test_who_prepared_the_scope_can_t_decide_on_it(decision):
    both = make.person(Role.ANALYST, Role.COUNSEL, is_superuser=True)
    error = refused(
        FourEyesViolation,
        make.awaiting(by=both),
        both,
        decision=decision,
        note="Note.",
        objections=WHOLE if decision == D.REFUSED else (),
    )
    assert str(error) == PREPARED


def test_who_decided_an_item_can_t_sign_what_another_person_submits():
    both, other = make.person(Role.ANALYST, Role.COUNSEL), make.analyst()
    case = make.in_review()
    review.decide(case.pk, actor=both, choices=make.choices(case), at=make.AT)
    review.submit(case.pk, actor=other, at=make.AT)
    error = refused(FourEyesViolation, case, both)
    assert str(error) == PREPARED


def test_who_prepared_an_earlier_round_can_t_sign_a_later_one():
    both, other = make.person(Role.ANALYST, Role.COUNSEL), make.analyst()
    case = make.awaiting(by=both)
    make.sign(case, decision=SignOffDecision.RETURNED)
    make.submit(case, other)
    refused(FourEyesViolation, case, both)
    decide(case, make.counsel())
    assert make.fresh(case).status == CaseStatus.APPROVED


BARS = {
    EventKind.PACKET_REQUESTED: {Profile.TWO_PEOPLE, Profile.STANDARD},
    EventKind.PACKET_RESUMED: {Profile.TWO_PEOPLE, Profile.STANDARD},
    EventKind.PACKET_CERTIFIED: {Profile.STANDARD},
    EventKind.PACKET_RELEASED: {Profile.STANDARD},
}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("kind", BARS)
def test_what_counsel_did_in_an_earlier_round_bars_as_the_profile_says(kind, profile):
    case, counsel = make.awaiting(), make.counsel()
    Organisation.objects.update(profile=profile)
    audit.record(case, kind, actor=counsel, at=make.AT)
    if profile in BARS[kind]:
        refused(FourEyesViolation, case, counsel)
    else:
        decide(case, counsel)
        assert make.fresh(case).status == CaseStatus.APPROVED


def test_every_act_on_a_case_is_read_from_the_trail():
    case, person = make.opened(), make.analyst()
    kinds = {
        EventKind.ITEM_DECIDED: Act.PREPARE,
        EventKind.SCOPE_SUBMITTED: Act.PREPARE,
        EventKind.SIGN_OFF_APPROVED: Act.APPROVE,
        EventKind.SIGN_OFF_CONDITIONAL: Act.APPROVE,
        EventKind.SIGN_OFF_REFUSED: Act.APPROVE,
        EventKind.PACKET_REQUESTED: Act.COLLECT,
        EventKind.PACKET_RESUMED: Act.COLLECT,
        EventKind.ACCOUNT_CHOSEN: Act.COLLECT,
        EventKind.PULL_ANSWERED: Act.COLLECT,
        EventKind.PULL_RETURNED: Act.COLLECT,
        EventKind.PULL_WITHDRAWN: Act.COLLECT,
        EventKind.EXHIBIT_MARKED: Act.EXAMINE,
        EventKind.MARK_LIFTED: Act.EXAMINE,
        EventKind.EXHIBIT_PASSED: Act.EXAMINE,
        EventKind.EXHIBIT_RETURNED: Act.EXAMINE,
        EventKind.COLUMN_RELEASED: Act.APPROVE,
        EventKind.PACKET_CERTIFIED: Act.CERTIFY,
        EventKind.PACKET_RELEASED: Act.RELEASE,
    }
    for kind in EventKind:
        doer = make.person()
        audit.record(case, kind, actor=doer, at=make.AT)
        expected = {kinds[kind]} if kind in kinds else set()
        assert audit.acts_of(case, doer) == expected
    assert set(kinds.values()) == set(Act)
    assert audit.acts_of(case, person) == frozenset()


def test_a_scope_that_changed_since_the_page_was_drawn_isn_t_signed():
    case, counsel = make.awaiting(), make.counsel()
    shown = scope.digest(case)
    case.targets.update(identifier="bob")
    error = refused(ScopeChanged, case, counsel, scope_digest=shown)
    assert str(error) == f"The scope of {case} changed after it was shown."
    refused(ScopeChanged, case, counsel, scope_digest="")


def test_an_approval_needs_its_basis():
    case, counsel = make.awaiting(), make.counsel()
    for basis in ("", "  "):
        error = refused(ValidationError, case, counsel, legal_basis=basis)
        assert error.messages == ["An approval names its legal basis."]


@pytest.mark.parametrize("decision", [D.CONDITIONAL, D.ASKED, D.RETURNED])
def test_another_decision_needs_its_words(decision):
    case, counsel = make.awaiting(), make.counsel()
    error = refused(ValidationError, case, counsel, decision=decision, note=" ")
    assert error.messages == ["Conditions, a question or a return need their words."]


def test_an_unknown_decision_is_none():
    error = refused(ValidationError, make.awaiting(), make.counsel(), decision="maybe")
    assert error.messages == ["Approve, ask, return or refuse."]


@pytest.mark.parametrize("field", ["legal_basis", "note"])
def test_what_can_t_be_stored_is_refused(field):
    error = refused(ValidationError, make.awaiting(), make.counsel(), **{field: "a\0b"})
    assert list(error.message_dict) == [field]


@pytest.mark.parametrize("status", sorted(set(CaseStatus) - {"awaiting_sign_off"}))
def test_only_a_case_that_waits_for_counsel_is_decided(status):
    case, counsel = make.in_status(status), make.counsel()
    error = refused(IllegalTransition, case, counsel)
    label = case.get_status_display()
    assert str(error) == f"{case} is “{label}”, not waiting for counsel."
