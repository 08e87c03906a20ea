"""Breaks in custody: noted where a file is read, standing until a person has looked.

What holds here: a file that isn't what was collected or sealed stops its whole case, at
whichever reading it is found, and the note outlives the act that found it; while a
break stands nothing more is read, certified, sealed or handed over on the case; counsel
settle it by saying what came of it. That mends no file: one that is still wrong is
found again at its next reading.
Source: docs/policy.md, section "Breaks in custody".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition, require_storable
from cases.models import Case
from disclosures.exceptions import CustodyBroken
from disclosures.models import CustodyBreak, Packet


@contextmanager
def noted() -> Iterator[None]:
    """Note whatever break is found inside; the error goes on to who asked.

    Put it around the transaction of an act, never inside: the act is undone.

    Raises:
        CustodyBroken: the break, once it is noted.
    """
    try:
        yield
    except CustodyBroken as broken:
        _note(broken)
        raise


def bars(case: Case) -> str:
    """Why nothing goes on on this case: a break that nobody has dealt with; or ""."""
    # All of them, and not a query of its own: lists fetch them for many cases at once.
    for one in case.custody_breaks.all():
        if one.settled_at is None:
            return _(
                "%(what)s Nothing more is read, certified, sealed or handed over on "
                "this request until counsel has dealt with it."
            ) % {"what": one.sentence}
    return ""


def require_none(case: Case) -> None:
    """Let an act go on that reads collected records.

    Raises:
        IllegalTransition: a break stands on the case.
    """
    if refusal := bars(case):
        raise IllegalTransition(refusal)


@transaction.atomic
def settle(
    case_id: int, *, actor: User, finding: str, at: datetime | None = None
) -> list[CustodyBreak]:
    """Say what came of the breaks that stand on a case, and let it go on.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: none stands.
        ValidationError: no finding.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.SIGN_OFF, case)
    standing = list(case.custody_breaks.standing())
    if not standing:
        raise IllegalTransition(_("No break in custody stands on this request."))
    require_storable(finding=finding)
    if not finding.strip():
        raise ValidationError({"finding": _("Say what came of it.")})
    for one in standing:
        one.finding = finding.strip()
        one.settled_by, one.settled_by_name = actor, audit.name_of(actor)
        one.settled_at = at
        one.full_clean()
        one.save()
    for packet_id in sorted({one.packet_id for one in standing}):
        settled = [one.pk for one in standing if one.packet_id == packet_id]
        audit.record(
            case,
            EventKind.CUSTODY_SETTLED,
            actor=actor,
            at=at,
            data={"packet": packet_id, "breaks": settled},
        )
    return standing


@transaction.atomic
def _note(broken: CustodyBroken) -> None:
    packet = Packet.objects.get(pk=broken.packet_id)
    case = Case.objects.select_for_update().get(pk=packet.case_id)
    standing = CustodyBreak.objects.standing()
    if standing.filter(packet=packet, exhibit=broken.exhibit_id).exists():
        return
    at = timezone.now()
    made = CustodyBreak.objects.create(
        case=case,
        packet=packet,
        exhibit_id=broken.exhibit_id,
        sentence=str(broken),
        found_at=at,
    )
    audit.record(
        case,
        EventKind.CUSTODY_BROKEN,
        actor=audit.SYSTEM,
        at=at,
        data={
            "packet": packet.pk,
            "exhibit": broken.exhibit_id,
            "break": made.pk,
            "found": broken.found,
        },
    )
