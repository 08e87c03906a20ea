"""Intake: a served paper becomes a case with its facts, targets and requested items.

A case starts with secrecy unknown, and unknown blocks: reading the paper for it is a
step of its own. Facts may be corrected until the scope goes to counsel; after that a
correction goes through ``review.revise``, which voids the sign-off.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, exposure, numbering, permissions, scope, workflow
from cases.enums import EventKind, Perm, Secrecy
from cases.exceptions import CaseError, IllegalTransition, require_storable
from cases.models import (
    Case,
    CaseDocument,
    Category,
    Organisation,
    RequestedItem,
    ScopeItem,
)
from cases.models.case import FOR_NAMED_PERSONS, REQUIRED_BY_INSTRUMENT

FACTS = (
    "instrument",
    "jurisdiction",
    "channel",
    "agency",
    "officer_name",
    "officer_email",
    "officer_phone",
    "issuing_authority",
    "issuer_kind",
    "issuing_court",
    "statute_cited",
    "treaty_reference",
    "emergency_grounds",
    "agency_reference",
    "issued_on",
    "served_on",
    "received_at",
    "due_on",
)


@transaction.atomic
def open_case(
    *,
    actor: User,
    facts: Mapping[str, Any],
    named: Collection[User] | None = None,
    at: datetime | None = None,
) -> Case:
    """Open a case from intake facts (the fields of ``FACTS``).

    The number is the next of the year in the organisation's zone. The case is granted
    to the site's intake group at once, and whoever opens it owns it.

    With ``named`` it is restricted: to these people and ``actor``, who acknowledges
    its secrecy by opening it. It takes no number of the row, and no group sees it.

    Raises:
        PermissionDenied: no role of ``actor`` takes in requests.
        ValidationError: a fact is missing, lies ahead or contradicts another; an
            instrument for named persons without any; or a choice that can't work.
        CaseError: the organisation isn't set up yet.
    """
    at = at or timezone.now()
    if not permissions.has_role_for(actor, Perm.INTAKE):
        raise PermissionDenied(f"User {actor.pk} may not take in requests.")
    site = Organisation.objects.select_for_update().first()
    if site is None:
        raise CaseError(_("Set up the organisation before the first request."))
    year = at.astimezone(ZoneInfo(site.time_zone)).year
    opening = {"opened_by": actor, "opened_at": at, "owner": actor}
    case = Case(**opening, **_only_facts(facts))
    if named is None:
        if case.instrument in FOR_NAMED_PERSONS:
            raise ValidationError({"named": _("Name who may know of this instrument.")})
        case.number = numbering.next_number(year)
    else:
        exposure.require_nameable(named, actor)
        case.is_restricted, case.number = True, numbering.restricted_number()
    _write_facts(case, at)
    audit.record(case, EventKind.CASE_OPENED, actor=actor, at=at)
    if named is None:
        permissions.grant_to_group(
            case, site.intake_group, given_by=None, reason="New case", at=at
        )
    else:
        exposure.let_in(case, named, by=actor, reason="New case", at=at)
    return case


@transaction.atomic
def correct_facts(
    case_id: int, *, actor: User, facts: Mapping[str, Any], at: datetime | None = None
) -> Case:
    """Correct intake facts; the event names the fields, not the values.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the scope has gone to counsel.
        ValidationError: a fact is missing, lies ahead or contradicts another, or
            nothing was changed.
    """
    at = at or timezone.now()
    case = workflow.editable(case_id, actor)
    wanted = _only_facts(facts)
    changed = sorted(name for name in wanted if getattr(case, name) != wanted[name])
    if not changed:
        raise ValidationError(_("Nothing was changed."))
    for name in changed:
        setattr(case, name, wanted[name])
    _write_facts(case, at)
    audit.record(
        case, EventKind.CASE_CORRECTED, actor=actor, at=at, data={"fields": changed}
    )
    return case


@transaction.atomic
def record_secrecy(
    case_id: int,
    *,
    actor: User,
    secrecy: str,
    paper: CaseDocument | None = None,
    secret_from: date | None = None,
    secret_until: date | None = None,
    review_on: date | None = None,
    at: datetime | None = None,
) -> Case:
    """Record what the paper says about telling the person concerned.

    Raises:
        PermissionDenied: ``actor`` may not.
        ValidationError: ordered secrecy without its paper, first day, and an end or a
            day to look again; details given where nothing was ordered.
        IllegalTransition: the case is closed.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.INTAKE, case)
    if case.closed_at:
        raise IllegalTransition(_("%(case)s is closed.") % {"case": case})
    if paper is not None and paper.case_id != case.pk:
        raise ValidationError(_("The paper belongs to another case."))
    details = (paper, secret_from, secret_until, review_on)
    if secrecy != Secrecy.ORDERED and any(detail is not None for detail in details):
        raise ValidationError(_("Only ordered secrecy has a paper and dates."))
    before, case.secrecy = case.secrecy, secrecy
    case.secrecy_paper = paper
    case.secrecy_from = secret_from
    case.secrecy_until = secret_until
    case.secrecy_review_on = review_on
    case.full_clean()
    case.save()
    audit.record(
        case,
        EventKind.SECRECY_RECORDED,
        actor=actor,
        at=at,
        data={"from": before, "to": secrecy, "paper": paper.pk if paper else None},
    )
    return case


