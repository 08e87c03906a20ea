"""Review: what is proposed for each target and item, and off to counsel with it.

After counsel has the scope, ``revise`` takes it back to review. Submitting it again
raises its revision, so no earlier sign-off covers it, changed or not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, naming, permissions, persons, replies, scope, workflow
from cases.enums import (
    Act,
    CaseStatus,
    EventKind,
    ItemDecision,
    ObjectionGround,
    Perm,
    Reach,
)
from cases.exceptions import (
    CaseError,
    IllegalTransition,
    InsufficientProcess,
    require_storable,
)
from cases.models import (
    Case,
    Category,
    RequestedItem,
    ScopeItem,
    ScopeRevision,
    SignOff,
    Target,
)
from cases.models.target import day_window


@dataclass(frozen=True)
class Choice:
    """What the analyst proposes for one pair; days are whole days of the target's zone.

    An end that a narrowing leaves open is the paper's.
    """

    target_id: int
    item_id: int
    decision: str
    first_day: date | None = None
    last_day: date | None = None
    reason: str = ""
    ground: str = ""


def start(case_id: int, *, actor: User, at: datetime | None = None) -> Case:
    """Begin the review of a case whose intake is complete.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: no paper, no target or no item yet, or not in this status.
    """
    return workflow.transition(
        case_id, "start_review", actor=actor, at=at or timezone.now()
    )


@transaction.atomic
def decide(
    case_id: int, *, actor: User, choices: Sequence[Choice], at: datetime | None = None
) -> list[ScopeItem]:
    """Record what is proposed for some pairs of target and item.

    That the order doesn't name a target is recorded for all of its items.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's profile keeps ``actor`` from preparing.
        IllegalTransition: the case isn't in review.
        InsufficientProcess: producing is proposed where the instrument doesn't reach.
        ValidationError: no choice at all, or one that lacks its reason or days, narrows
            nothing, or names another case's rows; a target that would be named under
            one item and not under another.
    """
    at = at or timezone.now()
    case = _in_review(case_id, actor)
    if not choices:
        raise ValidationError(_("Decide at least one item."))
    known = {row.code: row for row in Category.objects.current()}
    targets = {target.pk: target for target in case.targets.all()}
    items = {item.pk: item for item in case.items.all()}
    rows = []
    for choice in _for_all_items(choices, items):
        if choice.target_id not in targets or choice.item_id not in items:
            raise ValidationError(_("The target or the item belongs to another case."))
        pair = targets[choice.target_id], items[choice.item_id]
        rows.append(_write_choice(case, pair, choice, known, actor, at))
    naming.require_alike(case, [targets[pk] for pk in {row.target_id for row in rows}])
    audit.record(
        case,
        EventKind.ITEM_DECIDED,
        actor=actor,
        at=at,
        data={"items": {str(row.pk): row.decision for row in rows}},
    )
    return rows


def _for_all_items(choices: Sequence[Choice], items: Iterable[int]) -> list[Choice]:
    """The choices, and for a target that isn't named the same for its other items."""
    given = {(one.target_id, one.item_id) for one in choices}
    unnamed = {
        one.target_id: one for one in choices if one.decision == ItemDecision.NOT_NAMED
    }
    return [
        *choices,
        *(
            replace(one, item_id=item)
            for one in unnamed.values()
            for item in items
            if (one.target_id, item) not in given
        ),
    ]


def _write_choice(
    case: Case,
    pair: tuple[Target, RequestedItem],
    choice: Choice,
    known: Mapping[str, Category],
    actor: User,
    at: datetime,
) -> ScopeItem:
    target, item = pair
    row = ScopeItem.objects.filter(target=target, item=item).first() or ScopeItem(
        target=target, item=item
    )
    row.decision, row.reason = choice.decision, choice.reason.strip()
    row.first_day, row.last_day = choice.first_day, choice.last_day
    if choice.decision == ItemDecision.NARROW and (choice.first_day or choice.last_day):
        row.first_day = choice.first_day or target.first_day
        row.last_day = choice.last_day or target.last_day
    row.ground = _ground_of(case, item, choice, known)
    row.decided_by, row.decided_at = actor, at
    if item.category_code not in known:
        words = _(
            "%(item)s: the data map in use no longer has this category. Object to it, "
            "or ask an administrator which map is meant to be in use."
        )
        raise CaseError(words % {"item": item})
    if refusal := scope.beyond_authority(case, item, row, dict(known)):
        raise InsufficientProcess(refusal)
    _check_row(target, row)
    row.save()
    return row


