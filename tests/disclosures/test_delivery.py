"""The second gate: the digest, every byte, secrecy, persons and times."""

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cases import intake, review
from cases.enums import Disposition, DocumentKind, Role, Secrecy
from cases.exceptions import CaseError, FourEyesViolation, IllegalTransition
from cases.models import Case, Event, ScopeItem
from disclosures import delivery, production
from disclosures.enums import PacketStatus, ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import Delivery, Packet
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

D, C = Disposition, ResponseCode


def written():
    """What a refusal must leave as it was."""
    return (
        list(Packet.objects.values()),
        [(one.pk, one.status) for one in Case.objects.all()],
        Event.objects.count(),
        Delivery.objects.count(),
    )


def refused(packet, kind, words, by=None, **changed):
    """The release is refused with these words, and nothing is written."""
    before = written()
    by = by or packets.officer()
    with pytest.raises(kind) as caught, transaction.atomic():
        packets.release(packet, by, **changed)
    assert words in str(caught.value)
    assert written() == before


def test_a_release_records_the_hand_over_and_moves_packet_and_case():
    packet = packets.sealed_undrawn()
    by, at = packets.officer(), timezone.now()
    contact = packets.contact(packet.case)
    since = Event.objects.latest("pk").pk

    made = packets.release(
        packet, by, recipient_name=" Dana Whitlock ", note=" Receipt 4. "
    )

    packet = packets.fresh(packet)
    assert (packet.status, packet.case.status) == (PacketStatus.RELEASED, "released")
    assert at <= made.handed_over_at <= made.recorded_at
    assert {
        key: value
        for key, value in Delivery.objects.values().get().items()
        if key not in {"id", "handed_over_at", "recorded_at", "proof_at"}
    } == {
        "packet_id": packet.pk,
        "recipient_name": "Dana Whitlock",
        "recipient_address": "dana.whitlock@agency.example",
        "contact_id": contact.pk,
        "in_hand": "manifest",
        "method": "encrypted_mail",
        "expires_at": None,
        "manifest_sha256": packet.manifest_sha256,
        "note": "Receipt 4.",
        "profile": "standard",
        "prepared_by_id": packet.revision.prepared_by_id,
        "ordered_by_id": packet.ordered_by_id,
        "approved_by_id": packet.sign_off.counsel_id,
        "certified_by_id": packet.declaration.custodian_id,
        "released_by_id": by.pk,
        "released_by_name": by.username,
        "proof_method": "password",
    }
    events = Event.objects.filter(pk__gt=since)
    assert packets.trail(packet.case, since) == [
        ("packet.status.changed", "release"),
        ("case.status.changed", "release_packet"),
        ("packet.released", ""),
    ]
    assert {(one.actor, one.at) for one in events} == {(by, made.recorded_at)}
    assert json.loads(events.last().data) == {
        "packet": packet.pk,
        "delivery": made.pk,
        "manifest": packet.manifest_sha256,
        "method": "encrypted_mail",
        "contact": contact.pk,
        "in_hand": "manifest",
        "proof": "password",
    }


@pytest.mark.parametrize("shown", ["archive", "manifest"])
def test_the_zip_or_its_manifest_shows_the_packet_in_hand(shown):
    packet = packets.sealed_undrawn()
    file = {
        "archive": production.archive(packet),
        "manifest": production.folder(packet) / "manifest.json",
    }[shown]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()

    made = packets.release(packet, in_hand_sha256=f" {digest.upper()}\n")

    assert made.in_hand == shown
    assert packets.fresh(packet).status == PacketStatus.RELEASED


def test_a_file_of_another_packet_is_refused():
    packet, other = packets.sealed_undrawn(), packets.sealed_undrawn()

    words = "This file isn't of the sealed packet."
    for digest in (
        *("", "0" * 64, packet.pdf_sha256, packet.manifest_sha256[:-1]),
        *(other.manifest_sha256, production.archive_sha256(other)),
    ):
        refused(packet, ValidationError, words, in_hand_sha256=digest)


@pytest.mark.parametrize("status", [s for s in PacketStatus if s != "sealed"])
def test_only_a_sealed_packet_is_released(status):
    packet = packets.in_status(status)

    label = packet.get_status_display()
    words = f"The packet is “{label}”, not sealed and waiting."
    refused(packet, IllegalTransition, words, in_hand_sha256="0" * 64)


# -------------------------------------------------------------------- a byte changed


