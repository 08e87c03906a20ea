"""Whether the order names a target: judged in review, apart from what our data holds.

The judgement is part of what is decided for the target's items, so that counsel signs
it with them: ``NOT_NAMED`` for all of them, or any other decision for each. A target
that isn't named is never produced; whether an account exists under its identifier is
found out by the collection and says nothing about the order.
Source: docs/policy.md, section "Review".
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.enums import ItemDecision, Naming
from cases.models import Case, ScopeItem, Target


def judgements(case: Case) -> dict[int, Naming]:
    """By target, how it is judged as the case stands now."""
    found: dict[int, set[str]] = {}
    rows = ScopeItem.objects.filter(target__case=case, item__case=case)
    for target, decision in rows.values_list("target", "decision"):
        found.setdefault(target, set()).add(decision)
    return {one.pk: _judged(found.get(one.pk, set())) for one in case.targets.all()}


def unnamed_in(document: Mapping[str, Any]) -> frozenset[int]:
    """The ids of the targets that a frozen scope says the order doesn't name."""
    return frozenset(
        one["target"]
        for one in document["decisions"]
        if one["decision"] == ItemDecision.NOT_NAMED
    )


def require_alike(case: Case, targets: Iterable[Target]) -> None:
    """Stop a target from being named under one item and not under another.

    Raises:
        ValidationError: it says which target.
    """
    for target in targets:
        rows = ScopeItem.objects.filter(target=target, item__case=case)
        decided = set(rows.values_list("decision", flat=True))
        if ItemDecision.NOT_NAMED in decided and len(decided) > 1:
            raise ValidationError(
                _(
                    "Target %(n)s: the order names it or doesn't, for every item "
                    "alike. Decide all of its items anew."
                )
                % {"n": target.number}
            )


def _judged(decided: set[str]) -> Naming:
    if not decided:
        return Naming.NOT_JUDGED
    unnamed = ItemDecision.NOT_NAMED in decided
    return Naming.NOT_NAMED if unnamed else Naming.NAMED
