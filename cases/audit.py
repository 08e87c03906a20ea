"""The trail: ``record()`` and ``record_site()`` are the only writers of events.

Every act leaves its event in the transaction that does it, so an act without a trace
can't be committed. There is no switch. The actor is a person or the named system;
nobody is never nobody. ``data`` carries ids, digests and reasons, and never a target's
identifier: point at the row instead.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases import chain
from cases.enums import Act, EventKind, SiteEventKind
from cases.models import Case, Event, SiteEvent


class System:
    """The portal itself, where a worker or a schedule acts."""

    name: Final = "Candor"

    def __str__(self) -> str:
        return self.name


SYSTEM: Final = System()
Actor = User | System

_NAME_LENGTH = 150  # of the columns that keep a name; Django's two names are longer

# What each event says its actor did, as the rules about persons count it.
_ACTS: Final = {
    EventKind.ITEM_DECIDED: Act.PREPARE,
    EventKind.SCOPE_SUBMITTED: Act.PREPARE,
    EventKind.SIGN_OFF_APPROVED: Act.APPROVE,
    EventKind.SIGN_OFF_CONDITIONAL: Act.APPROVE,
    EventKind.SIGN_OFF_REFUSED: Act.APPROVE,
    EventKind.PACKET_REQUESTED: Act.COLLECT,
    EventKind.PACKET_RESUMED: Act.COLLECT,
    EventKind.ACCOUNT_CHOSEN: Act.COLLECT,
    EventKind.PULL_ANSWERED: Act.COLLECT,
    EventKind.PULL_RETURNED: Act.COLLECT,
    EventKind.PULL_WITHDRAWN: Act.COLLECT,
    EventKind.EXHIBIT_MARKED: Act.EXAMINE,
    EventKind.MARK_LIFTED: Act.EXAMINE,
    EventKind.EXHIBIT_PASSED: Act.EXAMINE,
    EventKind.EXHIBIT_RETURNED: Act.EXAMINE,
    EventKind.COLUMN_RELEASED: Act.APPROVE,
    EventKind.PACKET_CERTIFIED: Act.CERTIFY,
    EventKind.PACKET_RELEASED: Act.RELEASE,
}


def name_of(actor: Actor) -> str:
    """The actor's name as it stands today, for records that outlive an account."""
    if isinstance(actor, System):
        return actor.name
    return (actor.get_full_name() or actor.get_username())[:_NAME_LENGTH]


def acts_of(case: Case, person: User) -> frozenset[Act]:
    """What this person did on the case, now or in an earlier round, by the trail."""
    kinds = Event.objects.filter(case=case, actor=person, kind__in=_ACTS)
    return frozenset(
        _ACTS[EventKind(kind)] for kind in kinds.values_list("kind", flat=True)
    )


def acts_by_case(cases: QuerySet[Case], person: User) -> dict[int, frozenset[Act]]:
    """``acts_of`` for many cases at once, by the case's id."""
    kinds = Event.objects.filter(case__in=cases, actor=person, kind__in=_ACTS)
    found: dict[int, frozenset[Act]] = {}
    for pk, kind in kinds.values_list("case_id", "kind"):
        found[pk] = found.get(pk, frozenset()) | {_ACTS[EventKind(kind)]}
    return found


def record(
    case: Case,
    kind: EventKind,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Append one event to a case's trail. Call it inside the act's transaction.

    Raises:
        TransactionManagementError: there is no transaction to share with the act.
    """
    _require_transaction()
    return Event.objects.create(case=case, kind=kind, **_columns(actor, at, data))


def record_site(
    kind: SiteEventKind,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> SiteEvent:
    """Append one event to the site's own trail. Call it inside the act's transaction.

    Raises:
        TransactionManagementError: there is no transaction to share with the act.
    """
    _require_transaction()
    return SiteEvent.objects.create(kind=kind, **_columns(actor, at, data))


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event belongs to its act.")


def _columns(
    actor: Actor, at: datetime, data: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "actor": None if isinstance(actor, System) else actor,
        "actor_name": name_of(actor),
        "at": at,
        "data": chain.canonical(dict(data or {})),
    }


def data_of(event: Event | SiteEvent) -> dict[str, Any]:
    """What an event says, as it was given to ``record``."""
    found: dict[str, Any] = json.loads(event.data)
    return found


def record_reading(
    case: Case,
    kind: EventKind,
    *,
    actor: User,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Append that somebody opened something, as an act of its own.

    Call it before the first byte goes out: what can't be recorded isn't shown.
    """
    with transaction.atomic():
        return record(case, kind, actor=actor, at=at or timezone.now(), data=data)
