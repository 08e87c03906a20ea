"""Counsel objects to single lines: what is signed is the scope as that leaves it."""

import pytest
from django.core.exceptions import ValidationError

from cases import review, scope
from cases.enums import (
    CaseStatus,
    Instrument,
    ObjectionGround,
    Role,
    SignOffDecision,
)
from cases.exceptions import FourEyesViolation
from cases.grounds import ItemObjection
from tests import factories as make
from tests.cases.test_counsel import refused
from tests.cases.test_signoff import decide

pytestmark = pytest.mark.django_db
D = SignOffDecision


def first_pair(case):
    row = scope.decisions(case)[0]
    return row.target_id, row.item_id


@pytest.mark.feature("R3", part=True)
def test_what_counsel_signs_is_the_scope_without_what_they_objected_to():
    case, counsel = make.awaiting(), make.person(Role.COUNSEL, first_name="Cora")
    shown = scope.digest(case)
    one = ItemObjection(ObjectionGround.OVERBROAD, " All of it? ", *first_pair(case))
    made = decide(case, counsel, objections=[one])
    case = make.fresh(case)
    assert case.status == CaseStatus.APPROVED
    revision = case.revisions.latest("number")
    assert (revision.number, revision.digest) == (2, made.scope_digest)
    assert made.scope_digest == scope.digest(case) != shown
    assert (
        revision.prepared_by,
        revision.objected_by,
        revision.objected_by_name,
        revision.map_digest,
    ) == (case.scope_prepared_by, counsel, "Cora", case.map_digest)
    assert [
        (row.decision, row.ground, row.reason, row.decided_by)
        for row in scope.decisions(case)
    ] == [
        ("object", "overbroad", "All of it?", counsel),
        ("produce", "", "", case.scope_prepared_by),
    ]
    frozen = scope.frozen(revision)["decisions"]
    assert [(row["decision"], row.get("ground")) for row in frozen] == [
        ("object", "overbroad"),
        ("produce", None),
    ]
    assert not case.sign_offs.approving(shown).exists()
    assert case.sign_offs.approving(scope.digest(case)).get() == made


def test_counsel_who_objected_didn_t_prepare_and_still_counts_as_counsel():
    case, both = make.awaiting(), make.person(Role.COUNSEL, Role.ANALYST)
    one = ItemObjection(ObjectionGround.OVERBROAD, "All?", *first_pair(case))
    decide(case, both, objections=[one])
    review.revise(case.pk, actor=make.analyst(), reason="Again.", at=make.AT)
    words = refused(
        FourEyesViolation,
        case,
        lambda: review.decide(case.pk, actor=both, choices=make.choices(case)),
    )
    assert words == (
        "You decided on the scope as counsel of this case: another person does this."
    )


WRONG = [
    (
        {"objections": [ItemObjection("nonsense", "Why.", 0, 0)]},
        "Choose the ground of each objection from the list.",
    ),
    (
        {"objections": [ItemObjection(ObjectionGround.VAGUE, " ", 0, 0)]},
        "All but producing the whole needs a reason.",
    ),
    (
        {"objections": [ItemObjection(ObjectionGround.VAGUE, "Why.", -1, -1)]},
        "What you object to isn't in this scope, or is objected to already.",
    ),
    (
        {"objections": [ItemObjection(ObjectionGround.VAGUE, "Why.")]},
        "To object to everything is to refuse.",
    ),
    (
        {
            "decision": D.RETURNED,
            "note": "Note.",
            "objections": [ItemObjection(ObjectionGround.VAGUE, "Why.", 0, 0)],
        },
        "Object to items while approving or refusing.",
    ),
    (
        {"decision": D.REFUSED, "note": "Note."},
        "A refusal says on which ground nothing is answered.",
    ),
]


@pytest.mark.parametrize(("changed", "words"), WRONG)
def test_an_objection_that_can_t_be_signed_leaves_nothing(changed, words):
    case = make.awaiting()
    target, item = first_pair(case)
    placed = [
        ItemObjection(one.ground, one.reason, target, item) if one.item_id == 0 else one
        for one in changed.get("objections", ())
    ]
    found = refused(
        ValidationError,
        case,
        lambda: decide(case, make.counsel(), **(changed | {"objections": placed})),
    )
    assert found == words


def test_an_approval_that_leaves_nothing_to_produce_is_none():
    case = make.awaiting()
    every = [
        ItemObjection(ObjectionGround.VAGUE, "Why.", row.target_id, row.item_id)
        for row in scope.decisions(case)
    ]
    words = refused(
        ValidationError, case, lambda: decide(case, make.counsel(), objections=every)
    )
    assert words == "Nothing is left to produce: refuse the request instead."
    made = decide(case, make.counsel(), decision=D.REFUSED, objections=every)
    assert made.decision == D.REFUSED


def test_a_refusal_keeps_single_objections_and_objects_to_the_rest():
    case = make.awaiting()
    single = ItemObjection(ObjectionGround.VAGUE, "Which?", *first_pair(case))
    whole = ItemObjection(ObjectionGround.DEFECTIVE, "No court.")
    decide(case, make.counsel(), decision=D.REFUSED, objections=[whole, single])
    assert [row.ground for row in scope.decisions(make.fresh(case))] == [
        "vague",
        "defective",
    ]


def test_a_ground_unknown_to_the_law_of_the_instrument_isn_t_offered():
    assert "shield_law" in scope.grounds_for(make.opened())
    facts = {
        "instrument": Instrument.EUROPEAN_PRODUCTION_ORDER,
        "jurisdiction": "EU",
        "issuer_kind": "judge",
    }
    assert "shield_law" not in scope.grounds_for(make.opened(**facts))
