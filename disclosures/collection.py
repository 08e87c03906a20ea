"""Collection: resolve the targets, pull each planned exhibit, hash it, write it down.

What holds here: the frozen scope is read and never the live case; a file is kept whole,
closed by the case's key, under a name that says nothing, and the row that names it is
written only while the claim still stands; what was collected before a failure stays,
and the run goes on from there. "Account not found" is said of every part, and nothing
else is searched. Where an identifier matches several accounts, a person chooses
(``choosing``) before anything is. Parts that people fetch by hand are asked of them
first (``pulls``), and all others are collected while they are at it. The approval is
asked for again before each part: after a change of scope nothing is read.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import queue
from cases.enums import IdentifierKind
from disclosures import (
    facts,
    kept,
    leftovers,
    marks,
    planning,
    preflight,
    pulls,
    workflow,
)
from disclosures.datamap import plan as graph
from disclosures.datamap import schema
from disclosures.enums import ExhibitStatus, PartKind, Resolution, ResponseCode
from disclosures.exceptions import CollectionFailed
from disclosures.models import AccountCandidate, Exhibit, Packet, TargetAccount
from disclosures.sources.base import Account, Pulled, SourceUnavailable, Window
from disclosures.sources.run import Run

_NOT_FOUND = (
    "The service has no account under the identifier as served. "
    "Nothing else was searched."
)
_NONE_MEANT = (
    "More than one account matches the identifier as served, and none of them is the "
    "one that the request means. Nothing else was searched."
)


class Pause(StrEnum):
    """Whom a run waits for before it can go on."""

    CHOICE = "choice"  # somebody says which account a target is; nothing was searched
    OWNERS = "owners"  # data owners answer; all else is collected


@dataclass(frozen=True)
class Answer:
    """What one exhibit says, ready to be written down."""

    code: ResponseCode
    statement: str
    path: str = ""
    pulled: Pulled | None = None
    columns: tuple[schema.Column, ...] = ()


def run(packet: Packet, held: queue.Claim) -> Pause | None:
    """Collect every outstanding exhibit of the packet, or say whom it waits for.

    Raises:
        SourceUnavailable: a source can't be reached; worth another try.
        CollectionFailed: a part can't be answered; its exhibit says why.
        PacketBroken: the frozen scope, the map or an earlier exhibit changed.
        IllegalTransition: the scope changed, or a newer packet replaced this one.
        ClaimLost: another worker holds the packet by now.
    """
    the_map = facts.data_map(packet)
    if packet.is_letter:
        for exhibit in outstanding(packet, the_map):
            workflow.require_covered(packet.pk)
            _write(exhibit, _planned(exhibit), timezone.now(), held)
        return None
    with preflight.open_sources(the_map) as sources:
        accounts = _resolve_targets(packet, sources, held)
        if packet.accounts.to_choose().exists():
            return Pause.CHOICE
        signed = planning.Signed(packet, the_map)
        waiting = pulls.issue(packet, signed, held)
        for exhibit in outstanding(packet, the_map):
            if exhibit.pk not in waiting:
                workflow.require_covered(packet.pk)
                _collect(exhibit, accounts[exhibit.target_id], signed, sources, held)
    return Pause.OWNERS if waiting else None


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
    unnamed = planning.unnamed(packet)
    rows = {row.target_id: row for row in TargetAccount.objects.filter(packet=packet)}
    for target in planning.targets(packet):
        if target["id"] in rows:
            continue
        found = _accounts(target, sources)
        with transaction.atomic():
            queue.hold(held)
            is_named = target["id"] not in unnamed
            rows[target["id"]] = _write_account(
                packet, target["id"], found, is_named=is_named
            )
    return rows


def _write_account(
    packet: Packet, target_id: int, found: list[Account], *, is_named: bool
) -> TargetAccount:
    """What an identifier leads to; of several accounts none, until one is chosen.

    Whose account it is isn't kept of somebody whom the order doesn't name.
    """
    resolution, account = Resolution.NOT_FOUND, Account(key="", name="")
    if len(found) == 1:
        resolution = Resolution.FOUND
        account = found[0] if is_named else account
    elif found:
        resolution = Resolution.AMBIGUOUS
    row = TargetAccount.objects.create(
        packet=packet,
        target_id=target_id,
        is_named=is_named,
        resolution=resolution,
        account_key=account.key,
        account_name=account.name,
        resolved_at=timezone.now(),
    )
    if resolution == Resolution.AMBIGUOUS and is_named:
        AccountCandidate.objects.bulk_create(
            AccountCandidate(account=row, number=number, key=one.key, name=one.name)
            for number, one in enumerate(found, start=1)
        )
    return row


def _accounts(target: dict[str, Any], sources: Run) -> list[Account]:
    """The accounts under one identifier; a refusal says whose, by number."""
    try:
        return sources.resolve(IdentifierKind(target["kind"]), target["identifier"])
    except (SourceUnavailable, CollectionFailed) as error:
        raise type(error)(
            _("Looking for the account of target %(target)s: %(error)s")
            % {"target": target["number"], "error": error}
        ) from None


def _collect(
    exhibit: Exhibit,
    account: TargetAccount,
    signed: planning.Signed,
    sources: Run,
    held: queue.Claim,
) -> None:
    started_at = timezone.now()
    try:
        answer = _answer(exhibit, account, signed, sources, held)
    except SourceUnavailable as error:  # tried again, so the exhibit stays as it is
        _note(exhibit, str(error), held)
        raise
    except CollectionFailed as error:
        with transaction.atomic():
            _note(exhibit, str(error), held)
            workflow.move_exhibit(exhibit.pk, "fail", at=timezone.now())
        raise
    _write(exhibit, answer, started_at, held)


def _answer(
    exhibit: Exhibit,
    account: TargetAccount,
    signed: planning.Signed,
    sources: Run,
    held: queue.Claim,
) -> Answer:
    the_map = signed.the_map
    if exhibit.response_code:  # an objection or "not held", planned with its answer
        return _planned(exhibit)
    part = the_map.part(exhibit.part_code)
    if account.resolution == Resolution.NOT_FOUND:
        why = _NONE_MEANT if account.chosen_at else _NOT_FOUND
        return Answer(ResponseCode.ACCOUNT_NOT_FOUND, why)
    if part.kind == PartKind.STATEMENT:
        return Answer(part.response, part.statement)
    inputs = _inputs(exhibit, part)
    if unsigned := graph.missing_statement(the_map, part, inputs):
        return Answer(ResponseCode.OUT_OF_SCOPE_AFTER_NARROWING, unsigned)
    signed.require(exhibit)
    if part.kind == PartKind.MANUAL:
        return Answer(*pulls.outcome(exhibit, part, _account(account)), part.columns)
    place = f"{leftovers.place(leftovers.COLLECTED, held)}-{secrets.token_hex(16)}"
    out = f"{place}.csv.age"
    with leftovers.private(held) as folder:
        files = {code: kept.copy(row, folder) for code, row in inputs.items()}
        pulled = sources.pull(
            part,
            account=_account(account),
            window=_window(exhibit),
            inputs={code: path for code, path in files.items() if path},
            out=kept.keeping(out, exhibit.packet),
            work=folder,
        )
    code, statement = graph.answer(part, pulled.rows, pulled.total)
    shorter = [
        code
        for code, row in inputs.items()
        if not _window(row).covers(_window(exhibit))
    ]
    counts = {code: (row.rows, row.in_all) for code, row in inputs.items()}
    words = (
        statement,
        graph.narrower_statement(part, shorter),
        graph.capped_statement(part, counts),
    )
    said = " ".join(filter(None, words))
    return Answer(code, said, out, pulled, part.columns)


def _account(row: TargetAccount) -> Account:
    return Account(key=row.account_key, name=row.account_name)


def _window(exhibit: Exhibit) -> Window:
    return Window(
        planning.in_utc(exhibit.window_since), planning.in_utc(exhibit.window_until)
    )


def _inputs(exhibit: Exhibit, part: schema.Part) -> dict[str, Exhibit]:
    """The exhibits that a part reads: this packet's, of the same target.

    An input that counsel didn't sign for isn't among them, and is never pulled.
    """
    if not part.inputs:
        return {}
    rows = exhibit.packet.exhibits.filter(
        target=exhibit.target_id,
        part_code__in=part.inputs,
        status=ExhibitStatus.COLLECTED,
    )
    return {row.part_code: row for row in rows if row.path}


def _planned(exhibit: Exhibit) -> Answer:
    return Answer(ResponseCode(exhibit.response_code), exhibit.statement)


def _write(
    exhibit: Exhibit, answer: Answer, started_at: datetime, held: queue.Claim
) -> None:
    at, pulled = timezone.now(), answer.pulled
    with transaction.atomic():
        queue.hold(held)
        Exhibit.objects.filter(pk=exhibit.pk).update(
            response_code=answer.code,
            statement=answer.statement,
            path=answer.path,
            started_at=started_at,
            finished_at=at,
            **(_provenance(pulled) if pulled else {}),
        )
        workflow.move_exhibit(exhibit.pk, "collect", at=at)
        marks.by_map(exhibit, answer.columns if answer.path else (), at=at)
        # Only now: a failed exhibit says why, and the database holds it to that.
        Exhibit.objects.filter(pk=exhibit.pk).update(failure="")


def _provenance(pulled: Pulled) -> dict[str, Any]:
    return {
        "rows": pulled.rows,
        "total": pulled.total,
        "size": pulled.size,
        "sha256": pulled.sha256,
        "sha512": pulled.sha512,
        "odd_cells": pulled.odd_cells,
        "left_out": dict(pulled.left_out),
        "source_title": pulled.source_title,
        "read_as": pulled.read_as,
        "query": pulled.sql,
        "parameters": dict(pulled.parameters),
        "snapshot_at": pulled.snapshot_at,
    }


def _note(exhibit: Exhibit, sentence: str, held: queue.Claim) -> None:
    with transaction.atomic():
        queue.hold(held)
        Exhibit.objects.filter(pk=exhibit.pk).update(failure=sentence)
