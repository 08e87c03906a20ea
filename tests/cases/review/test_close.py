"""A case ends with its outcome, and that of each of its items."""

import pytest
from django.core.exceptions import PermissionDenied

from cases import closing, review, scope
from cases.enums import CaseStatus, Disposition, Role
from cases.exceptions import IllegalTransition
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


def close(case, disposition, outcome=None, by=None, **given):
    rows = scope.decisions(case)
    return closing.close(
        case.pk,
        actor=by or make.analyst(),
        disposition=disposition,
        outcomes=dict.fromkeys((row.pk for row in rows), outcome or disposition),
        at=make.AT,
        **given,
    )


def test_a_case_is_closed_with_its_outcome_and_that_of_each_item():
    case = make.released()
    closed = close(case, Disposition.PARTIAL, Disposition.FULL, note=" Done. ")
    stored = make.fresh(case)
    assert stored == closed
    assert (
        stored.status,
        stored.disposition,
        stored.closed_at,
        stored.closing_note,
    ) == (CaseStatus.CLOSED, Disposition.PARTIAL, make.AT, "Done.")
    assert [row.disposition for row in scope.decisions(case)] == ["full", "full"]


@pytest.mark.parametrize("status", [CaseStatus.IN_REVIEW, CaseStatus.REFUSED])
def test_what_was_never_handed_over_can_t_end_as_produced(status):
    case, analyst = make.in_status(status), make.analyst()
    said = ["Nothing was handed over: it can't end as produced."]
    assert refusal(lambda: close(case, "full", "objected", by=analyst)) == said
    assert refusal(lambda: close(case, "objected", "partial", by=analyst)) == said
    close(case, Disposition.OBJECTED)


def test_every_item_of_the_scope_gets_its_outcome_and_no_other():
    case, analyst = make.released(), make.analyst()
    rows = scope.decisions(case)
    for outcomes in (
        {},
        {rows[0].pk: "full"},
        {rows[0].pk: "full", rows[1].pk: "lost"},
        {rows[0].pk: "full", rows[1].pk: "full", 0: "full"},
    ):
        assert refusal(
            lambda o=outcomes: closing.close(
                case.pk, actor=analyst, disposition="full", outcomes=o
            )
        ) == ["Each item of the scope needs its outcome."]
    assert refusal(lambda: close(case, "lost", "full", by=analyst)) == [
        "Say how the case ended."
    ]
    assert len(refusal(lambda: close(case, "full", by=analyst, note="\0"))) == 1


@pytest.mark.parametrize(
    "status",
    [CaseStatus.AWAITING_SIGN_OFF, CaseStatus.APPROVED, CaseStatus.IN_PRODUCTION],
)
def test_a_case_in_the_middle_isn_t_closed(status):
    case, analyst = make.in_status(status), make.analyst()
    said = refusal(
        lambda: close(case, Disposition.WITHDRAWN, by=analyst), IllegalTransition
    )
    assert said == f"It is “{case.get_status_display()}”: take its scope back first."


def test_a_closed_case_stays_closed():
    case, analyst = make.closed(), make.analyst()
    refusal(lambda: close(case, Disposition.WITHDRAWN, by=analyst), IllegalTransition)
    refusal(
        lambda: review.revise(case.pk, actor=analyst, reason="Again."),
        IllegalTransition,
    )


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.ANALYST, Role.COUNSEL, Role.RELEASE_OFFICER})
)
def test_no_other_role_closes(role):
    case, other = make.received(), make.person(role)
    refusal(lambda: close(case, Disposition.WITHDRAWN, by=other), PermissionDenied)
