"""Whatever whoever keeps the database does to the trail, the verifier names it.

The triggers are taken away first, as somebody would who can.
"""

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases import chain, ledger
from cases.models import AuditSeal, Event
from tests.cases.trails import (
    faults,
    keeper_of_the_database,
    put_over,
    some_events,
    take_away,
    under_two_checkpoints,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_store")]


@pytest.fixture
def signed():
    return under_two_checkpoints()


def event_at(position):
    return AuditSeal.objects.get(position=position).event_id


def edit(cursor):
    change = "UPDATE cases_event SET actor_name = 'Nobody' WHERE id = %s"
    cursor.execute(change, [event_at(4)])


def edit_the_data(cursor):
    change = "UPDATE cases_event SET data = '{}' WHERE id = %s"
    cursor.execute(change, [event_at(4)])


def delete(cursor):
    cursor.execute("DELETE FROM cases_event WHERE id = %s", [event_at(4)])


def truncate(cursor):
    cursor.execute("DELETE FROM cases_event")


def delete_a_site_event(cursor):
    cursor.execute("DELETE FROM cases_siteevent")


def swap(cursor):
    """Two events of one kind change places."""
    rows = "SELECT id, data FROM cases_event WHERE kind = 'case.viewed' ORDER BY id"
    cursor.execute(rows)
    (first, one), (second, two) = cursor.fetchall()[:2]
    change = "UPDATE cases_event SET data = %s WHERE id = %s"
    cursor.execute(change, [two, first])
    cursor.execute(change, [one, second])


def drop_a_link(cursor):
    cursor.execute("DELETE FROM cases_auditseal WHERE position = 3")


def move_a_link(cursor):
    cursor.execute("UPDATE cases_auditseal SET hash = before WHERE position = 3")


def drop_the_tail(cursor):
    cursor.execute("DELETE FROM cases_auditseal WHERE position > 5")


def drop_the_tail_and_its_checkpoint(cursor):
    drop_the_tail(cursor)
    cursor.execute("DELETE FROM cases_auditcheckpoint WHERE last > 5")


def drop_the_last_checkpoint(cursor):
    cursor.execute("DELETE FROM cases_auditcheckpoint WHERE number = 2")


def edit_a_checkpoint(cursor):
    cursor.execute("UPDATE cases_auditcheckpoint SET document = '{}' WHERE number = 1")


def edit_and_hash_again(cursor):
    """The whole chain is made anew over a changed event, as one who knows how would."""
    change = "UPDATE cases_event SET actor_name = 'Nobody' WHERE id = %s"
    cursor.execute(change, [event_at(4)])
    hash_again(cursor)


def hash_again(cursor):
    before = chain.START
    links = list(AuditSeal.objects.all())
    for link, text in zip(links, ledger.texts(links), strict=True):
        leaf = chain.leaf(text)
        following = chain.link(before, leaf)
        cursor.execute(
            "UPDATE cases_auditseal SET leaf = %s, before = %s, hash = %s"
            " WHERE position = %s",
            [leaf, before, following, link.position],
        )
        before = following


def hash_and_sign_again(cursor):
    """The same, with checkpoints signed anew by a key that isn't the site's."""
    edit_and_hash_again(cursor)
    cursor.execute("DELETE FROM cases_auditcheckpoint")
    for name in storages["audit"].listdir("")[1]:
        take_away(name)
    with pytest.MonkeyPatch.context() as patch:
        secret = chain.seed("the key of somebody else, and a long one")
        patch.setattr(ledger, "_secrets", lambda: [secret])
        ledger.sign(at=timezone.now(), now=True)


CHANGED = "Event {4} of requests (link 4) was changed after it was sealed."
WAYS = [
    (edit, CHANGED),
    (edit_the_data, CHANGED),
    (delete, "Event {4} of requests (link 4) was deleted."),
    (truncate, "Event {1} of requests (link 1) was deleted."),
    (delete_a_site_event, "Event {8} of the site (link 8) was deleted."),
    (swap, "Event {2} of requests (link 2) was changed after it was sealed."),
    (drop_a_link, "Link 3 is missing."),
    (move_a_link, "Link 3 doesn't follow the one before: links were changed."),
    (
        drop_the_tail,
        "Checkpoint 1 was signed over link 8, and the chain ends at link 5: what came "
        "after was removed.",
    ),
    (
        drop_the_tail_and_its_checkpoint,
        "Checkpoint 1 isn't in the database as its document has it.",
    ),
    (
        drop_the_last_checkpoint,
        "Checkpoint 2 isn't in the database as its document has it.",
    ),
    (edit_a_checkpoint, "Checkpoint 1 isn't in the database as its document has it."),
    (
        edit_and_hash_again,
        "Checkpoint 1 was signed over other events than links 1 to 8 hold now: they "
        "were rewritten.",
    ),
    (hash_and_sign_again, "Checkpoint 1 isn't signed by a key of this site."),
]


@pytest.mark.feature("A2")
@pytest.mark.parametrize(
    ("way", "words"), WAYS, ids=lambda one: getattr(one, "__name__", "")
)
def test_the_verifier_names_every_way_of_tampering(signed, way, words):
    assert faults() == []
    numbers = [0, *(one.event_id for one in AuditSeal.objects.all())]
    with keeper_of_the_database() as cursor:
        way(cursor)
    assert words.format(*numbers) in faults()
    with pytest.raises(CommandError, match="not as it was sealed"):
        call_command("verify_audit")


def test_a_gone_document_is_named_and_not_put_back(signed):
    take_away(ledger.file_name(1))
    assert ledger.publish_missing() == 0
    assert faults() == ["Checkpoint 1 is in the database and its document is gone."]


def test_a_document_in_another_s_place_is_named(signed):
    with storages["audit"].open(ledger.file_name(1)) as file:
        first = file.read()
    put_over(ledger.file_name(2), first)
    assert faults() == ["Checkpoint 2 isn't in the database as its document has it."]


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\x00"])
def test_an_altered_document_is_named(signed, data):
    put_over(ledger.file_name(1), data)
    assert ledger.publish_missing() == 0
    assert faults() == ["Checkpoint 1 isn't in the database as its document has it."]


def test_a_stranger_among_the_documents_is_named(signed):
    put_over("checkpoint-1.json", b"{}")
    put_over(ledger.file_name(3), b"{}")
    assert faults() == [
        "“checkpoint-1.json” lies among the signed checkpoints and is none of them.",
        "Checkpoint 3 isn't in the database as its document has it.",
    ]


def test_the_command_says_what_it_can_t_vouch_for(signed, capsys):
    some_events(2)
    ledger.seal()
    some_events(1)
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert "The trail is as it was sealed." in said
    assert (
        "Not vouched for: 4 events in the chain that no checkpoint has signed" in said
    )
    assert ledger.public_keys()[0] in said


def test_the_limit_is_that_what_no_checkpoint_holds_can_be_rewritten(signed):
    """The honest limit, as docs/security.md has it; a test, so that it stays known."""
    some_events(2)
    ledger.seal()
    newest = Event.objects.latest("pk").pk
    with keeper_of_the_database() as cursor:
        cursor.execute("UPDATE cases_event SET data = '{}' WHERE id = %s", [newest])
        hash_again(cursor)
    assert faults() == []
