"""Every pair of step and status lands on the table's target or raises."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cases import audit, chain, permissions, scope, transitions, workflow
from cases.enums import CaseStatus, Role
from cases.exceptions import IllegalTransition
from cases.models import Case, Event
from tests import factories as make

pytestmark = pytest.mark.django_db

S = CaseStatus
LANDS = {
    ("start_review", S.RECEIVED): S.IN_REVIEW,
    ("approve_scope", S.AWAITING_SIGN_OFF): S.APPROVED,
    ("ask_back", S.AWAITING_SIGN_OFF): S.IN_REVIEW,
    ("return_scope", S.AWAITING_SIGN_OFF): S.IN_REVIEW,
    ("refuse_scope", S.AWAITING_SIGN_OFF): S.REFUSED,
    ("submit_scope", S.IN_REVIEW): S.AWAITING_SIGN_OFF,
    ("revise_scope", S.AWAITING_SIGN_OFF): S.IN_REVIEW,
    ("revise_scope", S.APPROVED): S.IN_REVIEW,
    ("revise_scope", S.REFUSED): S.IN_REVIEW,
    ("revise_scope", S.IN_PRODUCTION): S.IN_REVIEW,
    ("order_packet", S.APPROVED): S.IN_PRODUCTION,
    ("order_packet", S.REFUSED): S.IN_PRODUCTION,
    ("release_packet", S.IN_PRODUCTION): S.RELEASED,
    ("close", S.RECEIVED): S.CLOSED,
    ("close", S.IN_REVIEW): S.CLOSED,
    ("close", S.REFUSED): S.CLOSED,
    ("close", S.RELEASED): S.CLOSED,
    ("close_fallen", S.AWAITING_SIGN_OFF): S.CLOSED,
    ("close_fallen", S.APPROVED): S.CLOSED,
    ("close_fallen", S.IN_PRODUCTION): S.CLOSED,
    ("reopen", S.CLOSED): S.IN_REVIEW,
}
NOT_NOW = (
    ", so this can't be done now. The page of the request says what comes next, and "
    "whose turn it is."
)
# Lawful by the table, but held back by a guard until the verb has done its part.
GUARDED = {
    ("approve_scope", S.AWAITING_SIGN_OFF): (
        "No approval covers the scope as it stands now: an analyst submits it, then "
        "counsel decides."
    ),
    ("submit_scope", S.IN_REVIEW): (
        "Counsel hasn't got the scope as it stands now: an analyst submits it."
    ),
    ("close", S.RECEIVED): "State how the request ended first, item by item.",
    ("close", S.IN_REVIEW): "State how the request ended first, item by item.",
    ("close", S.REFUSED): "State how the request ended first, item by item.",
    ("close", S.RELEASED): "State how the request ended first, item by item.",
    **{
        ("close_fallen", status): f"It is “{status.label}”: take its scope back first."
        for status in (S.AWAITING_SIGN_OFF, S.APPROVED, S.IN_PRODUCTION)
    },
}
WHO = {
    "start_review": {Role.ANALYST},
    "submit_scope": {Role.ANALYST},
    "approve_scope": {Role.COUNSEL, Role.OUTSIDE_COUNSEL},
    "ask_back": {Role.COUNSEL, Role.OUTSIDE_COUNSEL},
    "return_scope": {Role.COUNSEL, Role.OUTSIDE_COUNSEL},
    "refuse_scope": {Role.COUNSEL, Role.OUTSIDE_COUNSEL},
    "revise_scope": {Role.ANALYST},
    "order_packet": {Role.ANALYST},
    "release_packet": {Role.RELEASE_OFFICER},
    "close": {Role.ANALYST, Role.COUNSEL, Role.RELEASE_OFFICER},
    "close_fallen": {Role.ANALYST, Role.COUNSEL, Role.RELEASE_OFFICER},
    "reopen": {Role.ANALYST, Role.COUNSEL},
}
STEPS = sorted(workflow.CASE.steps)
PAIRS = [(step, status) for step in STEPS for status in CaseStatus]


def everything(case):
    """What a refused step must leave as it was."""
    return (
        Case.objects.filter(pk=case.pk).values().get(),
        list(Event.objects.order_by("pk").values()),
    )


def actor_for(step):
    return make.person(sorted(WHO[step])[0])


def test_the_table_is_the_one_written_here():
    steps = workflow.CASE.steps.values()
    assert {
        (step.name, source): step.target for step in steps for source in step.sources
    } == LANDS
    assert {
        step.name: {
            role
            for role, verbs in permissions.ROLE_VERBS.items()
            if step.permission in verbs
        }
        for step in steps
    } == WHO


@pytest.mark.feature("R1", part=True)
@pytest.mark.parametrize(("step", "status"), PAIRS)
def test_every_transition_and_status_pair(step, status):
    case = make.in_status(status)
    actor = actor_for(step)
    before = everything(case)
    wanted = LANDS.get((step, status))
    if wanted is not None and (step, status) not in GUARDED:
        workflow.transition(case.pk, step, actor=actor, at=make.AT)
        assert make.fresh(case).status == wanted
        event = Event.objects.latest("pk")
        assert (event.kind, event.actor, event.at) == (
            "case.status.changed",
            actor,
            make.AT,
        )
        told = {"from": status.value, "to": wanted.value, "step": step, "reason": ""}
        assert event.data == chain.canonical(told)
        return
    with pytest.raises(IllegalTransition) as caught:
        workflow.transition(case.pk, step, actor=actor, at=make.AT)
    assert str(caught.value) == GUARDED.get(
        (step, status), f"{case} is “{status.label}”{NOT_NOW}"
    )
    assert everything(case) == before


@pytest.mark.feature("R1", part=True)
@pytest.mark.parametrize("step", STEPS)
def test_only_the_step_s_own_roles_may_take_it(step):
    source = next(status for name, status in LANDS if name == step)
    case = make.in_status(source)
    outsiders = [make.person(role) for role in set(Role) - WHO[step]]
    outsiders += [make.person(role, at_the_desk=False) for role in WHO[step]]
    outsiders += [make.person(*WHO[step], is_active=False)]
    outsiders += [make.person(at_the_desk=False, is_superuser=True)]
    before = everything(case)
    for actor in (*outsiders, audit.SYSTEM):
        with pytest.raises(PermissionDenied):
            workflow.transition(case.pk, step, actor=actor, at=make.AT)
    assert everything(case) == before


@pytest.mark.parametrize("status", CaseStatus)
def test_the_steps_that_start_from_a_status(status):
    lawful = {step for step, source in LANDS if source == status}
    assert set(transitions.reachable(workflow.CASE.steps.values(), status)) == lawful


def test_a_review_begins_when_the_paper_and_what_it_asks_are_in():
    case, analyst = make.opened(), make.analyst()
    found = []
    for add in (make.stored_paper, make.target, make.items):
        before = everything(case)
        with pytest.raises(IllegalTransition) as caught:
            workflow.transition(case.pk, "start_review", actor=analyst, at=make.AT)
        assert everything(case) == before
        found.append(str(caught.value))
        add(case)
    assert found == [
        "An intake clerk or analyst uploads the served paper first.",
        "An intake clerk or analyst enters at least one target first.",
        "An intake clerk or analyst ticks at least one requested category first.",
    ]
    workflow.transition(case.pk, "start_review", actor=analyst, at=make.AT)
    assert make.fresh(case).status == S.IN_REVIEW


@pytest.mark.parametrize(
    ("step", "status"),
    [("order_packet", S.APPROVED), ("release_packet", S.IN_PRODUCTION)],
)
def test_the_sign_off_is_asked_for_again(step, status):
    case = make.in_status(status)
    case.targets.update(identifier="bob")
    before = everything(case)
    with pytest.raises(IllegalTransition) as caught:
        workflow.transition(case.pk, step, actor=actor_for(step), at=make.AT)
    assert str(caught.value) == GUARDED["approve_scope", S.AWAITING_SIGN_OFF]
    assert everything(case) == before


def test_a_returned_scope_can_t_go_back_to_counsel_as_it_is():
    case = make.awaiting()
    make.sign(case, decision="returned")
    with pytest.raises(IllegalTransition) as caught:
        workflow.transition(case.pk, "submit_scope", actor=make.analyst(), at=make.AT)
    assert str(caught.value) == GUARDED["submit_scope", S.IN_REVIEW]


def test_an_unknown_step_is_an_error():
    with pytest.raises(KeyError):
        workflow.transition(
            make.opened().pk, "skip_counsel", actor=make.analyst(), at=make.AT
        )


def test_a_step_and_its_event_come_together_or_not_at_all():
    case = make.received()
    before = everything(case)

    def then_fail():
        with transaction.atomic():
            workflow.transition(
                case.pk, "start_review", actor=make.analyst(), at=make.AT
            )
            Case.objects.filter(pk=case.pk).update(status="nonsense")

    make.analyst()
    with pytest.raises(IntegrityError):
        then_fail()
    assert everything(case) == before


def test_the_digest_in_force_is_the_one_that_was_signed():
    case = make.approved()
    assert case.sign_offs.get().scope_digest == scope.digest(case)
    assert case.revisions.get().digest == scope.digest(case)
