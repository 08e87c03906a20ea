"""Ordering and certifying: what each needs, writes and refuses."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cases import review
from cases.enums import Profile, Role
from cases.exceptions import FourEyesViolation, IllegalTransition
from cases.models import Case, Event, ScopeItem
from disclosures import certifying, facts
from disclosures.enums import PacketStatus
from disclosures.exceptions import PacketBroken
from disclosures.models import Declaration, Exhibit, Packet
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

S = PacketStatus


def written():
    """What a refusal must leave as it was."""
    return (
        list(Packet.objects.values()),
        list(Exhibit.objects.values()),
        [(one.pk, one.status) for one in Case.objects.all()],
        Event.objects.count(),
        Declaration.objects.count(),
    )


def refused(act, kind, words=""):
    """The act is refused with these words, and nothing is written."""
    before = written()
    with pytest.raises(kind) as caught, transaction.atomic():
        act()
    assert words in str(caught.value)
    assert written() == before


@pytest.fixture
def sent(monkeypatch):
    """The messages that were sent; nothing consumes them."""
    found = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, **more: found.append((name, more))
    )
    return found


# ---------------------------------------------------------------------------- order


def test_an_order_freezes_what_it_was_given_for_and_sends_a_hint_after_commit(
    sent, django_capture_on_commit_callbacks
):
    found, by = packets.case(), make.analyst()
    since = Event.objects.latest("pk").pk
    with django_capture_on_commit_callbacks(execute=True):
        packet = packets.ordered(found, by=by, at=make.AT)
        assert sent == []

    assert sent == [
        ("disclosures.assemble", {"kwargs": {"packet_id": packet.pk}, "retry": False})
    ]
    assert {
        key: value
        for key, value in Packet.objects.values().get().items()
        if value not in (None, "", [], 0)
    } == {
        "id": packet.pk,
        "case_id": found.pk,
        "number": 1,
        "revision_id": found.revisions.get().pk,
        "sign_off_id": found.sign_offs.get().pk,
        "status": "queued",
        "ordered_by_id": by.pk,
        "ordered_by_name": by.username,
        "approved_by_id": found.sign_offs.get().counsel_id,
        "ordered_at": make.AT,
        "bates_prefix": "PIF-2023-00001",
    }
    assert packets.trail(found, since) == [
        ("case.status.changed", "order_packet"),
        ("packet.requested", ""),
    ]
    last = Event.objects.latest("pk")
    assert (last.actor, last.at, json.loads(last.data)) == (
        by,
        make.AT,
        {"packet": packet.pk, "scope": packet.revision.digest, "exhibits": 5},
    )


@pytest.mark.parametrize("role", [one for one in Role if one != Role.ANALYST])
def test_an_order_is_the_analysts(role):
    found, by = packets.case(), make.person(role)

    refused(lambda: packets.ordered(found, by=by), PermissionDenied)


def test_an_order_needs_a_grant_and_a_signed_scope():
    found, unsigned = packets.case(), packets.unsigned()
    stranger = make.person(Role.ANALYST, at_the_desk=False)
    by = make.analyst()

    refused(lambda: packets.ordered(found, by=stranger), PermissionDenied)
    refused(lambda: packets.ordered(unsigned, by=by), IllegalTransition)
    ScopeItem.objects.update(reason="Another reason.")
    words = (
        "No approval covers the scope as it stands now: an analyst submits it, then "
        "counsel decides."
    )
    refused(lambda: packets.ordered(found, by=by), IllegalTransition, words)


def test_a_scope_is_ordered_once():
    packet = packets.ordered()
    by = make.analyst()

    refused(lambda: packets.ordered(packet.case, by=by), IllegalTransition)


def test_a_newer_order_replaces_an_older_packet_and_is_numbered_after_it():
    packet = packets.collected()
    found = packets.demand(packet.case)
    newer = packets.ordered(found)

    assert packets.fresh(packet).status == S.SUPERSEDED
    assert (newer.number, newer.revision.number) == (2, 2)
    assert newer.sign_off.scope_digest == newer.revision.digest


# -------------------------------------------------------------------------- certify


def test_certifying_records_who_what_where_and_over_which_exhibits(
    sent, django_capture_on_commit_callbacks
):
    packet, by = packets.examined(), packets.custodian()
    since, at = Event.objects.latest("pk").pk, timezone.now()
    digest = facts.exhibits_digest(packet)
    with django_capture_on_commit_callbacks(execute=True):
        made = certifying.certify(
            packet.pk,
            custodian=by,
            exhibits_digest=digest,
            statement=packets.statement(
                by, role=" Director ", signed_name=" carl   CUSTOS "
            ),
            proof=make.proof(at),
            at=at,
        )

    assert sent == [
        ("disclosures.assemble", {"kwargs": {"packet_id": packet.pk}, "retry": False})
    ]
    assert Declaration.objects.values().get() == {
        "id": made.pk,
        "packet_id": packet.pk,
        "custodian_id": by.pk,
        "custodian_name": "Carl Custos",
        "role": "Director",
        "practice": "Made at the time of each act by the service itself.",
        "signing_place": "inside_us",
        "place": "Portland, Oregon",
        "signed_on": facts.today(at),
        "signed_at": at,
        "exhibits_digest": digest,
        "proof_method": "password",
        "proof_at": at,
        "profile": "standard",
        "prepared_by_id": packet.revision.prepared_by_id,
        "ordered_by_id": packet.ordered_by_id,
        "approved_by_id": packet.sign_off.counsel_id,
    }
    assert packets.trail(packet.case, since) == [
        ("packet.status.changed", "certify"),
        ("packet.certified", ""),
    ]
    last = Event.objects.latest("pk")
    assert (last.actor, last.at, json.loads(last.data)) == (
        *(by, at),
        {"packet": packet.pk, "exhibits": digest, "proof": "password"},
    )


def test_exhibits_that_changed_after_they_were_shown_are_not_certified():
    packet, by = packets.examined(), packets.custodian()
    shown = facts.exhibits_digest(packet)
    Exhibit.objects.filter(packet=packet, number=1).update(rows=0)

    refused(
        lambda: certifying.certify(
            packet.pk,
            custodian=by,
            exhibits_digest=shown,
            statement=packets.statement(by),
            proof=make.proof(timezone.now()),
        ),
        PacketBroken,
        "The exhibits changed after the page was shown.",
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("signed_name", "Carla Custos", "Sign with your own name: Carl Custos."),
        ("signed_name", "", "Sign with your own name: Carl Custos."),
        ("signed_name", "Carl", "Sign with your own name: Carl Custos."),
        *((name, "  ", "") for name in ("role", "practice", "place")),
        *((name, "a\0b", "can't be stored") for name in ("role", "practice", "place")),
        ("signing_place", "on_the_moon", ""),
        ("role", "x" * 201, ""),
    ],
)
def test_a_statement_that_isn_t_the_custodians_own_is_refused(field, value, words):
    packet, by = packets.examined(), packets.custodian()

    refused(
        lambda: packets.certify(packet, by, **{field: value}), ValidationError, words
    )


def test_the_date_of_signing_lies_between_the_collection_and_today():
    packet, by = packets.examined(), packets.custodian()
    today, day = facts.today(timezone.now()), timedelta(days=1)

    words = "The date of signing lies ahead."
    ahead = today + day
    refused(
        lambda: packets.certify(packet, by, signed_on=ahead), ValidationError, words
    )
    words = "That is before the records were collected."
    early = today - day
    refused(
        lambda: packets.certify(packet, by, signed_on=early), ValidationError, words
    )
    packets.certify(packet, by)


def test_the_date_is_a_day_of_the_organisations_zone():
    packet, by = packets.examined(), packets.custodian()
    zone = ZoneInfo("America/Los_Angeles")
    evening = (timezone.now() + timedelta(days=2)).astimezone(zone)
    evening = evening.replace(hour=23, minute=30)  # the next day already in UTC

    def certify(day):
        return certifying.certify(
            packet.pk,
            custodian=by,
            exhibits_digest=facts.exhibits_digest(packet),
            statement=packets.statement(by, signed_on=day),
            proof=make.proof(evening),
            at=evening,
        )

    tomorrow = evening.date() + timedelta(days=1)
    refused(lambda: certify(tomorrow), ValidationError)
    assert certify(evening.date()).signed_on == evening.date()


@pytest.mark.parametrize("role", [one for one in Role if one != Role.CUSTODIAN])
def test_certifying_is_the_custodians(role):
    packet, by = packets.examined(), make.person(role)

    refused(lambda: packets.certify(packet, by), PermissionDenied)


@pytest.mark.feature("R2", part=True)
def test_counsel_who_approved_doesn_t_certify_under_the_standard_profile():
    who = make.person(Role.COUNSEL, Role.CUSTODIAN)
    found, analyst = packets.unsigned(), make.analyst()
    review.start(found.pk, actor=analyst, at=make.AT)
    make.submit(found, analyst)
    make.sign(found, who)
    packet = packets.examined(packets.collected(packets.ordered(make.fresh(found))))
    packets.profile(Profile.STANDARD)

    refused(lambda: packets.certify(packet, who), FourEyesViolation)
    packets.profile(Profile.TWO_PEOPLE)
    packets.certify(packet, who)


@pytest.mark.parametrize("status", [one for one in S if one != S.COLLECTED])
def test_only_a_collected_packet_is_certified_and_only_once(status):
    packet, by = packets.in_status(status), packets.custodian()

    label = packet.get_status_display()
    words = f"The packet is “{label}”, not waiting for it."
    refused(lambda: packets.certify(packet, by), IllegalTransition, words)


@pytest.mark.feature("R3", part=True)
def test_a_scope_that_changed_since_is_not_certified():
    packet, by = packets.examined(), packets.custodian()
    review.revise(packet.case_id, actor=make.analyst(), reason="Why.", at=make.AT)

    words = "The scope changed after this packet was ordered; order another."
    refused(lambda: packets.certify(packet, by), IllegalTransition, words)
