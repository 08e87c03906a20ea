"""Notes of the desk, and the privileged thread of a case.

What holds here, and why:

* Both only grow; the database refuses every change. No packet, export, report, event
  or log repeats a word of them: the trail says that something was written, by whom.
* A note is for whoever sees the case.
* The thread belongs to counsel: counsel and outside counsel read and write it, on the
  cases that a grant opens to them and for as long as it does. Outside counsel's grant
  ends, and with it the thread (R4).
* Who reviews the case may ask, and reads the questions and the answers to the desk,
  because advice is of use to who has to act on it. What counsel write among themselves
  nobody else reads; nobody is let into a single message by name.
* Reading the thread is an act and leaves its event.

Source: docs/policy.md, section "Notes and advice".
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, MessageKind, Perm
from cases.exceptions import IllegalTransition, require_storable
from cases.models import Case
from cases.models.note import Note, PrivilegedMessage, PrivilegedQuerySet

_OF_COUNSEL = frozenset({MessageKind.ANSWER, MessageKind.AMONG_COUNSEL})


@transaction.atomic
def write_note(
    case_id: int, *, actor: User, text: str, at: datetime | None = None
) -> Note:
    """Write a note on a case, closed or not.

    Raises:
        PermissionDenied: ``actor`` may not.
        ValidationError: an empty text, or one that can't be stored.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.WRITE_NOTE, case)
    note = Note(case=case, **_words(actor, text, at))
    note.save()
    audit.record(
        case, EventKind.NOTE_WRITTEN, actor=actor, at=at, data={"note": note.pk}
    )
    return note


@transaction.atomic
def ask_counsel(
    case_id: int, *, actor: User, text: str, at: datetime | None = None
) -> PrivilegedMessage:
    """Put the desk's question into the privileged thread of an open case.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case is closed, and with it the list of what needs whom.
        ValidationError: an empty text, or one that can't be stored.
    """
    if Case.objects.select_for_update().get(pk=case_id).closed_at:
        raise IllegalTransition(
            _("This request is closed: speak with counsel, or have it reopened.")
        )
    return _write(case_id, Perm.ASK_COUNSEL, MessageKind.QUESTION, actor, text, at)


@transaction.atomic
def write_privileged(
    case_id: int, *, actor: User, kind: str, text: str, at: datetime | None = None
) -> PrivilegedMessage:
    """Answer the desk, or write among counsel: ``kind`` says which, without a default.

    Raises:
        PermissionDenied: ``actor`` isn't counsel of this case.
        ValidationError: neither an answer nor among counsel, an empty text, or one that
            can't be stored.
    """
    if kind not in _OF_COUNSEL:
        raise ValidationError({"kind": _("Say who is to read it.")})
    return _write(case_id, Perm.READ_PRIVILEGED, MessageKind(kind), actor, text, at)


@transaction.atomic
def read_thread(
    case_id: int, *, actor: User, at: datetime | None = None
) -> list[PrivilegedMessage]:
    """The messages that are for ``actor``, with the reading in the trail first.

    Raises:
        PermissionDenied: nothing of the thread is for ``actor``.
    """
    case = Case.objects.get(pk=case_id)
    messages = _thread_for(case, actor)
    audit.record_reading(case, EventKind.THREAD_READ, actor=actor, at=at)
    return list(messages)


def of_the_desk(case: Case) -> list[Note]:
    """The notes on a case, newest first; for who sees the case."""
    return list(Note.objects.filter(case=case).order_by("-pk"))


def how_many_for(case: Case, person: User) -> int:
    """How many messages of the thread are for this person; none of their words."""
    return _thread_for(case, person).count()


def _thread_for(case: Case, person: User) -> PrivilegedQuerySet:
    thread = PrivilegedMessage.objects.filter(case=case)
    if permissions.allowed(person, Perm.READ_PRIVILEGED, case):
        return thread
    permissions.require(person, Perm.ASK_COUNSEL, case)
    return thread.with_the_desk()


def _write(
    case_id: int,
    perm: Perm,
    kind: MessageKind,
    actor: User,
    text: str,
    at: datetime | None,
) -> PrivilegedMessage:
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, perm, case)
    message = PrivilegedMessage(case=case, kind=kind, **_words(actor, text, at))
    message.save()
    audit.record(
        case,
        EventKind.THREAD_WRITTEN,
        actor=actor,
        at=at,
        data={"message": message.pk, "kind": kind},
    )
    return message


def _words(actor: User, text: str, at: datetime) -> dict[str, object]:
    require_storable(text=text)
    if not text.strip():
        raise ValidationError({"text": _("Write something first.")})
    return {
        "text": text.strip(),
        "written_by": actor,
        "written_by_name": audit.name_of(actor),
        "written_at": at,
    }
