"""What needs whom today. A task stands here because of where the case stands, and goes
by being done; there is nothing to tick."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from cases import permissions, persons, scope, standing
from cases.enums import Act, CaseStatus, Perm, Secrecy, SignOffDecision
from cases.models import Case, ScopeRevision
from cases.models.signoff import APPROVALS


@dataclass(frozen=True)
class Task:
    """One next step on one case; ``verb`` names the page that does it."""

    case: Case
    verb: str
    title: str
    detail: str
    due_on: date | None

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

_BEFORE = {"start_review": Perm.REVIEW, "read_conditions": Perm.ORDER}
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
    frozen = ScopeRevision.objects.defer("document")
    rows = cases.select_related("agency").prefetch_related(
        "documents",
        "targets",
        "items",
        "standing_changes",
        "sign_offs__reply",
        Prefetch("revisions", queryset=frozen),
    )
    found = [
        task
        for case in rows
        for task in tasks_on(case)
        if theirs.may(case, perm_of(task), _ACTS.get(task.verb))
        and not (task.verb == "sign_off" and _has_signed(user, case))
    ]
    return sorted(found, key=lambda task: task.order)


def tasks_on(case: Case) -> list[Task]:
    """The next steps of one case, whoever may do them."""
    if case.status != CaseStatus.CLOSED and standing.over(case):
        title, _detail = _words()["close"]
        return [Task(case, "close", title, standing.over(case), case.due_on)]
    if case.status == CaseStatus.RECEIVED:
        return [_received(case)]
    found = []
    if turn := _TURNS.get(CaseStatus(case.status)):
        verb, words = _instead(case, turn[1])
        found.append(Task(case, verb, *_words()[words], case.due_on))
    # Unknown secrecy stops the release: it stays somebody's task until it is known.
    if case.status != CaseStatus.CLOSED and case.secrecy == Secrecy.UNKNOWN:
        found.append(_intake(case))
    return found


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
    if task.verb in _BEFORE:
        return _BEFORE[task.verb]
    return next(perm for perm, verb in _TURNS.values() if verb == task.verb)


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


def _intake(case: Case) -> Task:
    title, _detail = _words()["intake"]
    return Task(case, "intake", title, " ".join(scope.missing(case)), case.due_on)


def _received(case: Case) -> Task:
    if scope.missing(case):
        return _intake(case)
    title, detail = _words()["start_review"]
    return Task(case, "start_review", title, detail, case.due_on)


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
        "order_letter": (
            _("Write the letter of objection"),
            _("Counsel refused; the agency is told on which grounds."),
        ),
        "close": (_("Close the request"), _("Record the outcome, item by item.")),
    }
