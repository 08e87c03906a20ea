"""What needs whom today. A task stands here because of where the case stands, and goes
by being done; there is nothing to tick."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import authenticity, permissions, persons, scope, standing
from cases.enums import (
    Act,
    CaseStatus,
    EventKind,
    Finding,
    MessageKind,
    Perm,
    Secrecy,
    SignOffDecision,
)
from cases.models import BrokenGlass, Case, Event, ScopeRevision, Target
from cases.models.case import OPEN
from cases.models.note import PrivilegedMessage
from cases.models.signoff import APPROVALS


@dataclass(frozen=True)
class Task:
    """One next step on one case; ``verb`` names the page that does it."""

    case: Case
    verb: str
    title: str
    detail: str
    due_on: date | None
    since: datetime | None = None  # when it came to wait

    @property
    def is_overdue(self) -> bool:
        """Whether the requester should have had the answer before today."""
        late = self.due_on is not None and self.due_on < timezone.localdate()
        return late and self.case.status in OPEN

    @property
    def order(self) -> tuple[date, int]:
        """Oldest clock first; without a clock, last."""
        return (self.due_on or date.max, self.case.pk)


# Where a case stands, whose turn it is, and what that person does next.
_TURNS = {
    CaseStatus.RECEIVED: (Perm.INTAKE, "intake"),
    CaseStatus.IN_REVIEW: (Perm.REVIEW, "review"),
    CaseStatus.AWAITING_SIGN_OFF: (Perm.SIGN_OFF, "sign_off"),
    CaseStatus.APPROVED: (Perm.ORDER, "order_packet"),
    CaseStatus.REFUSED: (Perm.ORDER, "order_letter"),
    CaseStatus.RELEASED: (Perm.CLOSE, "close"),
}
_BESIDE = {
    "start_review": Perm.REVIEW,
    "read_conditions": Perm.ORDER,
    "check_paper": Perm.AUTHENTICATE,
    "revise": Perm.REVIEW,
    "privileged": Perm.READ_PRIVILEGED,
    "review_glass": Perm.GRANT,
}
# Where it still matters whether the paper is genuine: until the packet has left.
_BEFORE_RELEASE = frozenset(CaseStatus) - {
    CaseStatus.RELEASED,
    CaseStatus.CLOSED,
}
_CLOSABLE = frozenset({CaseStatus.RECEIVED, CaseStatus.IN_REVIEW, CaseStatus.REFUSED})

# Every verb that a task of this app can name.
VERBS = frozenset({verb for _perm, verb in _TURNS.values()} | set(_BESIDE))

_ACTS = {
    "read_conditions": Act.COLLECT,
    "review": Act.PREPARE,
    "sign_off": Act.APPROVE,
    "order_packet": Act.COLLECT,
    "order_letter": Act.COLLECT,
}


def tasks_for(user: User) -> list[Task]:
    """What this person can do next on the cases they see, oldest clock first."""
    cases = permissions.visible_cases(user).exclude(status=CaseStatus.CLOSED)
    theirs = persons.standing(user, cases)
    found = [
        task
        for case in _with_clocks(cases)
        for task in _tasks(case)
        if theirs.may(case, perm_of(task), _ACTS.get(task.verb))
        and not spared(user, task)
    ]
    return sorted(found, key=lambda task: task.order)


def tasks_on(case: Case) -> list[Task]:
    """The next steps of one case, whoever may do them."""
    return _tasks(_with_clocks(Case.objects.filter(pk=case.pk)).get())


def spared(user: User, task: Task) -> bool:
    """Whether it isn't this person's turn although roles and acts would let them."""
    if task.verb == "sign_off":
        return _has_signed(user, task.case)
    if task.verb == "review_glass":
        broken = _unreviewed(task.case)
        return broken is not None and broken.person_id == user.pk
    if task.verb != "check_paper":
        return False
    done = user.pk in authenticity.found_by(task.case)
    return done or bool(authenticity.bars(task.case, user))


def _with_clocks(cases: QuerySet[Case]) -> QuerySet[Any]:
    """The cases with what their tasks are read from, asked once for all of them."""
    of_case = {"case": OuterRef("pk")}
    moves = Event.objects.filter(kind=EventKind.STATUS_CHANGED, **of_case)
    last = PrivilegedMessage.objects.with_the_desk().filter(**of_case)
    return (
        cases.select_related("agency")
        .prefetch_related(
            "documents",
            Prefetch("targets", queryset=Target.objects.only("case")),  # how many
            "items",
            "authenticity_findings",
            "standing_changes",
            "sign_offs__reply",
            "broken_glass",
            Prefetch("revisions", queryset=ScopeRevision.objects.defer("document")),
        )
        .annotate(
            moved_at=Coalesce(
                Subquery(moves.order_by("-pk").values("at")[:1]), F("opened_at")
            ),
            last_word=Subquery(last.order_by("-pk").values("kind")[:1]),
            last_word_at=Subquery(last.order_by("-pk").values("written_at")[:1]),
        )
    )


def _tasks(case: Any) -> list[Task]:
    status = CaseStatus(case.status)
    if status != CaseStatus.CLOSED and (fallen := standing.over(case)):
        return [replace(_task(case, "close"), detail=fallen)]
    stands = authenticity.verdict(case)
    if status in _BEFORE_RELEASE and stands.outcome == Finding.FORGED:
        task = _task(case, "close" if status in _CLOSABLE else "revise", "forged")
        return [replace(task, since=stands.since)]
    found = []
    if status == CaseStatus.RECEIVED:
        found.append(_received(case))
    elif (turn := _TURNS.get(status)) and not (
        status == CaseStatus.APPROVED and stands.refusal
    ):
        found.append(_task(case, *_instead(case, turn[1])))
    return found + _beside(case, status, stands)


def _beside(case: Any, status: CaseStatus, stands: authenticity.Verdict) -> list[Task]:
    """What waits beside the turn, whoever has that."""
    found = []
    # Unknown secrecy stops the release: it stays somebody's task until it is known.
    later = status not in {CaseStatus.RECEIVED, CaseStatus.CLOSED}
    if later and case.secrecy == Secrecy.UNKNOWN:
        found.append(_intake(case))
    if status in _BEFORE_RELEASE - {CaseStatus.REFUSED} and stands.is_open:
        task = _task(case, "check_paper")
        found.append(replace(task, detail=stands.refusal, since=stands.since))
    if broken := _unreviewed(case):
        found.append(replace(_task(case, "review_glass"), since=broken.broken_at))
    if case.last_word == MessageKind.QUESTION:
        found.append(replace(_task(case, "privileged"), since=case.last_word_at))
    return found


def _unreviewed(case: Case) -> BrokenGlass | None:
    rows = [one for one in case.broken_glass.all() if one.reviewed_at is None]
    return rows[0] if rows else None


def _instead(case: Case, verb: str) -> tuple[str, str]:
    """The verb of the turn and its words, or what has to come before it."""
    if verb not in {"order_packet", "review"}:
        return verb, verb
    now = _frozen_digest(case)
    open_words = [one for one in case.sign_offs.all() if not hasattr(one, "reply")]
    if verb == "review":
        asked = any(one.decision == SignOffDecision.ASKED for one in open_words)
        return verb, "answer" if asked else verb
    unread = any(
        one.decision == SignOffDecision.CONDITIONAL and one.scope_digest == now
        for one in open_words
    )
    return ("read_conditions", "read_conditions") if unread else (verb, verb)


def perm_of(task: Task) -> Perm:
    """The verb's permission, as the table of turns has it."""
    if task.verb in _BESIDE:
        return _BESIDE[task.verb]
    return next(perm for perm, verb in _TURNS.values() if verb == task.verb)