def _ground_of(
    case: Case, item: RequestedItem, choice: Choice, known: Mapping[str, Category]
) -> str:
    """The ground chosen; that the instrument doesn't reach needn't be said again."""
    if choice.decision != ItemDecision.OBJECT or choice.ground:
        return choice.ground
    category = known.get(item.category_code)
    if category is None:
        return ""
    cell = scope.authority_for(case, category.data_class)
    beyond = cell.reach == Reach.INSUFFICIENT
    return ObjectionGround.INSUFFICIENT_PROCESS if beyond else ""


def _check_row(target: Target, row: ScopeItem) -> None:
    where = f"{row.item}, target {target.number}"
    require_storable(reason=row.reason)
    try:
        row.full_clean()
        day_window(row.first_day, row.last_day, target.time_zone)
    except ValidationError as error:
        raise ValidationError(
            [
                _("%(where)s: %(one)s") % {"where": where, "one": one}
                for one in error.messages
            ]
        ) from error
    except OverflowError:
        words = _("%(where)s: leave an end without a day open.")
        raise ValidationError(words % {"where": where}) from None
    if refusal := scope.beyond_window(row):
        raise ValidationError(refusal)
    if row.decision == ItemDecision.NARROW and (row.first_day, row.last_day) == (
        target.first_day,
        target.last_day,
    ):
        words = _("%(where)s: these are the paper's own days; produce it.")
        raise ValidationError(words % {"where": where})


@transaction.atomic
def submit(
    case_id: int, *, actor: User, answer: str = "", at: datetime | None = None
) -> ScopeRevision:
    """Freeze the scope and put it before counsel, with the answer to a question.

    Where counsel asked and nothing changed, no new revision is made: counsel decides
    on the scope that the question was about.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: the site's profile keeps ``actor`` from preparing.
        IllegalTransition: the case isn't in review.
        ValidationError: counsel asked a question and there is no answer.
        CaseError: something is undecided or beyond the instrument; it says what.
    """
    at = at or timezone.now()
    case = _in_review(case_id, actor)
    question = case.sign_offs.unanswered().last()
    if question and not answer.strip():
        raise ValidationError({"answer": _("Counsel asked a question: answer it.")})
    if found := scope.problems(case):
        raise CaseError(" ".join(found))
    revision = _as_asked_about(case, question)
    if revision is None:
        revision = scope.freeze(case, prepared_by=actor, at=at)
    if question:
        require_storable(answer=answer)
        kind = EventKind.QUESTION_ANSWERED
        replies.give(question, kind, by=actor, at=at, text=answer.strip())
    workflow.transition(case.pk, "submit_scope", actor=actor, at=at)
    audit.record(
        case,
        EventKind.SCOPE_SUBMITTED,
        actor=actor,
        at=at,
        data={
            "revision": revision.number,
            "scope": revision.digest,
            "map": revision.map_digest,
        },
    )
    return revision


def _as_asked_about(case: Case, question: SignOff | None) -> ScopeRevision | None:
    """The revision that counsel asked about, where the case still says exactly that."""
    if question is None or case.map_digest != scope.current_map():
        return None
    now = scope.digest(case)
    if now != question.scope_digest or case.sign_offs.refusing(now).exists():
        return None
    found: ScopeRevision | None = case.revisions.filter(digest=now).first()
    return found


@transaction.atomic
def revise(
    case_id: int, *, actor: User, reason: str, at: datetime | None = None
) -> Case:
    """Take the scope back to review; every earlier sign-off stops covering the case.

    The case moves to the next revision at once, so that even an unchanged scope no
    longer has the digest that was signed.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: there is no submitted scope to take back.
        ValidationError: no reason given.
    """
    if not reason.strip():
        raise ValidationError(_("Say why the scope is taken back."))
    require_storable(reason=reason)
    case = workflow.transition(
        case_id,
        "revise_scope",
        actor=actor,
        at=at or timezone.now(),
        reason=reason.strip(),
    )
    case.scope_revision = scope.next_revision(case)
    case.save(update_fields=["scope_revision"])
    return case


def _in_review(case_id: int, actor: User) -> Case:
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.REVIEW, case)
    persons.require_other(case, actor, Act.PREPARE)
    if case.status != CaseStatus.IN_REVIEW:
        raise IllegalTransition(
            _(
                "%(case)s is “%(status)s”, not in review. Where a scope was submitted, "
                "an analyst takes it back first."
            )
            % {"case": case, "status": case.get_status_display()}
        )
    return case
