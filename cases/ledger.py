"""The sealer and the verifier of the trail.

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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
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

_EVENTS: dict[str, type[Event] | type[SiteEvent]] = {
    Trail.CASES: Event,
    Trail.SITE: SiteEvent,
}


# ------------------------------------------------------------------------------- links


def text_of(event: Event | SiteEvent, of_case: int) -> str:
    """What a leaf is made of: the event's columns as they are stored."""
    return chain.canonical(
        {
            "trail": str(_trail(event)),
            "event": event.pk,
            "case": _case_of(event),
            "of_case": of_case,
            "kind": event.kind,
            "actor": event.actor_id,
            "actor_name": event.actor_name,
            "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "data": event.data,
        }
    )


def _trail(event: Event | SiteEvent) -> Trail:
    return Trail.CASES if isinstance(event, Event) else Trail.SITE


def _case_of(event: Event | SiteEvent) -> int | None:
    return event.case_id if isinstance(event, Event) else None


def unsealed(trail: Trail) -> QuerySet[Event] | QuerySet[SiteEvent]:
    """The events of one trail that no link holds yet."""
    sealed = AuditSeal.objects.filter(trail=trail)
    newest = sealed.aggregate(newest=Max("event_id"))["newest"] or 0
    found = sealed.filter(event_id=OuterRef("pk"))
    rows = _EVENTS[trail]._default_manager.filter(pk__gt=newest - LOOK_BACK)
    return rows.filter(~Exists(found)).order_by("pk")


def seal() -> int:
    """Tie everything committed so far to the chain; how many events that were.

    Another sealer at the same moment makes this one do nothing: the next run goes on.
    """
    done = 0
    while made := _seal_some():
        done += made
    return done


def _seal_some() -> int:
    events: list[Event | SiteEvent] = []
    for trail in Trail:
        events += unsealed(trail)[:BATCH]
    events.sort(key=lambda one: (one.at, _trail(one), one.pk))
    if not events:
        return 0
    last = AuditSeal.objects.order_by("-position").first()
    links = _links(events[:BATCH], last)
    try:
        with transaction.atomic():
            AuditSeal.objects.bulk_create(links)
    except IntegrityError:
        return 0
    return len(links)


def _links(
    events: Sequence[Event | SiteEvent], last: AuditSeal | None
) -> list[AuditSeal]:
    start = last.position + 1 if last else 1
    before = last.hash if last else chain.START
    counts = _counts(events)
    links = []
    for position, event in enumerate(events, start=start):
        case = _case_of(event)
        counts[case] = counts.get(case, 0) + 1
        leaf = chain.leaf(text_of(event, counts[case]))
        links.append(
            AuditSeal(
                position=position,
                trail=_trail(event),
                event_id=event.pk,
                case_id=case,
                of_case=counts[case],
                leaf=leaf,
                before=before,
                hash=chain.link(before, leaf),
            )
        )
        before = links[-1].hash
    return links


def _counts(events: Iterable[Event | SiteEvent]) -> dict[int | None, int]:
    """By case, how many of its events are sealed; None are the site's own."""
    cases = {_case_of(event) for event in events}
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
    publish(row)
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


def publish(row: AuditCheckpoint) -> None:
    """Put a signed document where the site keeps them, unless it lies there."""
    name = file_name(row.number)
    store = storages[STORE]
    if not store.exists(name):
        store.save(name, ContentFile(as_file(row).encode()))


def publish_missing() -> int:
    """Put every document there that a full disk or a dead store kept away."""
    store = storages[STORE]
    missing = [
        row
        for row in AuditCheckpoint.objects.order_by("-number")[:1_000]
        if not store.exists(file_name(row.number))
    ]
    for row in missing:
        publish(row)
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


# -------------------------------------------------------------------------- verifying


@dataclass
class Report:
    """What the verifier found: the faults, and what it can't vouch for."""

    faults: list[str] = field(default_factory=list)
    links: int = 0
    signed: int = 0
    unsealed: int = 0

    @property
    def unsigned(self) -> int:
        """How many links no checkpoint holds yet."""
        return max(0, self.links - self.signed)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify() -> Report:
    """Walk the whole chain, its events and its checkpoints; the first fault of each."""
    report = Report()
    checkpoints, signed_faults = _checkpoints()
    report.faults += signed_faults
    report.faults += _walk(report, checkpoints)
    report.unsealed = sum(unsealed(trail).count() for trail in Trail)
    return report


