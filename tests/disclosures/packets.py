"""Packets for tests, at any stage, over the small service with a map of its own.

Rendering is left out until a test asks for a seal.
"""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from cases import agencies, audit, intake, queue, review, signoff
from cases.enums import (
    IdentifierKind,
    ItemDecision,
    ObjectionGround,
    Profile,
    Role,
    Secrecy,
)
from cases.models import AgencyContact, Case, Organisation
from disclosures import (
    assembly,
    certifying,
    delivery,
    facts,
    leftovers,
    production,
    workflow,
)
from disclosures import choosing as choosing_
from disclosures.datamap import load
from disclosures.enums import DeliveryMethod, PacketStatus, SigningPlace
from disclosures.models import Declaration, Delivery, Packet, TargetAccount
from disclosures.packet import contents, seal
from tests import directory
from tests import factories as make
from tests.disclosures import examining
from tests.disclosures.small import EVENTS as EVENTS  # the tests' own names for it
from tests.disclosures.small import SHARED as SHARED
from tests.disclosures.small import Service as Service
from tests.disclosures.small import small_service as small_service
from tests.remembered import remembered

MAP = (Path(__file__).parent / "small_map.toml").read_text(encoding="utf-8")
ITEMS = ("names", "connections", "sessions")


# ----------------------------------------------------------------------- the request


@remembered
def case(
    *targets: str,
    items: Sequence[str] = ITEMS,
    text: str = MAP,
    by: User | None = None,
    decided: Mapping[tuple[str, str], review.Choice] | None = None,
    window: Mapping[str, object] | None = None,
    **changed: object,
) -> Case:
    """A case that counsel has approved, with each item produced but those ``decided``.

    ``decided`` holds for (identifier, category) a choice; its ids are filled in here.
    ``by`` prepares it.
    """
    by = by or make.analyst()
    found = unsigned(*targets, items=items, text=text, window=window, **changed)
    review.start(found.pk, actor=by, at=make.AT)
    choices = [
        replace(
            (decided or {}).get(
                (one.identifier, item.category_code), choice(ItemDecision.PRODUCE)
            ),
            target_id=one.pk,
            item_id=item.pk,
        )
        for item in found.items.all()
        for one in found.targets.all()
    ]
    review.decide(found.pk, actor=by, choices=choices, at=make.AT)
    review.submit(found.pk, actor=by, at=make.AT)
    for _ in range(signoff.quorum(make.fresh(found)).needed):
        make.sign(found)
    return make.fresh(found)


@remembered
def unsigned(
    *targets: str,
    items: Sequence[str] = ITEMS,
    text: str = MAP,
    window: Mapping[str, object] | None = None,
    **changed: object,
) -> Case:
    """A case whose intake is complete, over this data map."""
    load.load(text, actor=audit.SYSTEM, at=make.AT)
    found = make.opened(**changed)
    contact(found)
    make.stored_paper(found)
    intake.record_secrecy(
        found.pk, actor=found.opened_by, secrecy=Secrecy.NONE, at=make.AT
    )
    for identifier in targets or ("alice",):
        kind = IdentifierKind.EMAIL if "@" in identifier else IdentifierKind.USERNAME
        make.target(found, identifier, kind=kind, **(window or {}))
    intake.set_items(
        found.pk,
        actor=found.opened_by,
        wordings=[(code, f"All {code}") for code in items],
        at=make.AT,
    )
    make.authentic(found)
    return make.fresh(found)


def choice(decision: str, reason: str = "", **days: object) -> review.Choice:
    """A choice without its pair."""
    if decision == ItemDecision.OBJECT:
        days.setdefault("ground", ObjectionGround.OVERBROAD)
    return review.Choice(0, 0, decision, reason=reason, **days)


def demand(found: Case) -> Case:
    """Take a case in production back, submit it unchanged, and have it signed anew."""
    by = make.analyst()
    review.revise(found.pk, actor=by, reason="Once more.", at=make.AT)
    review.submit(found.pk, actor=by, at=make.AT)
    make.sign(found)
    return make.fresh(found)


# ------------------------------------------------------------------------ the packet


