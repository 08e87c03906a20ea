"""A signature is worth nothing once anything of the scope it covers has changed."""

from datetime import date

import pytest

from cases import intake, review, scope, targeting
from cases.enums import ItemDecision
from cases.exceptions import IllegalTransition
from cases.models import Agency, Case, RequestedItem, ScopeItem, SignOff, Target
from tests import factories as make
from tests.cases.test_signoff import everything

pytestmark = pytest.mark.django_db

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
        decision=ItemDecision.OBJECT, ground="vague", reason="No."
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
        lambda: targeting.add_target(
            case.pk, actor=analyst, facts=make.target_facts("bob")
        ),
        lambda: targeting.correct_target(
            target.pk, actor=analyst, facts=make.target_facts("bob")
        ),
        lambda: targeting.remove_target(target.pk, actor=analyst),
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
