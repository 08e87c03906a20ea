"""Two people at once: one act, one refusal, and never a mixture of both.

Each race runs on the database of the run, and is marked for PostgreSQL as well, whose
row locks let more happen at the same time than SQLite's one writer does.
"""

import io
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cases import documents, grants, intake, review, scope, signoff, targeting
from cases.enums import (
    CaseStatus,
    DocumentKind,
    EventKind,
    ObjectionGround,
    Role,
    SignOffDecision,
)
from cases.exceptions import CaseError, IllegalTransition, ScopeChanged
from cases.grounds import ItemObjection
from cases.models import Case, CaseUserPerm, Event, Organisation, SignOff, Target
from tests import factories as make
from tests.races import split, together

pytestmark = pytest.mark.django_db(transaction=True)


both = pytest.mark.usefixtures("either_database")


def decide(case, counsel, decision=SignOffDecision.APPROVED):
    return signoff.record_sign_off(
        case.pk,
        counsel=counsel,
        decision=signoff.Decision(
            decision,
            legal_basis=make.BASIS,
            note="Read.",
            objections=[ItemObjection(ObjectionGround.DEFECTIVE, "It isn't signed.")]
            if decision == SignOffDecision.REFUSED
            else [],
        ),
        scope_digest=scope.digest(make.fresh(case)),
        proof=make.proof(),
        at=make.AT,
    )


@both
def test_two_counsel_at_once_yield_one_decision_and_one_refusal():
    case, first, second = make.awaiting(), make.counsel(), make.counsel()
    done, refused = split(
        together(
            lambda: decide(case, first),
            lambda: decide(case, second, SignOffDecision.REFUSED),
        )
    )
    assert (len(done), len(refused)) == (1, 1)
    assert SignOff.objects.get() == done[0]
    assert Event.objects.filter(kind__startswith="case.sign_off").count() == 1
    wanted = {"approved": CaseStatus.APPROVED, "refused": CaseStatus.REFUSED}
    assert make.fresh(case).status == wanted[done[0].decision]


@both
def test_two_who_let_the_same_person_in_at_once_leave_one_open_grant():
    case, first, second = make.opened(), make.counsel(), make.counsel()
    ana = make.person(Role.ANALYST, at_the_desk=False)
    done, refused = split(
        together(
            lambda: make.let_in(case, ana, actor=first),
            lambda: make.let_in(case, ana, actor=second),
        )
    )
    assert (len(done), len(refused)) == (1, 1)
    assert CaseUserPerm.objects.get() == done[0]
    assert Event.objects.filter(kind=EventKind.GRANT_GIVEN).count() == 1


@both
def test_a_grant_changed_by_two_at_once_is_changed_one_after_the_other():
    case, first, second = make.opened(), make.counsel(), make.counsel()
    ana = make.person(Role.ANALYST, at_the_desk=False)
    make.let_in(case, ana)
    done, refused = split(
        together(
            lambda: make.let_in(case, ana, actor=first, reason="First"),
            lambda: make.let_in(case, ana, actor=second, reason="Second"),
        )
    )
    assert (len(done), len(refused)) == (2, 0)
    assert CaseUserPerm.objects.filter(closed_at=None).count() == 1
    assert CaseUserPerm.objects.count() == 3


@both
def test_a_grant_is_ended_once_by_two_at_once():
    case, first, second = make.opened(), make.counsel(), make.counsel()
    ana = make.person(Role.ANALYST, at_the_desk=False)
    row = make.let_in(case, ana)

    def end(actor):
        at, own = timezone.now(), CaseUserPerm.objects.get(pk=row.pk)
        return grants.end(own, actor=actor, proof=make.proof(at), at=at)

    done, refused = split(together(lambda: end(first), lambda: end(second)))
    assert (len(done), len(refused)) == (1, 1)
    assert Event.objects.filter(kind=EventKind.GRANT_ENDED).count() == 1


@both
def test_a_scope_taken_back_while_counsel_signs_is_never_both():
    analyst, counsel = make.analyst(), make.counsel()
    for _ in range(3):
        case = make.awaiting(by=analyst)
        found = together(
            lambda case=case: decide(case, counsel),
            lambda case=case: review.revise(
                case.pk, actor=analyst, reason="Wait.", at=make.AT
            ),
        )
        split(found)
        # The taking back always gets through: before the signature or after it.
        assert not isinstance(found[1], Exception)
        assert make.fresh(case).status == CaseStatus.IN_REVIEW
        now = scope.digest(make.fresh(case))
        assert not SignOff.objects.approving(now).exists()


@both
def test_an_edit_that_holds_the_case_makes_counsel_wait_and_then_refuses():
    case, counsel, found = make.awaiting(), make.counsel(), []
    shown = scope.digest(case)

    def sign():
        try:
            signoff.record_sign_off(
                case.pk,
                counsel=counsel,
                decision=signoff.Decision(
                    SignOffDecision.APPROVED, legal_basis=make.BASIS
                ),
                scope_digest=shown,
                proof=make.proof(),
                at=make.AT,
            )
        except CaseError as error:
            found.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        case.targets.update(identifier="bob")
        thread = threading.Thread(target=sign)
        thread.start()
        thread.join(0.4)
        assert found == []
    thread.join(60)
    assert [type(error) for error in found] == [ScopeChanged]
    assert SignOff.objects.count() == 0


