"""What the paper says about telling the person concerned."""

from datetime import date

import pytest

from cases import intake
from cases.enums import CaseStatus, Secrecy
from cases.exceptions import IllegalTransition
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


def test_a_case_says_who_may_be_told_only_after_somebody_has_read_the_paper():
    case = make.opened()
    paper = make.stored_paper(case)
    first, last = date(2023, 3, 9), date(2024, 3, 9)
    recorded = intake.record_secrecy(
        case.pk,
        actor=case.opened_by,
        secrecy=Secrecy.ORDERED,
        paper=paper,
        secret_from=first,
        secret_until=last,
        at=make.AT,
    )
    assert (
        recorded.secrecy,
        recorded.secrecy_paper,
        recorded.secrecy_from,
        recorded.secrecy_until,
        recorded.secrecy_review_on,
    ) == (Secrecy.ORDERED, paper, first, last, None)


def test_secrecy_that_doesn_t_add_up_is_refused():
    case, other = make.received(), make.received()
    own, foreign = case.documents.get(), other.documents.get()
    day = date(2023, 3, 9)

    def record(**given):
        return refusal(
            lambda: intake.record_secrecy(case.pk, actor=case.opened_by, **given)
        )

    order = (
        "An order of secrecy needs its paper, its first day, and an end or a day to "
        "look again."
    )
    ordered = {"secrecy": Secrecy.ORDERED, "paper": own, "secret_from": day}
    assert record(secrecy=Secrecy.ORDERED) == {"__all__": [order]}
    assert record(**ordered) == {"__all__": [order]}
    assert record(**ordered, secret_until=date(2023, 3, 8)) == {
        "__all__": ["Secrecy ends after it starts."]
    }
    assert record(**(ordered | {"paper": foreign}), secret_until=day) == [
        "The paper belongs to another case."
    ]
    for secrecy in (Secrecy.NONE, Secrecy.ASKED, Secrecy.UNKNOWN):
        assert record(secrecy=secrecy, paper=own) == [
            "Only ordered secrecy has a paper and dates."
        ]
    assert record(secrecy="whispered") == {
        "secrecy": ["Value 'whispered' is not a valid choice."]
    }


def test_secrecy_may_become_known_in_any_status_but_closed():
    for status in CaseStatus:
        case = make.in_status(status)
        clerk = make.clerk()

        def record(case=case, clerk=clerk):
            return intake.record_secrecy(
                case.pk, actor=clerk, secrecy=Secrecy.ASKED, at=make.AT
            )

        if status == CaseStatus.CLOSED:
            assert refusal(record, IllegalTransition) == f"{case} is closed."
        else:
            assert record().secrecy == Secrecy.ASKED
            assert make.fresh(case).status == status
