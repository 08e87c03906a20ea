"""Every kind of task goes by being done, and nothing on the front page ticks it off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from cases import closing, glass, intake, notes, review, scope, signoff
from cases import worklist as cases_worklist
from cases.enums import Finding, MessageKind, Role, Secrecy, SignOffDecision
from cases.models import Case
from cases.models.case import OPEN
from compliance.admin_site import tasks_for
from disclosures import assembly, breaks, chasing
from disclosures import worklist as disclosures_worklist
from disclosures.models import Packet, PullOrder
from tests import factories as make
from tests import restricting
from tests.disclosures import breaking, packets, pulling
from tests.disclosures.test_acknowledging import acknowledge
from tests.disclosures.test_objection_letter import refused
from tests.signing import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


@dataclass(frozen=True)
class Kind:
    """A kind of task: who has it, how a case comes to want it, and what does it."""

    verb: str
    role: Role
    made: Callable[[], Case]
    do: Callable[[Case, User], object]

    def __str__(self) -> str:
        return self.verb

    def somebody(self, case: Case) -> User:
        """Whom the case waits for; on a restricted one they are named and bound."""
        who = make.person(self.role, is_staff=True)
        if case.is_restricted:
            restricting.put(case, who)
        return who


def _unknown_secrecy() -> Case:
    case = make.in_review()
    Case.objects.filter(pk=case.pk).update(secrecy=Secrecy.UNKNOWN)
    return make.fresh(case)


def _unchecked() -> Case:
    case = make.opened()
    make.stored_paper(case)
    return case


def _forged() -> Case:
    case = make.approved()
    make.check(case, outcome=Finding.FORGED)
    return case


def _asked() -> Case:
    case = make.opened()
    notes.ask_counsel(case.pk, actor=make.analyst(), text="May we?", at=make.AT)
    return case


def _broken_glass() -> Case:
    case = make.received()
    glass.break_glass(
        case.number,
        actor=make.person(Role.ANALYST, at_the_desk=False),
        reason="It burns.",
        proof=make.proof(timezone.now()),
    )
    return case


def _conditional() -> Case:
    case = make.awaiting()
    make.sign(case, decision=SignOffDecision.CONDITIONAL)
    return case


def _late() -> Case:
    case = pulling.awaiting().case
    PullOrder.objects.update(due_on=timezone.localdate() - timedelta(days=9))
    chasing.remind(at=timezone.now())
    return case


def _asked_in_secret() -> Case:
    case = pulling.awaiting().case
    Case.objects.filter(pk=case.pk).update(is_restricted=True)
    return make.fresh(case)


def _name(case: Case, who: User) -> None:
    chasing.name_owner(
        pulling.order_of(_packet(case)).pk,
        actor=who,
        person=pulling.owner(),
        proof=make.proof(timezone.now()),
    )


def _close(case: Case, who: User) -> None:
    rows = scope.decisions(case)
    closing.close(
        case.pk,
        actor=who,
        disposition="withdrawn",
        outcomes={row.pk: "withdrawn" for row in rows},
        at=make.AT,
    )


def _packet(case: Case) -> Packet:
    return packets.fresh(case.packets.get())


KINDS = [
    Kind(
        "intake",
        Role.INTAKE_CLERK,
        _unknown_secrecy,
        lambda case, who: intake.record_secrecy(
            case.pk, actor=who, secrecy=Secrecy.NONE, at=make.AT
        ),
    ),
    Kind(
        "check_paper",
        Role.COUNSEL,
        _unchecked,
        make.check,
    ),
    Kind(
        "start_review",
        Role.ANALYST,
        make.received,
        lambda case, who: review.start(case.pk, actor=who, at=make.AT),
    ),
    Kind("review", Role.ANALYST, make.decided, make.submit),
    Kind("sign_off", Role.COUNSEL, make.awaiting, make.sign),
    Kind(
        "order_packet",
        Role.ANALYST,
        packets.case,
        lambda case, who: packets.ordered(case, by=who),
    ),
    Kind(
        "revise",
        Role.ANALYST,
        _forged,
        lambda case, who: review.revise(
            case.pk, actor=who, reason="The paper is forged.", at=make.AT
        ),
    ),
    Kind(
        "privileged",
        Role.COUNSEL,
        _asked,
        lambda case, who: notes.write_privileged(
            case.pk, actor=who, kind=MessageKind.ANSWER, text="Yes.", at=make.AT
        ),
    ),
    Kind(
        "read_conditions",
        Role.ANALYST,
        _conditional,
        lambda case, who: signoff.acknowledge(case.sign_offs.get().pk, actor=who),
    ),
    Kind(
        "order_letter",
        Role.ANALYST,
        refused,
        lambda case, who: packets.ordered(case, by=who),
    ),
    Kind(
        "review_glass",
        Role.COUNSEL,
        _broken_glass,
        lambda case, who: glass.review(
            case.broken_glass.get().pk, actor=who, was_right=True, finding="Urgent."
        ),
    ),
    Kind("close", Role.RELEASE_OFFICER, lambda: packets.released().case, _close),
    Kind(
        "resume_packet",
        Role.ANALYST,
        lambda: packets.failed().case,
        lambda case, who: assembly.resume(_packet(case).pk, actor=who),
    ),
    Kind(
        "choose_account",
        Role.ANALYST,
        lambda: packets.choosing().case,
        lambda case, who: packets.choose(_packet(case), "alice", who),
    ),
    Kind(
        "settle_custody_break",
        Role.COUNSEL,
        lambda: breaking.standing().case,
        lambda case, who: breaks.settle(
            case.pk, actor=who, finding="The disk was at fault; it is restored."
        ),
    ),
    Kind(
        "assign_pull",
        Role.ANALYST,
        _late,
        lambda case, who: chasing.assign(
            pulling.order_of(_packet(case)).pk, actor=who, person=pulling.owner()
        ),
    ),
    Kind("name_owner", Role.COUNSEL, _asked_in_secret, _name),
    Kind(
        "examine_exhibits",
        Role.COUNSEL,
        lambda: packets.collected().case,
        lambda case, who: packets.examined(_packet(case), who),
    ),
    Kind(
        "certify_packet",
        Role.CUSTODIAN,
        lambda: packets.examined().case,
        lambda case, who: packets.certify(_packet(case), who),
    ),
    Kind(
        "release_packet",
        Role.RELEASE_OFFICER,
        lambda: packets.sealed_undrawn().case,
        lambda case, who: packets.release(_packet(case), who),
    ),
    Kind(
        "acknowledge",
        Role.RELEASE_OFFICER,
        lambda: packets.released().case,
        lambda case, who: acknowledge(_packet(case), who),
    ),
]


def has(user: User, verb: str) -> bool:
    return verb in [task.verb for task in tasks_for(user)]


@pytest.mark.feature("U1")
def test_every_kind_of_task_has_a_row_here():
    every = cases_worklist.VERBS | disclosures_worklist.VERBS
    assert sorted(one.verb for one in KINDS) == sorted(every)


@pytest.mark.feature("U1")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_task_goes_by_doing_the_thing(kind):
    case = kind.made()
    who = kind.somebody(case)
    assert has(who, kind.verb)
    kind.do(make.fresh(case), who)
    assert not has(who, kind.verb)


@pytest.mark.feature("U1", part=True)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_looking_at_it_or_posting_to_the_front_page_leaves_it(kind):
    case = kind.made()
    who = kind.somebody(case)
    desk, front = signed_in(who), reverse("admin:index")
    page = desk.get(front)
    assert kind.verb in [task.verb for task in page.context["tasks"]]
    verb_page = reverse("admin:cases_case_verb", args=[case.pk, kind.verb])
    assert f'href="{verb_page}"' in page.content.decode()
    # Nothing in the list itself can be ticked, sent or dropped.
    listed = page.content.decode().partition('<ul class="cd-tasks">')[2]
    listed = listed.partition("</ul>")[0]
    assert not {"<form", "<button", "<input"} & set(listed.split())
    desk.get(verb_page)
    desk.post(front, {"done": kind.verb, "task": case.pk})
    assert has(who, kind.verb)


@pytest.mark.feature("U1", part=True)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_task_shows_its_clocks(kind):
    case = kind.made()
    who = kind.somebody(case)
    (task,) = [one for one in tasks_for(who) if one.verb == kind.verb]
    # What was handed over is answered; only its receipt is still missing.
    late = make.fresh(case).status in OPEN
    assert (task.due_on, task.is_overdue) == (case.due_on, late)
    assert task.since is not None
    assert task.since <= timezone.now()
    page = signed_in(who).get(reverse("admin:index")).content.decode()
    assert ("Overdue by" in page, 'class="is-overdue"' in page) == (late, late)
    assert ("Answered" in page) != late
    assert "waits since today" in page or "waits for" in page
    Case.objects.filter(pk=case.pk).update(due_on=timezone.localdate())
    (task,) = [one for one in tasks_for(who) if one.verb == kind.verb]
    assert not task.is_overdue


def test_a_request_without_a_return_date_says_so():
    clerk = make.person(Role.INTAKE_CLERK, is_staff=True)
    make.opened(
        by=clerk,
        instrument="preservation_request",
        due_on=None,
        statute_cited="18 U.S.C. 2703(f)",
    )
    page = signed_in(clerk).get(reverse("admin:index")).content.decode()
    assert "No return date" in page
    assert "waits for" in page
