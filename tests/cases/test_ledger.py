"""The chain over the trail: what is sealed, signed, and found when it was changed.

Each way of tampering is done as somebody would who keeps the database: the triggers are
taken away first. The verifier has to name it all the same.
"""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases import chain, ledger, verifying
from cases.enums import Trail
from cases.models import AuditCheckpoint, AuditSeal, Event, SiteEvent
from cases.tasks import seal_trail
from tests import factories as make
from tests.cases.trails import faults, some_events, under_two_checkpoints

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed():
    return under_two_checkpoints()


# ------------------------------------------------------------------------- sealing


def test_every_event_gets_its_link_once():
    case = some_events()
    assert ledger.seal() == Event.objects.count() + SiteEvent.objects.count()
    assert ledger.seal() == 0
    links = list(AuditSeal.objects.all())
    assert [one.position for one in links] == list(range(1, len(links) + 1))
    assert [one.before for one in links] == [
        chain.START,
        *(one.hash for one in links[:-1]),
    ]
    of_case = [one.of_case for one in links if one.case_id == case.pk]
    assert of_case == list(range(1, case.events.count() + 1))
    assert {(one.trail, one.of_case) for one in links if one.case_id is None} == {
        (Trail.SITE, 1)
    }
    assert verifying.verify() == verifying.Report(links=len(links))


def test_a_leaf_is_made_of_the_stored_columns_word_for_word():
    some_events(1)
    ledger.seal()
    link = AuditSeal.objects.filter(trail=Trail.CASES).last()
    event = Event.objects.get(pk=link.event_id)
    (text,) = ledger.texts([link])
    assert json.loads(text) == {
        "trail": "cases",
        "event": event.pk,
        "case": event.case_id,
        "of_case": link.of_case,
        "kind": "case.viewed",
        "actor": event.actor_id,
        "actor_name": event.actor_name,
        "at": "2023-03-14T16:00:00.000000+00:00",
        "data": '{"page":"page 0"}',
    }
    assert link.leaf == chain.leaf(text)


def test_what_is_committed_late_is_sealed_late():
    some_events(1)
    late = Event.objects.latest("pk")
    real = ledger.unsealed

    def without_the_late_one(trail):
        return real(trail).exclude(pk=late.pk) if trail == Trail.CASES else real(trail)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "unsealed", without_the_late_one)
        ledger.seal()
    some_events(1)
    ledger.seal()
    assert AuditSeal.objects.filter(trail=Trail.CASES, event_id=late.pk).exists()
    assert faults() == []


def test_a_sealer_that_comes_second_does_nothing(monkeypatch):
    some_events()
    links = ledger._links

    def outrun(events, last):
        made = links(events, last)
        with transaction.atomic():
            ledger.add(links(events, last))
        monkeypatch.setattr(ledger, "_links", links)
        return made

    monkeypatch.setattr(ledger, "_links", outrun)
    ledger.seal()
    assert faults() == []
    assert AuditSeal.objects.count() == Event.objects.count() + 1


@pytest.mark.usefixtures("either_store")
def test_the_task_seals_signs_and_publishes():
    some_events()
    seal_trail.run()
    (row,) = AuditCheckpoint.objects.all()
    assert row.last == AuditSeal.objects.count() > 0
    assert storages["audit"].exists(ledger.file_name(1))
    seal_trail.run()
    assert AuditCheckpoint.objects.count() == 1


# ------------------------------------------------------------------------- signing


@pytest.mark.usefixtures("either_store")
def test_a_checkpoint_is_signed_over_the_links_since_the_last_one(signed):
    first, second = AuditCheckpoint.objects.all()
    said = [chain.read_checkpoint(one.document) for one in (first, second)]
    assert [one.number for one in said] == [1, 2]
    assert said[0].previous == chain.START
    assert said[1].previous == chain.digest(first.document)
    assert (said[0].first, said[1].first) == (1, said[0].last + 1)
    assert said[1].head == AuditSeal.objects.get(position=said[1].last).hash
    for row in (first, second):
        assert chain.is_signed(row.document, row.signature, ledger.public_keys())
        with storages["audit"].open(ledger.file_name(row.number)) as file:
            assert file.read().decode() == ledger.as_file(row)
    assert verifying.verify() == verifying.Report(
        links=second.last, signed=second.last, unsealed=0
    )


def test_a_link_waits_a_minute_for_its_signature_unless_asked_for():
    some_events(1)
    ledger.seal()
    assert ledger.sign(at=make.AT) is not None
    assert ledger.sign(at=make.AT + timedelta(hours=1)) is None  # nothing waits
    some_events(1)
    ledger.seal()
    assert ledger.sign(at=make.AT + timedelta(seconds=59)) is None
    assert ledger.sign(at=make.AT + timedelta(seconds=59), now=True) is not None


def test_ten_thousand_links_wait_no_longer(monkeypatch):
    monkeypatch.setattr(ledger, "MOST_LINKS", 3)
    some_events(1)
    ledger.seal()
    ledger.sign(at=make.AT)
    some_events(3)
    ledger.seal()
    assert ledger.sign(at=make.AT) is not None


def test_without_a_key_nothing_is_signed(settings):
    settings.AUDIT_KEYS = []
    some_events(1)
    ledger.seal()
    with pytest.raises(ImproperlyConfigured):
        ledger.sign(at=make.AT)
    assert not AuditCheckpoint.objects.exists()


def test_an_older_key_still_checks_what_it_signed(signed, settings):
    settings.AUDIT_KEYS = [
        "a newer key, as long as the older one",
        *settings.AUDIT_KEYS,
    ]
    assert faults() == []
    settings.AUDIT_KEYS = settings.AUDIT_KEYS[:1]
    assert faults() == ["Checkpoint 1 isn't signed by a key of this site."]


# ------------------------------------------------------------------ the tables' own no

REFUSED = {
    "update": "UPDATE cases_auditseal SET leaf = before",
    "delete": "DELETE FROM cases_auditseal",
    "update a checkpoint": "UPDATE cases_auditcheckpoint SET document = ''",
    "delete a checkpoint": "DELETE FROM cases_auditcheckpoint",
    "a position in use": "INSERT INTO cases_auditseal SELECT * FROM cases_auditseal",
    "a link that follows nothing": (
        "INSERT INTO cases_auditseal (position, trail, event_id, of_case, leaf, before,"
        " hash) SELECT max(position) + 1, 'cases', 99, 99, max(leaf), max(leaf),"
        " max(leaf) FROM cases_auditseal"
    ),
    "a link that leaves one out": (
        "INSERT INTO cases_auditseal (position, trail, event_id, of_case, leaf, before,"
        " hash) SELECT position + 2, 'cases', 99, 99, leaf, hash, leaf"
        " FROM cases_auditseal ORDER BY position DESC LIMIT 1"
    ),
}


@pytest.mark.feature("A1", part=True)
@pytest.mark.parametrize("attack", REFUSED)
def test_the_tables_of_the_chain_refuse(signed, attack):
    before = list(AuditSeal.objects.values()), list(AuditCheckpoint.objects.values())
    with (
        pytest.raises((DatabaseError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(REFUSED[attack])
    after = list(AuditSeal.objects.values()), list(AuditCheckpoint.objects.values())
    assert after == before


@pytest.mark.sqlite
@pytest.mark.feature("A1", part=True)
def test_a_link_can_t_be_replaced_on_sqlite(signed):
    statement = (
        "INSERT OR REPLACE INTO cases_auditseal SELECT * FROM cases_auditseal"
        " WHERE position = 2"
    )
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