@pytest.mark.feature("R3", part=True)
def test_a_byte_changed_in_any_file_is_named_and_nothing_is_released():
    packet = packets.sealed_undrawn()
    by = packets.officer()
    folder = production.folder(packet)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert names == {
        *("packet.pdf", "index.csv", "manifest.json", "redactions.csv"),
        *("exhibits/E001_t1_1a.csv", "exhibits/E003_t1_2a.csv"),
        "exhibits/E004_t1_3a.csv",
    }
    assert production.findings(packet) == []

    files = [*sorted(folder / name for name in names), folder / "SHA256SUMS"]
    for path in [*files, production.archive(packet)]:
        whole = path.read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(_flipped(whole, place))
            assert any(path.name in one for one in production.findings(packet)), path
        refused(packet, PacketBroken, path.name, by)
        with pytest.raises(PacketBroken):
            delivery.open_packet(packet.pk, actor=by)
        path.write_bytes(whole)
    assert production.findings(packet) == []


def _flipped(data, place):
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.feature("R3", part=True)
def test_every_byte_of_the_small_files_counts():
    packet = packets.sealed_undrawn()
    folder = production.folder(packet)

    unseen = []
    for path in (folder / "SHA256SUMS", folder / "exhibits/E001_t1_1a.csv"):
        whole = path.read_bytes()
        for place in range(len(whole)):
            for bits in (1, 7):
                changed = bytearray(whole)
                changed[place] ^= bits
                path.write_bytes(changed)
                if not production.findings(packet):
                    unseen.append((path.name, place, bits))
        path.write_bytes(whole)
    assert unseen == []


@pytest.mark.parametrize(
    "name",
    [
        *("packet.pdf", "index.csv", "manifest.json", "SHA256SUMS"),
        *("exhibits/E003_t1_2a.csv", "../production-0001.zip"),
    ],
)
def test_a_file_that_is_gone_is_named(name):
    packet = packets.sealed_undrawn()
    (production.folder(packet) / name).unlink()

    refused(packet, PacketBroken, name.removeprefix("../"))


def test_a_file_too_many_is_named():
    packet = packets.sealed_undrawn()
    (production.folder(packet) / "exhibits/notes.txt").write_text("Hello")

    refused(packet, PacketBroken, "exhibits/notes.txt")


@pytest.mark.feature("R3", part=True)
def test_a_production_made_anew_whole_is_not_the_sealed_one():
    packet = packets.sealed_undrawn()
    other = packets.sealed_undrawn()
    folder = production.folder(packet)
    # Another packet's production verifies by itself, but isn't this one's.
    for path in sorted(production.folder(other).rglob("*.*")):
        name = path.relative_to(production.folder(other))
        (folder / name).write_bytes(path.read_bytes())
    sums = production.folder(other) / "SHA256SUMS"
    (folder / "SHA256SUMS").write_bytes(sums.read_bytes())

    assert production.findings(packet) == [
        "manifest.json: not the one that was sealed."
    ]
    refused(packet, PacketBroken, "manifest.json: not the one that was sealed.")


def test_another_zip_of_the_same_files_is_not_the_sealed_one():
    packet = packets.sealed_undrawn()
    archive = production.archive(packet)
    with zipfile.ZipFile(archive, "a") as packed:
        packed.comment = b"Hello"

    words = "production-0001.zip: not the one that was sealed."
    assert production.findings(packet) == [words]
    refused(packet, PacketBroken, words)


# -------------------------------------------------------------------------- secrecy


def record(packet, secrecy):
    """Secrecy as recorded after the packet was sealed."""
    order = {}
    if secrecy == Secrecy.ORDERED:
        day = make.OWN_FACTS["due_on"]
        paper = make.stored_paper(packet.case, DocumentKind.SECRECY_ORDER)
        order = {"paper": paper, "secret_from": day, "secret_until": day}
    intake.record_secrecy(
        packet.case_id, actor=make.clerk(), secrecy=secrecy, at=make.AT, **order
    )


def test_unknown_secrecy_bars_every_release():
    packet = packets.sealed_undrawn()
    record(packet, Secrecy.UNKNOWN)

    words = (
        "The agency may not be told of the request. Nobody has recorded yet what the "
        "paper says about secrecy."
    )
    refused(packet, CaseError, words)


@pytest.mark.parametrize("secrecy", [Secrecy.ORDERED, Secrecy.NONE, Secrecy.ASKED])
def test_ordered_secrecy_lets_it_go_to_its_own_issuer(secrecy):
    packet = packets.sealed_undrawn()
    record(packet, secrecy)

    packets.release(packet)

    assert packets.fresh(packet).status == PacketStatus.RELEASED


