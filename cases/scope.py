"""The scope of a case: build it, judge it against authority, freeze it, digest it.

The scope is target × requested item × days, with what is proposed for each. Its
canonical JSON has one SHA-256; counsel signs that digest. The digest is always taken
from the live rows, so any change after signing stops the signature from matching, and
nothing has to be switched off.
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User

from cases import audit
from cases.authority import Cell, reach
from cases.enums import ItemDecision, Reach, Secrecy
from cases.models import Case, Category, RequestedItem, ScopeItem, ScopeRevision
from cases.rules.load import authority_rules

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
            for decided in decisions(case)
        ],
    }


def decisions(case: Case) -> list[ScopeItem]:
    """The decided pairs, by item and target."""
    return list(
        ScopeItem.objects.filter(target__case=case, item__case=case)
        .select_related("target", "item")
        .order_by("item__number", "target__number")
    )


def digest(case: Case) -> str:
    """SHA-256 (hex) of the scope as it stands now."""
    return digest_of(audit.canonical(build(case)))


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
        found.append("Upload the served paper.")
    if case.secrecy == Secrecy.UNKNOWN:
        found.append("Record what the paper says about secrecy.")
    if not case.targets.exists():
        found.append("Enter the targets.")
    if not case.items.exists():
        found.append("Tick the requested categories.")
    return found


def problems(case: Case) -> list[str]:
    """What keeps the scope from being submitted, each as a sentence; empty: nothing."""
    known = {row.code: row for row in Category.objects.current()}
    found = [
        f"{item}: the data map in use has no category “{item.category_code}”."
        for item in case.items.all()
        if item.category_code not in known
    ]
    decided = {(one.target_id, one.item_id): one for one in decisions(case)}
    for item in case.items.all():
        for target in case.targets.all():
            choice = decided.get((target.pk, item.pk))
            if choice is None:
                found.append(f"{item}, target {target.number}: not decided yet.")
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
        return (
            f"{item}: a {instrument.lower()} doesn't reach this data{because}. "
            "Object instead."
        )
    if cell.reach == Reach.VOLUNTARY and not choice.reason:
        return (
            f"{item}: producing this is voluntary ({cell.citation}); give the reason."
        )
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
    return (
        f"{choice.item}, target {asked.number}: narrowing can't reach beyond the days "
        "the paper asks about."
    )


def next_revision(case: Case) -> int:
    """The number that the next submitted scope gets."""
    last = case.revisions.order_by("-number").first()
    return last.number + 1 if last else 1


def freeze(case: Case, *, prepared_by: User, at: datetime) -> ScopeRevision:
    """Write the scope's frozen copy, with a new revision and the map in use.

    Call it with the case row locked; it writes the revision number and the map onto
    the case, so that ``digest(case)`` equals the frozen digest until something changes.
    """
    current = Category.objects.current().values_list("map_digest", flat=True).first()
    case.scope_revision = next_revision(case)
    case.scope_prepared_by = prepared_by
    case.map_digest = current or ""
    case.save(update_fields=["scope_revision", "scope_prepared_by", "map_digest"])
    document = audit.canonical(build(case))
    return ScopeRevision.objects.create(
        case=case,
        number=case.scope_revision,
        document=document,
        digest=digest_of(document),
        map_digest=case.map_digest,
        prepared_by=prepared_by,
        prepared_by_name=audit.name_of(prepared_by),
        submitted_at=at,
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
