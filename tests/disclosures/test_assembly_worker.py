"""The worker's step and what stops it: seal, resume, give up."""

import pytest
from celery import current_app
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from cases import queue, review
from cases.enums import Role
from cases.exceptions import IllegalTransition
from cases.models import Case, Event
from disclosures import assembly, leftovers, tasks
from disclosures.enums import PacketStatus
from disclosures.exceptions import CollectionFailed
from disclosures.models import Declaration, Exhibit, Packet
from tests import factories as make
from tests.disclosures import packets, stored

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


# ------------------------------------------------------------------ seal, when barred


def seal_fails(packet, failure):
    """A worker tries to seal; it fails with this sentence and leaves no file."""
    since = Event.objects.latest("pk").pk
    assembly.assemble(packet.pk)

    packet = packets.fresh(packet)
    assert (packet.status, packet.failure, packet.failed_part) == (
        S.FAILED,
        failure,
        "",
    )
    assert (packet.folder, packet.sealed_at, packet.lease_until) == ("", None, None)
    folder = settings.FILES_DIR / leftovers.PACKETS
    assert list(folder.glob("*")) == []
    return packets.trail(packet.case, since)


def test_an_exhibit_changed_on_disk_is_not_sealed():
    packet = packets.certified()
    (one, *_) = packet.exhibits.exclude(path="")
    stored.put(one, b"forged")

    assert seal_fails(
        packet, "Exhibit E001 was changed or lost after it was collected."
    ) == [
        ("packet.status.changed", "start_sealing"),
        ("packet.custody.broken", ""),
        ("packet.status.changed", "fail"),
        ("packet.failed", ""),
    ]


def test_exhibits_that_changed_after_certification_are_not_sealed():
    packet = packets.certified()
    Exhibit.objects.filter(packet=packet, number=2).update(statement="Other.")

    seal_fails(packet, "The exhibits are no longer those that were certified.")


@pytest.mark.feature("R3", part=True)
def test_a_scope_that_changed_after_certification_is_not_sealed():
    packet = packets.certified()
    review.revise(packet.case_id, actor=make.analyst(), reason="Why.", at=make.AT)

    words = "The scope changed after this packet was ordered; order another."
    assert seal_fails(packet, words) == [
        ("packet.status.changed", "fail"),
        ("packet.failed", ""),
    ]
    by = make.analyst()
    refused(lambda: assembly.resume(packet.pk, actor=by), IllegalTransition, words)


def test_a_failed_sealing_is_resumed_as_sealing_with_the_same_declaration():
    packet = packets.failed(packets.certified())
    assert packet.failure == "Stopped after 5 attempts that did not finish."
    declaration = Declaration.objects.values().get()

    packet = assembly.resume(packet.pk, actor=make.analyst())
    assert (packet.status, packet.failure, packet.attempts) == (S.CERTIFIED, "", 0)
    assert Declaration.objects.values().get() == declaration
    assert packets.sealed_undrawn(packet).status == S.SEALED


# --------------------------------------------------------------- resume, and attempts


@pytest.mark.parametrize("status", [one for one in S if one != S.FAILED])
def test_only_a_failed_packet_is_resumed(status):
    packet, by = packets.in_status(status), make.analyst()

    refused(lambda: assembly.resume(packet.pk, actor=by), IllegalTransition)


def test_resuming_is_the_analysts_and_leaves_its_events(
    sent, django_capture_on_commit_callbacks
):
    packet = packets.failed()
    for role in Role:
        if role != Role.ANALYST:
            by = make.person(role)
            refused(
                lambda by=by: assembly.resume(packet.pk, actor=by), PermissionDenied
            )
    by, since = make.analyst(), Event.objects.latest("pk").pk
    with django_capture_on_commit_callbacks(execute=True):
        assembly.resume(packet.pk, actor=by, at=make.AT)

    assert [name for name, _ in sent] == ["disclosures.assemble"]
    assert packets.trail(packet.case, since) == [
        ("packet.status.changed", "resume_collecting"),
        ("packet.resumed", ""),
    ]
    last = Event.objects.latest("pk")
    assert (last.actor, last.at, last.data) == (
        by,
        make.AT,
        f'{{"packet":{packet.pk}}}',
    )


