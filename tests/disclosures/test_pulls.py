"""Pull orders: a run asks, waits, and goes on with what the data owner answered."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cases import audit, vault
from cases.enums import Act, Role
from cases.exceptions import IllegalTransition
from cases.models import Event
from disclosures import (
    answering,
    assembly,
    chasing,
    custody,
    facts,
    leftovers,
    outcomes,
    pulls,
    redaction,
)
from disclosures.enums import OwnersAnswer, PacketStatus, PullStatus, ResponseCode
from disclosures.models import Exhibit, Packet, PullAnswer, PullOrder
from disclosures.packet import contents
from disclosures.sources.manual import UploadRefused
from tests import factories as make
from tests.disclosures import packets, pulling, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

A, C, S = OwnersAnswer, ResponseCode, PacketStatus
MODELS = (Packet, Exhibit, PullOrder, PullAnswer, Event)


def everything():
    """What a refusal must leave as it was, the store included."""
    rows = [list(model.objects.order_by("pk").values()) for model in MODELS]
    files = sorted(str(one) for one in Path(settings.FILES_DIR).rglob("*.age"))
    left = sorted(str(one) for one in Path(settings.WORK_DIR).glob("*"))
    return rows, files, left


def exhibit_of(packet):
    return packet.exhibits.get(kind="manual")


def opened(path, case):
    """The plain bytes of a file that lies closed."""
    found = []

    class Sink:
        def write(self, data):
            found.append(data)
            return len(data)

        def flush(self):
            pass

    vault.pour(Path(settings.FILES_DIR) / path, Sink(), case=case)
    return b"".join(found)


@pytest.mark.feature("C2", part=True)
def test_a_run_asks_collects_all_else_waits_and_goes_on_when_answered(small):
    dora = pulling.owner()
    packet = pulling.awaiting()
    order = pulling.order_of(packet)

    assert (packet.status, packet.lease_until, packet.attempts) == (S.AWAITING, None, 0)
    assert packets.answers(packet) == [
        ("1a", 1, C.PRODUCED, "Names never change.", 1),
        ("1b", 1, C.NOT_COLLECTED, "No postal address is collected.", 0),
        ("5a", 1, "", "", 0),
    ]
    assert (order.status, order.owner, order.assigned_to, order.due_on) == (
        *(PullStatus.WAITING, pulling.DESK, None),
        facts.today(timezone.now()) + timedelta(days=5),
    )
    assert packet.case.number not in order.reference
    before = everything()
    assembly.assemble(packet.pk)  # a stray message
    with pytest.raises(IllegalTransition), transaction.atomic():
        packets.certify(packet)
    assert everything() == before

    made = pulling.answer(packet, dora)
    assert packets.fresh(packet).status == S.QUEUED
    packet = packets.collected(packet)
    exhibit = exhibit_of(packet)

    assert packet.status == S.COLLECTED
    assert stored.plain(exhibit).decode() == pulling.CANONICAL
    upload = pulling.csv()
    assert opened(made.upload_path, packet.case) == upload
    assert made.upload_sha256 == hashlib.sha256(upload).hexdigest()
    for path in (made.upload_path, made.path):
        closed = (Path(settings.FILES_DIR) / path).read_bytes()
        assert b"acct-alice" not in closed
        assert closed.startswith(b"age-encryption.org/v1")
    assert list(Path(settings.WORK_DIR).glob("*")) == []
    assert (exhibit.response_code, exhibit.rows, exhibit.total, exhibit.left_out) == (
        *(C.PRODUCED, 2, 2),
        {"account": 1, "window": 1},
    )
    assert (exhibit.source_title, exhibit.query, exhibit.snapshot_at) == (
        *(pulling.DESK, "", made.answered_at),
    )
    assert exhibit.parameters == {
        "order": order.reference,
        "account": "acct-alice",
        "since": "2022-01-01T05:00:00+00:00",
        "until": "2023-03-01T05:00:00+00:00",
        "answered_by": "Dora Okafor",
        "answered_at": made.answered_at.isoformat(),
        "statement": pulling.WORDS,
        "upload_sha256": made.upload_sha256,
    }


@pytest.mark.feature("C2", part=True)
@pytest.mark.parametrize(
    ("kind", "code", "statement"),
    [
        (A.NONE_FOUND, C.NO_RESPONSIVE_RECORDS, "Searched: no ticket in the period. "),
        (A.NOT_COLLECTED, C.NOT_COLLECTED, ""),
        (A.NOT_RETAINED, C.NOT_RETAINED, ""),
        (A.HELD_ELSEWHERE, C.HELD_BY_THIRD_PARTY, ""),
    ],
)
def test_held_none_found_and_not_held_are_never_confused(kind, code, statement):
    packet = pulling.awaiting()
    order = pulling.order_of(packet)
    pulling.answer(packet, kind=kind, words="Looked twice.")
    packet = packets.collected(packet)
    exhibit = exhibit_of(packet)
    said = f"{statement}Answered by the data owner under pull order {order.reference}"
    # The packet prints the owner's words; in the database they lie sealed.
    assert (exhibit.response_code, exhibit.statement) == (code, said)
    printed = facts.draft_facts(packet, contents.UNSIGNED)
    (one,) = [one for one in printed.exhibits if one.order]
    (answer,) = printed.items[1].answers
    assert one.statement == answer.statement == f"{said}: “Looked twice.”"
    assert (exhibit.path, exhibit.rows, exhibit.parameters["order"]) == (
        *("", 0, order.reference),
    )


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"words": " "}, ValidationError),
        ({"words": "a\0b"}, ValidationError),
        ({"words": "x" * 4001}, ValidationError),
        ({"kind": "perhaps"}, ValidationError),
        ({"content": b"id\n1\n"}, UploadRefused),
        ({"name": "tickets.xlsx"}, UploadRefused),
        ({"content": b"x" * (20 * 1024 * 1024 + 1)}, UploadRefused),
    ],
)
def test_an_answer_that_won_t_do_leaves_nothing(given, error):
    packet = pulling.awaiting()
    before = everything()
    with pytest.raises(error):
        pulling.answer(packet, **given)
    assert everything() == before


def test_a_file_comes_with_records_and_with_nothing_else():
    packet = pulling.awaiting()
    order, dora = pulling.order_of(packet), pulls.who_sees(pulling.order_of(packet))[0]
    before = everything()
    for kind, file in ((A.RECORDS, None), (A.NONE_FOUND, pulling.file())):
        given = answering.Given(kind, "Looked.", file, "t.csv")
        with pytest.raises(ValidationError) as caught:
            answering.answer(order.pk, actor=dora, given=given)
        assert set(caught.value.message_dict) == {"upload"}
    assert everything() == before


@pytest.mark.feature("C2", part=True)
def test_an_answer_is_returned_with_a_reason_and_answered_anew():
    dora = pulling.owner()
    packet = pulling.awaiting()
    order = pulling.order_of(packet)
    first = pulling.answer(packet, dora)
    packet = packets.collected(packet)
    ana = make.analyst()
    before = everything()
    with pytest.raises(ValidationError):
        chasing.return_answer(order.pk, actor=ana, reason=" ")
    with pytest.raises(PermissionDenied):
        chasing.return_answer(order.pk, actor=dora, reason="No.")
    assert everything() == before

    chasing.return_answer(order.pk, actor=ana, reason="The tags are missing.")
    packet, order = packets.fresh(packet), pulling.order_of(packet)
    exhibit = exhibit_of(packet)
    assert (packet.status, packet.collected_at) == (S.AWAITING, None)
    assert (order.status, order.assigned_to) == (PullStatus.RETURNED, dora)
    assert (
        exhibit.status,
        exhibit.response_code,
        exhibit.path,
        exhibit.parameters,
    ) == (*("planned", "", "", {}),)
    first.refresh_from_db()
    assert (first.returned_by, first.return_reason) == (ana, "The tags are missing.")
    assert opened(first.upload_path, packet.case) == pulling.csv()

    pulling.answer(packet, dora, content=pulling.csv(pulling.ROWS[0]))
    packet = packets.collected(packet)
    assert (packet.status, exhibit_of(packet).rows) == (S.COLLECTED, 1)
    packet = packets.certified(packet)
    before = everything()
    with pytest.raises(IllegalTransition, match="before the packet is certified"):
        chasing.return_answer(order.pk, actor=ana, reason="Too late.")
    assert everything() == before


@pytest.mark.feature("C2", part=True)
def test_a_withdrawn_order_is_gone_for_its_owner_and_the_packet_says_so():
    dora = pulling.owner()
    packet = pulling.awaiting()
    order = pulling.order_of(packet)
    why = "The ticket system is being restored."
    chasing.withdraw(order.pk, actor=make.analyst(), reason=why)
    assert list(pulls.mine(dora)) == []
    before = everything()
    with pytest.raises(PermissionDenied):
        pulling.answer(packet, dora)
    assert everything() == before
    packet = packets.collected(packet)
    exhibit = exhibit_of(packet)
    assert (packet.status, exhibit.response_code) == (S.COLLECTED, C.PENDING_SUPPLEMENT)
    assert exhibit.statement == (
        f"These records are fetched by hand and were not at hand for this packet. {why}"
    )
    assert "partial" in outcomes.of(packet).values()


def test_another_packet_takes_the_orders_of_the_old_one_back():
    packet = pulling.awaiting()
    newer = pulling.awaiting(packets.demand(packet.case))
    old = pulling.order_of(packet)
    assert (old.status, old.withdrawal_reason) == (
        *(PullStatus.WITHDRAWN, "Another packet took its place."),
    )
    assert pulling.order_of(newer).status == PullStatus.WAITING


def test_for_an_account_that_isn_t_there_nobody_is_asked():
    packet = pulling.awaiting(pulling.case("nobody"))
    assert packet.status == S.COLLECTED
    assert exhibit_of(packet).response_code == C.ACCOUNT_NOT_FOUND
    assert not PullOrder.objects.exists()


def test_an_upload_that_is_changed_on_disk_stops_the_case(small):
    packet = pulling.awaiting()
    made = pulling.answer(packet)
    path = Path(settings.FILES_DIR) / made.path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    packet = packets.collected(packet)
    assert (packet.status, exhibit_of(packet).status) == (S.FAILED, "planned")
    assert "was changed or lost" in packet.failure
    assert packet.case.custody_breaks.count() == 1


def test_what_a_killed_upload_left_is_removed_and_an_answers_files_stay(monkeypatch):
    made = pulling.answer(pulling.awaiting())
    root, work = Path(settings.FILES_DIR) / "uploaded", Path(settings.WORK_DIR)
    orphan, plain = root / f"{'0' * 32}.age", work / "upload-abc"
    orphan.write_bytes(b"x")
    plain.mkdir(parents=True)
    (plain / "upload").write_bytes(b"alice")
    large = Path(settings.FILE_UPLOAD_TEMP_DIR) / "tmpx.upload.csv"
    large.write_bytes(b"alice")
    assert leftovers.clear() == []  # somebody may be at it
    monkeypatch.setattr(leftovers, "_UPLOAD_SECONDS", -1)
    assert leftovers.clear() == [
        *("work/upload-abc", f"{large.parent.name}/{large.name}"),
        f"uploaded/{orphan.name}",
    ]
    assert not large.exists()
    assert not orphan.exists()
    assert not plain.exists()
    assert (Path(settings.FILES_DIR) / made.path).exists()
    assert (Path(settings.FILES_DIR) / made.upload_path).exists()


@pytest.mark.feature("C2", part=True)
def test_packet_declaration_manifest_and_custody_say_that_people_fetched_it():
    packet = pulling.awaiting()
    order = pulling.order_of(packet)
    pulling.answer(packet)
    packet = packets.sealed_undrawn(packets.certified(packets.collected(packet)))
    said = facts.packet_facts(packet)
    (exhibit,) = [one for one in said.exhibits if one.order]
    assert (exhibit.order, exhibit.sql) == (order.reference, "")
    note = exhibit.parameters_note.splitlines()
    assert note[:3] == [
        f"pull order: {order.reference}",
        "answered by: Dora Okafor",
        f"answered at: {facts._instant(order.answers.get().answered_at)}",
    ]
    assert f"statement of the data owner: {pulling.WORDS}" in note
    (file,) = [
        one for one in custody.ledger(packet) if one.exhibit == exhibit_of(packet)
    ]
    assert [(one.what, one.detail) for one in file.steps][:3] == [
        ("Ordered", ""),
        ("Asked of a data owner", order.reference),
        ("Answered by the data owner", order.reference),
    ]


@pytest.mark.feature("C2", part=True)
def test_an_examiner_who_returns_the_exhibit_returns_the_owners_answer():
    dora = pulling.owner()
    packet = pulling.awaiting()
    pulling.answer(packet, dora)
    packet = packets.collected(packet)
    examiner = make.person(Role.CUSTODIAN)
    redaction.return_exhibit(
        exhibit_of(packet).pk, actor=examiner, reason="Notes of a colleague."
    )
    packet = packets.collected(packet)
    answer = PullAnswer.objects.get()
    assert (packet.status, pulling.order_of(packet).status) == (
        *(S.AWAITING, PullStatus.RETURNED),
    )
    assert (answer.returned_by, answer.return_reason) == (
        *(examiner, "Notes of a colleague."),
    )
    pulling.answer(packet, dora, content=pulling.csv(pulling.ROWS[0]))
    assert packets.collected(packet).status == S.COLLECTED
    assert Act.COLLECT not in audit.acts_of(packet.case, examiner)
