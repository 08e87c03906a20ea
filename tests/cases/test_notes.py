"""Notes and the privileged thread: who writes, who reads, and for how long."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from cases import notes, permissions, worklist
from cases.enums import EventKind, MessageKind, Perm, Role
from cases.exceptions import IllegalTransition
from cases.models import CaseUserPerm
from cases.models.note import Note, PrivilegedMessage
from tests import factories as make
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

COUNSEL = {Role.COUNSEL, Role.OUTSIDE_COUNSEL}
WRITERS = COUNSEL | {
    *(Role.INTAKE_CLERK, Role.ANALYST, Role.CUSTODIAN, Role.RELEASE_OFFICER)
}


def thread(case):
    """Question, answer and a word among counsel; who asked and who answered."""
    analyst, counsel = make.analyst(), make.counsel()
    notes.ask_counsel(case.pk, actor=analyst, text=" May we? ", at=make.AT)
    for kind in (MessageKind.ANSWER, MessageKind.AMONG_COUNSEL):
        notes.write_privileged(
            case.pk, actor=counsel, kind=kind, text=f"As {kind}.", at=make.AT
        )
    return analyst, counsel


def read(case, person):
    return [one.text for one in notes.read_thread(case.pk, actor=person, at=make.AT)]


@pytest.mark.parametrize("role", Role)
def test_who_works_on_a_case_writes_notes_and_the_trail_keeps_none_of_their_words(role):
    case = make.opened()
    person = make.working_on(case, role)

    def write():
        return notes.write_note(case.pk, actor=person, text=" Called. ", at=make.AT)

    if role not in WRITERS:
        refusal(write, PermissionDenied)
        return
    note = write()
    assert Note.objects.values().get() == {
        "id": note.pk,
        "case_id": case.pk,
        "text": "Called.",
        "written_by_id": person.pk,
        "written_by_name": person.username,
        "written_at": make.AT,
    }
    event = case.events.last()
    assert (event.kind, event.actor, event.at, json.loads(event.data)) == (
        EventKind.NOTE_WRITTEN,
        person,
        make.AT,
        {"note": note.pk},
    )
    assert notes.of_the_desk(case) == [note]


def test_notes_go_on_after_the_end_questions_don_t():
    case, analyst = make.closed(), make.analyst()
    notes.write_note(case.pk, actor=analyst, text="They wrote again.", at=make.AT)
    said = refusal(
        lambda: notes.ask_counsel(case.pk, actor=analyst, text="And now?"),
        IllegalTransition,
    )
    assert said == "This request is closed: speak with counsel, or have it reopened."


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_is_not_written(text):
    case, analyst, counsel = make.opened(), make.analyst(), make.counsel()
    empty = {"text": ["Write something first."]}
    for write in (
        lambda: notes.write_note(case.pk, actor=analyst, text=text),
        lambda: notes.ask_counsel(case.pk, actor=analyst, text=text),
        lambda: notes.write_privileged(
            case.pk, actor=counsel, kind=MessageKind.ANSWER, text=text
        ),
    ):
        assert refusal(write) == empty


@pytest.mark.parametrize("kind", ["", "question", "everybody"])
def test_counsel_say_who_reads_and_there_is_no_default(kind):
    case, counsel = make.opened(), make.counsel()
    said = refusal(
        lambda: notes.write_privileged(
            case.pk, actor=counsel, kind=kind, text="Advice."
        )
    )
    assert said == {"kind": ["Say who is to read it."]}


@pytest.mark.feature("R4", part=True)
@pytest.mark.parametrize("role", Role)
def test_the_thread_is_counsel_s_and_its_part_for_the_desk_the_analyst_s(role):
    case = make.opened()
    person = make.working_on(case, role)
    thread(case)
    before = case.events.count()
    if role in COUNSEL:
        words = ["May we?", "As answer.", "As among_counsel."]
    elif role == Role.ANALYST:
        words = ["May we?", "As answer."]
    else:
        refusal(lambda: read(case, person), PermissionDenied)
        return
    assert read(case, person) == words
    event = case.events.last()
    assert (event.kind, event.actor, event.data, case.events.count()) == (
        EventKind.THREAD_READ,
        person,
        "{}",
        before + 1,
    )
    assert notes.how_many_for(case, person) == len(words)


@pytest.mark.parametrize("role", Role)
def test_only_counsel_answer_and_only_who_reviews_asks(role):
    case = make.opened()
    person = make.working_on(case, role)
    acts = {
        Perm.READ_PRIVILEGED: lambda: notes.write_privileged(
            case.pk, actor=person, kind=MessageKind.AMONG_COUNSEL, text="Advice."
        ),
        Perm.ASK_COUNSEL: lambda: notes.ask_counsel(case.pk, actor=person, text="Why?"),
    }
    for perm, act in acts.items():
        if permissions.allowed(person, perm, case):
            act()
        else:
            refusal(act, PermissionDenied)
    assert PrivilegedMessage.objects.count() == (role in COUNSEL | {Role.ANALYST})


@pytest.mark.feature("R4", part=True)
def test_outside_counsel_read_the_thread_of_their_case_until_the_grant_ends():
    case, other = make.opened(), make.opened()
    olga = make.person(Role.OUTSIDE_COUNSEL, at_the_desk=False)
    grant = make.let_in(case, olga, ends_at=timezone.now() + timedelta(hours=1))
    thread(case)
    assert len(read(case, olga)) == 3
    refusal(lambda: read(other, olga), PermissionDenied)
    CaseUserPerm.objects.filter(pk=grant.pk).update(
        ends_at=timezone.now() - timedelta(seconds=1)
    )
    refusal(lambda: read(case, olga), PermissionDenied)


@pytest.mark.feature("U1", part=True)
def test_a_question_is_counsel_s_task_until_it_is_answered():
    case, analyst, counsel = make.opened(), make.analyst(), make.counsel()

    def asked():
        return [t.verb for t in worklist.tasks_for(counsel) if t.verb == "privileged"]

    def write(kind):
        notes.write_privileged(
            case.pk, actor=counsel, kind=kind, text="Advice.", at=make.AT
        )

    assert asked() == []
    notes.ask_counsel(case.pk, actor=analyst, text="May we?", at=make.AT)
    assert asked() == ["privileged"]
    write(MessageKind.AMONG_COUNSEL)
    assert asked() == ["privileged"]
    write(MessageKind.ANSWER)
    assert asked() == []
    assert "privileged" not in [t.verb for t in worklist.tasks_for(analyst)]


@pytest.mark.parametrize("model", [Note, PrivilegedMessage])
def test_the_database_lets_them_grow_only(model):
    case = make.opened()
    thread(case)
    notes.write_note(case.pk, actor=make.analyst(), text="A note.", at=make.AT)
    before = list(model.objects.values())
    for change in (
        lambda: model.objects.update(text="else"),
        model.objects.all().delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert list(model.objects.values()) == before


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (Note, {"text": ""}),
        (PrivilegedMessage, {"text": ""}),
        (PrivilegedMessage, {"kind": "everybody"}),
    ],
)
def test_the_database_holds_each_rule_of_a_row(model, wrong):
    case = make.opened()
    thread(case)
    notes.write_note(case.pk, actor=make.analyst(), text="A note.", at=make.AT)
    row = model.objects.values()[0] | {"id": None} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**row)


def test_a_row_shows_none_of_its_words():
    case = make.opened()
    thread(case)
    note = notes.write_note(case.pk, actor=make.analyst(), text="A note.", at=make.AT)
    message = PrivilegedMessage.objects.first()
    assert (str(note), str(message)) == (
        f"Note {note.pk}",
        f"Privileged message {message.pk}",
    )
