"""Counsel's decision: by whom, about exactly what, once, and worth nothing afterwards
if anything changed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases import audit, intake, review, scope, signoff
from cases.enums import (
    Act,
    CaseStatus,
    EventKind,
    ItemDecision,
    Profile,
    Role,
    SignOffDecision,
)
from cases.exceptions import FourEyesViolation, IllegalTransition, ScopeChanged
from cases.models import (
    Agency,
    Case,
    CaseGroupPerm,
    Event,
    Organisation,
    RequestedItem,
    ScopeItem,
    SignOff,
    Target,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

PREPARED = "You prepared the scope of this case: another person does this."


def decide(case, counsel, **changed):
    wanted = {
        "decision": SignOffDecision.APPROVED,
        "scope_digest": scope.digest(make.fresh(case)),
        "legal_basis": make.BASIS,
        "proof": make.proof(),
        "at": make.AT,
    }
    return signoff.record_sign_off(case.pk, counsel=counsel, **(wanted | changed))


def everything(case):
    return (
        Case.objects.filter(pk=case.pk).values().get(),
        list(Event.objects.order_by("pk").values()),
        list(SignOff.objects.order_by("pk").values()),
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
    ("returned", "return_scope", CaseStatus.IN_REVIEW, "", "Narrow item 2."),
    ("refused", "refuse_scope", CaseStatus.REFUSED, "", "No court of this name."),
]


@pytest.mark.parametrize(("decision", "step", "status", "basis", "note"), DECISIONS)
def test_a_decision_moves_the_case_and_leaves_these_two_events(
    decision, step, status, basis, note
):
    case, counsel = make.awaiting(), make.person(Role.COUNSEL, first_name="Cora")
    before = Event.objects.count()
    made = decide(case, counsel, decision=decision, legal_basis=basis, note=note)
    assert make.fresh(case).status == status
    stored = SignOff.objects.get()
    assert stored == made
    assert (
        stored.case,
        stored.decision,
        stored.scope_digest,
        stored.legal_basis,
        stored.note,
        stored.prepared_by,
        stored.counsel,
        stored.counsel_name,
        stored.decided_at,
    ) == (
        case,
        decision,
        scope.digest(case),
        basis,
        note,
        case.scope_prepared_by,
        counsel,
        "Cora",
        make.AT,
    )
    told = {"basis": basis, "proof": "password", "sign_off": stored.pk}
    told["scope"] = stored.scope_digest
    moved = {"from": "awaiting_sign_off", "to": status.value, "step": step}
    assert [
        (e.case, e.kind, e.actor, e.actor_name, e.at, e.data)
        for e in Event.objects.order_by("pk")[before:]
    ] == [
        (
            case,
            f"case.sign_off.{decision}",
            counsel,
            "Cora",
            make.AT,
            audit.canonical(told),
        ),
        (
            case,
            "case.status.changed",
            counsel,
            "Cora",
            make.AT,
            audit.canonical(moved | {"reason": ""}),
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
        EventKind.SIGN_OFF_REFUSED: Act.APPROVE,
        EventKind.PACKET_REQUESTED: Act.COLLECT,
        EventKind.PACKET_RESUMED: Act.COLLECT,
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


@pytest.mark.parametrize(
    "decision", [SignOffDecision.RETURNED, SignOffDecision.REFUSED]
)
def test_another_decision_needs_its_note(decision):
    case, counsel = make.awaiting(), make.counsel()
    error = refused(
        ValidationError, case, counsel, decision=decision, legal_basis="", note=" "
    )
    assert error.messages == ["Returning or refusing needs a note."]


def test_an_unknown_decision_is_none():
    error = refused(ValidationError, make.awaiting(), make.counsel(), decision="maybe")
    assert error.messages == ["Approve, return or refuse."]


@pytest.mark.parametrize("field", ["legal_basis", "note"])
def test_what_can_t_be_stored_is_refused(field):
    error = refused(ValidationError, make.awaiting(), make.counsel(), **{field: "a\0b"})
    assert list(error.message_dict) == [field]


@pytest.mark.parametrize("status", sorted(set(CaseStatus) - {"awaiting_sign_off"}))
def test_only_a_case_that_waits_for_counsel_is_decided(status):
    case, counsel = make.in_status(status), make.counsel()
    # In these the scope that stands was decided on already, and that is said first.
    decided = SignOff.objects.filter(scope_digest=scope.digest(case)).exists()
    error = ValidationError if decided else IllegalTransition
    refused(error, case, counsel)


def test_a_scope_is_decided_once():
    case = make.approved()
    error = refused(ValidationError, case, make.counsel())
    assert error.messages == ["This scope has been decided already."]


# What may change in a signed scope, as a raw statement that no code of ours sees.
CHANGES = {
    "identifier": lambda case: case.targets.update(identifier="bob"),
    "identifier_case": lambda case: case.targets.update(identifier="Alice"),
    "kind": lambda case: case.targets.update(kind="email"),
    "role": lambda case: case.targets.update(role="victim"),
    "first_day": lambda case: case.targets.update(first_day=date(2021, 12, 31)),
    "last_day": lambda case: case.targets.update(last_day=None),
    "time_zone": lambda case: case.targets.update(time_zone="UTC"),
    "target_number": lambda case: case.targets.update(number=2),
    "target_added": lambda case: Target.objects.create(
        case=case, number=2, kind="username", identifier="bob", time_zone="UTC"
    ),
    "wording": lambda case: case.items.filter(number=1).update(wording="Everything"),
    "category": lambda case: case.items.filter(number=1).update(
        category_code="messages"
    ),
    "item_number": lambda case: case.items.filter(number=1).update(number=9),
    "item_added": lambda case: RequestedItem.objects.create(
        case=case, number=3, category_code="messages", wording="All messages"
    ),
    "decision": lambda case: one_decision(case).update(
        decision=ItemDecision.OBJECT, reason="No."
    ),
    "decision_removed": lambda case: one_decision(case).delete(),
    "narrowed": lambda case: one_decision(case).update(
        decision=ItemDecision.NARROW, first_day=date(2023, 1, 1), reason="Too broad."
    ),
    "reason": lambda case: one_decision(case).update(reason="Because."),
    "instrument": lambda case: update(case, instrument="trial_subpoena"),
    "jurisdiction": lambda case: update(case, jurisdiction="EU"),
    "issuer_kind": lambda case: update(case, issuer_kind="judge"),
    "reference": lambda case: update(case, agency_reference="2023R00417-09"),
    "agency": lambda case: update(
        case, agency=Agency.objects.create(name="Another", jurisdiction="US")
    ),
    "issued_on": lambda case: update(case, issued_on=date(2023, 3, 8)),
    "served_on": lambda case: update(case, served_on=date(2023, 3, 14)),
    "data_map": lambda case: update(case, map_digest="e" * 64),
    "revision": lambda case: update(case, scope_revision=2),
    "number": lambda case: update(case, number="LR-2023-00002"),
}


def one_decision(case):
    """One decided pair, however it is written to."""
    first = ScopeItem.objects.filter(target__case=case).earliest("pk")
    return ScopeItem.objects.filter(pk=first.pk)


def update(case, **changes):
    Case.objects.filter(pk=case.pk).update(**changes)


@pytest.mark.feature("R3", part=True)
@pytest.mark.parametrize("change", CHANGES)
def test_after_signing_any_change_of_scope_voids_the_signature_by_itself(change):
    case = make.approved()
    assert SignOff.objects.approving(scope.digest(case)).exists()
    CHANGES[change](case)
    assert not SignOff.objects.approving(scope.digest(make.fresh(case))).exists()


def test_what_isn_t_part_of_the_scope_leaves_the_signature_alone():
    case = make.approved()
    update(case, officer_phone="+1 202 555 0143", secrecy="asked")
    ScopeItem.objects.update(disposition="full")
    assert SignOff.objects.approving(scope.digest(make.fresh(case))).exists()


def test_taking_an_unchanged_scope_back_voids_the_signature_at_once():
    case = make.approved()
    signed = scope.digest(case)
    review.revise(case.pk, actor=make.analyst(), reason="A second look.", at=make.AT)
    now = scope.digest(make.fresh(case))
    assert now != signed
    assert not SignOff.objects.approving(now).exists()
    revision = review.submit(case.pk, actor=make.analyst(), at=make.AT)
    assert (revision.number, revision.digest) == (2, now)


def test_a_signed_scope_can_t_be_edited_by_any_verb_before_it_is_taken_back():
    case, analyst = make.approved(), make.analyst()
    target = case.targets.get()
    acts = [
        lambda: intake.correct_facts(
            case.pk, actor=analyst, facts={"agency_reference": "X"}
        ),
        lambda: intake.add_target(
            case.pk, actor=analyst, facts=make.target_facts("bob")
        ),
        lambda: intake.correct_target(
            target.pk, actor=analyst, facts=make.target_facts("bob")
        ),
        lambda: intake.remove_target(target.pk, actor=analyst),
        lambda: intake.set_items(
            case.pk, actor=analyst, wordings=[("names", "All names")]
        ),
        lambda: review.decide(case.pk, actor=analyst, choices=make.choices(case)),
        lambda: review.submit(case.pk, actor=analyst),
    ]
    before = everything(case), scope.digest(case)
    for act in acts:
        with pytest.raises(IllegalTransition):
            act()
    assert (everything(case), scope.digest(make.fresh(case))) == before