@both
def test_two_counsel_at_once_where_two_are_needed_are_two_approvals():
    case, first, second = make.awaiting(), make.counsel(), make.counsel()
    Organisation.objects.update(counsel_needed=2)
    done, refused = split(
        together(lambda: decide(case, first), lambda: decide(case, second))
    )
    assert refused == []
    assert sorted((one.place, one.needed) for one in done) == [(1, 2), (2, 2)]
    assert make.fresh(case).status == CaseStatus.APPROVED


@both
def test_the_same_counsel_twice_at_once_counts_once():
    case, counsel = make.awaiting(), make.counsel()
    Organisation.objects.update(counsel_needed=2)
    done, refused = split(
        together(lambda: decide(case, counsel), lambda: decide(case, counsel))
    )
    assert (len(done), len(refused)) == (1, 1)
    assert SignOff.objects.get() == done[0]
    assert make.fresh(case).status == CaseStatus.AWAITING_SIGN_OFF


@both
def test_requests_opened_at_once_get_numbers_of_their_own():
    clerk, facts = make.clerk(), make.facts()
    found = together(
        *[lambda: intake.open_case(actor=clerk, facts=facts, at=make.AT)] * 4
    )
    done, refused = split(found)
    assert refused == []
    assert sorted(case.number for case in done) == [
        f"LR-2023-{number:05d}" for number in range(1, 5)
    ]


@both
def test_targets_added_at_once_get_numbers_of_their_own():
    case = make.opened()
    found = together(
        *(
            lambda name=name: targeting.add_target(
                case.pk,
                actor=case.opened_by,
                facts=make.target_facts(name),
                at=make.AT,
            )
            for name in ("alice", "bob", "carol", "alice")
        )
    )
    done, refused = split(found)
    assert (len(done), len(refused)) == (3, 1)
    assert [target.number for target in case.targets.all()] == [1, 2, 3]


@both
def test_corrections_at_once_both_arrive():
    case = make.received()
    found = together(
        lambda: intake.correct_facts(
            case.pk, actor=case.opened_by, facts={"officer_name": "A"}, at=make.AT
        ),
        lambda: intake.correct_facts(
            case.pk, actor=case.opened_by, facts={"officer_phone": "1"}, at=make.AT
        ),
        lambda: intake.record_secrecy(
            case.pk, actor=case.opened_by, secrecy="asked", at=make.AT
        ),
    )
    assert split(found)[1] == []
    stored = make.fresh(case)
    assert (stored.officer_name, stored.officer_phone, stored.secrecy) == (
        "A",
        "1",
        "asked",
    )


@both
def test_a_scope_submitted_twice_at_once_is_one_revision():
    case, analyst = make.decided(), make.analyst()
    found = together(*[lambda: review.submit(case.pk, actor=analyst, at=make.AT)] * 3)
    done, refused = split(found)
    assert (len(done), [type(error) for error in refused]) == (
        1,
        [IllegalTransition, IllegalTransition],
    )
    assert case.revisions.get() == done[0]


@both
def test_the_same_file_uploaded_twice_at_once_is_kept_once(settings):
    case, content = make.opened(), make.pdf()
    found = together(
        *[
            lambda: documents.add_document(
                case.pk,
                actor=case.opened_by,
                kind=DocumentKind.PROCESS,
                name="subpoena.pdf",
                content=io.BytesIO(content),
                at=make.AT,
            )
        ]
        * 2
    )
    done, refused = split(found)
    assert (len(done), len(refused)) == (1, 1)
    stored = [path for path in settings.FILES_DIR.rglob("*") if path.is_file()]
    assert [path.name for path in stored] == [done[0].path.rpartition("/")[2]]


@both
def test_a_target_that_somebody_else_is_removing_isn_t_brought_back():
    case = make.received()
    target, found = case.targets.get(), []

    def correct():
        try:
            targeting.correct_target(
                target.pk,
                actor=case.opened_by,
                facts=make.target_facts("bob"),
                at=make.AT,
            )
        except (IllegalTransition, Target.DoesNotExist) as error:
            found.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        thread = threading.Thread(target=correct)
        thread.start()
        thread.join(0.4)
        assert found == []
        targeting.remove_target(target.pk, actor=case.opened_by, at=make.AT)
    thread.join(60)
    assert len(found) == 1
    assert not case.targets.exists()
    kinds = Event.objects.filter(kind__startswith="case.target").order_by("pk")
    assert [event.kind for event in kinds] == [
        "case.target.added",
        "case.target.removed",
    ]


@pytest.mark.sqlite
def test_sqlite_takes_its_write_lock_when_a_transaction_begins():
    """What a row lock means on SQLite: nobody writes between a read and its write."""
    case = make.opened()
    order = []

    def write():
        make.fresh(case)  # reading goes on meanwhile
        order.append("read")
        with transaction.atomic():
            order.append("second")
        connection.close()

    with transaction.atomic():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(0.4)
        order.append("first")
    thread.join(60)
    assert order == ["read", "first", "second"]
