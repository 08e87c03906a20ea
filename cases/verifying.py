"""The verifier of the trail: its events, its chain, its signed checkpoints.

It walks from the first link on and names the first fault it meets, and it says what it
can't vouch for. Source: docs/security.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from django.core.files.storage import Storage, storages

from cases import chain, ledger
from cases.enums import Trail
from cases.models import AuditCheckpoint, AuditSeal

READERS = 8  # of documents at once: in a bucket each costs the way there and back
_OUT_OF_REACH = (
    "The signed checkpoints can't be read where they lie: no signature vouches for "
    "anything now."
)
_STRANGER = "“{}” lies among the signed checkpoints and is none of them."


@dataclass
class Report:
    """What the verifier found: the faults, and what it can't vouch for."""

    faults: list[str] = field(default_factory=list)
    links: int = 0
    signed: int = 0
    unsealed: int = 0
    is_readable: bool = True  # the store of signed documents

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
    checkpoints: list[chain.Checkpoint] = []
    try:
        documents, strangers = _documents()
    except OSError:
        report.is_readable = False
        report.faults.append(_OUT_OF_REACH)
    else:
        checkpoints, signed_faults = _checkpoints(documents)
        report.faults += [_STRANGER.format(name) for name in strangers]
        report.faults += signed_faults
    report.faults += _walk(report, checkpoints)
    report.unsealed = sum(ledger.unsealed(trail).count() for trail in Trail)
    return report


def _walk(report: Report, checkpoints: Sequence[chain.Checkpoint]) -> list[str]:
    """The chain from its first link on, a checkpoint's links at a time."""
    before, position = chain.START, 0
    ends = [one.last for one in checkpoints]
    waiting = {one.last: one for one in checkpoints}
    leaves: list[str] = []
    for links in _chunks():
        for link, text in zip(links, ledger.texts(links), strict=True):
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
        AuditSeal.objects.filter(position__gt=done).order_by("position")[: ledger.BATCH]
    ):
        yield found
        done = found[-1].position


def _checkpoints(
    documents: Mapping[int, str],
) -> tuple[list[chain.Checkpoint], list[str]]:
    """Every checkpoint that somebody of ours signed, and the first fault among them."""
    keys = ledger.public_keys()
    kept = {row.number: ledger.as_file(row) for row in AuditCheckpoint.objects.all()}
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


def _documents() -> tuple[dict[int, str], list[str]]:
    """By number, every document in the store as it lies there; what else lies there.

    Raises:
        OSError: the store can't be read.
    """
    store = storages[ledger.STORE]
    found: dict[int, str] = {}
    strangers = []
    try:
        names = store.listdir("")[1]
    except FileNotFoundError:
        return {}, []  # nothing was ever signed
    for name in sorted(names):
        digits = name.removeprefix("checkpoint-").removesuffix(".json")
        if digits.isdigit() and name == ledger.file_name(int(digits)):
            found[int(digits)] = name
        else:
            strangers.append(name)
    with ThreadPoolExecutor(READERS) as pool:
        texts = pool.map(partial(_text, store), found.values())
        return dict(zip(found, texts, strict=True)), strangers


def _text(store: Storage, name: str) -> str:
    with store.open(name) as file:
        text: str = file.read().decode(errors="replace")
        return text