@remembered
def ordered(
    found: Case | None = None, *, by: User | None = None, at: datetime | None = None
) -> Packet:
    """A packet waiting for a worker."""
    found = found or case()
    return assembly.request(found.pk, actor=by or make.analyst(), at=at)


@remembered
def choosing(packet: Packet | None = None) -> Packet:
    """A packet that waits for a person to say which of two accounts a target is."""
    return collected(packet or ordered(case(SHARED)))


def choose(packet: Packet, name: str | None, by: User | None = None) -> TargetAccount:
    """The first target that waits is this account, or none of those that match."""
    row = packet.accounts.to_choose().first()
    found = {one.name: one.pk for one in row.candidates.all()}
    return choosing_.choose(
        row.pk,
        actor=by or make.analyst(),
        candidate_id=found[name] if name else None,
        reason="The order gives the day the account was made.",
    )


@remembered
def collected(packet: Packet | None = None, **more: object) -> Packet:
    """A packet waiting for the custodian."""
    packet = packet or ordered(**more)
    assembly.assemble(packet.pk)
    return fresh(packet)


@remembered
def examined(packet: Packet | None = None, by: User | None = None) -> Packet:
    """A packet each exhibit of which somebody has read and passed."""
    examining.examine(packet := packet or collected(), by or custodian)
    return fresh(packet)


def custodian() -> User:
    """A custodian at the desk."""
    return make.person(Role.CUSTODIAN, first_name="Carl", last_name="Custos")


def officer() -> User:
    """A release officer at the desk."""
    return make.person(Role.RELEASE_OFFICER)


def statement(by: User, **changed: object) -> certifying.Statement:
    """What ``by`` states, today."""
    said: dict[str, object] = {
        "role": "Director of Infrastructure",
        "practice": "Made at the time of each act by the service itself.",
        "signing_place": SigningPlace.INSIDE_US,
        "place": "Portland, Oregon",
        "signed_on": facts.today(timezone.now()),
        "signed_name": audit.name_of(by),
    }
    return certifying.Statement(**(said | changed))


def certify(packet: Packet, by: User | None = None, **changed: object) -> Declaration:
    """The custodian's declaration over the exhibits as they are, all examined."""
    by = by or custodian()
    examining.examine(packet, custodian)
    return certifying.certify(
        packet.pk,
        custodian=by,
        exhibits_digest=facts.exhibits_digest(packet),
        statement=statement(by, **changed),
        proof=make.proof(timezone.now()),
    )


@remembered
def certified(packet: Packet | None = None) -> Packet:
    """A packet waiting for a worker to seal it."""
    certify(packet := packet or collected())
    return fresh(packet)


def sealed(packet: Packet | None = None) -> Packet:
    """A sealed packet, rendered for real."""
    assembly.assemble((packet := packet or certified()).pk)
    return fresh(packet)


@remembered
def sealed_undrawn(packet: Packet | None = None, more: bytes = b"") -> Packet:
    """A packet sealed as ever, but around blank pages: drawing takes seconds.

    ``more`` is put after the pages, for a packet that takes its time to be sent.
    """
    packet = sealing(packet)
    with tempfile.TemporaryDirectory() as name:
        said = facts.packet_facts(packet, folder := Path(name))
        pdf = folder / "packet.pdf"
        drawn = max(1, len(said.exhibits))  # a letter of objection has no exhibit
        pdf.write_bytes(make.pdf(drawn) + more)
        numbers = enumerate(said.exhibits, said.bates_start)
        ranges = {x.number: (*[contents.bates(said, n)] * 2, 1) for n, x in numbers}
        rendered = contents.Rendered(drawn, said.bates_start + drawn - 1, ranges, {})
        claim = _claim_of(packet)
        folder_name = leftovers.place(leftovers.PACKETS, claim)
        files = {one.file_name: one.path for one in said.exhibits if one.path}
        out = Path(settings.FILES_DIR) / folder_name
        done = seal.seal(said, rendered, pdf, files, out)
    made = production.sealed_row(folder_name, said, rendered, done)
    assembly._write_seal(packet, claim, made, said)
    queue.done(claim)
    return fresh(packet)