def _walk(report: Report, checkpoints: Sequence[chain.Checkpoint]) -> list[str]:
    """The chain from its first link on, a checkpoint's links at a time."""
    before, position = chain.START, 0
    ends = [one.last for one in checkpoints]
    waiting = {one.last: one for one in checkpoints}
    leaves: list[str] = []
    for links in _chunks():
        for link, text in zip(links, _texts(links), strict=True):
            position += 1
            if fault := _fault_of(link, text, position, before):
                return [fault]
            before = link.hash
            leaves.append(link.leaf)
            report.links = position
            if checkpoint := waiting.pop(position, None):
                if (before, chain.root(leaves)) != (checkpoint.head, checkpoint.root):
                    return [_rewritten(checkpoint)]
                report.signed = position
                leaves = []
    missing = min(waiting, default=None)
    if missing is not None and ends:
        return [
            f"Checkpoint {waiting[missing].number} was signed over link {missing}, and "
            f"the chain ends at link {position}: what came after was removed."
        ]
    return []


def _fault_of(link: AuditSeal, text: str | None, position: int, before: str) -> str:
    if link.position != position:
        return f"Link {position} is missing."
    named = f"Event {link.event_id} {Trail(link.trail).label} (link {position})"
    if text is None:
        return f"{named} was deleted."
    if chain.leaf(text) != link.leaf:
        return f"{named} was changed after it was sealed."
    if link.before != before or link.hash != chain.link(before, link.leaf):
        return f"Link {position} doesn't follow the one before: links were changed."
    return ""


def _rewritten(checkpoint: chain.Checkpoint) -> str:
    return (
        f"Checkpoint {checkpoint.number} was signed over other events than links "
        f"{checkpoint.first} to {checkpoint.last} hold now: they were rewritten."
    )


def _chunks() -> Iterator[list[AuditSeal]]:
    done = 0
    while found := list(
        AuditSeal.objects.filter(position__gt=done).order_by("position")[:BATCH]
    ):
        yield found
        done = found[-1].position


def _texts(links: Sequence[AuditSeal]) -> list[str | None]:
    """Of each link the text of its event as it is stored now; None: it is gone."""
    found: dict[tuple[str, int], Event | SiteEvent] = {}
    for trail, model in _EVENTS.items():
        ids = [link.event_id for link in links if link.trail == trail]
        rows = model._default_manager.filter(pk__in=ids)
        found |= {(trail, row.pk): row for row in rows}
    return [
        text_of(event, link.of_case)
        if (event := found.get((link.trail, link.event_id)))
        else None
        for link in links
    ]


def _checkpoints() -> tuple[list[chain.Checkpoint], list[str]]:
    """Every checkpoint that somebody of ours signed, and the first fault among them."""
    keys, documents = public_keys(), _documents()
    kept = {row.number: as_file(row) for row in AuditCheckpoint.objects.all()}
    found: list[chain.Checkpoint] = []
    previous, first = chain.START, 1
    for number in range(1, max([*kept, *documents], default=0) + 1):
        named, text = f"Checkpoint {number}", documents.get(number)
        if text is None:
            return found, [f"{named} is in the database and its document is gone."]
        read = chain.read_signed(text, keys)
        found += read
        if text != kept.get(number):
            return found, [f"{named} isn't in the database as its document has it."]
        if not read:
            return found, [f"{named} isn't signed by a key of this site."]
        (said,) = read
        if (said.number, said.previous, said.first) != (number, previous, first):
            return found, [f"{named} doesn't follow the one before it."]
        previous, first = chain.digest(said.text), said.last + 1
    return found, []


def _documents() -> dict[int, str]:
    """By number, every document in the store as it lies there."""
    store, found = storages[STORE], {}
    try:
        names = store.listdir("")[1]
    except FileNotFoundError:
        return {}  # nothing was ever signed
    for name in names:
        digits = name.removeprefix("checkpoint-").removesuffix(".json")
        if digits.isdigit() and name == file_name(int(digits)):
            with store.open(name) as file:
                found[int(digits)] = file.read().decode()
    return found