# ----------------------------------------------------------------- recipient and time


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("recipient_name", " "), ("method", ""), ("method", "pigeon")),
        *(("recipient_name", "Dana\0"), ("note", "\ud800")),
        *(("recipient_name", "x" * 201), ("method", "courier")),
    ],
)
def test_a_hand_over_that_can_t_be_recorded_is_refused(field, value):
    refused(packets.sealed_undrawn(), ValidationError, field, **{field: value})


def test_a_hand_over_lies_between_the_sealing_and_now():
    packet = packets.sealed_undrawn()
    second = timedelta(seconds=1)

    early = packet.sealed_at - second
    words = "That is before the packet was sealed."
    refused(packet, ValidationError, words, handed_over_at=early)
    ahead = timezone.now() + timedelta(minutes=1)
    words = "The time of hand-over lies ahead."
    refused(packet, ValidationError, words, handed_over_at=ahead)
    packets.release(packet, handed_over_at=packet.sealed_at)


@pytest.mark.parametrize("role", [one for one in Role if one != Role.RELEASE_OFFICER])
def test_a_release_is_the_release_officers(role):
    packet = packets.sealed_undrawn()

    refused(packet, PermissionDenied, "", make.person(role))


def test_a_release_officer_without_a_grant_is_refused():
    stranger = make.person(Role.RELEASE_OFFICER, at_the_desk=False)

    refused(packets.sealed_undrawn(), PermissionDenied, "", stranger)


def test_a_packet_goes_out_once():
    packet = packets.released()

    refused(packet, IllegalTransition, "not sealed and waiting")


@pytest.mark.feature("R3", part=True)
def test_a_scope_that_changed_after_sealing_bars_the_release():
    packet = packets.sealed_undrawn()
    # By the verb, and behind the verbs' backs.
    with transaction.atomic():
        ScopeItem.objects.filter(item__number=2).update(reason="Another reason.")
        words = "The scope changed after this packet was ordered; order another."
        refused(packet, IllegalTransition, words)
        transaction.set_rollback(True)
    review.revise(packet.case_id, actor=make.analyst(), reason="Why.", at=make.AT)

    refused(packet, IllegalTransition, words)


# ------------------------------------------------------------------------- download


@pytest.mark.feature("A3", part=True)
def test_a_download_is_in_the_trail_before_it_goes_out():
    packet = packets.sealed_undrawn()
    by = packets.officer()
    since = Event.objects.latest("pk").pk

    whole = production.archive(packet).read_bytes()
    assert b"".join(delivery.open_packet(packet.pk, actor=by, at=make.AT)) == whole

    (event,) = Event.objects.filter(pk__gt=since)
    assert (event.kind, event.actor, event.at, json.loads(event.data)) == (
        "packet.opened",
        by,
        make.AT,
        {"packet": packet.pk, "manifest": packet.manifest_sha256},
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert re.fullmatch(r"production-\d{4}/SHA256SUMS", archive.namelist()[0])
    packets.release(packet, by)
    assert b"".join(delivery.open_packet(packet.pk, actor=by)) == whole


def test_nothing_is_opened_for_others_or_before_it_is_sealed():
    packet = packets.certified()
    before = written()

    with pytest.raises(IllegalTransition, match="isn't sealed yet"):
        delivery.open_packet(packet.pk, actor=packets.officer())
    for role in Role:
        if role != Role.RELEASE_OFFICER:
            with pytest.raises(PermissionDenied):
                delivery.open_packet(packet.pk, actor=make.person(role))
    assert written() == before


@pytest.mark.feature("R2", part=True)
def test_what_is_still_to_be_handed_over_isn_t_downloaded_by_who_ordered_it():
    both = make.person(Role.ANALYST, Role.RELEASE_OFFICER)
    packet = packets.ordered(by=both)
    packet = packets.sealed_undrawn(packets.certified(packets.collected(packet)))
    before = written()

    with pytest.raises(FourEyesViolation, match="another person does this"):
        delivery.open_packet(packet.pk, actor=both)
    assert written() == before


def test_names_outside_show_nothing_of_the_inside():
    packet = packets.sealed_undrawn()

    inside = f"packets/{packet.pk}-{packet.token}"
    assert packet.folder == inside
    assert production.folder(packet).name == "production-0001"
    assert production.archive(packet).name == "production-0001.zip"
