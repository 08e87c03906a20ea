"""What the table of a case's steps allows, and what its engine does."""

import pytest

from cases import audit, review, transitions, workflow
from cases.enums import CaseStatus, Perm
from cases.exceptions import CaseError
from cases.models import Case, CaseDocument, Event
from tests import factories as make

S = CaseStatus
BEYOND_COUNSEL = {S.APPROVED, S.IN_PRODUCTION, S.RELEASED}


@pytest.mark.feature("R1")
def test_no_walk_through_the_table_reaches_release_past_counsel():
    """From the table alone: without the step that asks for it, no way leads on."""
    steps = workflow.CASE.steps.values()
    decided = {"approve_scope", "refuse_scope"}
    reached, ways = {S.RECEIVED}, [s for s in steps if s.name not in decided]
    while True:
        more = {s.target for s in ways if s.sources & reached} - reached
        if not more:
            break
        reached |= more
    assert reached & BEYOND_COUNSEL == set()
    asking = {workflow._scope_is_signed, workflow._scope_is_decided}
    asked = {s.name for s in steps if asking & set(s.guards)}
    assert asked == {s.name for s in steps if s.target in BEYOND_COUNSEL}


@pytest.mark.django_db
def test_a_document_row_alone_starts_no_review():
    case = make.opened()
    CaseDocument.objects.filter(case=case).delete()
    with pytest.raises(CaseError):
        review.start(case.pk, actor=make.analyst(), at=make.AT)
    assert make.fresh(case).status == S.RECEIVED


@pytest.mark.django_db
def test_the_system_takes_a_step_that_is_its_own_and_a_machine_may_leave_no_event():
    case = make.opened()
    machine = transitions.Machine(
        model=Case,
        event=None,
        case_of=lambda row: row,
        steps=transitions.table(
            transitions.Transition(
                "rest",
                transitions.sources(S.RECEIVED),
                S.IN_REVIEW,
                Perm.REVIEW,
                by_system=True,
            )
        ),
    )
    events = Event.objects.count()
    machine.take(case.pk, "rest", actor=audit.SYSTEM, at=make.AT)
    assert (make.fresh(case).status, Event.objects.count()) == (S.IN_REVIEW, events)
