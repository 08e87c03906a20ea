"""The verb page of secrecy: may the person concerned be told, says the paper?"""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import intake
from cases.admin.forms import PaperField, day_field
from cases.admin.intake import IntakePage
from cases.admin.verbs import register
from cases.enums import Secrecy
from cases.models import Case


class SecrecyForm(forms.Form):
    """What the paper says about telling the person concerned."""

    secrecy = forms.ChoiceField(choices=Secrecy.choices, widget=forms.RadioSelect)
    paper = PaperField(
        label=gettext_lazy("Paper that orders it"),
        required=False,
        empty_label=gettext_lazy("Choose the paper"),
    )
    secret_from = day_field(label=gettext_lazy("Secret from"), required=False)
    secret_until = day_field(
        label=gettext_lazy("Secret until"),
        required=False,
        help_text=gettext_lazy("The last day, if the order names one."),
    )
    review_on = day_field(
        label=gettext_lazy("Look again on"),
        required=False,
        help_text=gettext_lazy("Needed where the order names no end."),
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        """Offer the papers of this case."""
        super().__init__(*args, **kwargs)
        paper: Any = self.fields["paper"]
        paper.offer(case)

    def clean(self) -> dict[str, Any]:
        """Only ordered secrecy has a paper and dates, and then it needs them."""
        data = super().clean() or {}
        details = ("paper", "secret_from", "secret_until", "review_on")
        if data.get("secrecy") != Secrecy.ORDERED:
            return data | dict.fromkeys(details)
        if not data.get("paper"):
            self.add_error("paper", _("Choose the paper that orders it."))
        if not data.get("secret_from"):
            self.add_error("secret_from", _("Say from which day."))
        if not data.get("secret_until") and not data.get("review_on"):
            self.add_error("review_on", _("Give an end, or a day to look again."))
        return data


@register
class RecordSecrecy(IntakePage):
    """Record what the paper says about secrecy."""

    name = "record_secrecy"
    title = gettext_lazy("Record secrecy")
    lead = gettext_lazy(
        "Read the paper for it: may the person concerned be told? Until this is "
        "recorded, nothing that could tell anyone leaves the house."
    )
    button = gettext_lazy("Record this")
    template = "cases/secrecy.html"
    icon = "visibility_off"

    def fits(self, case: Case) -> str:
        """As long as the case is open."""
        return str(_("This request is closed.")) if case.closed_at else ""

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """With the papers of this case."""
        return SecrecyForm(case, initial=self.initial(case, row, user), **given)

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """As it is recorded."""
        return {
            "secrecy": case.secrecy,
            "paper": case.secrecy_paper,
            "secret_from": case.secrecy_from,
            "secret_until": case.secrecy_until,
            "review_on": case.secrecy_review_on,
        }

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The choices with what each means."""
        means = {
            Secrecy.NONE: _("The paper says nothing about it. The person may be told."),
            Secrecy.ASKED: _(
                "A letter asks for it, but no court or statute orders it. Policy "
                "decides whether the person is told."
            ),
            Secrecy.ORDERED: _(
                "A court order or a statute forbids telling. Nobody but the issuer may "
                "learn of the request from us."
            ),
            Secrecy.UNKNOWN: _(
                "Nobody has read the paper for it yet. This blocks handing anything "
                "over."
            ),
        }
        return {
            "choices": [(one.value, one.label, means[one]) for one in means],
            "papers": case.documents.exists(),
        }

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Record it."""
        intake.record_secrecy(case.pk, actor=actor, **form.cleaned_data)
        return _("Secrecy is recorded.")
