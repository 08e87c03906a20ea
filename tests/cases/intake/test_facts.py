"""What a hurried or careless clerk types is refused with a sentence, whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from cases import intake
from cases.enums import CaseStatus, Role, Secrecy
from cases.exceptions import CaseError
from cases.models import Case, CaseGroupPerm, Organisation
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

UNSTORABLE = "This holds a character that can't be stored. Type the text in again."
MOMENTS = [make.AT + timedelta(seconds=1), make.AT + timedelta(days=3650)]


def open_with(**changed):
    clerk = make.clerk()
    facts = make.facts(**changed)
    return lambda: intake.open_case(actor=clerk, facts=facts, at=make.AT)


def test_a_case_starts_received_with_its_facts_and_secrecy_unknown():
    clerk = make.clerk()
    case = intake.open_case(actor=clerk, facts=make.facts(), at=make.AT)
    stored = make.fresh(case)
    assert {name: getattr(stored, name) for name in make.facts()} == make.facts()
    assert (
        stored.number,
        stored.status,
        stored.secrecy,
        stored.opened_by,
        stored.opened_at,
    ) == ("LR-2023-00001", CaseStatus.RECEIVED, Secrecy.UNKNOWN, clerk, make.AT)
    granted = CaseGroupPerm.objects.get()
    assert (granted.content_object, granted.group.name) == (case, make.DESK)


BAD_FACTS = [
    (
        {"due_on": date(2023, 3, 12)},
        {"__all__": ["The return date lies before the date of service."]},
    ),
    (
        {"issued_on": date(2023, 3, 14)},
        {"__all__": ["The date of service lies before the day the paper was issued."]},
    ),
    (
        {"instrument": "parking_ticket"},
        {"instrument": ["Value 'parking_ticket' is not a valid choice."]},
    ),
    ({"channel": "pigeon"}, {"channel": ["Value 'pigeon' is not a valid choice."]}),
    ({"issuer_kind": "x"}, {"issuer_kind": ["Value 'x' is not a valid choice."]}),
    (
        {"officer_email": "dana at agency"},
        {"officer_email": ["Enter a valid email address."]},
    ),
    (
        {"officer_email": "dana@agency.example, x@y.example"},
        {"officer_email": ["Enter a valid email address."]},
    ),
    ({"officer_name": "   "}, {"officer_name": ["This field cannot be blank."]}),
    (
        {"issuing_court": "   "},
        {"issuing_court": ["Grand jury subpoena: this is needed."]},
    ),
    ({"received_at": MOMENTS[0]}, {"received_at": ["This moment lies ahead."]}),
    ({"received_at": MOMENTS[1]}, {"received_at": ["This moment lies ahead."]}),
    ({"served_on": date(2023, 3, 16)}, {"served_on": ["This day lies ahead."]}),
    (
        {
            "issued_on": date(2024, 1, 1),
            "served_on": date(2024, 1, 1),
            "due_on": date(2024, 2, 1),
        },
        {"issued_on": ["This day lies ahead."], "served_on": ["This day lies ahead."]},
    ),
    (
        {"due_on": "soon"},
        {
            "due_on": [
                "“soon” value has an invalid date format. It must be in "
                "YYYY-MM-DD format."
            ]
        },
    ),
]


@pytest.mark.parametrize(("changed", "said"), BAD_FACTS)
def test_bad_facts_are_refused_where_the_person_looks(changed, said):
    assert refusal(open_with(**changed)) == said


@pytest.mark.parametrize(
    "field", ["officer_name", "issuing_authority", "agency_reference", "issuing_court"]
)
@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_character_that_no_database_takes_is_refused(field, text):
    sentence = UNSTORABLE
    assert refusal(open_with(**{field: text})) == {field: [sentence]}


def test_the_latest_day_on_earth_is_still_today():
    # At noon in UTC it is the next day already in Kiritimati.
    noon = datetime(2023, 3, 14, 12, tzinfo=UTC)
    facts = make.facts(served_on=date(2023, 3, 15), received_at=noon)
    case = intake.open_case(actor=make.clerk(), facts=facts, at=noon)
    assert case.served_on == date(2023, 3, 15)


def test_a_fact_that_is_none_is_named():
    clerk = make.clerk()
    facts = make.facts(status="closed", opened_by=clerk)
    said = refusal(lambda: intake.open_case(actor=clerk, facts=facts, at=make.AT))
    assert said == ["Not intake facts: opened_by, status."]


def test_before_the_organisation_is_set_up_no_case_is_opened():
    clerk = make.clerk()
    Organisation.objects.all().delete()
    facts = make.facts()
    said = refusal(
        lambda: intake.open_case(actor=clerk, facts=facts, at=make.AT), CaseError
    )
    assert said == "Set up the organisation before the first request."


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INTAKE_CLERK, Role.ANALYST}))
def test_who_has_no_part_in_intake_opens_nothing(role):
    other, facts = make.person(role), make.facts()
    refusal(
        lambda: intake.open_case(actor=other, facts=facts, at=make.AT), PermissionDenied
    )


def test_numbers_go_up_by_the_year_of_the_organisation_s_own_zone():
    clerk = make.clerk()
    new_year = datetime(2024, 1, 1, 0, 30, tzinfo=UTC)  # still 2023 in Los Angeles
    numbers = [
        make.opened(by=clerk, at=at).number
        for at in (make.AT, new_year, new_year + timedelta(hours=8), new_year)
    ]
    assert numbers == [
        "LR-2023-00001",
        "LR-2023-00002",
        "LR-2024-00001",
        "LR-2023-00003",
    ]


def test_the_hundred_thousandth_request_of_a_year_gets_its_number():
    clerk = make.clerk()
    Case.objects.filter(pk=make.opened(by=clerk).pk).update(number="LR-2023-99999")
    assert make.opened(by=clerk).number == "LR-2023-100000"
    assert make.opened(by=clerk).number == "LR-2023-100001"


def test_correcting_facts_names_the_fields_and_changes_no_other():
    case = make.received()
    corrected = intake.correct_facts(
        case.pk,
        actor=make.analyst(),
        facts={"agency_reference": "2023R00417-09", "officer_name": case.officer_name},
        at=make.AT,
    )
    assert corrected.agency_reference == "2023R00417-09"
    before = Case.objects.filter(pk=case.pk).values().get()
    assert before == before | {"agency_reference": "2023R00417-09"}


def test_a_correction_is_held_to_the_same_rules():
    case, clerk = make.received(), make.clerk()

    def correct(**facts):
        return refusal(lambda: intake.correct_facts(case.pk, actor=clerk, facts=facts))

    assert correct(instrument="court_order") == {
        "statute_cited": ["Court order: this is needed."]
    }
    assert correct(due_on=date(2023, 3, 1)) == {
        "__all__": ["The return date lies before the date of service."]
    }
    assert correct(number="LR-1") == ["Not intake facts: number."]
    assert correct() == ["Nothing was changed."]
    assert correct(officer_name=case.officer_name) == ["Nothing was changed."]
