"""The sealer of the trail; ``verifying`` checks what it made.

An act writes its event and nothing else, so that acts don't wait for one another; one
sealer ties what was committed to a chain, and signs a checkpoint over the links every
minute or ten thousand links. Measured in scale.md 3 and ``benchmarks/audit.py``.

What holds here, and what doesn't:

* A link is made of the event's stored columns, word for word (``text_of``).
* An event that was committed late is found by looking back ``LOOK_BACK`` ids.
* Two sealers at once: the position is the key, so one of them does nothing.
* Signed documents go to the store ``audit`` as well, which should be one that whoever
  keeps the database can't write over. What lies between two checkpoints rests on the
  database's own refusal alone: docs/security.md says so.
"""

import contextlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from cases import chain
from cases.enums import Trail
from cases.models import AuditCheckpoint, AuditSeal, Event, SiteEvent

LOOK_BACK = 5_000
BATCH = 2_000
MOST_LINKS = 10_000  # that wait for a signature
LONGEST = timedelta(minutes=1)  # that a link waits for one
STORE = "audit"  # of settings.STORAGES

_log = logging.getLogger(__name__)

_INSERT = "INSERT INTO {table} ({columns}) VALUES ({places})"
_COPY = "COPY {table} ({columns}) FROM STDIN"


class Link(NamedTuple):
    """A row of the chain as it is written; see ``AuditSeal``."""

    position: int
    trail: str
    event_id: int
    case_id: int | None
    of_case: int
    leaf: str
    before: str
    hash: str


EVENTS: dict[str, type[Event] | type[SiteEvent]] = {
    Trail.CASES: Event,
    Trail.SITE: SiteEvent,
}


# ------------------------------------------------------------------------------- links


class Stored(NamedTuple):
    """An event's columns, as they are stored."""

    trail: str
    pk: int
    case_id: int | None
    kind: str
    actor_id: int | None
    actor_name: str
    at: datetime
    data: str


def text_of(event: Stored, of_case: int) -> str:
    """What a leaf is made of: the event's columns as they are stored."""
    return chain.canonical(
        {
            "trail": event.trail,
            "event": event.pk,
            "case": event.case_id,
            "of_case": of_case,
            "kind": event.kind,
            "actor": event.actor_id,
            "actor_name": event.actor_name,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "data": event.data,
        }
    )


def read(trail: Trail, rows: QuerySet[Any]) -> Iterator[Stored]:
    """The columns of these rows, without a model's instance for each."""
    own = ("pk", "case_id") if trail == Trail.CASES else ("pk",)
    shared = ("kind", "actor_id", "actor_name", "at", "data")
    for row in rows.values_list(*own, *shared):
        between = () if trail == Trail.CASES else (None,)
        yield Stored(trail.value, row[0], *between, *row[1:])


def texts(links: Sequence[AuditSeal]) -> list[str | None]:
    """Of each link the text of its event as it is stored now; None: it is gone."""
    found: dict[tuple[str, int], Stored] = {}
    for trail, model in EVENTS.items():
        ids = [link.event_id for link in links if link.trail == trail]
        rows = model._default_manager.filter(pk__in=ids)
        found |= {(one.trail, one.pk): one for one in read(Trail(trail), rows)}
    return [
        text_of(event, link.of_case)
        if (event := found.get((link.trail, link.event_id)))
        else None
        for link in links
    ]


def unsealed(trail: Trail) -> QuerySet[Event] | QuerySet[SiteEvent]:
    """The events of one trail that no link holds yet."""
    sealed = AuditSeal.objects.filter(trail=trail)
    newest = sealed.aggregate(newest=Max("event_id"))["newest"] or 0
    found = sealed.filter(event_id=OuterRef("pk"))
    rows = EVENTS[trail]._default_manager.filter(pk__gt=newest - LOOK_BACK)
    return rows.filter(~Exists(found)).order_by("pk")


def seal() -> int:
    """Tie everything committed so far to the chain; how many events that were.

    Another sealer at the same moment makes this one do nothing: the next run goes on.
    What is committed meanwhile waits for that as well, or this one would never end.
    """
    done = 0
    while True:
        made = _seal_some()
        done += made
        if made < BATCH:
            return done


def _seal_some() -> int:
    events = [
        event for trail in Trail for event in read(trail, unsealed(trail)[:BATCH])
    ]
    events.sort(key=lambda one: (one.at, one.trail, one.pk))
    if not events:
        return 0
    last = AuditSeal.objects.order_by("-position").first()
    links = _links(events[:BATCH], last)
    try:
        with transaction.atomic():
            add(links)
    except IntegrityError:
        return 0
    return len(links)


def _links(events: Sequence[Stored], last: AuditSeal | None) -> list[Link]:
    start = last.position + 1 if last else 1
    before = last.hash if last else chain.START
    counts = _counts(events)
    links = []
    for position, event in enumerate(events, start=start):
        case = event.case_id
        counts[case] = counts.get(case, 0) + 1
        leaf = chain.leaf(text_of(event, counts[case]))
        following = chain.link(before, leaf)
        links.append(
            Link(
                *(position, event.trail, event.pk, case, counts[case]),
                *(leaf, before, following),
            )
        )
        before = following
    return links


