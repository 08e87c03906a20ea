"""The scope of a case: build it, judge it against authority, freeze it, digest it.

The scope is target × requested item × days, with what is proposed for each. Its
canonical JSON has one SHA-256; counsel signs that digest. The digest is always taken
from the live rows, so any change after signing stops the signature from matching, and
nothing has to be switched off.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import audit, chain
from cases.approvals import Sensitive, sensitive
from cases.authority import Cell, reach
from cases.enums import ItemDecision, Reach, Secrecy
from cases.extent import ASKED, Entry, Extent
from cases.grounds import Ground, ItemObjection, grounds
from cases.models import Case, Category, RequestedItem, ScopeItem, ScopeRevision
from cases.rules.load import authority_rules, ground_rules, sensitive_rules

_PRODUCES = frozenset(one.value for one in ItemDecision if one.produces)


def authority_for(case: Case, data_class: str) -> Cell:
    """What the authority table says for this case's instrument and a class of data."""
    return reach(
        authority_rules(),
        jurisdiction=case.jurisdiction,
        instrument=case.instrument,
        data_class=data_class,
        issuer=case.issuer_kind,
        on=case.issued_on,
    )


def grounds_for(case: Case) -> dict[str, Ground]:
    """On which grounds this instrument can be objected to, with the provisions."""
    return grounds(
        ground_rules(), jurisdiction=case.jurisdiction, instrument=case.instrument
    )


def sensitive_in(case: Case) -> tuple[Sensitive, ...]:
    """Why this scope wants as many counsel as the site asks for; empty: it doesn't."""
    known = categories(case)
    produced = {
        known[row.item.category_code].data_class
        for row in decisions(case)
        if row.decision in _PRODUCES and row.item.category_code in known
    }
    return sensitive(
        sensitive_rules(), instrument=case.instrument, data_classes=produced
    )


def build(case: Case) -> dict[str, Any]:
    """The scope as the live rows say it, ready for canonical JSON."""
    return {
        "case": case.number,
        "revision": case.scope_revision,
        "instrument": case.instrument,
        "jurisdiction": case.jurisdiction,
        "issuer_kind": case.issuer_kind,
        "agency": case.agency_id,
        "agency_reference": case.agency_reference,
        "issued_on": case.issued_on.isoformat(),
        "served_on": case.served_on.isoformat(),
        "map": case.map_digest,
        "targets": [
            {
                "id": target.pk,
                "number": target.number,
                "kind": target.kind,
                "identifier": target.identifier,
                "role": target.role,
                "first_day": _iso(target.first_day),
                "last_day": _iso(target.last_day),
                "time_zone": target.time_zone,
            }
            for target in case.targets.all()
        ],
        "items": [
            {
                "id": item.pk,
                "number": item.number,
                "category": item.category_code,
                "wording": item.wording,
            }
            for item in case.items.all()
        ],
        "decisions": [
            {
                "target": decided.target_id,
                "item": decided.item_id,
                "decision": decided.decision,
                "first_day": _iso(decided.first_day),
                "last_day": _iso(decided.last_day),
                "reason": decided.reason,
            }
            # Left out where there is none, as in the digests of earlier versions.
            | ({"ground": decided.ground} if decided.ground else {})
            for decided in decisions(case)
        ],
    }


def asked(case: Case) -> Extent:
    """What the paper asks for: each item for each target, of the days it names."""
    return _asked(build(case))


def proposed(case: Case) -> Extent:
    """What the live case would answer now; an undecided pair isn't part of it."""
    return _narrowed(build(case))


def narrowed(revision: ScopeRevision) -> Extent:
    """What a submitted scope would answer, with the reason of each narrowing.

    Raises:
        ValueError: the stored text no longer has the digest it was frozen with.
    """
    return _narrowed(frozen(revision))


def asked_in(revision: ScopeRevision) -> Extent:
    """What the paper asked for, as that revision has it.

    Raises:
        ValueError: the stored text no longer has the digest it was frozen with.
    """
    return _asked(frozen(revision))


def _asked(document: dict[str, Any]) -> Extent:
    return tuple(
        _entry(item, target, ASKED, target)
        for item in document["items"]
        for target in document["targets"]
    )


