"""Nothing is collected before the paper is found genuine, by whom the rules want."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from cases import authenticity, intake, permissions, worklist
from cases.enums import (
    CheckMethod,
    EventKind,
    Finding,
    Instrument,
    NumberSource,
    Perm,
    Role,
)
from cases.exceptions import FourEyesViolation, IllegalTransition, ScopeChanged
from cases.models import AuthenticityFinding, Case
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

UNCHECKED = (
    "Nobody has checked yet that the paper is genuine. An intake clerk, an analyst or "
    "counsel does this."
)
STALE = (
    "The papers, the agency or the officer changed after the paper was checked. An "
    "intake clerk, an analyst or counsel checks it again."
)
DOUBTFUL = (
    "The paper was found doubtful. An intake clerk, an analyst or counsel checks it "
    "again in another way before anything is collected, or the request is closed."
)
FORGED = (
    "The paper was found forged, so nothing may be collected on it. An analyst or "
    "counsel closes the request; only counsel finds otherwise."
)
SPEAK = (
    "In an emergency somebody speaks with the agency: an intake clerk, an analyst or "
    "counsel makes a call-back, or has a supervisor confirm it."
)
OWN_CALL = (
    "You entered the agency's or the officer's details of this request, so another "
    "person makes the call-back. You can check in another way."
)


def served(**changed):
    """A case with its paper, not checked yet."""
    case = make.opened(**changed)
    make.stored_paper(case)
    return make.fresh(case)


def stands(case):
    found = authenticity.verdict(make.fresh(case))
    return (found.outcome, found.refusal)


# ------------------------------------------------------------------------ the finding


@pytest.mark.feature("V1", part=True)
def test_a_finding_keeps_who_how_what_and_when_and_the_trail_only_that():
    case, analyst = served(), make.person(Role.ANALYST, first_name="Ana")
    paper = case.documents.get()
    made = make.check(
        case,
        analyst,
        method=CheckMethod.CALL_BACK,
        evidence=" Agreed. ",
        document=paper,
    )
    row = AuthenticityFinding.objects.values().get()
    assert row == {
        "id": made.pk,
        "case_id": case.pk,
        "checked_digest": authenticity.digest(case),
        "outcome": Finding.AUTHENTIC,
        "method": CheckMethod.CALL_BACK,
        "number_source": NumberSource.OFFICIAL_WEBSITE,
        "evidence": "Agreed.",
        "document_id": paper.pk,
        "found_by_id": analyst.pk,
        "found_by_name": "Ana",
        "found_at": make.AT,
    }
    event = case.events.last()
    assert (event.kind, event.actor, event.at, json.loads(event.data)) == (
        EventKind.AUTHENTICITY_FOUND,
        analyst,
        make.AT,
        {
            "finding": made.pk,
            "outcome": "authentic",
            "method": "call_back",
            "checked": made.checked_digest,
        },
    )
    assert stands(case) == (Finding.AUTHENTIC, "")


@pytest.mark.parametrize("role", Role)
def test_clerk_analyst_and_counsel_check_papers_and_nobody_else(role):
    case = served()
    may = role in {Role.INTAKE_CLERK, Role.ANALYST, Role.COUNSEL}
    person = make.person(role)
    assert permissions.allowed(person, Perm.AUTHENTICATE, case) == may
    if may:
        make.check(case, person)
        assert stands(case) == (Finding.AUTHENTIC, "")
        return
    said = refusal(lambda: make.check(case, person), PermissionDenied)
    assert (
        said == f"User {person.pk} may not cases.authenticate_case on case {case.pk}."
    )


def test_a_role_without_a_grant_checks_nothing():
    case, outsider = served(), make.person(Role.COUNSEL, at_the_desk=False)
    refusal(lambda: make.check(case, outsider), PermissionDenied)


def test_a_superuser_never_checks_whatever_the_roles():
    case = served()
    root = make.person(Role.COUNSEL, is_superuser=True)
    said = refusal(lambda: make.check(case, root), FourEyesViolation)
    assert said == "A superuser doesn't check papers."
    assert [task.verb for task in worklist.tasks_for(root)] == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"outcome": "fine"}, {"outcome": ["Value 'fine' is not a valid choice."]}),
        ({"method": "smell"}, {"method": ["Value 'smell' is not a valid choice."]}),
        ({"evidence": " "}, {"evidence": ["This field cannot be blank."]}),
        (
            {"evidence": "\0"},
            {
                "evidence": [
                    "This holds a character that can't be stored. Type the text in "
                    "again."
                ]
            },
        ),
        (
            {"method": CheckMethod.CALL_BACK, "number_source": ""},
            {
                "__all__": [
                    "A call-back, and nothing else, says where its number was found."
                ]
            },
        ),
        (
            {"number_source": NumberSource.SWITCHBOARD},
            {
                "__all__": [
                    "A call-back, and nothing else, says where its number was found."
                ]
            },
        ),
    ],
)
def test_what_was_typed_is_checked(changed, said):
    case, analyst = served(), make.analyst()
    found = refusal(lambda: make.check(case, analyst, **changed))
    assert {name: list(map(_plain, words)) for name, words in found.items()} == said


def _plain(words):
    return words.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def test_another_case_s_paper_is_no_evidence():
    case, other = served(), served()
    analyst = make.analyst()
    said = refusal(lambda: make.check(case, analyst, document=other.documents.get()))
    assert said == {"document": ["The paper belongs to another case."]}


def test_there_is_nothing_to_check_before_the_paper_or_after_the_end():
    case, analyst = make.opened(), make.analyst()
    said = refusal(lambda: make.check(case, analyst), IllegalTransition)
    assert (
        said
        == "There is nothing to check yet: an intake clerk uploads the paper first."
    )
    closed = make.closed()
    said = refusal(lambda: make.check(closed, analyst), IllegalTransition)
    assert said == f"{closed} is closed."


def test_what_changed_after_the_page_was_shown_is_not_found_anything():
    case, analyst = served(), make.analyst()
    shown = authenticity.digest(case)
    make.stored_paper(case)
    check = authenticity.Check(Finding.AUTHENTIC, CheckMethod.SEAL, "The seal is good.")
    said = refusal(
        lambda: authenticity.record_finding(
            case.pk, actor=analyst, checked_digest=shown, check=check, at=make.AT
        ),
        ScopeChanged,
    )
    assert said == (
        "The papers, the agency or the officer changed after the page was shown. Look "
        "at them again, then record what you found."
    )


def test_the_database_refuses_every_change_of_a_finding():
    made = make.check(served())
    every = AuthenticityFinding.objects
    for change in (lambda: every.update(outcome="forged"), every.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert AuthenticityFinding.objects.get() == made


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "fine"},
        {"method": "smell"},
        {"evidence": ""},
        {"number_source": NumberSource.SWITCHBOARD},
        {"method": CheckMethod.CALL_BACK, "number_source": ""},
    ],
)
def test_the_database_holds_each_rule_of_a_row(wrong):
    made = make.check(served())
    row = AuthenticityFinding.objects.values().get(pk=made.pk) | {"id": None} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthenticityFinding.objects.create(**row)


# ---------------------------------------------------------------------- what it covers


@pytest.mark.parametrize(
    "change",
    [
        make.stored_paper,
        lambda case: intake.correct_facts(
            case.pk,
            actor=case.opened_by,
            facts={"officer_email": "other@agency.example"},
            at=make.AT,
        ),
        lambda case: Case.objects.filter(pk=case.pk).update(officer_name="Another"),
        lambda case: Case.objects.filter(pk=case.pk).update(officer_phone="+1 2"),
        lambda case: Case.objects.filter(pk=case.pk).update(
            agency=make.agency().__class__.objects.create(name="X", jurisdiction="US")
        ),
    ],
)
def test_a_new_paper_agency_or_officer_voids_the_finding(change):
    case = served()
    make.check(case)
    change(case)
    assert stands(case) == (None, STALE)
    assert [task.verb for task in worklist.tasks_for(make.counsel())] == ["check_paper"]
    make.check(case)
    assert stands(case) == (Finding.AUTHENTIC, "")


def test_correspondence_and_other_facts_leave_the_finding():
    case = served()
    make.check(case)
    make.paper(case, kind="correspondence")
    Case.objects.filter(pk=case.pk).update(due_on=date(2023, 4, 1))
    assert stands(case) == (Finding.AUTHENTIC, "")


def test_doubt_bars_until_the_paper_is_found_authentic_again():
    case = served()
    assert stands(make.opened()) == (
        None,
        "An intake clerk or analyst uploads the served paper first.",
    )
    assert stands(case) == (None, UNCHECKED)
    make.check(case, outcome=Finding.DOUBTFUL)
    assert stands(case) == (Finding.DOUBTFUL, DOUBTFUL)
    make.check(case)
    assert stands(case) == (Finding.AUTHENTIC, "")


@pytest.mark.parametrize("is_new_paper", [False, True])
def test_what_was_found_forged_only_counsel_clears(is_new_paper):
    case, analyst = served(), make.analyst()
    make.check(case, outcome=Finding.FORGED)
    assert stands(case) == (Finding.FORGED, FORGED)
    if is_new_paper:
        make.stored_paper(case)
    said = refusal(lambda: make.check(case, analyst), FourEyesViolation)
    assert said == (
        "A paper of this request was found forged: only counsel finds otherwise."
    )
    make.check(case, make.counsel())
    assert stands(case) == (Finding.AUTHENTIC, "")


# ---------------------------------------------------------------------- who with whom


@pytest.mark.feature("V2", part=True)
def test_who_entered_the_contact_makes_no_call_back():
    clerk, analyst = make.clerk(), make.analyst()
    case = served(by=clerk)
    call = {"method": CheckMethod.CALL_BACK}
    assert (
        refusal(lambda: make.check(case, clerk, **call), FourEyesViolation) == OWN_CALL
    )
    intake.correct_facts(
        case.pk, actor=analyst, facts={"due_on": date(2023, 4, 2)}, at=make.AT
    )
    make.check(case, analyst, **call)
    intake.correct_facts(
        case.pk, actor=analyst, facts={"officer_phone": "+1 202 555 0100"}, at=make.AT
    )
    said = refusal(lambda: make.check(case, analyst, **call), FourEyesViolation)
    assert said == OWN_CALL
    make.check(case, clerk)
    assert stands(case) == (Finding.AUTHENTIC, "")


@pytest.mark.feature("I4", part=True)
def test_an_emergency_wants_two_persons_and_a_voice():
    clerk = make.person(Role.INTAKE_CLERK, first_name="Ines")
    analyst, counsel = make.analyst(), make.counsel()
    case = served(
        by=clerk,
        instrument=Instrument.EMERGENCY_REQUEST,
        emergency_grounds="A threat to life.",
    )
    one = (
        "In an emergency two persons find the paper authentic. Besides Ines, another "
        "intake clerk, analyst or counsel checks it."
    )
    for _ in range(2):
        make.check(case, clerk)
        assert stands(case) == (None, one)
    assert worklist.tasks_for(clerk)[1:] == []
    assert "check_paper" in [task.verb for task in worklist.tasks_for(analyst)]
    make.check(case, analyst)
    assert stands(case) == (None, SPEAK)
    make.check(case, counsel, method=CheckMethod.SUPERVISOR)
    assert stands(case) == (Finding.AUTHENTIC, "")
    make.check(case, counsel, outcome=Finding.DOUBTFUL)
    make.check(case, analyst, method=CheckMethod.CALL_BACK)
    assert stands(case)[0] is None
