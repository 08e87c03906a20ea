"""Break-glass: one person, one case, one hour, a reason, an alarm, and a review."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases import alerts, glass, permissions, worklist
from cases.enums import Perm, Role
from cases.exceptions import FourEyesViolation, IllegalTransition, StaleProof
from cases.models import BrokenGlass, CaseUserPerm, Event
from tests import factories as make
from tests.signing import signed_in

pytestmark = pytest.mark.django_db

WHY = "A life is at risk, and nobody who sees it answers."


def stranger(role=Role.ANALYST, **fields):
    return make.person(role, at_the_desk=False, is_staff=True, **fields)


def break_it(case, by, at=None, **changed):
    at = at or timezone.now()
    said = {"reason": WHY, "proof": make.proof(at), "at": at} | changed
    return glass.break_glass(case.number, actor=by, **said)


def state():
    return (
        BrokenGlass.objects.count(),
        CaseUserPerm.objects.count(),
        Event.objects.count(),
        len(mail.outbox),
    )


@pytest.mark.feature("S5", part=True)
def test_it_opens_one_case_to_one_person_and_says_why(
    django_capture_on_commit_callbacks,
):
    case, other, ana = make.received(), make.opened(), stranger()
    assert not permissions.visible_cases(ana).exists()
    at = timezone.now()
    made = break_it(case, ana, at)
    assert list(permissions.visible_cases(ana)) == [case]
    assert not permissions.allowed(ana, Perm.VIEW, other)
    assert not permissions.allowed(ana, Perm.SIGN_OFF, case)  # the role still counts
    assert (made.ends_at, made.grant.ends_at) == (at + timedelta(hours=1),) * 2
    event = Event.objects.latest("pk")
    assert (event.kind, event.actor, json.loads(event.data)) == (
        "case.glass.broken",
        ana,
        {
            "glass": made.pk,
            "grant": made.grant_id,
            "until": made.ends_at.isoformat(),
            "proof": "password",
        },
    )


@pytest.mark.feature("S5", part=True)
def test_it_ends_by_itself():
    case, ana = make.received(), stranger()
    break_it(case, ana, timezone.now() - timedelta(minutes=61))
    assert not permissions.visible_cases(ana).exists()
    url = reverse("admin:cases_case_change", args=[case.pk])
    assert signed_in(ana).get(url).status_code == 404


@pytest.mark.feature("S5", part=True)
def test_counsel_and_auditors_are_told_at_once_and_nothing_more(
    django_capture_on_commit_callbacks,
):
    case, ana = make.received(), stranger()
    for role in Role:
        make.person(role, email=f"{role.name.lower()}@foundation.example")
    with django_capture_on_commit_callbacks(execute=True):
        break_it(case, ana)
    assert sorted(one.to[0] for one in mail.outbox) == [
        "auditor@foundation.example",
        "counsel@foundation.example",
    ]
    for one in mail.outbox:
        text = str(one.message())
        assert "Something waits for you" in text
        for word in (case.number, case.agency_reference, "alice", "life", "Ana"):
            assert word not in text


def test_a_mail_that_can_t_be_sent_stops_nothing(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    case, ana = make.received(), stranger()
    make.person(Role.COUNSEL, email="cora@foundation.example")

    def dead(*_args, **_named):
        raise ConnectionRefusedError("canary")

    monkeypatch.setattr(alerts, "send_mail", dead)
    with django_capture_on_commit_callbacks(execute=True):
        break_it(case, ana)
    assert permissions.allowed(ana, Perm.VIEW, case)
    assert "ConnectionRefusedError" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.feature("S5")
def test_an_unreviewed_one_blocks_the_next_until_another_person_has_looked():
    case, other = make.received(), make.opened()
    ana, cora = stranger(), make.counsel()
    first = break_it(case, ana, timezone.now() - timedelta(hours=3))
    before = state()
    with pytest.raises(IllegalTransition, match="nobody has reviewed it yet"):
        break_it(other, ana)
    assert state() == before
    assert "review_glass" in [one.verb for one in worklist.tasks_for(cora)]
    glass.review(first.pk, actor=cora, was_right=True, finding="It was urgent.")
    assert "review_glass" not in [one.verb for one in worklist.tasks_for(cora)]
    assert break_it(other, ana).case == other


def test_another_person_isn_t_held_up_by_it():
    case = make.received()
    break_it(case, stranger())
    assert break_it(case, stranger(Role.CUSTODIAN)).case == case


def test_a_review_ends_what_still_goes_on_and_is_kept():
    case, ana, cora = make.received(), stranger(), make.counsel()
    row = break_it(case, ana)
    assert permissions.allowed(ana, Perm.VIEW, case)
    at = timezone.now()
    glass.review(row.pk, actor=cora, was_right=False, finding=" It could wait. ", at=at)
    assert not permissions.allowed(ana, Perm.VIEW, case)
    row.refresh_from_db()
    assert (row.was_right, row.finding, row.reviewed_by, row.reviewed_at) == (
        *(False, "It could wait.", cora, at),
    )
    assert json.loads(Event.objects.latest("pk").data) == {
        "glass": row.pk,
        "right": False,
    }
    with pytest.raises(IllegalTransition, match="reviewed already"):
        glass.review(row.pk, actor=cora, was_right=True, finding="Again.")


def test_nobody_reviews_their_own_and_not_everybody_another_s():
    case, both = make.received(), stranger(Role.COUNSEL)
    row = break_it(case, both)
    before = state()
    with pytest.raises(FourEyesViolation, match="another person"):
        glass.review(row.pk, actor=both, was_right=True, finding="Fine.")
    for role in sorted(set(Role) - {Role.COUNSEL, Role.ADMINISTRATOR}):
        with pytest.raises(PermissionDenied):
            glass.review(
                row.pk, actor=make.person(role), was_right=True, finding="Fine."
            )
    assert state() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        BrokenGlass.objects.update(
            reviewed_by=both,
            reviewed_by_name="B",
            reviewed_at=make.AT,
            was_right=True,
            finding="Fine.",
        )


def test_a_review_says_what_was_found():
    case, cora = make.received(), make.counsel()
    row = break_it(case, stranger())
    before = state()
    with pytest.raises(ValidationError, match="Say what you found"):
        glass.review(row.pk, actor=cora, was_right=True, finding=" ")
    assert state() == before


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("glass_has_a_reason", {"reason": ""}),
        ("glass_has_a_reason", {"person_name": ""}),
        ("glass_ends", {"ends_at": make.AT - timedelta(days=9000)}),
        ("glass_review_is_whole", {"finding": "Half a review."}),
        ("glass_review_is_whole", {"was_right": True}),
    ],
)
def test_the_database_refuses_half_a_row(constraint, changes):
    break_it(make.received(), stranger())
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BrokenGlass.objects.update(**changes)
    assert constraint in str(caught.value)


@pytest.mark.parametrize(
    "role", [Role.OUTSIDE_COUNSEL, Role.ADMINISTRATOR, Role.REPORT_EDITOR]
)
def test_who_isn_t_let_in_this_way(role):
    case, who = make.received(), stranger(role, is_superuser=True)
    before = state()
    with pytest.raises(PermissionDenied):
        break_it(case, who)
    assert state() == before


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"reason": "  "}, ValidationError),
        ({"proof": make.proof(make.AT)}, StaleProof),
    ],
)
def test_without_a_reason_or_fresh_proof_nothing_is_opened(changed, error):
    case, ana = make.received(), stranger()
    before = state()
    with pytest.raises(error):
        break_it(case, ana, **changed)
    assert state() == before


def test_what_is_seen_already_or_isn_t_there_is_refused():
    case, here, ana = make.received(), make.analyst(), stranger()
    before = state()
    with pytest.raises(IllegalTransition, match="see this request already"):
        break_it(case, here)
    case.number = "LR-1999-00001"
    with pytest.raises(ValidationError, match="no request of this number"):
        break_it(case, ana)
    assert state() == before


@pytest.mark.feature("S5", part=True)
def test_the_pages_lead_from_the_glass_to_its_review():
    case, ana = make.received(), stranger(first_name="Ana", last_name="P")
    desk = signed_in(ana)
    page = reverse("admin:cases_break_glass")
    assert page in desk.get(reverse("admin:cases_find")).content.decode()
    answer = desk.post(page, {"number": case.number, "reason": WHY})
    assert answer.url == reverse("admin:cases_case_change", args=[case.pk])
    assert "not reviewed yet" in desk.get(answer.url).content.decode()
    again = desk.get(page).content.decode()
    assert "nobody has reviewed it yet" in again
    assert 'name="reason"' not in again

    cora = signed_in(make.person(Role.COUNSEL, is_staff=True))
    url = reverse("admin:cases_case_verb", args=[case.pk, "review_glass"])
    shown = cora.get(url).content.decode()
    assert WHY in shown
    assert "Ana P" in shown
    assert "Case page opened" in shown or "Request page opened" in shown
    answer = cora.post(url, {"was_right": "no", "finding": "It could wait."})
    assert answer.status_code == 302, answer.content.decode()
    assert BrokenGlass.objects.get().was_right is False
    assert desk.get(reverse("admin:cases_case_change", args=[case.pk])).status_code == (
        404
    )


def test_an_administrator_reviews_without_seeing_the_case():
    case = make.received()
    break_it(case, stranger())
    adam = signed_in(stranger(Role.ADMINISTRATOR))
    url = reverse("admin:cases_case_verb", args=[case.pk, "review_glass"])
    shown = adam.get(url).content.decode()
    assert WHY in shown
    assert case.agency_reference not in shown
    assert str(case.agency) not in shown
