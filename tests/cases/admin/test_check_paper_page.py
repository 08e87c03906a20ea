"""The page that checks a paper, and who sees what of the finding."""

import pytest
from django.urls import reverse

from cases import authenticity
from cases.enums import CheckMethod, Finding, Instrument, Role
from tests import factories as make

pytestmark = pytest.mark.django_db

EVIDENCE = "The clerk's office read the docket back."


def address(case):
    return reverse("admin:cases_case_verb", args=[case.pk, "check_paper"])


def case_page(case):
    return reverse("admin:cases_case_change", args=[case.pk])


def answer(case, **changed):
    return {
        "checked_digest": authenticity.digest(case),
        "method": CheckMethod.COURT_DOCKET,
        "evidence": EVIDENCE,
        "outcome": Finding.AUTHENTIC,
    } | changed


def served():
    case = make.opened()
    make.stored_paper(case)
    return case


def found(case):
    return [
        (one.outcome, one.method, one.number_source, one.evidence)
        for one in case.authenticity_findings.all()
    ]


def test_the_page_shows_the_origin_and_records_the_finding(at_desk):
    case, analyst = served(), at_desk(Role.ANALYST)
    shown = analyst.get(address(case)).content.decode()
    for words in (case.officer_name, case.officer_email, case.issuing_authority):
        assert words in shown
    assert found(case) == []
    page = analyst.post(address(case), answer(case), follow=True)
    assert "Recorded: the paper is authentic." in page.content.decode()
    assert found(case) == [("authentic", "court_docket", "", EVIDENCE)]


def test_a_call_back_says_where_its_number_was_found(at_desk):
    case, analyst = served(), at_desk(Role.ANALYST)
    call = answer(case, method=CheckMethod.CALL_BACK)
    page = analyst.post(address(case), call)
    assert page.context["form"].errors == {
        "number_source": ["A call-back says where its number was found."]
    }
    assert found(case) == []
    analyst.post(address(case), call | {"number_source": "switchboard"})
    assert found(case) == [("authentic", "call_back", "switchboard", EVIDENCE)]
    # Chosen, then another method: the source of a number goes with the call-back.
    analyst.post(address(case), answer(case, number_source="switchboard"))
    assert found(case)[1:] == [("authentic", "court_docket", "", EVIDENCE)]


def test_who_entered_the_officer_is_told_before_and_refused_after(at_desk):
    clerk = at_desk(Role.INTAKE_CLERK)
    case = make.opened(by=clerk.user)
    make.stored_paper(case)
    assert b"another person makes the call-back" in clerk.get(address(case)).content
    call = answer(case, method=CheckMethod.CALL_BACK, number_source="switchboard")
    page = clerk.post(address(case), call)
    assert page.context["form"].non_field_errors() == [
        "You entered the agency's or the officer's details of this request, so another "
        "person makes the call-back. You can check in another way."
    ]
    assert found(case) == []


def test_an_emergency_is_called_one(at_desk):
    case = make.opened(
        instrument=Instrument.EMERGENCY_REQUEST, emergency_grounds="A threat to life."
    )
    make.stored_paper(case)
    page = at_desk(Role.ANALYST).get(address(case))
    assert b"Most forged requests do." in page.content


def test_the_evidence_stays_with_those_who_check_papers(at_desk):
    case = served()
    make.check(case, evidence=EVIDENCE)
    for role in Role:
        page = at_desk(role).get(case_page(case))
        reads = role in {Role.INTAKE_CLERK, Role.ANALYST, Role.COUNSEL}
        assert (EVIDENCE.encode() in page.content.replace(b"&#x27;", b"'")) == reads
        assert (b"Looked up in the court" in page.content) == (page.status_code == 200)


def test_the_case_says_whom_a_second_check_waits_for(at_desk):
    clerk = at_desk(Role.INTAKE_CLERK, first_name="Ines")
    case = make.opened(
        by=clerk.user,
        instrument=Instrument.EMERGENCY_REQUEST,
        emergency_grounds="A threat to life.",
    )
    make.stored_paper(case)
    other = make.person(Role.COUNSEL, first_name="Cora")
    make.check(case, clerk.user)
    steps = {one.task.verb: one for one in clerk.get(case_page(case)).context["steps"]}
    step = steps["check_paper"]
    assert (step.is_mine, step.waits_for) == (False, [other.first_name])


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CUSTODIAN, Role.RELEASE_OFFICER])
def test_others_may_not_open_the_page(at_desk, role):
    assert at_desk(role).get(address(served())).status_code == 403


def test_without_a_paper_or_after_the_end_there_is_no_form(at_desk):
    analyst = at_desk(Role.ANALYST)
    for case, why in (
        (make.opened(), "An intake clerk or analyst uploads the served paper first."),
        (make.closed(), "This case is closed."),
    ):
        page = analyst.get(address(case))
        assert page.context["refusal"] == why
        assert b"Record my finding" not in page.content


def test_a_superuser_is_told_why_not(at_desk):
    root = at_desk(Role.COUNSEL, is_superuser=True)
    page = root.get(address(served()))
    assert page.context["refusal"] == "A superuser doesn't check papers."
