"""Examination of what was collected, by a second person, before anybody certifies it.

Whoever examines reads an exhibit, marks what isn't produced, each mark with a reason
from a closed list, and passes it or returns it. What was returned is collected anew,
and with it what is derived from it. A mark made or lifted afterwards voids the passing.
Marks of the data map, on columns about other people, are counsel's to lift. Once the
declaration is signed no mark changes: the scope is taken back, and another packet
replaces this one.
Source: docs/policy.md, section "Examination and redaction".
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions, persons, queue
from cases.enums import Act, EventKind, Perm, TaskName
from cases.exceptions import IllegalTransition, require_storable
from disclosures import breaks, facts, marks, pulls, reading, reopening, workflow
from disclosures.enums import Examined, ExhibitStatus, PacketStatus, PartKind
from disclosures.models import Examination, Exhibit, Mark, Packet


@transaction.atomic
def mark(
    exhibit_id: int,
    *,
    actor: User,
    reason: str,
    rows: str = "",
    column: str = "",
    alike: str = "",
    at: datetime | None = None,
) -> Mark:
    """Mark rows to be withheld, or cells of a column to be redacted.

    ``rows`` are numbers of collected rows as somebody writes them, ``3-7, 12``; without
    them the whole column is meant. ``alike`` names a column: every other row with the
    same value there as the first of ``rows`` is meant as well. A passing of the exhibit
    is void afterwards.

    Raises:
        PermissionDenied: ``actor`` may not examine this case's records.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: the packet doesn't wait to be examined.
        ValidationError: no such row, column or reason, or neither row nor column.
    """
    at = at or timezone.now()
    exhibit = _examinable(exhibit_id, actor)
    found = _runs(exhibit, rows)
    for name in (column, alike):
        _require_column(exhibit, name)
    if found and alike:
        found = marks.joined([*found, *marks.alike(exhibit, alike, found[0][0])])
    made = Mark(
        exhibit=exhibit,
        number=marks.next_number(exhibit),
        rows=marks.as_text(found),
        column=column,
        reason=reason,
        made_by=actor,
        made_by_name=audit.name_of(actor),
        made_at=at,
    )
    made.full_clean()
    made.save()
    reopening.void(exhibit, at)
    rows_meant = sum(last - first + 1 for first, last in found) or exhibit.rows
    _record(
        exhibit,
        EventKind.EXHIBIT_MARKED,
        actor,
        at,
        {"mark": made.number, "reason": reason, "column": column, "rows": rows_meant},
    )
    return made


@transaction.atomic
def lift(
    mark_id: int, *, actor: User, because: str, at: datetime | None = None
) -> Mark:
    """Take back a mark that a person made. A passing of the exhibit is void afterwards.

    Raises:
        PermissionDenied: ``actor`` may not examine this case's records.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: it is lifted already, is the data map's, or the packet
            doesn't wait to be examined.
        ValidationError: no reason.
    """
    at = at or timezone.now()
    exhibit = _examinable(_exhibit_of(mark_id), actor)
    row = _standing(mark_id)
    if row.is_of_map:
        raise IllegalTransition(
            _("The data map marks this column as about other people: counsel may lift.")
        )
    reopening.lift(row, actor, because, at)
    reopening.void(exhibit, at)
    _record(exhibit, EventKind.MARK_LIFTED, actor, at, {"mark": row.number})
    return row


@transaction.atomic
def release_column(
    mark_id: int, *, actor: User, because: str, at: datetime | None = None
) -> Mark:
    """Let a column about other people go out: counsel's decision, as on the scope.

    Raises:
        PermissionDenied: ``actor`` may not decide as counsel on this case.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: it is lifted already, is no mark of the data map, or the
            packet doesn't wait to be examined.
        ValidationError: no reason.
    """
    at = at or timezone.now()
    exhibit = _waiting(_exhibit_of(mark_id))
    permissions.require(actor, Perm.SIGN_OFF, exhibit.packet.case)
    persons.require_other(exhibit.packet.case, actor, Act.APPROVE)
    row = _standing(mark_id)
    if not row.is_of_map:
        raise IllegalTransition(_("A person made this mark: who examines may lift it."))
    reopening.lift(row, actor, because, at)
    reopening.void(exhibit, at)
    said = {"mark": row.number, "column": row.column}
    _record(exhibit, EventKind.COLUMN_RELEASED, actor, at, said)
    return row


@breaks.noted()
@transaction.atomic
def pass_exhibit(
    exhibit_id: int, *, actor: User, marks_digest: str, at: datetime | None = None
) -> Examination:
    """Find an exhibit fit to go out with the marks that ``actor`` was shown.

    The file that goes out is made once, and its hash is what was passed.

    Raises:
        PermissionDenied: ``actor`` may not examine this case's records.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: the packet doesn't wait to be examined, the exhibit is passed
            already, has no row, or ``actor`` hasn't opened it; its marks changed.
        CustodyBroken: the file is missing or no longer what was collected.
        PacketBroken: it can't be read as CSV.
    """
    at = at or timezone.now()
    exhibit = _examinable(exhibit_id, actor)
    breaks.require_none(exhibit.packet.case)
    if refusal := why_not_passed(exhibit, actor):
        raise IllegalTransition(refusal)
    if marks_digest != marks.digest(exhibit):
        raise IllegalTransition(_("The marks changed after the page was shown."))
    made = marks.derive(exhibit)
    found = _written(
        exhibit,
        actor,
        at,
        decision=Examined.PASSED,
        produced_rows=made.rows,
        produced_size=made.size,
        produced_sha256=made.sha256,
        log=[[one.column, one.reason, one.count, one.by] for one in made.lines],
    )
    said = {
        "sha256": exhibit.sha256,
        "produced": made.sha256,
        "rows": exhibit.rows,
        "withheld": made.withheld,
        "redacted": made.redacted,
    }
    _record(exhibit, EventKind.EXHIBIT_PASSED, actor, at, said)
    return found


@transaction.atomic
def return_exhibit(
    exhibit_id: int, *, actor: User, reason: str, at: datetime | None = None
) -> Examination:
    """Send an exhibit back: it is collected anew, with all that is derived from it.

    Its marks are lifted, since rows may have other numbers then. What was collected
    before stays known by its hash.

    Raises:
        PermissionDenied: ``actor`` may not examine this case's records.
        FourEyesViolation: the site's rules want another person.
        IllegalTransition: the packet doesn't wait to be examined, the exhibit has no
            file, or the packet's scope changed.
        ValidationError: no reason.
    """
    at = at or timezone.now()
    exhibit = _examinable(exhibit_id, actor)
    require_storable(reason=reason)
    packet = exhibit.packet
    found = _written(
        exhibit, actor, at, decision=Examined.RETURNED, reason=reason.strip()
    )
    because = _("Returned: collected anew.")
    again = reopening.reopen(exhibit, by=actor, because=because, at=at)
    for one in again:
        if one.kind == PartKind.MANUAL:
            why = found.reason
            pulls.send_back(one, by=actor, collector=audit.SYSTEM, reason=why, at=at)
    workflow.move_packet(packet.pk, "return_exhibit", actor=actor, at=at)
    Packet.objects.filter(pk=packet.pk).update(
        attempts=0, lease_until=None, collected_at=None
    )
    said = {
        "sha256": found.sha256,
        "reason": found.reason,
        "anew": sorted(one.number for one in again),
    }
    _record(exhibit, EventKind.EXHIBIT_RETURNED, actor, at, said)
    queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=packet.pk)
    return found


def related(exhibit: Exhibit) -> list[Exhibit]:
    """What it is derived from, and what is from it: marks there are marks of their own.

    A row of one needn't be a row of the other, so none carries over.
    """
    parts = {one.code: one for one in facts.data_map(exhibit.packet).parts}
    rows = exhibit.packet.exhibits.filter(target=exhibit.target_id, rows__gt=0)
    found = rows.filter(part_code__in=parts[exhibit.part_code].inputs)
    return [*found, *(one for one in reopening.derived_from(exhibit) if one.rows)]


def why_not_passed(exhibit: Exhibit, person: User) -> str:
    """Why this exhibit can't be passed by this person now; "" where it can."""
    if not exhibit.rows:
        return _("%(label)s has no rows to examine.") % {"label": exhibit.label}
    if marks.passed(exhibit):
        return _("%(label)s is passed already.") % {"label": exhibit.label}
    if not _has_opened(exhibit, person):
        return _("Open %(label)s and read it first.") % {"label": exhibit.label}
    return ""


