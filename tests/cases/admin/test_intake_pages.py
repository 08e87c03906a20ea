"""Intake at the browser: nothing typed is lost, and each step says what is missing."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases import keys
from cases.enums import Instrument, Role, Secrecy
from cases.models import Agency, Case, CaseDocument, Event
from tests import factories as make

pytestmark = pytest.mark.django_db

NEW = "/cases/case/new/"


def typed(**changed: object) -> dict[str, object]:
    """The new request's form as a clerk fills it in."""
    made = make.facts()
    return {
        "instrument": made["instrument"],
        "jurisdiction": made["jurisdiction"],
        "channel": made["channel"],
        "agency": made["agency"].pk,
        "officer_name": made["officer_name"],
        "officer_email": made["officer_email"],
        "issuing_authority": made["issuing_authority"],
        "issuing_court": made["issuing_court"],
        "agency_reference": made["agency_reference"],
        "issued_on": "2023-03-09",
        "served_on": "2023-03-13",
        "received_at": "2023-03-13T10:00",
        "due_on": "2023-03-30",
    } | changed


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("subpoena.pdf", content, "application/pdf")


def verb(case: Case, name: str, *row: int) -> str:
    return reverse("admin:cases_case_verb", args=[case.pk, name, *row])


def test_a_request_is_opened_with_its_paper(at_desk):
    make.organisation(time_zone="America/Los_Angeles")
    clerk = at_desk(Role.INTAKE_CLERK)
    answer = clerk.post(NEW, typed(paper=upload(make.pdf())))
    case = Case.objects.get()
    assert (answer.status_code, answer.url) == (302, verb(case, "intake"))
    assert [one.name for one in case.documents.all()] == ["subpoena.pdf"]
    assert (case.agency_reference, case.due_on) == ("2023R00417-08", date(2023, 3, 30))
    # 10:00 in the organisation's zone, on the day before clocks changed back.
    assert case.received_at == datetime(2023, 3, 13, 17, 0, tzinfo=UTC)
    assert clerk.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"<html>", "The file isn't a PDF."),
        (make.pdf()[:-40], "The PDF is cut off"),
    ],
)
def test_a_refused_paper_doesnt_cost_the_facts(at_desk, content, sentence):
    clerk = at_desk(Role.INTAKE_CLERK)
    answer = clerk.post(NEW, typed(paper=upload(content)), follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain == [(verb(case, "add_paper"), 302)]
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert not CaseDocument.objects.exists()


def test_a_refused_form_stays_filled_in_and_writes_nothing(at_desk):
    clerk = at_desk(Role.INTAKE_CLERK)
    answer = clerk.post(NEW, typed(due_on="2023-03-01", new_agency=""))
    assert answer.status_code == 200
    assert "The return date lies before the date of service." in answer.content.decode()
    assert 'value="2023R00417-08"' in answer.content.decode()
    assert (Case.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.feature("I1", part=True)
@pytest.mark.parametrize(
    ("instrument", "field"),
    [
        (Instrument.GRAND_JURY_SUBPOENA, "issuing_court"),
        (Instrument.EUROPEAN_PRODUCTION_ORDER, "issuer_kind"),
        (Instrument.EMERGENCY_REQUEST, "emergency_grounds"),
        (Instrument.TREATY_REQUEST, "treaty_reference"),
    ],
)
def test_what_an_instrument_needs_is_said_beside_the_field(at_desk, instrument, field):
    clerk = at_desk(Role.INTAKE_CLERK)
    answer = clerk.post(NEW, typed(instrument=instrument, issuing_court=""))
    label = Instrument(instrument).label
    assert answer.context["form"].errors[field] == [f"{label}: this is needed."]
    assert not Case.objects.exists()


def test_a_new_agency_is_added_with_the_request(at_desk):
    clerk = at_desk(Role.INTAKE_CLERK)
    data = typed(agency="", new_agency="  Bundes  kriminalamt ")
    answer = clerk.post(NEW, data)
    assert "new_agency_jurisdiction" in answer.context["form"].errors
    clerk.post(NEW, data | {"new_agency_jurisdiction": "EU"})
    assert Case.objects.get().agency == Agency.objects.get(name="Bundes kriminalamt")


def test_an_agency_that_a_refused_request_names_isnt_kept(at_desk):
    clerk = at_desk(Role.INTAKE_CLERK)
    clerk.post(
        NEW,
        typed(
            agency="",
            new_agency="Bureau",
            new_agency_jurisdiction="US",
            due_on="2023-03-01",
        ),
    )
    assert not Agency.objects.filter(name="Bureau").exists()


def test_an_agency_under_another_law_is_refused(at_desk):
    clerk = at_desk(Role.INTAKE_CLERK)
    known = make.agency()
    answer = clerk.post(
        NEW, typed(agency="", new_agency=known.name, new_agency_jurisdiction="EU")
    )
    assert answer.context["form"].errors["new_agency"] == [
        "The directory has this agency: choose it from the list."
    ]
    assert not Case.objects.exists()


def test_only_intake_may_open_a_request(at_desk):
    for role in (Role.COUNSEL, Role.AUDITOR):
        client = at_desk(role)
        assert client.get(NEW).status_code == 403
        assert client.post(NEW, typed()).status_code == 403
    assert not Case.objects.exists()


def test_the_standard_list_takes_one_click(at_desk):
    case = make.opened()
    make.categories()
    clerk = at_desk(Role.INTAKE_CLERK)
    answer = clerk.post(verb(case, "standard_list"))
    assert answer.url == verb(case, "intake")
    assert [(one.number, one.wording) for one in case.items.all()] == [
        (1, "All names"),
        (2, "All sessions"),
        (3, "All messages"),
    ]


def test_categories_keep_the_papers_words(at_desk):
    case = make.opened()
    make.categories()
    clerk = at_desk(Role.INTAKE_CLERK)
    url = verb(case, "ask_categories")
    wrong = clerk.post(url, {"ask_names": "on", "words_names": " "})
    assert wrong.context["form"].errors["words_names"] == [
        "Give the words of the request."
    ]
    none = clerk.post(url, {"words_names": "x"})
    assert none.context["form"].non_field_errors() == ["Tick at least one category."]
    assert not case.items.exists()
    clerk.post(url, {"ask_names": "on", "words_names": "Any and all names;"})
    clerk.post(verb(case, "standard_list"))
    assert case.items.get(category_code="names").wording == "Any and all names;"


def target(**changed: object) -> dict[str, object]:
    return {
        "kind": "username",
        "identifier": "Alice_",
        "role": "not_stated",
        "first_day": "2022-01-01",
        "last_day": "2023-02-28",
        "time_zone": "America/New_York",
    } | changed


def test_targets_are_added_corrected_and_taken_off(at_desk):
    case = make.opened()
    clerk = at_desk(Role.INTAKE_CLERK)
    again = clerk.post(verb(case, "add_target"), target(another="1"))
    assert again.url == verb(case, "add_target")
    assert 'value="2022-01-01"' in clerk.get(again.url).content.decode()
    one = case.targets.get()
    assert one.identifier == "Alice_"
    clerk.post(verb(case, "correct_target", one.pk), target(identifier="alice"))
    one.refresh_from_db()
    assert one.identifier == "alice"
    assert clerk.post(verb(case, "remove_target", one.pk)).status_code == 302
    assert not case.targets.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "passport"}, "kind"),
        ({"identifier": ""}, "identifier"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"last_day": "2021-01-01"}, None),
    ],
)
def test_a_wrong_target_is_refused_with_what_was_typed(at_desk, changed, field):
    case = make.opened()
    answer = at_desk(Role.INTAKE_CLERK).post(
        verb(case, "add_target"), target(**changed)
    )
    errors = answer.context["form"].errors
    assert list(errors) == [field or "__all__"]
    assert not case.targets.exists()