def collecting(packet: Packet | None = None) -> Packet:
    """A packet that a worker has just begun to collect."""
    return _begun(packet or ordered(), "start_collecting")


def sealing(packet: Packet | None = None) -> Packet:
    """A packet that a worker has just begun to seal."""
    return _begun(packet or certified(), "start_sealing")


def _begun(packet: Packet, step: str) -> Packet:
    at = timezone.now()
    queue.claim(Packet.objects.workable(), packet.pk, at=at, seconds=600)
    workflow.move_packet(packet.pk, step, actor=audit.SYSTEM, at=at)
    return fresh(packet)


def _claim_of(packet: Packet) -> queue.Claim:
    return queue.Claim(Packet, packet.pk, packet.token, 1, packet.deadline_at)


def failed(packet: Packet | None = None) -> Packet:
    """A packet that failed while it was collected, or sealed if it was certified."""
    packet = packet or ordered()
    Packet.objects.filter(pk=packet.pk).update(attempts=queue.MAX_ATTEMPTS)
    assembly.assemble(packet.pk)
    return fresh(packet)


def superseded(packet: Packet | None = None) -> Packet:
    """A packet that a newer one has replaced."""
    packet = packet or collected()
    ordered(demand(packet.case))
    return fresh(packet)


@remembered
def released(packet: Packet | None = None) -> Packet:
    """A packet that was handed over."""
    release(packet := packet or sealed_undrawn())
    return fresh(packet)


MADE = {  # ``pulling`` adds the one that waits for a data owner
    PacketStatus.QUEUED: lambda: fresh(ordered()),
    PacketStatus.COLLECTING: collecting,
    PacketStatus.CHOOSING: choosing,
    PacketStatus.COLLECTED: collected,
    PacketStatus.CERTIFIED: certified,
    PacketStatus.SEALING: sealing,
    PacketStatus.SEALED: sealed_undrawn,
    PacketStatus.RELEASED: released,
    PacketStatus.FAILED: failed,
    PacketStatus.SUPERSEDED: superseded,
}


def in_status(status: str) -> Packet:
    """A packet in this status, brought there by lawful steps."""
    return MADE[PacketStatus(status)]()


def contact(found: Case) -> AgencyContact:
    """A checked address of the case's agency."""
    good = agencies.usable(found.agency, timezone.now())
    return good[0] if good else directory.contact(of=found.agency)


def hand_over(packet: Packet, **changed: object) -> delivery.HandOver:
    """To the officer who asked, by mail, right after sealing."""
    said: dict[str, object] = {
        "recipient_name": packet.case.officer_name,
        "contact_id": packet.case.agency.contacts.values_list("pk", flat=True).last(),
        "method": DeliveryMethod.ENCRYPTED_MAIL,
        "handed_over_at": timezone.now(),
    }
    return delivery.HandOver(**(said | changed))


def release(packet: Packet, by: User | None = None, **changed: object) -> Delivery:
    """The hand-over of a sealed packet."""
    digest = changed.pop("in_hand_sha256", packet.manifest_sha256)
    return delivery.release(
        packet.pk,
        actor=by or officer(),
        in_hand_sha256=str(digest),
        hand_over=hand_over(packet, **changed),
        proof=make.proof(timezone.now()),
    )


def profile(name: Profile) -> None:
    """Set the site's rules about persons."""
    make.organisation()
    Organisation.objects.update(profile=name)


def answers(packet: Packet) -> list[tuple[str, int, str, str, int]]:
    """What a packet answers: part, target, code, statement, rows; by exhibit."""
    return [
        (one.part_code, one.target.number, one.response_code, one.statement, one.rows)
        for one in packet.exhibits.select_related("target")
    ]


def trail(found: Case, since: int = 0) -> list[tuple[str, str]]:
    """The events of a case, with the step of those that moved a status."""
    return [
        (one.kind, json.loads(one.data).get("step", ""))
        for one in found.events.filter(pk__gt=since)
    ]


def fresh(packet: Packet) -> Packet:
    """The packet as the database has it now."""
    return Packet.objects.select_related("case", "revision", "sign_off").get(
        pk=packet.pk
    )