def _has_opened(exhibit: Exhibit, person: User) -> bool:
    """Whether the trail says that this person read it since it was collected."""
    opened = exhibit.packet.case.events.filter(
        kind=EventKind.EXHIBIT_OPENED, actor=person, at__gte=exhibit.finished_at
    )
    return any(audit.data_of(one).get("exhibit") == exhibit.pk for one in opened)


def _examinable(exhibit_id: int, actor: User) -> Exhibit:
    exhibit = _waiting(exhibit_id)
    case = exhibit.packet.case
    permissions.require(actor, Perm.EXAMINE, case)
    persons.require_other(case, actor, Act.EXAMINE)
    return exhibit


def _waiting(exhibit_id: int) -> Exhibit:
    """An exhibit with a file, of a packet that waits for certification, both locked.

    Raises:
        IllegalTransition: it has none, or the packet doesn't.
    """
    packet_id = Exhibit.objects.values_list("packet", flat=True).get(pk=exhibit_id)
    packet = Packet.objects.select_for_update().get(pk=packet_id)
    exhibit = packet.exhibits.select_related("packet__case", "target").get(
        pk=exhibit_id
    )
    if packet.status != PacketStatus.COLLECTED:
        raise IllegalTransition(
            _(
                "The packet is “%(status)s”: exhibits are examined after the "
                "collection and before the declaration."
            )
            % {"status": packet.get_status_display()}
        )
    if exhibit.status != ExhibitStatus.COLLECTED or not exhibit.path:
        raise IllegalTransition(
            _("%(label)s has no records.") % {"label": exhibit.label}
        )
    return exhibit


