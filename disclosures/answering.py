"""What a data owner does with a pull order: read it, answer it.

What holds here: only who sees the order may answer it (``pulls.mine``); reading it is
in the trail before anything is shown; an upload is hashed as it arrives and kept byte
for byte, closed by the case's key, beside the canonical CSV that is made of it by the
same path as every other exhibit; no plain byte stays behind; and whoever answers
collects, as the rules about persons count it.
Source: docs/policy.md, section "Pull orders".
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, persons
from cases.enums import Act, EventKind
from cases.exceptions import IllegalTransition, require_storable
from disclosures import facts, kept, leftovers, planning, pulls, workflow
from disclosures.enums import OwnersAnswer, PacketStatus
from disclosures.models import Packet, PullAnswer, PullOrder
from disclosures.models.pull import OPEN
from disclosures.sources import manual
from disclosures.sources.base import Window
from disclosures.sources.guard import Guard

# A run may be at the packet while its owners are; a failed one is taken up again.
_ANSWERABLE = frozenset(
    {
        PacketStatus.QUEUED,
        PacketStatus.COLLECTING,
        PacketStatus.AWAITING,
        PacketStatus.FAILED,
    }
)


@dataclass(frozen=True)
class Given:
    """What an owner says. ``content`` and ``name`` are those of a file, if it is one.

    The name is asked for its ending alone and kept nowhere: it may name a person.
    """

    kind: str
    statement: str
    content: BinaryIO | None = None
    name: str = ""


def refusal(order: PullOrder) -> str:
    """Why this order can't be answered now, without saying why that is; "" it can."""
    if order.status not in OPEN:
        return _("This order is answered already.")
    if order.exhibit.packet.status not in _ANSWERABLE or pulls.suspended(order):
        return _(
            "This order is suspended. Fetch nothing for it until it is open again."
        )
    return ""


def open_order(order_id: int, *, actor: User, at: datetime | None = None) -> PullOrder:
    """An order of the person's own, with the reading in the trail first.

    Raises:
        PermissionDenied: it isn't theirs to see.
    """
    order = _theirs(order_id, actor)
    audit.record_reading(
        order.exhibit.packet.case,
        EventKind.PULL_OPENED,
        actor=actor,
        at=at,
        data=pulls.said_of(order),
    )
    return order


def answer(
    order_id: int, *, actor: User, given: Given, at: datetime | None = None
) -> PullAnswer:
    """Answer an order: with records, or with which of the closed list it is.

    The file is read and closed before anything is locked. With the last answer that was
    missing, the collection goes on by itself.

    Raises:
        PermissionDenied: the order isn't theirs to see.
        FourEyesViolation: an earlier act of theirs bars them.
        IllegalTransition: it is answered already, or suspended.
        UploadRefused: the file isn't what the order asks for; with line and column.
        ValidationError: by field what is missing or too much.
    """
    at = at or timezone.now()
    order = _answerable(order_id, actor)
    _require_complete(given)
    made = PullAnswer(
        order=order,
        kind=given.kind,
        statement=given.statement.strip(),
        answered_by=actor,
        answered_by_name=audit.name_of(actor),
        answered_at=at,
    )
    try:
        if given.content is not None:
            _keep(made, given)
        _write(made, actor, at)
    except BaseException:
        for path in filter(None, (made.upload_path, made.path)):
            (Path(settings.FILES_DIR) / path).unlink(missing_ok=True)
        raise
    return made


def _theirs(order_id: int, actor: User) -> PullOrder:
    order = pulls.mine(actor).filter(pk=order_id).first()
    if order is None:
        raise PermissionDenied(f"User {actor.pk} may not see order {order_id}.")
    return order


def _answerable(order_id: int, actor: User) -> PullOrder:
    order = _theirs(order_id, actor)
    persons.require_other(order.exhibit.packet.case, actor, Act.COLLECT)
    if why := refusal(order):
        raise IllegalTransition(why)
    return order


def _require_complete(given: Given) -> None:
    wrong: dict[str, Any] = {}
    if given.kind not in OwnersAnswer.values:
        wrong["kind"] = _("Say which of these it is.")
    if not given.statement.strip():
        wrong["statement"] = _("Say how you searched, and where: the packet prints it.")
    has_file, is_records = given.content is not None, given.kind == OwnersAnswer.RECORDS
    if is_records and not has_file:
        wrong["upload"] = _("Choose the file that holds the records.")
    if has_file and not is_records:
        wrong["upload"] = _("An answer without records has no file.")
    if wrong:
        raise ValidationError(wrong)
    require_storable(statement=given.statement)


def _keep(made: PullAnswer, given: Given) -> None:
    """Hash the upload, check it, and put it and what is made of it away, closed."""
    order = made.order
    exhibit = order.exhibit
    content = given.content.read(manual.MAX_BYTES + 1) if given.content else b""
    made.upload_sha256 = hashlib.sha256(content).hexdigest()
    made.upload_size = len(content)
    the_map = facts.data_map(exhibit.packet)
    planning.Signed(exhibit.packet, the_map).require(exhibit)
    part = the_map.part(exhibit.part_code)
    window = Window(exhibit.window_since, exhibit.window_until)
    guard = Guard(part, pulls.account_of(order), window, the_map.account_form)
    with leftovers.private_upload() as folder:
        original, canonical = folder / "upload", folder / "canonical.csv"
        form = manual.kind_of(given.name)
        found = manual.read(content, form, part, guard, canonical)
        original.write_bytes(content)
        made.rows, made.size, made.left_out = found.rows, found.size, found.left_out
        made.sha256, made.sha512 = found.sha256, found.sha512
        made.upload_path = _put_away(original, exhibit.packet)
        made.path = _put_away(canonical, exhibit.packet)


def _put_away(plain: Path, packet: Packet) -> str:
    path = f"{leftovers.UPLOADED}/{secrets.token_hex(16)}.age"
    kept.keep(plain, path, packet)
    return path


@transaction.atomic
def _write(made: PullAnswer, actor: User, at: datetime) -> None:
    packet_id = made.order.exhibit.packet_id
    packet = Packet.objects.select_for_update().get(pk=packet_id)
    order = _answerable(made.order_id, actor)
    made.full_clean()
    made.save()
    workflow.move_pull(order.pk, "answer", actor=audit.SYSTEM, at=at)
    audit.record(
        packet.case,
        EventKind.PULL_ANSWERED,
        actor=actor,
        at=at,
        data={
            **pulls.said_of(order),
            "answer": made.pk,
            "kind": made.kind,
            "upload": made.upload_sha256,
            "sha256": made.sha256,
            "rows": made.rows,
        },
    )
    pulls.go_on(packet, at=at)