@transaction.atomic
def set_items(
    case_id: int,
    *,
    actor: User,
    wordings: Sequence[tuple[str, str]],
    at: datetime | None = None,
) -> list[RequestedItem]:
    """Set what the paper asks for: (category code, its words), in the paper's order.

    Items keep their row where the category stays, so decisions about them stay too.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the scope has gone to counsel, or an item that counsel has
            seen would go.
        ValidationError: an unknown category, one twice, or one without words.
    """
    at = at or timezone.now()
    case = workflow.editable(case_id, actor)
    codes = [code for code, _ in wordings]
    known = set(Category.objects.current().values_list("code", flat=True))
    if unknown := sorted(set(codes) - known):
        raise ValidationError(
            _("Not in the data map: %(names)s.") % {"names": ", ".join(unknown)}
        )
    if len(set(codes)) != len(codes):
        raise ValidationError(_("A category can be asked for once."))
    gone = case.items.exclude(category_code__in=codes)
    if case.scope_revision and gone.exists():
        raise IllegalTransition(
            _("Counsel has seen these items already: object to them instead.")
        )
    ScopeItem.objects.filter(item__in=gone).delete()
    gone.delete()
    items = _write_items(case, wordings)
    audit.record(
        case, EventKind.CATEGORIES_SET, actor=actor, at=at, data={"categories": codes}
    )
    return items


def standard_list() -> list[tuple[str, str]]:
    """The categories of the map in use with the words requests usually give them."""
    return [(row.code, row.usual_words) for row in Category.objects.current()]


def missing(case: Case) -> list[str]:
    """What intake has still to do before the request can be reviewed, as sentences."""
    return scope.missing(case)


def check_instrument(case: Case) -> None:
    """Name each field that this instrument can't do without.

    Raises:
        ValidationError: one message per missing field, keyed by it.
    """
    needed = REQUIRED_BY_INSTRUMENT.get(case.instrument, ())
    empty = [field for field in needed if not getattr(case, field)]
    if empty:
        label = case.get_instrument_display()
        raise ValidationError(
            dict.fromkeys(empty, _("%(label)s: this is needed.") % {"label": label})
        )


def _only_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(facts) - set(FACTS)):
        raise ValidationError(
            _("Not intake facts: %(names)s.") % {"names": ", ".join(unknown)}
        )
    return {
        name: fact.strip() if isinstance(fact, str) else fact
        for name, fact in facts.items()
    }


def _write_facts(case: Case, at: datetime) -> None:
    texts = {name: getattr(case, name) for name in FACTS if name != "agency"}
    require_storable(**{k: v for k, v in texts.items() if isinstance(v, str)})
    check_instrument(case)
    case.full_clean()
    _check_not_ahead(case, at)
    case.save()


def _check_not_ahead(case: Case, at: datetime) -> None:
    """A paper's day is a day of its own place, so the latest day on earth counts."""
    latest = (at + timedelta(hours=14)).date()
    days = {"issued_on": case.issued_on, "served_on": case.served_on}
    ahead = {
        name: _("This day lies ahead.") for name, day in days.items() if day > latest
    }
    if case.received_at > at:
        ahead["received_at"] = _("This moment lies ahead.")
    if ahead:
        raise ValidationError(ahead)


def _write_items(
    case: Case, wordings: Sequence[tuple[str, str]]
) -> list[RequestedItem]:
    kept = {item.category_code: item for item in case.items.all()}
    # Numbers move past the old ones first, so that no two rows share one on the way.
    for offset, item in enumerate(kept.values(), start=1):
        item.number = 10_000 + offset
        item.save(update_fields=["number"])
    items = []
    for number, (code, wording) in enumerate(wordings, start=1):
        require_storable(wording=wording)
        item = kept.get(code) or RequestedItem(case=case, category_code=code)
        item.number, item.wording = number, wording.strip()
        item.full_clean()
        item.save()
        items.append(item)
    return items