def test_another_cases_target_isnt_there(at_desk):
    case, other = make.opened(), make.received()
    clerk = at_desk(Role.INTAKE_CLERK)
    foreign = other.targets.get().pk
    for name in ("correct_target", "remove_target"):
        assert clerk.get(verb(case, name, foreign)).status_code == 404
        assert clerk.post(verb(case, name, foreign), target()).status_code == 404
        assert clerk.get(verb(case, name)).status_code == 404
    assert clerk.get(verb(case, "add_target", foreign)).status_code == 404
    assert clerk.get(verb(case, "no_such_verb")).status_code == 404


def test_ordered_secrecy_needs_its_paper_and_dates(at_desk):
    case = make.opened()
    paper = make.stored_paper(case)
    clerk = at_desk(Role.INTAKE_CLERK)
    url = verb(case, "record_secrecy")
    answer = clerk.post(url, {"secrecy": "ordered"})
    assert set(answer.context["form"].errors) == {"paper", "secret_from", "review_on"}
    clerk.post(
        url,
        {
            "secrecy": "ordered",
            "paper": keys.disguise(paper.pk, "row"),
            "secret_from": "2023-03-13",
            "secret_until": "2024-03-13",
        },
    )
    case = make.fresh(case)
    assert (case.secrecy, case.secrecy_paper) == (Secrecy.ORDERED, paper)
    clerk.post(url, {"secrecy": "none", "secret_from": "2023-03-13"})
    case = make.fresh(case)
    assert (case.secrecy, case.secrecy_from) == (Secrecy.NONE, None)


def test_facts_are_corrected_until_counsel_has_the_scope(at_desk):
    case = make.received()
    analyst = at_desk(Role.ANALYST)
    analyst.post(verb(case, "correct_facts"), typed(agency_reference="2023R00417-09"))
    assert make.fresh(case).agency_reference == "2023R00417-09"
    waiting = make.awaiting()
    page = analyst.get(verb(waiting, "correct_facts"))
    assert "Counsel has this scope." in page.context["refusal"]
    page = analyst.post(verb(waiting, "correct_facts"), typed(agency_reference="X"))
    assert page.status_code == 200
    assert make.fresh(waiting).agency_reference == "2023R00417-08"


def test_the_checklist_says_what_is_missing_and_ends(at_desk):
    case = make.opened()
    clerk = at_desk(Role.INTAKE_CLERK)
    page = clerk.get(verb(case, "intake"))
    assert page.context["missing"] == [
        "Upload the served paper.",
        "Record what the paper says about secrecy.",
        "Enter the targets.",
        "Tick the requested categories.",
    ]
    done = clerk.get(verb(make.received(), "intake"))
    assert done.context["missing"] == []
    assert b"The intake is complete" in done.content


def test_a_second_copy_of_a_paper_is_refused(at_desk):
    case = make.opened()
    make.paper(case)
    clerk = at_desk(Role.INTAKE_CLERK)
    data = {"kind": "process", "paper": io.BytesIO(make.pdf())}
    answer = clerk.post(verb(case, "add_paper"), data)
    assert answer.context["form"].non_field_errors() == [
        "This very file is on the case already."
    ]
    assert case.documents.count() == 1


def test_the_review_starts_from_the_checklist(at_desk):
    case = make.received()
    analyst = at_desk(Role.ANALYST)
    answer = analyst.post(verb(case, "start_review"))
    assert answer.url == verb(case, "review")
    assert analyst.get(answer.url).status_code == 200