def add(links: Sequence[Link]) -> None:
    """Write links; in one stream on PostgreSQL, where rows by rows cost the most.

    Raises:
        IntegrityError: they don't follow the last link.
    """
    table = connection.ops.quote_name(AuditSeal._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, Link._fields))
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            places = ", ".join(["%s"] * len(Link._fields))
            cursor.executemany(
                _INSERT.format(table=table, columns=columns, places=places), links
            )
            return
        statement = _COPY.format(table=table, columns=columns)
        with connection.wrap_database_errors, cursor.copy(statement) as stream:
            for link in links:
                stream.write_row(link)


def _counts(events: Iterable[Stored]) -> dict[int | None, int]:
    """By case, how many of its events are sealed; None are the site's own."""
    cases = {event.case_id for event in events}
    rows = AuditSeal.objects.filter(case_id__in=cases - {None}).values("case_id")
    found: dict[int | None, int] = {
        row["case_id"]: row["most"]
        for row in rows.annotate(most=Max("of_case")).order_by()
    }
    if None in cases:
        site = AuditSeal.objects.filter(case_id=None).aggregate(most=Max("of_case"))
        found[None] = site["most"] or 0
    return found


# ------------------------------------------------------------------------- checkpoints


def sign(*, at: datetime | None = None, now: bool = False) -> AuditCheckpoint | None:
    """Sign a checkpoint if one is due, or ``now`` says so; None where nothing waits.

    Raises:
        ImproperlyConfigured: there is no key to sign with.
    """
    at = at or timezone.now()
    previous = AuditCheckpoint.objects.order_by("-number").first()
    since = previous.last if previous else 0
    links = AuditSeal.objects.filter(position__gt=since)
    last = links.aggregate(last=Max("position"))["last"]
    if last is None or not (now or _is_due(links, last - since, previous, at)):
        return None
    leaves = list(links.filter(position__lte=last).values_list("leaf", flat=True))
    document = chain.Checkpoint(
        number=previous.number + 1 if previous else 1,
        previous=chain.digest(previous.document) if previous else chain.START,
        first=since + 1,
        last=last,
        head=links.get(position=last).hash,
        root=chain.root(leaves),
        made_at=at.astimezone(UTC).isoformat(timespec="microseconds"),
    )
    row = AuditCheckpoint(
        number=document.number,
        last=last,
        document=document.text,
        signature=chain.sign(document.text, _secrets()[0]),
        made_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None  # another sealer signed it
    publish()
    return row


def _is_due(
    links: QuerySet[AuditSeal],
    waiting: int,
    previous: AuditCheckpoint | None,
    at: datetime,
) -> bool:
    if waiting >= MOST_LINKS or previous is None:
        return True
    return at - previous.made_at >= LONGEST


def publish() -> None:
    """Put the documents there that aren't yet, or say in the log that they wait.

    Events are sealed and signed all the same, and the next run tries again.
    """
    try:
        publish_missing()
    except OSError as error:
        kind = type(error).__name__
    else:
        return
    _log.error(
        "Signed checkpoints can't be put where they belong (%s): they wait in the "
        "database, and the next run tries again.",
        kind,
    )


def publish_missing() -> int:
    """Put the documents there that aren't yet: the new one, and what was kept away.

    They go out in order, so those that a full disk or a dead store kept away are the
    newest; one that is missing further back was taken away, and ``verifying`` says so.

    Raises:
        OSError: the store is full, out of reach, or won't have us.
    """
    store = storages[STORE]
    missing: list[AuditCheckpoint] = []
    for row in AuditCheckpoint.objects.order_by("-number").iterator(chunk_size=100):
        if store.exists(file_name(row.number)):
            break
        missing.append(row)
    for row in reversed(missing):
        # There by now: another sealer's, or somebody's, which ``verifying`` names.
        with contextlib.suppress(FileExistsError):
            store.save(file_name(row.number), ContentFile(as_file(row).encode()))
    return len(missing)


def file_name(number: int) -> str:
    """Of a checkpoint's document."""
    return f"checkpoint-{number:08d}.json"


def as_file(row: AuditCheckpoint) -> str:
    """The document with its signature, as it is stored and exported."""
    return chain.canonical({"document": row.document, "signature": row.signature})


def public_keys() -> list[str]:
    """What checks the site's signatures, newest first, in hex."""
    return [chain.public_key(secret) for secret in _secrets()]


def _secrets() -> list[bytes]:
    """The keys' bytes, newest first.

    Raises:
        ImproperlyConfigured: there is none.
    """
    if not settings.AUDIT_KEYS:
        raise ImproperlyConfigured("There is no key to sign the trail with.")
    return [chain.seed(text) for text in settings.AUDIT_KEYS]
