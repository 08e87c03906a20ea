"""Which account a target is, where its identifier matches several: a person's choice.

What matches stands in the database, sealed, as the candidates of that packet's target;
nothing is searched for anybody until each target has its one account, or it is said
that none of them is meant. The choice collects as much as the order does, so the rules
about persons count it so. It holds for its packet: another order asks again.
Source: docs/policy.md, section "Collection".
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions, persons, queue
from cases.enums import Act, EventKind, Perm, TaskName
from cases.exceptions import IllegalTransition, require_storable
from disclosures import workflow
from disclosures.enums import PacketStatus, Resolution
from disclosures.models import AccountCandidate, Packet, TargetAccount


@transaction.atomic
def choose(
    account_id: int,
    *,
    actor: User,
    candidate_id: int | None,
    reason: str,
    at: datetime | None = None,
) -> TargetAccount:
    """Say which of several accounts a target is; ``None``: none of them is meant.

    With the last choice that was missing, the collection goes on by itself.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: nothing is to be chosen there, or the packet's scope changed.
        ValidationError: no reason, or an account that doesn't match this target.
    """
    at = at or timezone.now()
    packet_id = TargetAccount.objects.values_list("packet", flat=True).get(
        pk=account_id
    )
    packet = Packet.objects.select_for_update().get(pk=packet_id)
    permissions.require(actor, Perm.ORDER, packet.case)
    persons.require_other(packet.case, actor, Act.COLLECT)
    row = packet.accounts.select_related("target").get(pk=account_id)
    if packet.status != PacketStatus.CHOOSING or row not in packet.accounts.to_choose():
        raise IllegalTransition(
            _("Target %(n)s of this packet has no account to be chosen.")
            % {"n": row.target.number}
        )
    workflow.require_covered(packet.pk)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say how you know: the packet says it.")})
    require_storable(reason=reason)
    _write(row, _candidate(row, candidate_id), actor, reason, at)
    audit.record(
        packet.case,
        EventKind.ACCOUNT_CHOSEN,
        actor=actor,
        at=at,
        data={
            "packet": packet.pk,
            "target": row.target_id,
            "account": row.pk,
            "candidate": candidate_id,
            "reason": reason,
        },
    )
    if not packet.accounts.to_choose().exists():
        workflow.move_packet(packet.pk, "choose_account", actor=actor, at=at)
        queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet.pk)
    return row


def _candidate(row: TargetAccount, candidate_id: int | None) -> AccountCandidate | None:
    if candidate_id is None:
        return None
    found = row.candidates.filter(pk=candidate_id).first()
    if found is None:
        raise ValidationError(
            {"candidate": _("That account isn't one of those that match this target.")}
        )
    return found


def _write(
    row: TargetAccount,
    chosen: AccountCandidate | None,
    actor: User,
    reason: str,
    at: datetime,
) -> None:
    if chosen is None:
        row.resolution = Resolution.NOT_FOUND
    else:
        row.resolution = Resolution.FOUND
        row.account_key, row.account_name = chosen.key, chosen.name
    row.chosen_by, row.chosen_by_name = actor, audit.name_of(actor)
    row.chosen_at, row.reason = at, reason
    row.full_clean()
    row.save()
