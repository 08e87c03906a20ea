"""What comes after a delivery: until when it can be fetched, and that it arrived."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.enums import EventKind, Role
from cases.exceptions import IllegalTransition
from cases.models import Event
from disclosures import delivery, worklist
from disclosures.enums import AcknowledgedBy
from disclosures.models import Acknowledgement, Delivery
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of, verb_of
from tests.disclosures.test_second_round import closed
from tests.refusals import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

A = AcknowledgedBy


def acknowledge(packet, by=None, **changed):
    said = {
        "method": A.EMAIL,
        "acknowledged_by": "Dana Whitlock",
        "acknowledged_at": timezone.now(),
    }
    return delivery.acknowledge(
        packet.delivery.pk,
        actor=by or packets.officer(),
        receipt=delivery.Receipt(**(said | changed)),
    )


def test_an_acknowledgement_is_recorded_once_and_ends_the_officers_task():
    packet, officer = packets.released(), packets.officer()
    assert [one.verb for one in worklist.tasks_for(officer)] == ["acknowledge"]

    made = acknowledge(packet, officer, acknowledged_by=" Dana ", note=" No. 7 ")

    assert (made.acknowledged_by, made.note, made.recorded_by) == (
        "Dana",
        "No. 7",
        officer,
    )
    assert worklist.tasks_for(officer) == []
    event = Event.objects.last()
    assert (event.kind, event.actor, json.loads(event.data)) == (
        EventKind.PACKET_ACKNOWLEDGED,
        officer,
        {"packet": packet.pk, "delivery": packet.delivery.pk, "method": "email"},
    )
    words = refusal(lambda: acknowledge(packet, officer), IllegalTransition)
    assert words == "The acknowledgement is recorded already."


def test_it_may_come_after_the_request_is_closed():
    packet, officer = closed(), packets.officer()
    assert [one.verb for one in worklist.tasks_for(officer)] == ["acknowledge"]
    acknowledge(packet, officer)
    assert worklist.tasks_for(officer) == []


def test_that_none_came_is_recorded_with_what_was_done():
    packet, officer = packets.released(), packets.officer()
    none = {"method": A.NONE_CAME, "acknowledged_by": "", "acknowledged_at": None}
    refusal(lambda: acknowledge(packet, officer, **none))
    made = acknowledge(packet, officer, note="Asked twice by telephone.", **none)
    assert made.acknowledged_at is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"acknowledged_by": " "}, "__all__"),
        ({"acknowledged_at": None}, "__all__"),
        ({"method": "pigeon"}, "method"),
        ({"acknowledged_at": make.AT}, "acknowledged_at"),
        ({"note": "a\0b"}, "note"),
    ],
)
def test_what_can_t_be_recorded_is_refused(changed, field):
    packet, officer = packets.released(), packets.officer()
    assert field in refusal(lambda: acknowledge(packet, officer, **changed))
    ahead = timezone.now() + timedelta(hours=1)
    assert refusal(lambda: acknowledge(packet, officer, acknowledged_at=ahead)) == {
        "acknowledged_at": ["This time lies ahead."]
    }


@pytest.mark.parametrize("role", [one for one in Role if one != Role.RELEASE_OFFICER])
def test_it_is_the_release_officers_to_record(role):
    packet, person = packets.released(), make.person(role)
    refusal(lambda: acknowledge(packet, person), PermissionDenied)
    assert "acknowledge" not in [one.verb for one in worklist.tasks_for(person)]


def test_a_delivery_runs_out_after_it_was_handed_over():
    packet, officer = packets.sealed_undrawn(), packets.officer()
    now = timezone.now()
    early = {"handed_over_at": now, "expires_at": now}
    words = refusal(lambda: packets.release(packet, officer, **early))
    assert words == {"__all__": ["It can't run out before it is handed over."]}
    week = now + timedelta(days=7)
    assert packets.release(packet, officer, expires_at=week).expires_at == week


@pytest.mark.parametrize(
    ("model", "constraint", "changes"),
    [
        (Delivery, "delivery_in_hand_known", {"in_hand": "memory"}),
        (Delivery, "delivery_expires_after_it", {"expires_at": make.AT}),
        (Acknowledgement, "acknowledgement_method_known", {"method": "pigeon"}),
        (
            Acknowledgement,
            "acknowledgement_says_who_and_when",
            {"acknowledged_by": ""},
        ),
        (Acknowledgement, "acknowledgement_says_who_and_when", {"method": A.NONE_CAME}),
    ],
)
def test_the_database_refuses_it_too(model, constraint, changes):
    acknowledge(packets.released())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**changes)


def test_it_is_recorded_on_its_page_and_shown_with_the_delivery():
    packet = packets.released()
    officer = client_of(packets.officer())
    assert "Record the acknowledgement" in officer.get("/").content.decode()
    url = verb_of(packet, "acknowledge")
    assert packet.case.officer_name in officer.get(url).content.decode()

    answer = officer.post(
        url,
        {
            "method": "none_came",
            "acknowledged_by": "",
            "acknowledged_at": "",
            "note": "Asked twice.",
        },
    )

    assert answer.status_code == 302
    shown = officer.get(page_of(packet)).content.decode()
    assert "No acknowledgement came" in shown
    assert "Asked twice." in shown
    again = officer.get(url).content.decode()
    assert "No delivery waits for an acknowledgement." in again