@pytest.mark.feature("C3", part=True)
def test_a_packet_whose_workers_keep_dying_is_given_up():
    packet = packets.ordered()
    for attempt in range(1, 6):  # each dies, and its lease runs out
        at = timezone.now() + attempt * queue.LEASE
        held = queue.claim(Packet.objects.workable(), packet.pk, at=at, seconds=60)
        assert held.attempt == attempt
    assembly.assemble(packet.pk, at=at + queue.LEASE)

    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (
        *(S.FAILED,),
        "Stopped after 5 attempts that did not finish.",
    )
    assert {one.status for one in packet.exhibits.all()} == {"planned"}


def test_there_is_nothing_to_do_on_a_packet_at_rest_or_that_isn_t_there():
    assembly.assemble(4711)
    for status in (S.COLLECTED, S.SEALED, S.RELEASED, S.FAILED, S.SUPERSEDED):
        packet = packets.in_status(status)
        before = written()
        assembly.assemble(packet.pk)
        tasks.assemble(packet_id=packet.pk)
        assert written() == before


class SurpriseError(Exception):
    """Something that nobody foresaw."""


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (SurpriseError("alice@example.org"), "(SurpriseError)"),
        (IntegrityError("Failing row contains (alice)"), "(IntegrityError)"),
        (OSError(28, "No space left on device", "/x/alice"), "(OSError)"),
        (KeyError("acct-alice"), "(KeyError)"),
    ],
)
def test_what_nobody_foresaw_fails_by_its_kind_alone(
    monkeypatch, caplog, error, failure
):
    packet = packets.ordered()

    def broken(*_):
        raise error

    monkeypatch.setattr("disclosures.collection.run", broken)
    assembly.assemble(packet.pk)

    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (
        S.FAILED,
        f"Something outside the portal failed {failure}; see the server's log.",
    )
    (line,) = [one for one in caplog.records if one.name == "disclosures.assembly"]
    assert line.message.startswith("A packet's step ended with ")
    assert "in broken" in line.message
    assert "alice" not in caplog.text


def test_a_database_that_is_busy_is_tried_again(monkeypatch):
    packet = packets.ordered()
    real = assembly.collection.run

    def busy(*_):
        monkeypatch.setattr("disclosures.collection.run", real)
        raise OperationalError("database is locked")

    monkeypatch.setattr("disclosures.collection.run", busy)
    assembly.assemble(packet.pk)
    packet = packets.fresh(packet)
    assert (packet.status, packet.attempts) == (S.COLLECTING, 1)
    assembly.assemble(packet.pk, at=packet.lease_until)

    assert packets.fresh(packet).status == S.COLLECTED


def test_a_packet_that_moved_on_since_it_was_read_is_left_alone(monkeypatch):
    packet = packets.ordered()
    real = queue.claim

    def late(ready, pk, **more):
        """A slow worker: meanwhile another one collects, and the custodian signs."""
        monkeypatch.setattr("cases.queue.claim", real)
        packets.certified(packets.collected(packet))
        return real(ready, pk, **more)

    monkeypatch.setattr("cases.queue.claim", late)
    assembly.assemble(packet.pk)

    assert packets.fresh(packet).status == S.CERTIFIED


def overtaken(packet, then):
    """Another worker takes the packet over while this one is at it."""

    def run(*given):
        Packet.objects.filter(pk=packet.pk).update(token=9)
        return then(*given)

    return run


@pytest.mark.feature("C3", part=True)
def test_a_worker_that_was_overtaken_writes_neither_result_nor_failure(monkeypatch):
    packet = packets.ordered()
    real = assembly.collection.run

    def fails(*_):
        raise CollectionFailed("Too late to matter.")

    for then in (real, fails):
        monkeypatch.setattr("disclosures.collection.run", overtaken(packet, then))
        Packet.objects.update(token=0, lease_until=None)
        assembly.assemble(packet.pk)

        found = packets.fresh(packet)
        assert (found.status, found.failure, found.token) == (S.COLLECTING, "", 9)
        assert {one.status for one in packet.exhibits.all()} == {"planned"}
        assert found.lease_until is not None  # it is the other one's


def test_drawing_that_takes_too_long_is_stopped_and_says_so(monkeypatch):
    packet = packets.certified()
    monkeypatch.setattr(assembly, "SEAL_SECONDS", 0.2)

    seal_fails(packet, "Rendering took too much time or memory and was stopped.")
