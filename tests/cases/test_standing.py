"""Rulings, withdrawals and objections: who records what, when, and what it bars."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from cases import closing, scope, standing, workflow
from cases.enums import (
    CaseStatus,
    Disposition,
    DocumentKind,
    EventKind,
    ObjectionOutcome,
    Objector,
    Role,
    Standing,
)
from cases.exceptions import IllegalTransition
from cases.models import Event, Objection, StandingChange
from cases.worklist import tasks_on
from tests import factories as make
from tests import rulings
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

S = Standing
COUNSEL = {Role.COUNSEL, Role.OUTSIDE_COUNSEL}
WITHDRAW = {Role.COUNSEL, Role.ANALYST}


def told(kind):
    return [
        (one.actor, one.at, json.loads(one.data))
        for one in Event.objects.filter(kind=kind)
    ]


def test_an_instrument_is_in_force_until_a_paper_says_otherwise():
    case, counsel = make.in_review(), make.counsel()
    paper = make.stored_paper(case, DocumentKind.CORRESPONDENCE)
    assert standing.of(case) == S.IN_FORCE

    made = rulings.stay(case, by=counsel, paper=paper, note=" Docket 12. ")

    assert standing.of(case) == S.STAYED
    assert (made.paper, made.note, made.recorded_by) == (paper, "Docket 12.", counsel)
    assert told(EventKind.STANDING_RECORDED) == [
        (
            counsel,
            make.AT,
            {
                "from": "in_force",
                "to": "stayed",
                "dated_on": "2023-03-14",
                "document": paper.pk,
            },
        )
    ]
    assert standing.over(case) == ""
    rulings.lifted(case)
    assert standing.bars_release(case) == ""


@pytest.mark.parametrize("first", list(S))
@pytest.mark.parametrize("then", list(S))
def test_what_can_follow_what(first, then):
    case = make.in_review()
    if first != S.IN_FORCE:
        rulings.ruling(case, first)
    counsel, paper = (
        make.counsel(),
        make.stored_paper(case, DocumentKind.CORRESPONDENCE),
    )
    possible = {
        S.IN_FORCE: {S.STAYED, S.QUASHED, S.WITHDRAWN},
        S.STAYED: {S.IN_FORCE, S.QUASHED, S.WITHDRAWN},
        S.QUASHED: set(),
        S.WITHDRAWN: set(),
    }[first]

    def act():
        return rulings.ruling(case, then, by=counsel, paper=paper)

    if then in possible:
        assert act().standing == then
    else:
        words = refusal(act, IllegalTransition)
        assert words == f"The instrument is “{first.label}”: this can't follow."


@pytest.mark.parametrize("role", list(Role))
def test_who_records_what(role):
    case = make.in_review()
    person = make.working_on(case, role)
    paper = make.stored_paper(case, DocumentKind.CORRESPONDENCE)
    pending = rulings.objection(case)
    said = {"by": person, "paper": paper}
    acts = (
        (COUNSEL, lambda: rulings.stay(case, **said)),
        (COUNSEL, lambda: rulings.objection(case, **said)),
        (COUNSEL, lambda: rulings.resolved(pending, **said)),
        (WITHDRAW, lambda: rulings.withdrawn(case, by=person, paper=paper)),
    )
    for allowed, act in acts:
        if role in allowed:
            act()
        else:
            refusal(act, PermissionDenied)


def test_what_a_ruling_can_t_say_is_refused():
    case, other, counsel = make.in_review(), make.in_review(), make.counsel()
    paper, foreign = (
        make.stored_paper(case, DocumentKind.CORRESPONDENCE),
        make.stored_paper(other),
    )

    def act(**changed):
        said = {"what": S.STAYED, "by": counsel, "paper": paper} | changed
        return lambda: rulings.ruling(case, **said)

    assert refusal(act(what="lost")) == {
        "standing": ["Say how the instrument stands now."]
    }
    assert refusal(act(paper=foreign)) == {
        "paper": ["This paper isn't on the request."]
    }
    ahead = make.AT.date() + timedelta(days=2)
    assert refusal(act(on=ahead)) == {"dated_on": ["This day lies ahead."]}
    early = case.issued_on - timedelta(days=1)
    assert refusal(act(on=early)) == {"dated_on": ["That is before 2023-03-09."]}
    assert list(refusal(act(note="a\0b"))) == ["note"]


def test_an_objection_is_lodged_and_decided():
    case, counsel = make.in_review(), make.counsel()
    made = rulings.objection(case, by=counsel, objector=Objector.USER)
    assert list(Objection.objects.pending()) == [made]
    assert standing.objection_bars(case, make.AT).startswith("The objection lodged on")

    rulings.resolved(made, by=counsel)

    assert not Objection.objects.pending().exists()
    assert standing.objection_bars(case, make.AT) == ""
    papers = [one.pk for one in case.documents.order_by("-pk")[:2]]
    assert told(EventKind.OBJECTION_LODGED)[0][2] == {
        "objection": made.pk,
        "by": "user",
        "on": "2023-03-14",
        "document": papers[1],
    }
    assert told(EventKind.OBJECTION_DECIDED)[0][2] == {
        "objection": made.pk,
        "outcome": "overruled",
        "on": "2023-03-14",
        "document": papers[0],
    }
    refused = refusal(
        lambda: rulings.resolved(made, by=counsel, paper=case.documents.last()),
        IllegalTransition,
    )
    assert refused == "How this objection was decided is recorded already."


def test_a_sustained_objection_bars_what_was_submitted_before_it():
    case = make.in_review()
    made = rulings.objection(case)
    rulings.resolved(made, ObjectionOutcome.SUSTAINED)
    assert standing.objection_bars(case, make.AT - timedelta(hours=1)) != ""
    assert standing.objection_bars(case, make.AT + timedelta(seconds=1)) == ""


def test_what_an_objection_can_t_say_is_refused():
    case, counsel = make.in_review(), make.counsel()
    paper = make.stored_paper(case, DocumentKind.CORRESPONDENCE)

    def lodge(**changed):
        said = {"by": counsel, "paper": paper} | changed
        return lambda: rulings.objection(case, **said)

    assert list(refusal(lodge(forum=" "))) == ["forum"]
    assert list(refusal(lodge(objector="nobody"))) == ["objector"]
    made = lodge()()

    def resolve(**changed):
        said = {"by": counsel, "paper": paper} | changed
        return lambda: rulings.resolved(made, **said)

    assert list(refusal(resolve(outcome="lost"))) == ["outcome"]
    early = made.lodged_on - timedelta(days=1)
    assert list(refusal(resolve(resolved_on=early))) == ["resolved_on"]


# ------------------------------------------------------------------- the end of it

FALLEN = (
    CaseStatus.RECEIVED,
    CaseStatus.IN_REVIEW,
    CaseStatus.AWAITING_SIGN_OFF,
    CaseStatus.APPROVED,
    CaseStatus.REFUSED,
    CaseStatus.IN_PRODUCTION,
)


@pytest.mark.parametrize("status", FALLEN)
def test_what_has_fallen_is_closed_as_withdrawn_from_where_it_stands(status):
    case = make.in_status(status)
    rulings.quashed(case)
    words = standing.over(case)

    (task,) = tasks_on(make.fresh(case))
    assert (task.verb, task.detail) == ("close", words)
    for step, role in (
        ("submit_scope", Role.ANALYST),
        ("approve_scope", Role.COUNSEL),
        ("order_packet", Role.ANALYST),
        ("release_packet", Role.RELEASE_OFFICER),
    ):
        if status in workflow.CASE.steps[step].sources:
            actor = make.person(role)
            found = refusal(
                lambda step=step, actor=actor: workflow.transition(
                    case.pk, step, actor=actor, at=make.AT
                ),
                IllegalTransition,
            )
            assert found == words
    outcomes = dict.fromkeys(
        (row.pk for row in scope.decisions(case)), Disposition.WITHDRAWN.value
    )
    closing.close(
        case.pk,
        actor=make.analyst(),
        disposition=Disposition.WITHDRAWN,
        outcomes=outcomes,
        at=make.AT,
    )
    assert make.fresh(case).status == CaseStatus.CLOSED


def test_a_case_under_way_whose_instrument_stands_isn_t_closed():
    case = make.approved()
    rulings.stay(case)
    analyst = make.analyst()
    outcomes = dict.fromkeys((row.pk for row in scope.decisions(case)), "withdrawn")
    words = refusal(
        lambda: closing.close(
            case.pk,
            actor=analyst,
            disposition=Disposition.WITHDRAWN,
            outcomes=outcomes,
            at=make.AT,
        ),
        IllegalTransition,
    )
    assert words == "It is “Approved”: take its scope back first."


def test_counsel_can_t_approve_what_has_fallen():
    case = make.awaiting()
    rulings.withdrawn(case)
    with pytest.raises(IllegalTransition, match="was taken back by the requester"):
        make.sign(case)


def test_nothing_is_recorded_on_a_closed_case():
    case = make.closed()
    counsel, paper = (
        make.counsel(),
        make.stored_paper(case, DocumentKind.CORRESPONDENCE),
    )
    words = f"{case} is closed. Reopen it first."
    for act in (
        lambda: rulings.stay(case, by=counsel, paper=paper),
        lambda: rulings.objection(case, by=counsel, paper=paper),
    ):
        assert refusal(act, IllegalTransition) == words
    assert not StandingChange.objects.exists()
