"""The verb pages of what befalls an instrument: rulings, objections, reopening."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import closing, standing
from cases.admin import trail
from cases.admin.forms import PaperField, day_field
from cases.admin.verbs import Panel, VerbPage, register, register_panel
from cases.enums import (
    Disposition,
    EventKind,
    ObjectionOutcome,
    Objector,
    Perm,
    Standing,
)
from cases.models import Case, Objection


class PaperForm(forms.Form):
    """A paper of the case and its date; each verb has more."""

    dated_on = day_field(label=gettext_lazy("Date of the paper"))
    paper = PaperField(
        label=gettext_lazy("Paper that says so"),
        empty_label=gettext_lazy("Choose the paper"),
        help_text=gettext_lazy(
            "It has to be on the request first: an intake clerk or an analyst adds it."
        ),
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        """Offer the papers of this case."""
        super().__init__(*args, **kwargs)
        paper: Any = self.fields["paper"]
        paper.offer(case)


class RulingForm(PaperForm):
    """What a ruling, or a letter, makes of the instrument."""

    standing = forms.ChoiceField(
        label=gettext_lazy("The instrument is now"), widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("standing", "dated_on", "paper", "note")

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        """Offer what can follow how it stands."""
        super().__init__(case, *args, **kwargs)
        means = {
            Standing.IN_FORCE: _("In force again: the stay is lifted"),
            Standing.STAYED: _("Stayed: nothing is handed over until that is lifted"),
            Standing.QUASHED: _("Quashed: this is the end of the request"),
            Standing.WITHDRAWN: _(
                "Taken back by the requester: this is the end of the request"
            ),
        }
        possible = standing.open_to(case)
        chosen: Any = self.fields["standing"]
        chosen.choices = [(one.value, means[one]) for one in means if one in possible]


class WithdrawalForm(PaperForm):
    """The requester's letter."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ObjectionForm(PaperForm):
    """An objection as it was lodged."""

    objector = forms.ChoiceField(
        label=gettext_lazy("Who objects"),
        choices=Objector.choices,
        widget=forms.RadioSelect,
    )
    forum = forms.CharField(
        label=gettext_lazy("Where it was lodged"),
        max_length=200,
        help_text=gettext_lazy(
            "The court, or the authority itself, and its docket number."
        ),
    )
    field_order = ("objector", "forum", "dated_on", "paper")


class DecisionForm(PaperForm):
    """How an objection was decided."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("The objection was"),
        choices=ObjectionOutcome.choices,
        widget=forms.RadioSelect,
    )
    field_order = ("outcome", "dated_on", "paper")


class ReopenForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why the request is reopened.")},
    )


class _OnThePaper(VerbPage):
    form_class = PaperForm

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """With the papers of this case."""
        return self.form_class(
            case, initial={"dated_on": timezone.localdate()}, **given
        )

    def fits(self, case: Case) -> str:
        """While the case is open and the instrument isn't over."""
        if case.closed_at:
            return _("This case is closed.")
        return "" if standing.open_to(case) else standing.over(case)


@register
class RecordRuling(_OnThePaper):
    """Record what a court made of the instrument."""

    name = "record_ruling"
    title = gettext_lazy("Record a stay or a ruling")
    lead = gettext_lazy(
        "A stay keeps the packet back until you record that it is lifted. An "
        "instrument that was quashed or taken back is over for good."
    )
    button = gettext_lazy("Record this")
    permission = Perm.SIGN_OFF
    form_class = RulingForm
    icon = "gavel"

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Record it."""
        made = standing.record_ruling(case.pk, actor=actor, **form.cleaned_data)
        return _("Recorded: the instrument is “%(standing)s”.") % {
            "standing": made.get_standing_display()
        }


@register
class RecordWithdrawal(_OnThePaper):
    """Record that the requester took it back."""

    name = "record_withdrawal"
    title = gettext_lazy("Record that it was taken back")
    lead = gettext_lazy(
        "The requester has withdrawn the request. Nothing more is collected, sealed or "
        "handed over; the request is closed as withdrawn."
    )
    button = gettext_lazy("Record that it was taken back")
    permission = Perm.WITHDRAW
    form_class = WithdrawalForm
    icon = "undo"
    danger = True

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Record it."""
        standing.record_withdrawal(case.pk, actor=actor, **form.cleaned_data)
        return _("Recorded. The request can be closed as withdrawn.")


