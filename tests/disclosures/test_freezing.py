"""The switch stops what waits and what is under way; another person lifts it."""

import json
import os
import socket
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.enums import ProofMethod, Role
from cases.exceptions import FourEyesViolation, IllegalTransition, StaleProof
from cases.models import Event, SiteEvent
from cases.proof import Proof
from disclosures import delivery, freezing
from disclosures.enums import PacketStatus
from disclosures.models import Freeze
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of
from tests.refusals import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

WHY = "Forged papers are about."
MAY = {Role.COUNSEL, Role.ADMINISTRATOR}


def thrown(by=None):
    return freezing.throw(actor=by or make.counsel(), reason=WHY, at=make.AT)


def lift(by, reason="All papers were checked.", at=make.AT):
    return freezing.lift(actor=by, reason=reason, proof=make.proof(at), at=at)


def test_a_stop_says_who_threw_it_when_and_why_and_is_in_the_sites_trail():
    by = make.person(Role.COUNSEL, first_name="Cora", last_name="Lind")

    made = freezing.throw(actor=by, reason=f" {WHY} ", at=make.AT)

    assert Freeze.objects.standing() == made
    assert (made.thrown_by, made.thrown_by_name) == (by, "Cora Lind")
    assert (made.thrown_at, made.reason, made.lifted_at) == (make.AT, WHY, None)
    (event,) = SiteEvent.objects.all()
    assert (event.kind, event.actor, event.at, json.loads(event.data)) == (
        "releases.frozen",
        by,
        make.AT,
        {"freeze": made.pk, "reason": WHY},
    )


def test_another_person_lifts_it_with_a_reason_and_fresh_proof():
    standing = thrown()
    by = make.person(Role.ADMINISTRATOR, at_the_desk=False)
    later = make.AT + timedelta(hours=1)

    made = freezing.lift(
        actor=by, reason=" Checked. ", proof=make.proof(later), at=later
    )

    assert Freeze.objects.standing() is None
    assert (made.pk, made.lifted_by, made.lifted_at) == (standing.pk, by, later)
    assert (made.lift_reason, made.proof_method) == ("Checked.", "password")
    event = SiteEvent.objects.last()
    assert (event.kind, event.actor, json.loads(event.data)) == (
        "releases.thawed",
        by,
        {"freeze": made.pk, "reason": "Checked.", "proof": "password"},
    )
    # What is over can happen again, and both stay on record.
    thrown()
    assert Freeze.objects.count() == 2


@pytest.mark.parametrize("role", sorted(set(Role) - MAY))
def test_nobody_else_throws_or_lifts_it(role):
    person = make.person(role)
    refusal(lambda: thrown(person), PermissionDenied)
    thrown()
    refusal(lambda: lift(person), PermissionDenied)


def test_what_can_t_be_thrown_or_lifted_is_refused_and_nothing_is_written():
    counsel, other = make.counsel(), make.counsel()
    throw = freezing.throw

    words = refusal(lambda: throw(actor=counsel, reason="  "))
    assert words == {"reason": ["Say why all releases are stopped."]}
    refusal(lambda: throw(actor=counsel, reason="a\0b"))
    words = refusal(lambda: lift(other), IllegalTransition)
    assert words == "Releases aren't stopped."
    thrown(counsel)
    words = refusal(lambda: thrown(other), IllegalTransition)
    assert words == f"{counsel.username} has stopped all releases already."
    words = refusal(lambda: lift(counsel), FourEyesViolation)
    assert words == (
        "You stopped all releases: another counsel or administrator lifts it."
    )
    words = refusal(lambda: lift(other, reason=" "))
    assert words == {"reason": ["Say why releases may go on."]}
    old = Proof(ProofMethod.PASSWORD, make.AT - timedelta(minutes=6))
    refusal(
        lambda: freezing.lift(actor=other, reason="Why", proof=old, at=make.AT),
        StaleProof,
    )


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"reason": ""}, "freeze_says_why"),
        ({"lifted_by": "own"}, "freeze_lifted_"),
        ({"lift_reason": "Why"}, "freeze_lifted_as_a_whole"),
        ({"lifted_at": make.AT - timedelta(days=1)}, "freeze_lifted_as_a_whole"),
    ],
)
def test_the_database_refuses_it_too(changed, constraint):
    made = thrown()
    if "lifted_by" in changed:
        changed = {
            "lifted_by": made.thrown_by,
            "lifted_by_name": "x",
            "lift_reason": "x",
            "lifted_at": make.AT,
            "proof_method": "totp",
            "proof_at": make.AT,
        }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Freeze.objects.filter(pk=made.pk).update(**changed)
    with pytest.raises(IntegrityError), transaction.atomic():
        Freeze.objects.create(
            reason=WHY,
            thrown_by=made.thrown_by,
            thrown_by_name="x",
            thrown_at=make.AT,
        )


# ------------------------------------------------------------------- what it stops


