"""Notes of the desk and the privileged thread, on the page of a case.

The thread's words stand on pages of their own, whose opening the trail keeps; the
case's page says only that there is one, and only to those for whom it is.
"""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import notes, permissions
from cases.admin.base import verb_url
from cases.admin.verbs import Panel, VerbPage, register, register_panel
from cases.enums import MessageKind, Perm
from cases.models import Case


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy(
            "Everybody who sees this request reads it. It can't be changed later."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class QuestionForm(forms.Form):
    """A question to counsel."""

    text = forms.CharField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy(
            "Counsel and whoever may ask on this request read it. It can't be changed "
            "later."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AdviceForm(forms.Form):
    """A message of counsel."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Who reads it"),
        choices=(
            (MessageKind.ANSWER, gettext_lazy("The desk too: those who may ask")),
            (MessageKind.AMONG_COUNSEL, gettext_lazy("Counsel only")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who is to read it.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy("It can't be changed later."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class _ThreadPage(VerbPage):
    """A page that shows the thread, as far as it is for the reader."""

    template = "cases/thread.html"
    icon = "forum"

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The messages; the trail keeps that they were read."""
        return {"thread": notes.read_thread(case.pk, actor=user)}

    def after(self, case: Case, form: forms.Form) -> str:
        """Stay in the thread."""
        return verb_url(case, self.name)


@register
class WriteNote(VerbPage):
    """Write a note."""

    name = "write_note"
    title = gettext_lazy("Write a note")
    lead = gettext_lazy(
        "A note is for the desk. No packet, letter or report ever repeats it."
    )
    button = gettext_lazy("Keep this note")
    permission = Perm.WRITE_NOTE
    form_class = NoteForm
    icon = "sticky_note_2"

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Write it."""
        notes.write_note(case.pk, actor=actor, text=form.cleaned_data["text"])
        return _("The note is on the request.")


@register
class CounselThread(_ThreadPage):
    """The thread, for counsel."""

    name = "privileged"
    title = gettext_lazy("Privileged thread")
    lead = gettext_lazy(
        "Between counsel, and with the desk where counsel says so. No packet, letter, "
        "report or trail repeats a word of it; that you read it is recorded."
    )
    button = gettext_lazy("Add to the thread")
    permission = Perm.READ_PRIVILEGED
    form_class = AdviceForm

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Write it."""
        data = form.cleaned_data
        notes.write_privileged(
            case.pk, actor=actor, kind=data["kind"], text=data["text"]
        )
        return _("Your message is in the thread.")


@register
class AskCounsel(_ThreadPage):
    """The thread's part for the desk, and a question to counsel."""

    name = "ask_counsel"
    title = gettext_lazy("Ask counsel")
    lead = gettext_lazy(
        "What you ask and what counsel answers is privileged: no packet, letter, "
        "report or trail repeats a word of it; that you read it is recorded."
    )
    button = gettext_lazy("Ask counsel")
    permission = Perm.ASK_COUNSEL
    form_class = QuestionForm

    def fits(self, case: Case) -> str:
        """As long as the case is open; then it can still be read."""
        if case.closed_at:
            return _("This request is closed: speak with counsel, or have it reopened.")
        return ""

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Ask."""
        notes.ask_counsel(case.pk, actor=actor, text=form.cleaned_data["text"])
        return _("Counsel has your question.")


def _desk(case: Case, user: User) -> dict[str, Any]:
    return {
        "notes": notes.of_the_desk(case),
        "may_write": permissions.allowed(user, Perm.WRITE_NOTE, case),
    }


def _thread(case: Case, user: User) -> dict[str, Any] | None:
    if permissions.allowed(user, Perm.READ_PRIVILEGED, case):
        page = CounselThread.name
    elif permissions.allowed(user, Perm.ASK_COUNSEL, case):
        page = AskCounsel.name
    else:
        return None
    return {"page": page, "total": notes.how_many_for(case, user)}


register_panel(
    Panel(
        name="thread",
        title=gettext_lazy("Privileged thread with counsel"),
        template="cases/parts/thread.html",
        context=_thread,
        order=42,
    )
)
register_panel(
    Panel(
        name="notes",
        title=gettext_lazy("Notes of the desk"),
        template="cases/parts/notes.html",
        context=_desk,
        order=80,
    )
)
