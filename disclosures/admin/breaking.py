"""A break in custody on the pages: what was found, and how counsel settle it."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin import verbs
from cases.admin.verbs import VerbPage, register
from cases.enums import Perm
from cases.models import Case
from disclosures import breaks


class FindingForm(forms.Form):
    """What came of it."""

    finding = forms.CharField(
        label=gettext_lazy("What you found, and what was done"),
        help_text=gettext_lazy(
            "It stays on record. Name no account and no value of a record."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say what came of it.")},
    )


@register
class SettlePage(VerbPage):
    """Say what came of a break in custody."""

    name = "settle_custody_break"
    title = gettext_lazy("Deal with the break in custody")
    lead = gettext_lazy(
        "The request goes on once you have said what came of it. A file that is still "
        "wrong stops it again at the next reading: have it restored, or take the scope "
        "back and order another packet."
    )
    button = gettext_lazy("Record this and let the request go on")
    permission = Perm.SIGN_OFF
    form_class = FindingForm
    template = "disclosures/settle.html"
    icon = "link_off"
    danger = True

    def fits(self, case: Case) -> str:
        """While one stands."""
        if case.custody_breaks.standing().exists():
            return ""
        return _("No break in custody stands on this request.")

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What was found."""
        return {"breaks": case.custody_breaks.standing()}

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Record it."""
        breaks.settle(case.pk, actor=actor, **form.cleaned_data)
        return _("Recorded. The request goes on.")


def _panel(case: Case, user: User) -> dict[str, Any] | None:
    stopped_by = breaks.bars(case)
    return {"stopped_by": stopped_by} if stopped_by else None


verbs.register_panel(
    verbs.Panel(
        name="custody",
        title=gettext_lazy("Break in custody"),
        template="disclosures/parts/break_panel.html",
        context=_panel,
        order=1,
    )
)
