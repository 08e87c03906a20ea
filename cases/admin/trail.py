"""The trail in words: who did what, when, as a lawyer reads it.

An event keeps ids and digests; here they become "Target 2" and "subpoena.pdf". Each
kind has one function that says its detail; ``disclosures.admin`` adds its own by
``says``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import audit
from cases.admin import verbs
from cases.enums import (
    CaseStatus,
    CheckMethod,
    ContactOutcome,
    Disposition,
    EventKind,
    Finding,
    ItemDecision,
    MessageKind,
    Role,
    Secrecy,
    SiteEventKind,
)
from cases.models import (
    Agency,
    AgencyContact,
    Case,
    CaseDocument,
    CaseGroupPerm,
    CaseUserPerm,
    Category,
    Event,
    Organisation,
    SignOff,
    SiteEvent,
    Target,
)

if TYPE_CHECKING:
    pass

READINGS = (
    EventKind.CASE_VIEWED,
    EventKind.DOCUMENT_OPENED,
    EventKind.EXHIBIT_OPENED,
    EventKind.THREAD_READ,
    SiteEventKind.LIST_OPENED,
)


@dataclass(frozen=True)
class Names:
    """What the ids in some events are called today."""

    targets: dict[int, str] = field(default_factory=dict)
    documents: dict[int, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    sign_offs: dict[int, SignOff] = field(default_factory=dict)
    user_grants: dict[int, CaseUserPerm] = field(default_factory=dict)
    group_grants: dict[int, CaseGroupPerm] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    agencies: dict[int, str] = field(default_factory=dict)
    contacts: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One event, ready to be read."""

    event: Event | SiteEvent
    what: str
    detail: str
    is_reading: bool

    @property
    def when(self) -> str:
        """The instant in the organisation's zone, and which zone that is."""
        return moment(self.event.at)


Said = Callable[[dict[str, Any], Names], str]
_said: dict[str, Said] = {}


_OF_COLLEAGUES = frozenset(
    {
        EventKind.CASE_HANDED_OVER,
        SiteEventKind.PERSON_ADDED,
        SiteEventKind.PERSON_CHANGED,
        SiteEventKind.PERSON_ROLES_CHANGED,
    }
)


def says(*kinds: EventKind | SiteEventKind) -> Callable[[Said], Said]:
    """Register how the detail of these kinds is said."""

    def keep(said: Said) -> Said:
        _said.update(dict.fromkeys(kinds, said))
        return said

    return keep


def label_of(name: str) -> str:
    """What a fact of the case is called on screen."""
    known: Any = Case._meta.get_field(name)
    return str(known.verbose_name)


def until(at: datetime | None) -> str:
    """When something ends by itself; a midnight is the end of the day before it."""
    if at is None:
        return _("without an end")
    local = timezone.localtime(at)
    if local.time() == time.min:
        day = date_format(local.date() - timedelta(days=1), "j M Y")
        return _("until the end of %(day)s") % {"day": day}
    return _("until %(moment)s") % {"moment": moment(at)}


