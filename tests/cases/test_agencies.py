"""The directory of agencies: one row per agency, under one law."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases import agencies
from cases.enums import Jurisdiction
from cases.models import Agency
from tests import factories as make

pytestmark = pytest.mark.django_db


def add(
    name: str, jurisdiction: str = Jurisdiction.UNITED_STATES, actor=None
) -> Agency:
    actor = actor or make.clerk()
    return agencies.add_agency(actor=actor, name=name, jurisdiction=jurisdiction)


def test_an_agency_is_added_once():
    one = add(" Federal  Bureau ")
    assert (one.name, one.jurisdiction) == ("Federal Bureau", "US")
    assert add("federal bureau") == one
    assert Agency.objects.count() == 1


def test_an_agency_under_another_law_is_refused():
    add("Bureau")
    with pytest.raises(ValidationError):
        add("Bureau", Jurisdiction.EUROPEAN_UNION)
    assert Agency.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "law"), [("", "US"), ("  ", "US"), ("X", "XX"), ("\0", "US")]
)
def test_an_agency_without_name_or_law_is_refused(name, law):
    with pytest.raises(ValidationError):
        add(name, law)
    assert not Agency.objects.exists()


def test_only_intake_adds_agencies():
    with pytest.raises(PermissionDenied):
        add("Bureau", actor=make.counsel())
    assert not Agency.objects.exists()
