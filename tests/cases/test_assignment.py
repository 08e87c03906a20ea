"""Whose a case is: handed over by its owner or counsel, to who can work on it."""

import pytest
from django.core.exceptions import PermissionDenied

from cases import assignment
from cases.enums import EventKind, Role
from cases.models import CaseGroupPerm
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


def hand_over(case, to, actor, reason="On leave until May"):
    return assignment.hand_over(case.pk, to=to, actor=actor, reason=reason, at=make.AT)


def test_who_opens_a_case_owns_it():
    clerk = make.clerk()
    assert make.opened(by=clerk).owner == clerk


@pytest.mark.parametrize("by", ["owner", "counsel"])
def test_a_case_is_handed_over_with_its_event(by):
    case, ana = make.opened(), make.analyst()
    first = case.owner
    actor = first if by == "owner" else make.counsel()
    assert hand_over(case, ana, actor).owner == ana
    assert make.fresh(case).owner == ana
    event = case.events.get(kind=EventKind.CASE_HANDED_OVER)
    assert (event.actor, event.at, event.data) == (
        actor,
        make.AT,
        f'{{"from":{first.pk},"reason":"On leave until May","to":{ana.pk}}}',
    )


@pytest.mark.parametrize(
    "role", [one for one in Role if one not in {Role.COUNSEL, Role.INTAKE_CLERK}]
)
def test_others_hand_nothing_over(role):
    case, ana, other = make.opened(), make.analyst(), make.person(role)
    refusal(lambda: hand_over(case, ana, other), PermissionDenied)


def test_an_owner_whose_grant_has_ended_hands_nothing_over():
    case, ana = make.opened(), make.analyst()
    CaseGroupPerm.objects.update(ends_at=make.AT)
    refusal(lambda: hand_over(case, ana, case.owner), PermissionDenied)


@pytest.mark.parametrize(
    ("roles", "fields"),
    [
        ((Role.AUDITOR,), {}),
        ((Role.COUNSEL,), {}),
        ((Role.OUTSIDE_COUNSEL, Role.CUSTODIAN), {}),
        ((Role.ANALYST,), {"is_active": False}),
        ((Role.ANALYST,), {"at_the_desk": False}),
    ],
)
def test_the_new_owner_can_work_on_it(roles, fields):
    case, to = make.opened(), make.person(*roles, **fields)
    assert refusal(lambda: hand_over(case, to, case.owner)) == {
        "to": [
            "This person can't take in or review this request. A role and a grant on "
            "it come first."
        ]
    }


def test_a_hand_over_says_why_and_changes_the_owner():
    case, ana = make.opened(), make.analyst()
    assert refusal(lambda: hand_over(case, ana, case.owner, "  ")) == {
        "reason": ["Say why it is handed over."]
    }
    assert refusal(lambda: hand_over(case, case.owner, case.owner)) == {
        "to": ["This person owns the request already."]
    }
