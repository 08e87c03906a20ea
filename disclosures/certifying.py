"""The custodian's declaration over the exhibits, without which nothing is rendered.

Source: 28 U.S.C. 1746; Fed. R. Evid. 902(11).
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions, persons, queue
from cases.enums import Act, EventKind, Perm, TaskName
from cases.exceptions import IllegalTransition, require_storable
from cases.proof import Proof
from disclosures import breaks, facts, kept, workflow
from disclosures.enums import PacketStatus
from disclosures.exceptions import PacketBroken
from disclosures.models import Declaration, Packet


@dataclass(frozen=True)
class Statement:
    """What the custodian states and signs.

    ``signed_name`` is typed by the custodian and must be the custodian's own name.
    ``signed_on`` is a day of the organisation's zone and can't lie ahead.
    """

    role: str
    practice: str
    signing_place: str
    place: str
    signed_on: date
    signed_name: str


@breaks.noted()
@transaction.atomic
def certify(
    packet_id: int,
    *,
    custodian: User,
    exhibits_digest: str,
    statement: Statement,
    proof: Proof,
    at: datetime | None = None,
) -> Declaration:
    """Sign the custodian's declaration over the exhibits that the custodian was shown.

    Raises:
        PermissionDenied: ``custodian`` may not.
        FourEyesViolation: the site's rules want another person.
        StaleProof: ``proof`` isn't fresh, or isn't enough here.
        PacketBroken: the exhibits are no longer those that were shown, or a file of
            them is no longer what was collected.
        ValidationError: another's name, a date before the collection or ahead, an
            empty field.
        IllegalTransition: the packet isn't waiting for it, or its scope changed.
    """
    at = at or timezone.now()
    packet = Packet.objects.select_for_update().get(pk=packet_id)
    permissions.require(custodian, Perm.CERTIFY, packet.case)
    persons.require_other(packet.case, custodian, Act.CERTIFY)
    proof.require(at)
    if packet.status != PacketStatus.COLLECTED:
        raise IllegalTransition(
            _("The packet is “%(status)s”, not waiting for it.")
            % {"status": packet.get_status_display()}
        )
    if exhibits_digest != facts.exhibits_digest(packet):
        raise PacketBroken(_("The exhibits changed after the page was shown."))
    breaks.require_none(packet.case)
    kept.require_intact(packet)
    name = audit.name_of(custodian)
    if " ".join(statement.signed_name.split()).casefold() != name.casefold():
        raise ValidationError(
            {"signed_name": _("Sign with your own name: %(name)s.") % {"name": name}}
        )
    _check_statement(packet, statement, at)
    declaration = Declaration(
        packet=packet,
        custodian=custodian,
        custodian_name=name,
        role=statement.role.strip(),
        practice=statement.practice.strip(),
        signing_place=statement.signing_place,
        place=statement.place.strip(),
        signed_on=statement.signed_on,
        signed_at=at,
        exhibits_digest=exhibits_digest,
        profile=persons.profile(),
        prepared_by_id=packet.revision.prepared_by_id,
        ordered_by_id=packet.ordered_by_id,
        approved_by_id=packet.approved_by_id,
        **proof.columns,
    )
    declaration.full_clean()
    declaration.save()
    workflow.move_packet(packet.pk, "certify", actor=custodian, at=at)
    audit.record(
        packet.case,
        EventKind.PACKET_CERTIFIED,
        actor=custodian,
        at=at,
        data={"packet": packet.pk, "exhibits": exhibits_digest, "proof": proof.method},
    )
    queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet.pk)
    return declaration


def _check_statement(packet: Packet, statement: Statement, at: datetime) -> None:
    require_storable(
        role=statement.role, practice=statement.practice, place=statement.place
    )
    if statement.signed_on > facts.today(at):
        raise ValidationError({"signed_on": _("The date of signing lies ahead.")})
    if packet.collected_at and statement.signed_on < facts.today(packet.collected_at):
        raise ValidationError(
            {"signed_on": _("That is before the records were collected.")}
        )