def _task(case: Any, verb: str, words: str = "") -> Task:
    title, detail = _words()[words or verb]
    return Task(case, verb, title, detail, case.due_on, case.moved_at)


def _has_signed(user: User, case: Case) -> bool:
    now = _frozen_digest(case)
    return any(
        one.counsel_id == user.pk and one.decision in APPROVALS
        for one in case.sign_offs.all()
        if one.scope_digest == now
    )


def _frozen_digest(case: Case) -> str:
    """Of the scope as it was last frozen; the gates ask the live one."""
    rows = case.revisions.all()
    return next((one.digest for one in rows if one.number == case.scope_revision), "")


def _intake(case: Any) -> Task:
    return replace(_task(case, "intake"), detail=" ".join(scope.missing(case)))


def _received(case: Any) -> Task:
    if scope.missing(case):
        return _intake(case)
    return _task(case, "start_review")


def _words() -> dict[str, tuple[str, str]]:
    return {
        "intake": (_("Complete the intake"), ""),
        "start_review": (
            _("Start the review"),
            _("Paper, targets and categories are in."),
        ),
        "review": (
            _("Review the request"),
            _("Decide each item, then submit the scope to counsel."),
        ),
        "answer": (
            _("Answer counsel's question"),
            _("Counsel asked for more before deciding; answer with the scope."),
        ),
        "read_conditions": (
            _("Read counsel's conditions"),
            _("Counsel set conditions; the packet waits until they are read."),
        ),
        "sign_off": (_("Decide as counsel"), _("A scope waits for your decision.")),
        "order_packet": (
            _("Order the packet"),
            _("Counsel has approved; the records can be collected."),
        ),
        "check_paper": (_("Check that the paper is genuine"), ""),
        "privileged": (
            _("Answer the desk's question"),
            _("It stands in the privileged thread."),
        ),
        "review_glass": (
            _("Review a broken glass"),
            _("Somebody looked at this request without having been let in."),
        ),
        "forged": (
            _("Stop the request: its paper is forged"),
            _(
                "Nothing is collected or handed over on it. Take the scope back if "
                "counsel has it, then close the request as objected or withdrawn."
            ),
        ),
        "order_letter": (
            _("Write the letter of objection"),
            _("Counsel refused; the agency is told on which grounds."),
        ),
        "close": (_("Close the request"), _("Record the outcome, item by item.")),
    }
