"""The verb page and the panel of authenticity: is the paper genuine?

The page shows the papers with the details that the paper gives, and what was found
before; the form carries the digest of exactly that. What was found stands on the
case's page; the evidence is shown to those who check papers themselves.
"""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import authenticity, permissions
from cases.admin.forms import PaperField
from cases.admin.trail import label_of
from cases.admin.verbs import Panel, VerbPage, register, register_panel
from cases.enums import (
    CheckMethod,
    Finding,
    Instrument,
    NumberSource,
    Perm,
)
from cases.models import Case

TONES = {Finding.AUTHENTIC: "ok", Finding.DOUBTFUL: "warn", Finding.FORGED: "stop"}
_BY_CALL = gettext_lazy("A call-back says where its number was found.")


class FindingForm(forms.Form):
    """What was found out about the paper."""

    checked_digest = forms.CharField(widget=forms.HiddenInput)
    method = forms.ChoiceField(
        label=gettext_lazy("How you checked"),
        choices=[("", gettext_lazy("Choose")), *CheckMethod.choices],
    )
    number_source = forms.ChoiceField(
        label=gettext_lazy("Where you found the number"),
        choices=[("", gettext_lazy("Choose")), *NumberSource.choices],
        required=False,
        help_text=gettext_lazy(
            "Never the number that the paper or its mail gives: a forger answers it."
        ),
    )
    evidence = forms.CharField(
        label=gettext_lazy("What you found"),
        help_text=gettext_lazy(
            "Whom you spoke to, the number called, the page looked up: so that "
            "somebody could do it again. It stays with those who check papers."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    document = PaperField(
        label=gettext_lazy("Paper that shows it"),
        required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy("One of this request's papers, if there is one."),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Your finding"),
        choices=Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what you found it to be.")},
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        """Offer the papers of this case."""
        super().__init__(*args, **kwargs)
        paper: Any = self.fields["document"]
        paper.offer(case)

    def clean(self) -> dict[str, Any]:
        """Only a call-back has a number, and then it says where that was found."""
        data = super().clean() or {}
        if data.get("method") != CheckMethod.CALL_BACK:
            return data | {"number_source": ""}
        if not data.get("number_source"):
            self.add_error("number_source", _BY_CALL)
        return data


@register
class CheckPaper(VerbPage):
    """Record whether the paper is genuine."""

    name = "check_paper"
    title = gettext_lazy("Check that the paper is genuine")
    lead = gettext_lazy(
        "Before anything is collected somebody makes sure that the paper comes from "
        "where it says. The finding holds for exactly what stands below."
    )
    button = gettext_lazy("Record my finding")
    permission = Perm.AUTHENTICATE
    template = "cases/check_paper.html"
    icon = "verified_user"

    def fits(self, case: Case) -> str:
        """With a served paper, as long as the case is open."""
        if case.closed_at:
            return _("This case is closed.")
        if not authenticity.papers(case):
            return _("An intake clerk or analyst uploads the served paper first.")
        return ""

    def bars(self, case: Case, user: User) -> str:
        """Superusers don't."""
        return authenticity.bars(case, user)

    def spares(self, case: Case, user: User) -> bool:
        """Who found it authentic isn't asked again; they may still think again."""
        return user.pk in authenticity.found_by(case)

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, over the digest of what is shown."""
        initial = {"checked_digest": authenticity.digest(case)}
        return FindingForm(case, initial=initial, **given)

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The papers, what they say of their origin, and what was found before."""
        names = ("officer_name", "officer_email", "officer_phone", "issuing_authority")
        more = ("issuing_court", "agency_reference")
        values = [(label_of(one), getattr(case, one)) for one in (*names, *more)]
        return {
            "digest": authenticity.digest(case),
            "papers": authenticity.papers(case),
            "facts": [
                (_("Agency"), str(case.agency)),
                *((label[:1].upper() + label[1:], value) for label, value in values),
            ],
            "is_emergency": case.instrument == Instrument.EMERGENCY_REQUEST,
            "may_call": not authenticity.entered_the_officer(case, user),
            "found": findings(case, user),
        }

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Record it."""
        data = dict(form.cleaned_data)
        made = authenticity.record_finding(
            case.pk,
            actor=actor,
            checked_digest=data.pop("checked_digest"),
            check=authenticity.Check(**data),
        )
        return _("Recorded: the paper is %(outcome)s.") % {
            "outcome": made.get_outcome_display().lower()
        }


def findings(case: Case, user: User) -> dict[str, Any] | None:
    """What was found, newest first, and where the paper stands; None before a paper."""
    stands = authenticity.verdict(case)
    rows = case.authenticity_findings.select_related("document").order_by("-pk")
    now = authenticity.digest(case)
    if not authenticity.papers(case):
        return None
    return {
        "verdict": stands,
        "tone": TONES[stands.outcome] if stands.outcome else "warn",
        "rows": [
            (one, TONES[Finding(one.outcome)], one.checked_digest == now)
            for one in rows
        ],
        "may_read": permissions.allowed(user, Perm.AUTHENTICATE, case),
    }


register_panel(
    Panel(
        name="authenticity",
        title=gettext_lazy("Is the paper genuine?"),
        template="cases/parts/authenticity.html",
        context=findings,
        order=12,
    )
)
