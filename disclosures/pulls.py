"""Pull orders: what a run asks of people, and who may see it.

What holds here, and why:

* An order bears a reference of its own and asks for one part of one account in one
  window. Of the case it names nothing: neither number, agency, instrument nor target.
* It is seen by a data owner of the group that the map names, or, once it is given to a
  person, by that person alone. The right to answer opens no case.
* An order of a restricted request is seen by no group: by the person whom somebody who
  may let others in has named, once they have acknowledged its secrecy.
* Without an answer its exhibit waits, and nothing else does.

Source: docs/policy.md, section "Pull orders".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import alerts, audit, numbering, permissions, queue
from cases.enums import EventKind, Perm, TaskName
from cases.exceptions import CaseError
from cases.models import Case, Exposure
from disclosures import facts, kept, planning, workflow
from disclosures.datamap import schema
from disclosures.enums import (
    OwnersAnswer,
    PacketStatus,
    PartKind,
    PullStatus,
    Resolution,
    ResponseCode,
)
from disclosures.models import Exhibit, Packet, PullAnswer, PullOrder, TargetAccount
from disclosures.models.pull import PullOrderQuerySet
from disclosures.sources.base import Account, Pulled

_CODES = {
    OwnersAnswer.NONE_FOUND: ResponseCode.NO_RESPONSIVE_RECORDS,
    OwnersAnswer.NOT_COLLECTED: ResponseCode.NOT_COLLECTED,
    OwnersAnswer.NOT_RETAINED: ResponseCode.NOT_RETAINED,
    OwnersAnswer.HELD_ELSEWHERE: ResponseCode.HELD_BY_THIRD_PARTY,
}
_LATER = "These records are fetched by hand and were not at hand for this packet."
_RELATED = ("exhibit__packet__case", "exhibit__packet__revision", "exhibit__target")


# --------------------------------------------------------------------- who sees what


def mine(user: User | AnonymousUser) -> PullOrderQuerySet:
    """The orders that this person may see, the first due first; of no other case."""
    if not isinstance(user, User) or not permissions.has_role_for(
        user, Perm.ANSWER_PULL
    ):
        return PullOrder.objects.none()
    case = "exhibit__packet__case"
    bound = Exposure.objects.filter(person=user, bound_at__isnull=False)
    is_open = Q(**{f"{case}__is_restricted": False})
    groups = user.groups.values("name")
    found = PullOrder.objects.filter(
        Q(assigned_to=user)
        & (is_open | Q(is_named=True, **{f"{case}__in": bound.values("case")}))
        | Q(assigned_to=None, owner__in=groups) & is_open
    )
    gone = Q(status=PullStatus.WITHDRAWN) | Q(
        exhibit__packet__status=PacketStatus.SUPERSEDED
    )
    found = found.exclude(gone).filter(**{f"{case}__closed_at": None})
    return found.select_related(*_RELATED).order_by("due_on", "pk")


def who_sees(order: PullOrder) -> list[User]:
    """The data owners who see this order now; for mails and for "waits for …"."""
    case = order.exhibit.packet.case
    able = permissions.who_has_role(Perm.ANSWER_PULL)
    if order.assigned_to_id:
        able = able.filter(pk=order.assigned_to_id)
        if case.is_restricted:
            if not order.is_named:
                return []
            bound = case.exposures.filter(bound_at__isnull=False)
            able = able.filter(pk__in=bound.values("person"))
        return list(able)
    if case.is_restricted:
        return []
    return list(able.filter(groups__name=order.owner))


def suspended(order: PullOrder) -> bool:
    """Whether the order may not be worked on now; why is none of its reader's business.

    The paper may have fallen, the scope changed, or a file be in doubt.
    """
    try:
        workflow.require_covered(order.exhibit.packet_id)
    except CaseError:
        return True
    return False


def part_of(order: PullOrder) -> schema.Part:
    """What the map that the scope was frozen with says of the order.

    Raises:
        PacketBroken: the map is gone.
    """
    return facts.data_map(order.exhibit.packet).part(order.exhibit.part_code)


def account_of(order: PullOrder) -> Account:
    """The account as the service knows it, not as anybody served it."""
    found = TargetAccount.objects.get(
        packet=order.exhibit.packet_id, target=order.exhibit.target_id
    )
    return Account(key=found.account_key, name=found.account_name)


# ----------------------------------------------------------------- what a run asks


def issue(packet: Packet, signed: planning.Signed, held: queue.Claim) -> set[int]:
    """Write the orders that this packet wants and hasn't; which exhibits wait for one.

    Raises:
        ClaimLost: another worker holds the packet by now.
        PacketBroken: an exhibit isn't in the scope that counsel signed.
    """
    found = packet.accounts.filter(resolution=Resolution.FOUND, is_named=True)
    asked = packet.exhibits.outstanding().filter(
        kind=PartKind.MANUAL, response_code="", target__in=found.values("target")
    )
    with transaction.atomic():
        queue.hold(held)
        missing = asked.filter(pull_order=None).select_related("packet__case")
        for exhibit in missing:
            workflow.require_covered(packet.pk)
            signed.require(exhibit)
            _issue(exhibit, signed.the_map.part(exhibit.part_code))
        waiting = PullOrder.objects.open().filter(exhibit__in=asked)
        return set(waiting.values_list("exhibit", flat=True))


def _issue(exhibit: Exhibit, part: schema.Part) -> None:
    at = timezone.now()
    order = PullOrder.objects.create(
        exhibit=exhibit,
        reference=_reference(),
        owner=part.owner,
        issued_at=at,
        due_on=due(part, at),
    )
    audit.record(
        exhibit.packet.case,
        EventKind.PULL_ISSUED,
        actor=audit.SYSTEM,
        at=at,
        data=said_of(order),
    )
    tell_after_commit(who_sees(order) or _who_names(exhibit.packet.case))


def _who_names(case: Case) -> Iterable[User]:
    """Who has to say who may see an order that nobody sees yet."""
    return permissions.who_may(Perm.GRANT, case)


def _reference() -> str:
    while True:
        reference = numbering.random_name("PO")
        if not PullOrder.objects.filter(reference=reference).exists():
            return reference


def due(part: schema.Part, at: datetime) -> Any:
    """The day by which an order that is given now is answered."""
    return facts.today(at) + timedelta(days=part.due_days)


def said_of(order: PullOrder) -> dict[str, Any]:
    """How an event names an order: by ids and its own reference."""
    return {
        "order": order.pk,
        "reference": order.reference,
        "packet": order.exhibit.packet_id,
        "exhibit": order.exhibit_id,
    }


def tell_after_commit(people: Iterable[User]) -> None:
    """Mail these people that something waits, once it does."""
    told = list(people)
    transaction.on_commit(lambda: alerts.something_waits(told), robust=True)


def go_on(packet: Packet, *, at: datetime) -> None:
    """Let a packet that waits go on if no order of it is open; call it locked.

    Raises:
        IllegalTransition: the packet can't go on for another reason.
    """
    if packet.status != PacketStatus.AWAITING:
        return
    if PullOrder.objects.open().filter(exhibit__packet=packet).exists():
        return
    workflow.move_packet(packet.pk, "owners_answered", actor=audit.SYSTEM, at=at)
    queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet.pk)


def withdraw(order: PullOrder, *, by: User, reason: str, at: datetime) -> None:
    """Take an order back; the caller has asked whether ``by`` may.

    Raises:
        IllegalTransition: it is answered, or was withdrawn already.
    """
    PullOrder.objects.filter(pk=order.pk).update(
        withdrawn_at=at,
        withdrawn_by=by,
        withdrawn_by_name=audit.name_of(by),
        withdrawal_reason=reason,
    )
    workflow.move_pull(order.pk, "withdraw", actor=by, at=at)
    audit.record(
        order.exhibit.packet.case,
        EventKind.PULL_WITHDRAWN,
        actor=by,
        at=at,
        data={**said_of(order), "reason": reason},
    )


def withdraw_all(packet: Packet, *, by: User, at: datetime) -> None:
    """Take back what is still asked for a packet that another replaces."""
    orders = PullOrder.objects.open().filter(exhibit__packet=packet)
    for order in orders.select_related(*_RELATED):
        withdraw(order, by=by, reason=_("Another packet took its place."), at=at)


def renew(order: PullOrder, at: datetime) -> None:
    """Save to whom an order is given, with all its days before it again."""
    order.due_on, order.reminded_at = due(part_of(order), at), None
    order.save(update_fields=["assigned_to", "is_named", "due_on", "reminded_at"])


def send_back(
    exhibit: Exhibit, *, by: User, collector: audit.Actor, reason: str, at: datetime
) -> None:
    """Return the answer that an exhibit was made of; the caller has asked who may.

    ``collector`` is who collects by it: not an examiner, whose own event says so.

    Raises:
        IllegalTransition: its order has no answer.
    """
    order = PullOrder.objects.select_related(*_RELATED).get(exhibit=exhibit)
    workflow.move_pull(order.pk, "return", actor=audit.SYSTEM, at=at)
    answer = order.answers.standing().get()
    answer.returned_at, answer.returned_by = at, by
    answer.returned_by_name, answer.return_reason = audit.name_of(by), reason
    answer.full_clean()
    answer.save()
    order.assigned_to = answer.answered_by
    renew(order, at)
    audit.record(
        exhibit.packet.case,
        EventKind.PULL_RETURNED,
        actor=collector,
        at=at,
        data={**said_of(order), "answer": answer.pk, "reason": reason},
    )
    tell_after_commit([answer.answered_by])


# --------------------------------------------------------------- what was answered


def outcome(
    exhibit: Exhibit, part: schema.Part, account: Account
) -> tuple[ResponseCode, str, str, Pulled | None]:
    """What an answered order says as an exhibit: code, statement, file, provenance.

    Raises:
        CustodyBroken: the file is missing or no longer what was uploaded.
        KeyGone: the case's key was destroyed.
    """
    order = exhibit.pull_order
    if order.status == PullStatus.WITHDRAWN:
        why = f"{_LATER} {order.withdrawal_reason}"
        return ResponseCode.PENDING_SUPPLEMENT, why, "", None
    answer = order.answers.standing().get()
    pulled = _provenance(exhibit, answer, account)
    if answer.kind != OwnersAnswer.RECORDS:
        # The owner's own words lie sealed in the provenance, and are printed with it.
        said = f"Answered by the data owner under pull order {order.reference}"
        searched = answer.kind == OwnersAnswer.NONE_FOUND
        words = f"{part.empty_statement} {said}" if searched else said
        return _CODES[OwnersAnswer(answer.kind)], words, "", pulled
    exhibit.path, exhibit.sha256 = answer.path, answer.sha256
    kept.read(exhibit)
    return part.response, part.statement, answer.path, pulled


def _provenance(exhibit: Exhibit, answer: PullAnswer, account: Account) -> Pulled:
    order = answer.order
    window = (("since", exhibit.window_since), ("until", exhibit.window_until))
    return Pulled(
        rows=answer.rows,
        total=answer.rows,
        size=answer.size,
        sha256=answer.sha256,
        sha512=answer.sha512,
        snapshot_at=answer.answered_at,
        source_title=order.owner,
        read_as="",
        sql="",
        parameters={
            "order": order.reference,
            "account": account.key,
            **{name: _said(end) for name, end in window if end},
            "answered_by": answer.answered_by_name,
            "answered_at": _said(answer.answered_at),
            "statement": answer.statement,
            **({"upload_sha256": answer.upload_sha256} if answer.upload_path else {}),
        },
        left_out=answer.left_out,
    )


def _said(at: datetime) -> str:
    instant = planning.in_utc(at)
    return instant.isoformat() if instant else ""