def moment(at: datetime) -> str:
    """An instant in the zone of the page, with the zone's short name."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'j M Y, H:i')} {local.tzname()}"


def entries(events: Iterable[Event | SiteEvent]) -> list[Entry]:
    """Events in words."""
    rows = list(events)
    names = _names([row for row in rows if isinstance(row, Event)], _people(rows))
    return [
        Entry(
            event=event,
            what=event.get_kind_display(),
            detail=_detail(event, names),
            is_reading=event.kind in READINGS,
        )
        for event in rows
    ]


def _names(events: list[Event], people: dict[int, str]) -> Names:
    case_ids = {event.case_id for event in events}
    targets = Target.objects.filter(case__in=case_ids)
    papers = CaseDocument.objects.filter(case__in=case_ids)
    signed = SignOff.objects.filter(case__in=case_ids)
    of_cases = {"content_object__in": case_ids}
    named = CaseUserPerm.objects.filter(**of_cases).select_related("user")
    shared = CaseGroupPerm.objects.filter(**of_cases).select_related("group")
    return Names(
        targets={pk: str(n) for pk, n in targets.values_list("pk", "number")},
        documents=dict(papers.values_list("pk", "name")),
        categories=dict(Category.objects.values_list("code", "title")),
        sign_offs={one.pk: one for one in signed},
        user_grants={one.pk: one for one in named},
        group_grants={one.pk: one for one in shared},
        people=people,
        agencies=dict(Agency.objects.values_list("pk", "name")),
        contacts=dict(AgencyContact.objects.values_list("pk", "address")),
    )


def _people(events: Iterable[Event | SiteEvent]) -> dict[int, str]:
    """Colleagues of whom an event tells: who owns a case, whose roles were changed."""
    ids = {
        told[end]
        for event in events
        if event.kind in _OF_COLLEAGUES
        for told in [audit.data_of(event)]
        for end in ("from", "to", "person")
        if end in told
    }
    found = User.objects.filter(pk__in=ids)
    return {one.pk: audit.name_of(one) for one in found}


def _detail(event: Event | SiteEvent, names: Names) -> str:
    said = _said.get(event.kind)
    return said(audit.data_of(event), names) if said else ""


# --- what each kind says -----------------------------------------------------


@says(EventKind.CASE_CORRECTED)
def _corrected(data: dict[str, Any], names: Names) -> str:
    return ", ".join(label_of(one) for one in data["fields"])


@says(EventKind.CASE_VIEWED)
def _viewed(data: dict[str, Any], names: Names) -> str:
    pages = {one.name: str(one.title) for one in verbs.all_pages()}
    pages |= {"case": _("The whole request"), "trail": _("Trail")}
    return pages.get(data.get("page", ""), "")


@says(EventKind.SECRECY_RECORDED)
def _secrecy(data: dict[str, Any], names: Names) -> str:
    return _("%(new)s (before: %(old)s)") % {
        "new": Secrecy(data["to"]).label,
        "old": str(Secrecy(data["from"]).label).lower(),
    }


@says(EventKind.AUTHENTICITY_FOUND)
def _checked(data: dict[str, Any], names: Names) -> str:
    return f"{Finding(data['outcome']).label}: {CheckMethod(data['method']).label}"


@says(EventKind.THREAD_WRITTEN)
def _privileged(data: dict[str, Any], names: Names) -> str:
    return str(MessageKind(data["kind"]).label)


@says(EventKind.DOCUMENT_ADDED, EventKind.DOCUMENT_OPENED)
def _document(data: dict[str, Any], names: Names) -> str:
    name = names.documents.get(data["document"], _("a paper"))
    pages = data.get("pages")
    if not pages:
        return name
    total = ngettext("%(n)d page", "%(n)d pages", pages) % {"n": pages}
    return f"{name}, {total}, SHA-256 {data['sha256'][:12]}…"


@says(EventKind.TARGET_ADDED, EventKind.TARGET_CORRECTED, EventKind.TARGET_REMOVED)
def _target(data: dict[str, Any], names: Names) -> str:
    number = names.targets.get(data["target"])
    return _("Target %(n)s") % {"n": number} if number else _("A target since removed")


@says(EventKind.CATEGORIES_SET)
def _categories(data: dict[str, Any], names: Names) -> str:
    return ", ".join(names.categories.get(one, one) for one in data["categories"])


@says(EventKind.ITEM_DECIDED)
def _decided(data: dict[str, Any], names: Names) -> str:
    found = list(data["items"].values())
    return ", ".join(
        f"{found.count(one.value)} × {str(one.label).lower()}"
        for one in ItemDecision
        if one.value in found
    )


@says(EventKind.SCOPE_SUBMITTED)
def _submitted(data: dict[str, Any], names: Names) -> str:
    return _("Revision %(n)s, digest %(digest)s…") % {
        "n": data["revision"],
        "digest": data["scope"][:12],
    }


@says(
    EventKind.SIGN_OFF_APPROVED,
    EventKind.SIGN_OFF_RETURNED,
    EventKind.SIGN_OFF_REFUSED,
)
def _signed(data: dict[str, Any], names: Names) -> str:
    digest = _("scope %(digest)s…") % {"digest": data["scope"][:12]}
    return ", ".join(filter(None, [data.get("basis", ""), digest]))


@says(EventKind.STATUS_CHANGED)
def _status(data: dict[str, Any], names: Names) -> str:
    way = f"{CaseStatus(data['from']).label} → {CaseStatus(data['to']).label}"
    return f"{way}: {data['reason']}" if data.get("reason") else way


@says(EventKind.CASE_CLOSED)
def _closed(data: dict[str, Any], names: Names) -> str:
    return str(Disposition(data["outcome"]).label)


@says(SiteEventKind.AGENCY_ADDED, SiteEventKind.AGENCY_CHANGED)
def _agency(data: dict[str, Any], names: Names) -> str:
    name = names.agencies.get(data["agency"], "")
    changed = _changed(Agency, data)
    return f"{name}: {changed}" if changed else name


@says(
    SiteEventKind.CONTACT_ENTERED,
    SiteEventKind.CONTACT_CHECKED,
    SiteEventKind.CONTACT_RETIRED,
)
def _contact(data: dict[str, Any], names: Names) -> str:
    outcome = data.get("outcome")
    more = str(ContactOutcome(outcome).label) if outcome else data.get("reason", "")
    found = [names.agencies.get(data["agency"]), names.contacts.get(data["contact"])]
    return ", ".join(filter(None, [*found, more]))


@says(SiteEventKind.ORGANISATION_CHANGED)
def _organisation(data: dict[str, Any], names: Names) -> str:
    return _changed(Organisation, data)


@says(SiteEventKind.LIST_OPENED)
def _list(data: dict[str, Any], names: Names) -> str:
    filtered = _("filtered") if data["filter"] else _("whole")
    return f"{data['page']}, {filtered}, {data['count']}"


@says(SiteEventKind.PERSON_ADDED, SiteEventKind.PERSON_CHANGED)
def _person(data: dict[str, Any], names: Names) -> str:
    return names.people.get(data["person"], "")


@says(SiteEventKind.PERSON_ROLES_CHANGED)
def _roles(data: dict[str, Any], names: Names) -> str:
    known = dict(Role.choices)
    said = [
        *(f"+ {known.get(one, one)}" for one in data["given"]),
        *(f"- {known.get(one, one)}" for one in data["taken"]),
        *([] if data["open"] else [_("closed")]),
    ]
    who = names.people.get(data["person"], "")
    return f"{who}: {', '.join(said)}. {data['reason']}"


@says(SiteEventKind.GROUP_CHANGED)
def _group(data: dict[str, Any], names: Names) -> str:
    return str(data["name"])


def _changed(model: type[Model], data: dict[str, Any]) -> str:
    fields: list[Any] = [model._meta.get_field(one) for one in data.get("changed", {})]
    return ", ".join(str(one.verbose_name) for one in fields)