def _narrowed(document: dict[str, Any]) -> Extent:
    items = {one["id"]: one for one in document["items"]}
    targets = {one["id"]: one for one in document["targets"]}
    found = []
    for one in document["decisions"]:
        item, target = items[one["item"]], targets[one["target"]]
        own = one["decision"] == ItemDecision.NARROW
        entry = _entry(item, target, one["decision"], one if own else target)
        found.append(replace(entry, ground=one.get("ground", ""), reason=one["reason"]))
    return tuple(found)


def _entry(
    item: dict[str, Any], target: dict[str, Any], outcome: str, window: dict[str, Any]
) -> Entry:
    return Entry(
        item=item["number"],
        target=target["number"],
        identifier=target["identifier"],
        category=item["category"],
        wording=item["wording"],
        outcome=outcome,
        first_day=_day(window["first_day"]),
        last_day=_day(window["last_day"]),
        time_zone=target["time_zone"],
    )


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def decisions(case: Case) -> list[ScopeItem]:
    """The decided pairs, by item and target."""
    return list(
        ScopeItem.objects.filter(target__case=case, item__case=case)
        .select_related("target", "item")
        .order_by("item__number", "target__number")
    )


def holds_something(case: Case) -> bool:
    """Whether the scope answers anything at all, were it that nothing is held."""
    return any(row.decision != ItemDecision.OBJECT for row in decisions(case))


def digest(case: Case) -> str:
    """SHA-256 (hex) of the scope as it stands now."""
    return digest_of(chain.canonical(build(case)))


def digest_of(document: str) -> str:
    """SHA-256 (hex) of a scope's canonical JSON."""
    return hashlib.sha256(document.encode()).hexdigest()


def categories(case: Case) -> dict[str, Category]:
    """By code, the categories that this case is judged by.

    Once submitted, those of the map that its scope was frozen with; while it may still
    be edited, those of the map in use, which the next submission will freeze.
    """
    bound = case.map_digest and not case.is_editable
    rows = (
        Category.objects.of_map(case.map_digest)
        if bound
        else Category.objects.current()
    )
    return {row.code: row for row in rows}


def missing(case: Case) -> list[str]:
    """What intake has still to do before the request can be reviewed, as sentences."""
    found = []
    if not case.documents.exists():
        found.append(_("Upload the served paper."))
    if case.secrecy == Secrecy.UNKNOWN:
        found.append(_("Record what the paper says about secrecy."))
    if not case.targets.exists():
        found.append(_("Enter the targets."))
    if not case.items.exists():
        found.append(_("Tick the requested categories."))
    return found


def problems(case: Case) -> list[str]:
    """What keeps the scope from being submitted, each as a sentence; empty: nothing."""
    known = {row.code: row for row in Category.objects.current()}
    found = [
        _("%(item)s: the data map in use has no category “%(category_code)s”.")
        % {"item": item, "category_code": item.category_code}
        for item in case.items.all()
        if item.category_code not in known
    ]
    decided = {(one.target_id, one.item_id): one for one in decisions(case)}
    for item in case.items.all():
        for target in case.targets.all():
            choice = decided.get((target.pk, item.pk))
            if choice is None:
                words = _("%(item)s, target %(n)s: not decided yet.")
                found.append(words % {"item": item, "n": target.number})
                continue
            if item.category_code in known:
                found.append(beyond_authority(case, item, choice, known))
            found.append(beyond_window(choice))
    return [sentence for sentence in found if sentence]


def beyond_authority(
    case: Case, item: RequestedItem, choice: ScopeItem, known: dict[str, Category]
) -> str:
    """Why the instrument doesn't carry this decision; "" where it does."""
    if choice.decision not in _PRODUCES:
        return ""
    cell = authority_for(case, known[item.category_code].data_class)
    instrument = case.get_instrument_display()
    if cell.reach == Reach.INSUFFICIENT:
        because = f" ({cell.citation})" if cell.citation else ""
        return _(
            "%(item)s: a %(paper)s doesn't reach this data%(because)s. Object instead."
        ) % {"item": item, "paper": instrument.lower(), "because": because}
    if cell.reach == Reach.VOLUNTARY and not choice.reason:
        return _(
            "%(item)s: producing this is voluntary (%(citation)s); give the reason."
        ) % {"item": item, "citation": cell.citation}
    return ""