@register
class LodgeObjection(_OnThePaper):
    """Record an objection."""

    name = "lodge_objection"
    title = gettext_lazy("Record an objection")
    lead = gettext_lazy(
        "An objection that we or the person concerned lodged. Nothing is handed over "
        "until you record how it was decided."
    )
    button = gettext_lazy("Record this objection")
    permission = Perm.SIGN_OFF
    form_class = ObjectionForm
    icon = "front_hand"

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Record it."""
        data = form.cleaned_data
        data["lodged_on"] = data.pop("dated_on")
        standing.lodge(case.pk, actor=actor, **data)
        return _("Recorded: nothing is handed over until it is decided.")


@register
class DecideObjection(_OnThePaper):
    """Record how the pending objection was decided."""

    name = "decide_objection"
    title = gettext_lazy("Record how the objection was decided")
    lead = gettext_lazy(
        "Overruled or taken back, it no longer keeps the packet back. Sustained, what "
        "was prepared before can't go out: the scope is signed anew, or the instrument "
        "was quashed."
    )
    button = gettext_lazy("Record the decision")
    permission = Perm.SIGN_OFF
    form_class = DecisionForm
    template = "cases/decide_objection.html"
    icon = "balance"

    def fits(self, case: Case) -> str:
        """While one is pending."""
        if case.closed_at:
            return _("This case is closed.")
        return "" if pending(case) else _("No objection is pending.")

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The objection."""
        return {"objection": pending(case)}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Record it."""
        data = form.cleaned_data
        data["resolved_on"] = data.pop("dated_on")
        one = pending(case)
        standing.resolve(one.pk if one else 0, actor=actor, **data)
        return _("Recorded: how the objection was decided.")


@register
class Reopen(VerbPage):
    """Take a closed request up again."""

    name = "reopen"
    title = gettext_lazy("Reopen the request")
    lead = gettext_lazy(
        "It goes back to review. Another scope, another decision of counsel and "
        "another packet follow, whose Bates numbers go on; what was handed over stays "
        "on record."
    )
    button = gettext_lazy("Reopen it")
    permission = Perm.REOPEN
    form_class = ReopenForm
    icon = "restart_alt"
    danger = True

    def fits(self, case: Case) -> str:
        """Once it is closed."""
        return "" if case.closed_at else _("This request isn't closed.")

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Reopen it."""
        closing.reopen(case.pk, actor=actor, **form.cleaned_data)
        return _("The request is in review again.")


def pending(case: Case) -> Objection | None:
    """The oldest objection that nobody has decided."""
    found: Objection | None = case.objections.pending().first()
    return found


def _panel(case: Case, user: User) -> dict[str, Any] | None:
    changes = list(case.standing_changes.select_related("paper").order_by("-pk"))
    objections = list(case.objections.order_by("-pk"))
    if not changes and not objections:
        return None
    return {"changes": changes, "objections": objections}


register_panel(
    Panel(
        name="standing",
        title=gettext_lazy("Rulings and objections"),
        template="cases/parts/standing.html",
        context=_panel,
        order=15,
    )
)


# --- what the trail says -----------------------------------------------------


@trail.says(EventKind.STANDING_RECORDED)
def _standing(data: dict[str, Any], names: trail.Names) -> str:
    return _("%(new)s (before: %(old)s)") % {
        "new": Standing(data["to"]).label,
        "old": str(Standing(data["from"]).label).lower(),
    }


@trail.says(EventKind.OBJECTION_LODGED)
def _lodged(data: dict[str, Any], names: trail.Names) -> str:
    return str(Objector(data["by"]).label)


@trail.says(EventKind.OBJECTION_DECIDED)
def _objection(data: dict[str, Any], names: trail.Names) -> str:
    return str(ObjectionOutcome(data["outcome"]).label)


@trail.says(EventKind.CASE_REOPENED)
def _reopened(data: dict[str, Any], names: trail.Names) -> str:
    before = str(Disposition(data["outcome"]).label).lower()
    return _("%(reason)s (it had ended: %(outcome)s)") % {
        "reason": data["reason"],
        "outcome": before,
    }
