"""The fields that each instrument can't do without, and the questions about cases."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases import intake
from cases.enums import CaseStatus, Instrument, Jurisdiction
from cases.models import Case
from cases.models.case import FOR_NAMED_PERSONS, REQUIRED_BY_INSTRUMENT
from tests import factories as make

pytestmark = pytest.mark.django_db

COMMON = (
    "agency",
    "officer_name",
    "officer_email",
    "issuing_authority",
    "agency_reference",
    "issued_on",
    "served_on",
    "received_at",
    "instrument",
    "jurisdiction",
    "channel",
)
PAIRS = [
    (instrument, field)
    for instrument, fields in REQUIRED_BY_INSTRUMENT.items()
    for field in fields
]


def whole(instrument: str) -> dict[str, object]:
    """Facts with what this instrument must state, and nothing else of that kind."""
    facts = make.facts(instrument=instrument)
    for field in make.OWN_FACTS:
        facts.pop(field, None)
    own = {field: make.OWN_FACTS[field] for field in REQUIRED_BY_INSTRUMENT[instrument]}
    return facts | own


def opened(instrument: str, facts: dict[str, object]) -> Case:
    """A case of this instrument; counsel is named where only named persons may know."""
    counsel = [make.counsel()] if instrument in FOR_NAMED_PERSONS else None
    return intake.open_case(actor=make.clerk(), facts=facts, named=counsel, at=make.AT)


def empty(field: str) -> object:
    return None if field == "due_on" else ""


def test_every_instrument_says_what_it_needs():
    assert set(REQUIRED_BY_INSTRUMENT) == set(Instrument.values)
    assert all(REQUIRED_BY_INSTRUMENT.values())


@pytest.mark.feature("I1")
@pytest.mark.parametrize("instrument", Instrument.values)
def test_an_instrument_with_its_own_fields_is_saved(instrument):
    case = opened(instrument, whole(instrument))
    assert make.fresh(case).instrument == instrument


@pytest.mark.feature("I1")
@pytest.mark.parametrize(("instrument", "field"), PAIRS)
def test_an_instrument_without_its_field_is_refused_at_intake(instrument, field):
    facts = whole(instrument) | {field: empty(field)}
    with pytest.raises(ValidationError) as caught:
        opened(instrument, facts)
    label = Instrument(instrument).label
    assert caught.value.message_dict == {field: [f"{label}: this is needed."]}
    assert Case.objects.count() == 0


@pytest.mark.feature("I1")
@pytest.mark.parametrize(("instrument", "field"), PAIRS)
def test_an_instrument_without_its_field_is_refused_by_the_database(instrument, field):
    case = opened(instrument, whole(instrument))
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**{field: empty(field)})
    assert f"case_{instrument}_complete" in str(caught.value)
    assert getattr(make.fresh(case), field) == make.OWN_FACTS[field]


@pytest.mark.feature("I1")
@pytest.mark.parametrize("field", COMMON)
def test_no_request_is_saved_without_the_facts_that_all_have(field):
    clerk = make.clerk()
    facts = make.facts()
    del facts[field]
    with pytest.raises(ValidationError) as caught:
        intake.open_case(actor=clerk, facts=facts, at=make.AT)
    assert list(caught.value.message_dict) == [field]
    assert Case.objects.count() == 0


@pytest.mark.parametrize(("instrument", "fields"), REQUIRED_BY_INSTRUMENT.items())
def test_a_form_marks_what_the_instrument_needs(instrument, fields):
    case = Case(instrument=instrument)
    with pytest.raises(ValidationError) as caught:
        intake.check_instrument(case)
    assert set(caught.value.message_dict) == set(fields)


def test_overdue_is_what_the_requester_waits_for_past_its_day():
    day = date(2023, 3, 31)
    late = make.opened()
    make.opened(due_on=day)
    make.opened(
        instrument=Instrument.PRESERVATION_REQUEST,
        due_on=None,
        statute_cited="18 U.S.C. 2703(f)",
    )
    make.closed()
    assert list(Case.objects.overdue(day)) == [late]
    assert list(Case.objects.overdue(date(2023, 3, 30))) == []


def test_open_cases_come_by_return_date_and_those_without_one_last():
    without = make.opened(
        instrument=Instrument.PRESERVATION_REQUEST,
        due_on=None,
        statute_cited="18 U.S.C. 2703(f)",
    )
    later = make.opened(due_on=date(2023, 4, 2))
    sooner = make.opened(due_on=date(2023, 4, 1))
    assert list(Case.objects.unanswered()) == [sooner, later, without]


def test_facts_may_be_corrected_until_counsel_has_the_scope():
    editable = {status for status in CaseStatus if Case(status=status).is_editable}
    assert editable == {CaseStatus.RECEIVED, CaseStatus.IN_REVIEW}


def test_an_eu_order_is_a_typed_record_too():
    facts = whole(Instrument.EUROPEAN_PRODUCTION_ORDER)
    facts |= {"jurisdiction": Jurisdiction.EUROPEAN_UNION}
    case = intake.open_case(actor=make.clerk(), facts=facts, at=make.AT)
    assert (case.jurisdiction, case.issuer_kind) == ("EU", "judge")