@pytest.mark.feature("S7", part=True)
def test_while_it_stands_nothing_is_released_and_no_byte_is_handed_out():
    sealed, gone = packets.sealed_undrawn(), packets.released()
    officer, by, other = packets.officer(), make.counsel(), make.counsel()
    thrown(by)
    words = (
        f"{by.username} has stopped all releases. Another counsel or administrator "
        "can lift it."
    )

    acts = (
        lambda: packets.release(sealed, officer),
        lambda: delivery.open_packet(sealed.pk, actor=officer),
        lambda: delivery.open_packet(gone.pk, actor=officer),
    )
    assert {refusal(act, IllegalTransition) for act in acts} == {words}
    lift(other)
    assert b"".join(delivery.open_packet(sealed.pk, actor=officer))
    packets.release(sealed, officer)
    assert packets.fresh(sealed).status == PacketStatus.RELEASED


@pytest.mark.feature("S7")
def test_thrown_mid_delivery_it_stops_the_stream(live_server):
    more = os.urandom(24 * 1024 * 1024)
    packet = packets.sealed_undrawn(more=more)
    officer, counsel = packets.officer(), make.counsel()
    cookie = client_of(officer).cookies[settings.SESSION_COOKIE_NAME].value

    with socket.socket() as reader:
        # A slow reader with little room: the server can't run far ahead of it.
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 1024)
        reader.settimeout(30)
        reader.connect((live_server.thread.host, live_server.thread.port))
        reader.sendall(
            f"GET {page_of(packet, 'production')} HTTP/1.1\r\n"
            f"Host: {live_server.thread.host}\r\nConnection: close\r\n"
            f"Cookie: {settings.SESSION_COOKIE_NAME}={cookie}\r\n\r\n".encode()
        )
        got = reader.recv(4096)
        while len(got) < 64 * 1024:
            got += reader.recv(4096)
        head, _blank, body = got.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        freezing.throw(actor=counsel, reason=WHY)
        while chunk := reader.recv(256 * 1024):
            body += chunk

    (length,) = (
        int(line.split(b":")[1])
        for line in head.splitlines()
        if line.lower().startswith(b"content-length")
    )
    assert length > len(more)
    assert len(body) < length - delivery.CHUNK
    # The zip's table of contents comes last: what was sent opens as nothing.
    assert b"PK\x05\x06" not in body
    event = Event.objects.get(kind="packet.download.stopped")
    assert (event.actor, event.actor_name) == (None, "Candor")
    data = json.loads(event.data)
    assert data["packet"] == packet.pk
    assert len(body) <= data["bytes"] < length
    assert packets.fresh(packet).status == PacketStatus.SEALED


# ------------------------------------------------------------------- what is seen


def page(client, *ways):
    """Follow the links of these words, from the front page on."""
    answer = client.get("/")
    for words in ways:
        text = answer.content.decode()
        place = text.index(words)
        start = text.rindex('href="', 0, place) + 6
        answer = client.get(text[start : text.index('"', start)])
    return answer


@pytest.mark.parametrize("role", sorted(MAY))
def test_it_is_thrown_two_clicks_from_the_front_page(role):
    client = client_of(make.person(role))

    asked = page(client, "Stop of all releases", "Stop all releases</a>")
    assert asked.status_code == 200
    assert "Stop all releases now" in asked.content.decode()
    answer = client.post(asked.request["PATH_INFO"], {"reason": WHY})

    assert answer.status_code == 302
    assert Freeze.objects.standing().reason == WHY


def test_a_banner_on_every_page_says_that_releases_are_stopped():
    clients = {role: client_of(make.person(role)) for role in Role}
    words = "Why, and who can lift it"
    assert [r for r, c in clients.items() if words in c.get("/").content.decode()] == []
    thrown()
    assert {
        role for role, one in clients.items() if words in one.get("/").content.decode()
    } == set(Role)
    analyst = clients[Role.ANALYST]
    assert words in analyst.get("/accounts/2fa/").content.decode()
    assert WHY not in analyst.get("/").content.decode()
    assert WHY in analyst.get("/disclosures/freeze/").content.decode()
    assert clients[Role.REPORT_EDITOR].get("/disclosures/freeze/").status_code == 403


def test_who_threw_it_sees_that_another_lifts_it():
    counsel = make.counsel()
    other = make.person(Role.COUNSEL, first_name="Ida", last_name="Berg")
    client, another = client_of(counsel), client_of(other)
    thrown(counsel)

    shown = client.get("/disclosures/freeze/").content.decode()
    assert "Ida Berg" in shown
    assert "/disclosures/freeze/lift/" not in shown
    lifting = client.get("/disclosures/freeze/lift/").content.decode()
    assert "You stopped them: another counsel or administrator" in lifting
    answer = another.post("/disclosures/freeze/lift/", {"reason": "Checked."})
    assert answer.status_code == 302
    assert Freeze.objects.standing() is None
    assert "Checked." in client.get("/disclosures/freeze/").content.decode()
    told = another.get("/cases/case/trail/site/").content.decode()
    assert [one for one in (WHY, "Checked.", "Ida Berg") if one not in told] == []


def test_lifting_takes_a_proof_of_the_moment():
    thrown()
    stale = client_of(make.counsel())
    session = stale.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp() - 600}
    ]
    session.save()

    answer = stale.post("/disclosures/freeze/lift/", {"reason": "Checked."})

    assert answer.status_code == 302
    assert "/accounts/" in answer.url
    assert Freeze.objects.standing()