def _exhibit_of(mark_id: int) -> int:
    return Mark.objects.values_list("exhibit", flat=True).get(pk=mark_id)


def _standing(mark_id: int) -> Mark:
    row = Mark.objects.get(pk=mark_id)
    if row.lifted_at is not None:
        raise IllegalTransition(_("This mark was lifted already."))
    return row


def _runs(exhibit: Exhibit, text: str) -> marks.Runs:
    try:
        found = marks.runs(text) if text.strip() else ()
    except ValueError as error:
        sentence = _("“%(part)s” is no row and no range such as 3-7.")
        raise ValidationError({"rows": sentence % {"part": error}}) from None
    if len(found) > marks.MOST_RUNS:
        raise ValidationError(
            {"rows": _("These are too many separate rows for one mark.")}
        )
    if found and found[-1][1] > exhibit.rows:
        sentence = _("This exhibit has %(rows)s rows.")
        raise ValidationError({"rows": sentence % {"rows": f"{exhibit.rows:,}"}})
    return found


def _require_column(exhibit: Exhibit, column: str) -> None:
    if column and column not in reading.columns(exhibit):
        raise ValidationError({"column": _("The exhibit has no such column.")})


def _written(exhibit: Exhibit, actor: User, at: datetime, **said: Any) -> Examination:
    packet = exhibit.packet
    made = Examination(
        exhibit=exhibit,
        sha256=exhibit.sha256,
        marks_digest=marks.digest(exhibit),
        examined_by=actor,
        examined_by_name=audit.name_of(actor),
        examined_at=at,
        profile=persons.profile(),
        prepared_by_id=packet.revision.prepared_by_id,
        ordered_by_id=packet.ordered_by_id,
        approved_by_id=packet.approved_by_id,
        **said,
    )
    made.full_clean()
    made.save()
    return made


def _record(
    exhibit: Exhibit, kind: EventKind, actor: User, at: datetime, said: dict[str, Any]
) -> None:
    audit.record(
        exhibit.packet.case,
        kind,
        actor=actor,
        at=at,
        data={
            "packet": exhibit.packet_id,
            "exhibit": exhibit.pk,
            "number": exhibit.number,
            **said,
        },
    )
