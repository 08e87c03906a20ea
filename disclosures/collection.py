"""Collection: resolve the targets, pull each planned exhibit, hash it, write it down.

What holds here: the frozen scope is read and never the live case; a file is written
whole under a name that says nothing, and the row that names it is written only while
the claim still stands; what was collected before a failure stays, and the run goes on
from there. "Account not found" is said of every part, and nothing else is searched.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cases import queue
from cases.enums import IdentifierKind
from disclosures import facts, planning, workflow
from disclosures.datamap import schema
from disclosures.enums import ExhibitStatus, PartKind, Resolution, ResponseCode
from disclosures.exceptions import CollectionFailed
from disclosures.models import Exhibit, Packet, TargetAccount
from disclosures.sources.base import Account, Pulled, SourceUnavailable, Window
from disclosures.sources.run import Run

_NOT_FOUND = (
    "The service has no account under the identifier as served. "
    "Nothing else was searched."
)


@dataclass(frozen=True)
class Answer:
    """What one exhibit says, ready to be written down."""

    code: ResponseCode
    statement: str
    path: str = ""
    pulled: Pulled | None = None


def run(packet: Packet, held: queue.Claim) -> None:
    """Collect every outstanding exhibit of the packet.

    Raises:
        SourceUnavailable: a source can't be reached; worth another try.
        CollectionFailed: a part can't be answered; its exhibit says why.
        PacketBroken: the frozen scope, the map or an earlier exhibit changed.
        ClaimLost: another worker holds the packet by now.
    """
    the_map = facts.data_map(packet)
    with Run(the_map, settings.SOURCE_URLS) as sources:
        accounts = _resolve_targets(packet, sources, held)
        for exhibit in outstanding(packet, the_map):
            _collect(exhibit, accounts[exhibit.target_id], the_map, sources, held)


def outstanding(packet: Packet, the_map: schema.DataMap) -> list[Exhibit]:
    """The exhibits still to be collected, in the order in which a run takes them.

    Raises:
        CollectionFailed: the parts can't be put in an order.
    """
    order = planning.order_of_parts(
        the_map, list(packet.exhibits.values_list("part_code", flat=True))
    )
    return sorted(
        packet.exhibits.outstanding().select_related("target"),
        key=lambda one: (one.target.number, order.get(one.part_code, -1), one.number),
    )


def part_name(exhibit: Exhibit) -> str:
    """How staff call one exhibit's part: by number, target and part, never by name."""
    return f"{exhibit.label}: {exhibit.part_title} (target {exhibit.target.number})"


def _resolve_targets(
    packet: Packet, sources: Run, held: queue.Claim
) -> dict[int, TargetAccount]:
    rows = {row.target_id: row for row in TargetAccount.objects.filter(packet=packet)}
    for target in planning.targets(packet):
        if target["id"] in rows:
            continue
        found = sources.resolve(IdentifierKind(target["kind"]), target["identifier"])
        if len(found) > 1:
            raise CollectionFailed(
                f"Target {target['number']} matches {len(found)} accounts; a person "
                "has to choose which one the paper means."
            )
        account = found[0] if found else Account(key="", name="")
        with transaction.atomic():
            queue.hold(held)
            rows[target["id"]] = TargetAccount.objects.create(
                packet=packet,
                target_id=target["id"],
                resolution=Resolution.FOUND if found else Resolution.NOT_FOUND,
                account_key=account.key,
                account_name=account.name,
                resolved_at=timezone.now(),
            )
    return rows


def _collect(
    exhibit: Exhibit,
    account: TargetAccount,
    the_map: schema.DataMap,
    sources: Run,
    held: queue.Claim,
) -> None:
    started_at = timezone.now()
    try:
        answer = _answer(exhibit, account, the_map, sources)
    except SourceUnavailable:
        raise
    except CollectionFailed as error:
        _note_failure(exhibit, str(error), held)
        raise
    _write(exhibit, answer, started_at, held)


def _answer(
    exhibit: Exhibit, account: TargetAccount, the_map: schema.DataMap, sources: Run
) -> Answer:
    if exhibit.response_code:  # an objection or "not held", planned with its answer
        return Answer(ResponseCode(exhibit.response_code), exhibit.statement)
    part = the_map.part(exhibit.part_code)
    if account.resolution == Resolution.NOT_FOUND:
        return Answer(ResponseCode.ACCOUNT_NOT_FOUND, _NOT_FOUND)
    if part.kind == PartKind.STATEMENT:
        return Answer(part.response, part.statement)
    inputs = _inputs(exhibit, part)
    if unsigned := [code for code in part.inputs if code not in inputs]:
        return Answer(ResponseCode.OBJECTED, _unsigned(the_map, unsigned))
    return _pull(exhibit, part, account, inputs, sources)


def _pull(
    exhibit: Exhibit,
    part: schema.Part,
    account: TargetAccount,
    inputs: Mapping[str, Path],
    sources: Run,
) -> Answer:
    path = f"collected/{secrets.token_hex(16)}.csv"
    out = Path(settings.FILES_DIR) / path
    out.parent.mkdir(parents=True, exist_ok=True)
    window = Window(
        planning.in_utc(exhibit.window_since), planning.in_utc(exhibit.window_until)
    )
    pulled = sources.pull(
        part,
        account=Account(key=account.account_key, name=account.account_name),
        window=window,
        inputs=inputs,
        out=out,
    )
    if pulled.rows:
        return Answer(part.response, part.statement, path, pulled)
    return Answer(
        ResponseCode.NO_RESPONSIVE_RECORDS, part.empty_statement, path, pulled
    )


def _inputs(exhibit: Exhibit, part: schema.Part) -> dict[str, Path]:
    """The exhibits that a part reads: this run's, of the same target, hash checked."""
    if not part.inputs:
        return {}
    rows = Exhibit.objects.filter(
        packet=exhibit.packet_id,
        target=exhibit.target_id,
        part_code__in=part.inputs,
        status=ExhibitStatus.COLLECTED,
    )
    files = ((row.part_code, facts.stored(row)) for row in rows)
    return {code: path for code, path in files if path is not None}


def _unsigned(the_map: schema.DataMap, codes: list[str]) -> str:
    """An input that counsel didn't sign for is not pulled; the answer says so."""
    titles = ", ".join(f"“{the_map.part(code).title}”" for code in codes)
    return (
        f"Derived from {titles}, which the approved scope doesn't include; not pulled."
    )


def _write(
    exhibit: Exhibit, answer: Answer, started_at: datetime, held: queue.Claim
) -> None:
    at, pulled = timezone.now(), answer.pulled
    with transaction.atomic():
        queue.hold(held)
        exhibit.response_code, exhibit.statement = answer.code, answer.statement
        exhibit.path, exhibit.failure = answer.path, ""
        exhibit.started_at, exhibit.finished_at = started_at, at
        if pulled:
            exhibit.rows, exhibit.size = pulled.rows, pulled.size
            exhibit.sha256, exhibit.sha512 = pulled.sha256, pulled.sha512
            exhibit.source_title, exhibit.query = pulled.source_title, pulled.sql
            exhibit.parameters = dict(pulled.parameters)
            exhibit.snapshot_at = pulled.snapshot_at
        exhibit.save()
        workflow.move_exhibit(exhibit.pk, "collect", at=at)


def _note_failure(exhibit: Exhibit, sentence: str, held: queue.Claim) -> None:
    with transaction.atomic():
        queue.hold(held)
        exhibit.failure = sentence
        exhibit.save(update_fields=["failure"])
        workflow.move_exhibit(exhibit.pk, "fail", at=timezone.now())
