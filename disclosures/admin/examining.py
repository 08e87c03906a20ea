"""Examining exhibits: the list of what waits; the acts on one, each a verb's page."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin.verbs import VerbPage, register
from cases.enums import Act, Perm
from cases.exceptions import CaseError
from cases.models import Case
from disclosures import marks, redaction
from disclosures.admin import marking
from disclosures.admin.exhibits import exhibit_url, line, packet_url
from disclosures.admin.packet import current, outdated
from disclosures.enums import Examined, PacketStatus
from disclosures.models import Exhibit, Mark, Packet


class ExamineVerb(VerbPage):
    """An act on one exhibit of the packet that waits; the form names it by number."""

    permission = Perm.EXAMINE
    act = Act.EXAMINE
    goes_on = True
    in_menu = False
    template = "disclosures/examine.html"

    def fits(self, case: Case) -> str:
        """While the packet's exhibits wait for the declaration."""
        packet = current(case)
        if packet and packet.status == PacketStatus.COLLECTED:
            return outdated(packet)
        return _("No collected records of this request wait to be examined.")

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The exhibits with records, and how each stands."""
        packet = current(case)
        return {"packet": packet, "lines": _lines(packet) if packet else []}

    def after(self, case: Case, form: forms.Form) -> str:
        """To the exhibit."""
        found = _exhibit(case, form.cleaned_data["exhibit"])
        return f"{exhibit_url(found)}#examination-title" if found else self.back(case)

    def back(self, case: Case) -> str:
        """To the packet."""
        packet = current(case)
        return packet_url(packet) if packet else super().back(case)


@register
class ExaminePage(ExamineVerb):
    """The exhibits that wait, and the verdict on one."""

    name = "examine_exhibits"
    title = gettext_lazy("Examine the exhibits")
    lead = gettext_lazy(
        "A second person reads what was collected before anybody certifies it. Open "
        "each exhibit, mark what must not go out, then pass it or send it back."
    )
    button = gettext_lazy("Record this")
    icon = "fact_check"
    form_class = marking.VerdictForm
    in_menu = True

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Pass it, or send it back.

        Raises:
            CaseError: there is no such exhibit, or the verb refuses.
        """
        data = form.cleaned_data
        exhibit = _required(case, data["exhibit"])
        if data["decision"] == Examined.RETURNED:
            redaction.return_exhibit(exhibit.pk, actor=actor, reason=data["reason"])
            return _("%(label)s goes back and is collected anew.") % {
                "label": exhibit.label
            }
        redaction.pass_exhibit(
            exhibit.pk, actor=actor, marks_digest=data["marks_digest"]
        )
        return _("%(label)s is passed.") % {"label": exhibit.label}

    def after(self, case: Case, form: forms.Form) -> str:
        """To the next exhibit that waits, else to the packet."""
        packet = current(case)
        if packet is None or packet.status != PacketStatus.COLLECTED:
            return self.back(case)
        following = packet.exhibits.to_examine().first()
        return exhibit_url(following) if following else packet_url(packet)


@register
class MarkPage(ExamineVerb):
    """Mark rows or values that must not go out."""

    name = "mark_exhibit"
    title = gettext_lazy("Mark for redaction")
    lead = gettext_lazy(
        "What you mark doesn't go out: a withheld row is left out, a redacted value "
        "has a visible mark in its place. The collected file stays as it is."
    )
    button = gettext_lazy("Mark it")
    icon = "ink_eraser"

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, which knows the exhibit's columns."""
        number = str((given.get("data") or {}).get("exhibit", ""))
        exhibit = _exhibit(case, int(number)) if number.isdecimal() else None
        return marking.MarkForm(exhibit, **given)

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Mark it.

        Raises:
            CaseError: there is no such exhibit, or the verb refuses.
        """
        data = form.cleaned_data
        exhibit = _required(case, data["exhibit"])
        made = redaction.mark(
            exhibit.pk,
            actor=actor,
            reason=data["reason"],
            rows=data["rows"],
            column="" if data["what"] == marking.ROWS else data["column"],
            alike=data["column"] if data["alike"] else "",
        )
        return _("Marked as M%(number)s.") % {"number": made.number}


@register
class LiftPage(ExamineVerb):
    """Take a mark back."""

    name = "lift_mark"
    title = gettext_lazy("Lift a mark")
    lead = gettext_lazy(
        "What it covered is produced again, and the exhibit is read anew."
    )
    button = gettext_lazy("Lift the mark")
    icon = "undo"
    form_class = marking.LiftForm

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Lift it.

        Raises:
            CaseError: there is no such mark, or the verb refuses.
        """
        data = form.cleaned_data
        found = _mark(case, data["exhibit"], data["mark"])
        redaction.lift(found.pk, actor=actor, because=data["because"])
        return _("The mark is lifted.")


@register
class ReleaseColumnPage(LiftPage):
    """Let a column about other people go out."""

    name = "release_column"
    title = gettext_lazy("Release a column about other people")
    lead = gettext_lazy(
        "The data map says that this column may be about people whom the request "
        "doesn't name. It is redacted unless counsel finds that it has to go out."
    )
    button = gettext_lazy("Release the column")
    icon = "lock_open"
    permission = Perm.SIGN_OFF
    act = Act.APPROVE

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Release it.

        Raises:
            CaseError: there is no such mark, or the verb refuses.
        """
        data = form.cleaned_data
        found = _mark(case, data["exhibit"], data["mark"])
        redaction.release_column(found.pk, actor=actor, because=data["because"])
        return _("The column is released.")


def _lines(packet: Packet) -> list[dict[str, Any]]:
    rows = (
        packet.exhibits.filter(rows__gt=0)
        .select_related("item", "target", "packet")
        .prefetch_related("marks", "examinations")
    )
    return [
        {
            "line": line(one, may_read=True),
            "passed": marks.passed(one),
            "marks": len(marks.standing(one)),
        }
        for one in rows
    ]


def _exhibit(case: Case, number: int) -> Exhibit | None:
    packet = current(case)
    if packet is None:
        return None
    rows = packet.exhibits.select_related("packet__revision", "packet__case")
    return rows.filter(number=number).first()


def _required(case: Case, number: int) -> Exhibit:
    found = _exhibit(case, number)
    if found is None:
        raise CaseError(_("There is no such exhibit."))
    return found


def _mark(case: Case, exhibit: int, number: int) -> Mark:
    found = Mark.objects.filter(exhibit=_required(case, exhibit), number=number).first()
    if found is None:
        raise CaseError(_("There is no such mark."))
    return found