def beyond_window(choice: ScopeItem) -> str:
    """Why a narrowing reaches beyond the days the paper asks about; "" if it doesn't.

    An open end of a narrowing reaches as far as time does.
    """
    if choice.decision != ItemDecision.NARROW:
        return ""
    asked = choice.target
    before = asked.first_day and (choice.first_day or date.min) < asked.first_day
    after = asked.last_day and (choice.last_day or date.max) > asked.last_day
    if not (before or after):
        return ""
    return _(
        "%(item)s, target %(number)s: narrowing can't reach beyond the "
        "days the paper asks about."
    ) % {"item": choice.item, "number": asked.number}


def next_revision(case: Case) -> int:
    """The number that the next submitted scope gets."""
    last = case.revisions.order_by("-number").first()
    return last.number + 1 if last else 1


def current_map() -> str:
    """The digest of the data map in use; "" where none was loaded."""
    rows = Category.objects.current().values_list("map_digest", flat=True)
    return rows.first() or ""


def freeze(case: Case, *, prepared_by: User, at: datetime) -> ScopeRevision:
    """Write the scope's frozen copy, with a new revision and the map in use.

    Call it with the case row locked; it writes the revision number and the map onto
    the case, so that ``digest(case)`` equals the frozen digest until something changes.
    """
    case.scope_prepared_by = prepared_by
    case.map_digest = current_map()
    return _write_revision(case, prepared_by, audit.name_of(prepared_by), at)


def object_as_counsel(
    case: Case, objections: Sequence[ItemObjection], *, objected_by: User, at: datetime
) -> ScopeRevision:
    """Put counsel's objections in the place of what was proposed, and freeze that.

    Objecting takes away and never adds, so the scope stays its preparer's, under the
    map that counsel was shown. An objection without target and item is to every pair
    that isn't objected to already. Call it with the case row locked.

    Raises:
        ValidationError: a pair that isn't this case's or is objected to already, a
            ground that the law of the instrument doesn't know, or no reason.
    """
    shown = case.revisions.get(digest=digest(case))
    known = grounds_for(case)
    for objection in objections:
        if objection.ground not in known:
            raise ValidationError(
                _("Choose the ground of each objection from the list.")
            )
        for row in _objected(case, objection):
            row.decision, row.first_day, row.last_day = ItemDecision.OBJECT, None, None
            row.ground, row.reason = objection.ground, objection.reason.strip()
            row.decided_by, row.decided_at = objected_by, at
            row.full_clean()
            row.save()
    named = shown.prepared_by, shown.prepared_by_name
    return _write_revision(case, *named, at, objected_by=objected_by)


def _objected(case: Case, objection: ItemObjection) -> list[ScopeItem]:
    rows = [row for row in decisions(case) if row.decision != ItemDecision.OBJECT]
    if objection.target_id is None and objection.item_id is None:
        return rows
    pair = objection.target_id, objection.item_id
    found = [row for row in rows if (row.target_id, row.item_id) == pair]
    if not found:
        raise ValidationError(
            _("What you object to isn't in this scope, or is objected to already.")
        )
    return found


def _write_revision(
    case: Case,
    prepared_by: User,
    prepared_by_name: str,
    at: datetime,
    objected_by: User | None = None,
) -> ScopeRevision:
    case.scope_revision = next_revision(case)
    case.save(update_fields=["scope_revision", "scope_prepared_by", "map_digest"])
    document = chain.canonical(build(case))
    return ScopeRevision.objects.create(
        case=case,
        number=case.scope_revision,
        document=document,
        digest=digest_of(document),
        map_digest=case.map_digest,
        prepared_by=prepared_by,
        prepared_by_name=prepared_by_name,
        submitted_at=at,
        objected_by=objected_by,
        objected_by_name=audit.name_of(objected_by) if objected_by else "",
    )


def frozen(revision: ScopeRevision) -> dict[str, Any]:
    """The frozen scope as data.

    Raises:
        ValueError: the stored text no longer has the digest it was frozen with.
    """
    if digest_of(revision.document) != revision.digest:
        raise ValueError(f"{revision} was changed after it was frozen.")
    data: dict[str, Any] = json.loads(revision.document)
    return data


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
