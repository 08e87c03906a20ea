"""The register of who was told of a restricted case, and the mails that tell them."""

import json

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases import restricted
from cases.enums import ExposureGround, Role
from cases.exceptions import IllegalTransition
from cases.models import Event, Exposure
from tests import factories as make
from tests import restricting

pytestmark = pytest.mark.django_db


def state():
    return list(Exposure.objects.order_by("pk").values()), Event.objects.count()


@pytest.mark.feature("G5", part=True)
def test_the_named_are_told_that_something_waits_and_nobody_else_is(
    django_capture_on_commit_callbacks,
):
    everybody = [make.person(role, email=f"{role.name}@site.example") for role in Role]
    clerk = make.person(Role.INTAKE_CLERK, email="clerk@site.example")
    counsel = make.person(Role.COUNSEL, email="cora@site.example")
    with django_capture_on_commit_callbacks(execute=True):
        case = restricting.case(by=clerk, counsel=counsel)
        restricting.name(case, make.person(Role.ANALYST, email="ana@site.example"))
    assert [one.to for one in mail.outbox] == [
        ["cora@site.example"],
        ["ana@site.example"],
    ]
    assert {(one.subject, one.body) for one in mail.outbox} == {
        ("Something waits for you", f"Sign in to see what: {settings.SITE_URL}")
    }
    assert everybody


def test_a_changed_grant_tells_nobody_anything_new(django_capture_on_commit_callbacks):
    case = restricting.case()
    ana = restricting.name(case, make.person(Role.ANALYST, email="ana@site.example"))
    with django_capture_on_commit_callbacks(execute=True):
        make.let_in(
            case, ana, actor=restricting.counsel_of(case), reason="Something else"
        )
    assert mail.outbox == []


def test_somebody_outside_is_told_of_the_secrecy_with_it():
    case = restricting.case()
    counsel = restricting.counsel_of(case)
    restricted.record_told(
        case.pk,
        actor=counsel,
        name=" Mara Lindt ",
        ground=ExposureGround.ATTORNEY,
        at=make.AT,
    )
    assert restricting.register(case)[-1] == ("Mara Lindt", "attorney", make.AT)
    event = Event.objects.latest("pk")
    assert json.loads(event.data) == {
        "exposure": case.exposures.latest("pk").pk,
        "ground": "attorney",
    }


@pytest.mark.parametrize(
    "changed", [{"name": " "}, {"name": "a\0"}, {"ground": "curiosity"}]
)
def test_the_register_takes_no_half_a_line(changed):
    case = restricting.case()
    said = {"name": "Mara Lindt", "ground": "attorney"} | changed
    before = state()
    with pytest.raises(ValidationError):
        restricted.record_told(case.pk, actor=restricting.counsel_of(case), **said)
    assert state() == before


def test_the_file_names_everybody_but_attorneys():
    case = restricting.case()
    counsel = restricting.counsel_of(case)
    olga = make.person(Role.OUTSIDE_COUNSEL)
    restricting.name(case, olga, ground=ExposureGround.ATTORNEY)
    rows = restricted.export_register(case.pk, actor=counsel)
    assert [one.name for one in rows] == [case.opened_by.username]
    assert {one.name for one in case.exposures.filter(ground="attorney")} == {
        counsel.username,
        olga.username,
    }
    event = Event.objects.latest("pk")
    assert (event.kind, json.loads(event.data)) == (
        "case.exposure.exported",
        {"exposures": [one.pk for one in rows]},
    )


def test_an_ordinary_request_has_no_register():
    case, counsel = make.opened(), make.counsel()
    before = state()
    with pytest.raises(IllegalTransition):
        restricted.export_register(case.pk, actor=counsel)
    with pytest.raises(IllegalTransition):
        restricted.record_told(
            case.pk, actor=counsel, name="Mara", ground=ExposureGround.ATTORNEY
        )
    assert state() == before


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("exposure_ground_known", {"ground": "curiosity"}),
        ("exposure_has_names", {"name": ""}),
        ("exposure_has_names", {"told_by_name": ""}),
        ("exposure_outside_is_bound", {"person": None, "bound_at": None}),
    ],
)
def test_the_database_refuses_half_a_line(constraint, changes):
    case = restricting.case()
    before = state()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        case.exposures.filter(person=case.opened_by).update(**changes)
    assert (constraint in str(caught.value), state()) == (True, before)


def test_the_database_refuses_somebody_twice():
    case = restricting.case()
    before = state()
    row = case.exposures.get(person=case.opened_by)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Exposure.objects.bulk_create([row])
    assert state() == before
