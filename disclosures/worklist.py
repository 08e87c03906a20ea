"""What needs whom today on the packets: goes by being done."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from cases import permissions, persons, standing
from cases.enums import Act, CaseStatus, EventKind, Perm
from cases.models import Case, Event
from cases.worklist import Task
from disclosures import gates
from disclosures.enums import PacketStatus
from disclosures.models import CustodyBreak, Exhibit, Packet, PullOrder

_TURNS = {
    PacketStatus.FAILED: (Perm.ORDER, "resume_packet", Act.COLLECT),
    PacketStatus.CHOOSING: (Perm.ORDER, "choose_account", Act.COLLECT),
    PacketStatus.COLLECTED: (Perm.CERTIFY, "certify_packet", Act.CERTIFY),
    PacketStatus.SEALED: (Perm.RELEASE, "release_packet", Act.RELEASE),
    PacketStatus.RELEASED: (Perm.RELEASE, "acknowledge", None),
}
_WAITING = Q(
    status__in=set(_TURNS) - {PacketStatus.RELEASED},
    case__status=CaseStatus.IN_PRODUCTION,
) | Q(delivery__isnull=False, delivery__acknowledgement=None)

# Before certification, while an exhibit waits to be passed.
_EXAMINE = (Perm.EXAMINE, "examine_exhibits", Act.EXAMINE)

# Every verb that a task of this app can name.
_SETTLE = "settle_custody_break"
_ASSIGN, _NAME = "assign_pull", "name_owner"
VERBS = frozenset(
    {verb for _perm, verb, _act in (*_TURNS.values(), _EXAMINE)}
    | {_SETTLE, _ASSIGN, _NAME}
)


def tasks_for(user: User) -> list[Task]:
    """What this person can do next on the packets they see, oldest clock first."""
    cases = permissions.visible_cases(user)
    theirs = persons.standing(user, cases)
    packets = Packet.objects.filter(_WAITING, case__in=cases)
    found = [
        _task(packet)
        for packet in _with_clocks(packets)
        if theirs.may(packet.case, *_whose(packet))
    ]
    found += [
        task for task in _broken(cases) if theirs.may(task.case, Perm.SIGN_OFF, None)
    ]
    found += [task for perm, task in _asked(cases) if theirs.may(task.case, perm, None)]
    return sorted((task for task in found if task), key=lambda task: task.order)


def tasks_of(case: Case) -> list[Task]:
    """The next steps on the packets of one case, whoever may do them."""
    packets = Packet.objects.filter(_WAITING, case=case).select_related("case")
    only = Case.objects.filter(pk=case.pk)
    found = _broken(only) + [task for _perm, task in _asked(only)]
    return found + [task for packet in packets if (task := task_on(packet))]


def _broken(cases: QuerySet[Case]) -> list[Task]:
    """A task a case on which a break in custody stands: it goes before any other."""
    standing = CustodyBreak.objects.standing().filter(case__in=cases)
    rows = standing.select_related("case__agency")
    first = {one.case_id: one for one in reversed(rows)}
    title, detail = _words()[_SETTLE]
    return [
        Task(one.case, _SETTLE, title, detail, one.case.due_on, one.found_at)
        for one in first.values()
    ]


def _asked(cases: QuerySet[Case]) -> list[tuple[Perm, Task]]:
    """A task a case whose data owners are late, or of which none may know yet."""
    orders = PullOrder.objects.open().filter(
        Q(reminded_at__isnull=False)
        | Q(is_named=False, exhibit__packet__case__is_restricted=True),
        exhibit__packet__status=PacketStatus.AWAITING,
        exhibit__packet__case__in=cases,
    )
    found: dict[int, tuple[Perm, Task]] = {}
    related = orders.select_related("exhibit__packet__case__agency")
    for one in related.prefetch_related("exhibit__packet__case__standing_changes"):
        case = one.exhibit.packet.case
        perm, verb = (
            (Perm.GRANT, _NAME) if case.is_restricted else (Perm.ORDER, _ASSIGN)
        )
        title, detail = _words()[verb]
        since = one.reminded_at or one.issued_at
        task = Task(case, verb, title, detail, case.due_on, since)
        if not standing.over(case):
            found.setdefault(case.pk, (perm, task))
    return list(found.values())


def task_on(packet: Packet) -> Task | None:
    """The next step of one packet, whoever may do it; none on a doubted paper."""
    return _task(_with_clocks(Packet.objects.filter(pk=packet.pk)).get())


def _with_clocks(packets: QuerySet[Packet]) -> QuerySet[Any]:
    """The packets with what their tasks are read from, asked once for all of them."""
    moves = Event.objects.filter(
        kind=EventKind.PACKET_STATUS_CHANGED, case=OuterRef("case")
    )
    return (
        packets.select_related("case__agency")
        .prefetch_related(
            "case__documents",
            "case__authenticity_findings",
            "case__standing_changes",
            "case__custody_breaks",
        )
        .annotate(
            moved_at=Subquery(moves.order_by("-pk").values("at")[:1]),
            is_unexamined=Exists(
                Exhibit.objects.to_examine().filter(packet=OuterRef("pk"))
            ),
        )
    )


def _task(packet: Any) -> Task | None:
    turn = _turn(packet)
    case = packet.case
    if turn is None or _has_fallen(packet):
        return None
    if packet.status != PacketStatus.RELEASED and (
        gates.genuine(packet) or gates.intact(packet)
    ):
        return None
    title, detail = _words()[turn[1]]
    return Task(case, turn[1], title, detail, case.due_on, packet.moved_at)


def perm_of(packet: Packet) -> Perm | None:
    """Whose turn it is; None while a worker is at it or nothing is left to do."""
    turn = _turn(packet)
    return turn[0] if turn else None


def _turn(packet: Any) -> tuple[Perm, str, Act | None] | None:
    """Whose step is next, which, and how the rules about persons count it."""
    status = PacketStatus(packet.status)
    if status == PacketStatus.COLLECTED and _is_unexamined(packet):
        return _EXAMINE
    return _TURNS.get(status)


def _is_unexamined(packet: Any) -> bool:
    known: bool | None = getattr(packet, "is_unexamined", None)
    return packet.exhibits.to_examine().exists() if known is None else known


def _whose(packet: Packet) -> tuple[Perm, Act | None]:
    perm, _verb, act = _turn(packet) or _TURNS[PacketStatus(packet.status)]
    return perm, act


def _has_fallen(packet: Packet) -> bool:
    """What was handed over can be acknowledged all the same."""
    return packet.status != PacketStatus.RELEASED and bool(standing.over(packet.case))


def _words() -> dict[str, tuple[str, str]]:
    return {
        _SETTLE: (
            _("Deal with a break in custody"),
            _("A file isn't what was collected; nothing goes on until you say why."),
        ),
        _ASSIGN: (
            _("A data owner is late"),
            _("A pull order is past its day: give it to somebody, or withdraw it."),
        ),
        _NAME: (
            _("Name who fetches the records"),
            _("A pull order waits, and nobody may see it until you name a person."),
        ),
        "resume_packet": (
            _("Look at the failed packet"),
            _("A part could not be collected or rendered."),
        ),
        "choose_account": (
            _("Choose the account"),
            _("Several accounts match a target; nothing is searched until you choose."),
        ),
        "examine_exhibits": (
            _("Examine the exhibits"),
            _("The records are collected; read them, mark what must not go out."),
        ),
        "certify_packet": (
            _("Sign the declaration"),
            _("The exhibits are examined; read the counts and certify."),
        ),
        "release_packet": (
            _("Hand the packet over"),
            _("It is sealed; see that every gate is open, then hand it over."),
        ),
        "acknowledge": (
            _("Record the acknowledgement"),
            _("The packet is handed over; the agency says that it has it."),
        ),
    }
