"""A paper that isn't found genuine holds its case up, and a forged one ends it."""

import pytest

from cases import closing, review, workflow, worklist
from cases.enums import CaseStatus, Finding, Role
from cases.exceptions import IllegalTransition
from tests import factories as make
from tests.cases.test_authenticity import DOUBTFUL, FORGED, STALE
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "step", "role"),
    [
        (CaseStatus.APPROVED, "order_packet", Role.ANALYST),
        (CaseStatus.IN_PRODUCTION, "release_packet", Role.RELEASE_OFFICER),
    ],
)
@pytest.mark.parametrize(
    ("outcome", "said"), [(Finding.DOUBTFUL, DOUBTFUL), (Finding.FORGED, FORGED)]
)
def test_no_order_and_no_release_on_a_paper_that_is_doubted(
    status, step, role, outcome, said
):
    case, actor = make.in_status(status), make.person(role)
    make.check(case, make.counsel(), outcome)
    found = refusal(
        lambda: workflow.transition(case.pk, step, actor=actor, at=make.AT),
        IllegalTransition,
    )
    assert found == said


def test_an_approved_case_is_not_ordered_before_its_paper_was_checked():
    case, analyst = make.approved(), make.analyst()
    make.stored_paper(case)
    found = refusal(
        lambda: workflow.transition(case.pk, "order_packet", actor=analyst, at=make.AT),
        IllegalTransition,
    )
    assert found == STALE
    assert [task.verb for task in worklist.tasks_for(analyst)] == ["check_paper"]


def test_a_forged_paper_leaves_one_task_that_ends_the_request():
    case, analyst = make.approved(), make.analyst()
    make.check(case, outcome=Finding.FORGED)

    def tasks():
        return [(t.verb, t.title) for t in worklist.tasks_for(analyst)]

    stop = "Stop the request: its paper is forged"
    assert tasks() == [("revise", stop)]
    review.revise(case.pk, actor=analyst, reason="Forged.", at=make.AT)
    assert tasks() == [("close", stop)]
    closing.close(
        case.pk,
        actor=analyst,
        disposition="objected",
        outcomes=dict.fromkeys(
            [row.pk for row in review.scope.decisions(case)], "objected"
        ),
        at=make.AT,
    )
    assert tasks() == []
