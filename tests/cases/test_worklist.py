"""A task stands with the right role because of where the case stands, and goes by being
done."""

from datetime import date

import pytest

from cases import intake, keys, review, worklist
from cases.enums import CaseStatus, Perm, Role, Secrecy, SignOffDecision
from cases.models import Case, CaseGroupPerm
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.feature("U1", part=True)]

S = CaseStatus
NEXT = {
    S.RECEIVED: ("start_review", {Role.ANALYST}),
    S.IN_REVIEW: ("review", {Role.ANALYST}),
    S.AWAITING_SIGN_OFF: ("sign_off", {Role.COUNSEL, Role.OUTSIDE_COUNSEL}),
    S.APPROVED: ("order_packet", {Role.ANALYST}),
    S.REFUSED: ("order_letter", {Role.ANALYST}),
    S.RELEASED: ("close", {Role.ANALYST, Role.COUNSEL, Role.RELEASE_OFFICER}),
}


def verbs_for(user):
    return [(task.case, task.verb) for task in worklist.tasks_for(user)]


@pytest.mark.parametrize("status", S)
def test_each_status_shows_its_task_to_the_right_role_only(status):
    case = make.in_status(status)
    verb, roles = NEXT.get(status, ("", set()))
    assert [task.verb for task in worklist.tasks_on(case)] == ([verb] if verb else [])
    for role in Role:
        expected = [(case, verb)] if role in roles else []
        assert verbs_for(make.working_on(case, role)) == expected
        assert verbs_for(make.person(role, at_the_desk=False)) == []


def test_an_incomplete_intake_is_the_clerk_s_and_says_what_is_missing():
    clerk, analyst, auditor = make.clerk(), make.analyst(), make.person(Role.AUDITOR)
    case = make.opened(by=clerk)
    task = worklist.tasks_for(clerk)[0]
    assert (task.case, task.verb, task.title, task.due_on) == (
        case,
        "intake",
        "Complete the intake",
        case.due_on,
    )
    assert task.detail == (
        "Upload the served paper. Record what the paper says about secrecy. "
        "Enter the targets. Tick the requested categories."
    )
    assert verbs_for(analyst) == [(case, "intake")]
    assert verbs_for(auditor) == []


def test_a_task_goes_by_being_done_and_the_next_one_stands_with_the_next_person():
    clerk, analyst, counsel = make.clerk(), make.analyst(), make.counsel()
    case = make.received(by=clerk)
    people = (clerk, analyst, counsel)

    def turns():
        return [[verb for _, verb in verbs_for(user)] for user in people]

    assert turns() == [[], ["start_review"], []]
    review.start(case.pk, actor=analyst, at=make.AT)
    assert turns() == [[], ["review"], []]
    make.submit(case, analyst)
    assert turns() == [[], [], ["sign_off"]]
    make.sign(case, counsel, SignOffDecision.RETURNED)
    assert turns() == [[], ["review"], []]
    make.submit(case, analyst)
    make.sign(case, counsel)
    assert turns() == [[], ["order_packet"], []]


def test_who_prepared_the_scope_isn_t_asked_to_sign_it():
    both, other = make.person(Role.ANALYST, Role.COUNSEL), make.counsel()
    case = make.awaiting(by=both)
    assert verbs_for(both) == []
    assert verbs_for(other) == [(case, "sign_off")]


def test_who_decided_an_item_isn_t_asked_to_sign_it_either():
    both, analyst = make.person(Role.ANALYST, Role.COUNSEL), make.analyst()
    case = make.in_review()
    review.decide(case.pk, actor=both, choices=make.choices(case), at=make.AT)
    review.submit(case.pk, actor=analyst, at=make.AT)
    assert verbs_for(both) == []


@pytest.mark.parametrize("status", sorted(set(S) - {S.RECEIVED, S.CLOSED}))
def test_unknown_secrecy_stays_a_task_until_it_is_known(status):
    case, clerk = make.in_status(status), make.clerk()
    assert verbs_for(clerk) == []
    Case.objects.filter(pk=case.pk).update(secrecy=Secrecy.UNKNOWN)
    task = worklist.tasks_for(clerk)[0]
    assert (task.verb, task.detail) == (
        "intake",
        "Record what the paper says about secrecy.",
    )
    intake.record_secrecy(case.pk, actor=clerk, secrecy=Secrecy.NONE, at=make.AT)
    assert verbs_for(clerk) == []


def test_the_oldest_clock_comes_first_and_no_clock_last():
    clerk = make.clerk()
    none = make.opened(
        by=clerk,
        instrument="preservation_request",
        due_on=None,
        statute_cited="18 U.S.C. 2703(f)",
    )
    late = make.opened(by=clerk, due_on=date(2023, 5, 1))
    soon = make.opened(by=clerk, due_on=date(2023, 4, 1))
    assert [task.case for task in worklist.tasks_for(clerk)] == [soon, late, none]


def test_a_case_that_isn_t_granted_is_nobody_s_task():
    case, analyst = make.received(), make.analyst()
    CaseGroupPerm.objects.filter(content_object=case).delete()
    assert verbs_for(analyst) == []


def test_every_task_has_the_permission_of_its_verb():
    case = make.opened()
    verbs = {verb for verb, _ in NEXT.values()} | {"intake"}
    found = {
        verb: worklist.perm_of(worklist.Task(case, verb, "", "", None))
        for verb in verbs
    }
    assert found == {
        "intake": Perm.INTAKE,
        "start_review": Perm.REVIEW,
        "review": Perm.REVIEW,
        "sign_off": Perm.SIGN_OFF,
        "order_packet": Perm.ORDER,
        "order_letter": Perm.ORDER,
        "close": Perm.CLOSE,
    }


def test_no_target_is_opened_to_make_the_list(monkeypatch):
    analyst, case = make.analyst(), make.received()

    def never(*_args):
        raise AssertionError("A sealed identifier was opened.")

    monkeypatch.setattr(keys, "reveal", never)
    with pytest.raises(AssertionError, match="was opened"):
        case.targets.get()
    assert verbs_for(analyst) == [(case, "start_review")]
