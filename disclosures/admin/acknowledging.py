"""The last word on a delivery: the agency has it, as it let us know."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin.forms import moment_field
from cases.admin.verbs import VerbPage, register
from cases.enums import Perm
from cases.exceptions import CaseError
from cases.models import Case
from disclosures import delivery
from disclosures.admin.words import packet_title
from disclosures.enums import AcknowledgedBy
from disclosures.models import Delivery


class AcknowledgeForm(forms.Form):
    """Who acknowledged the packet, how and when."""

    method = forms.ChoiceField(
        label=gettext_lazy("How the agency let us know"),
        choices=AcknowledgedBy.choices,
        widget=forms.RadioSelect,
    )
    acknowledged_by = forms.CharField(
        label=gettext_lazy("Who acknowledged it"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As the receipt or the mail names them."),
    )
    acknowledged_at = moment_field(label=gettext_lazy("When"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        help_text=gettext_lazy(
            "For instance the receipt's number. Where none came: how often you asked."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        """Who and when are needed, unless none came."""
        super().__init__(*given, **named)
        for name in ("acknowledged_by", "acknowledged_at"):
            asked: Any = self.fields[name]
            asked.is_needed = True


@register
class AcknowledgePage(VerbPage):
    """Record the acknowledgement of a delivery."""

    name = "acknowledge"
    title = gettext_lazy("Record the acknowledgement")
    lead = gettext_lazy("Record how the agency let us know that it has the packet.")
    button = gettext_lazy("Record this")
    permission = Perm.RELEASE
    form_class = AcknowledgeForm
    template = "disclosures/acknowledge.html"
    icon = "mark_email_read"

    def fits(self, case: Case) -> str:
        """While a delivery of the case waits for it."""
        return "" if waiting(case) else _("No delivery waits for an acknowledgement.")

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The delivery that it is about."""
        made = waiting(case)
        title = packet_title(made.packet) if made else ""
        return {"delivery": made, "packet_title": title}

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Record it.

        Raises:
            CaseError: no delivery waits for one, or the verb refuses.
        """
        made = waiting(case)
        if made is None:
            raise CaseError(self.fits(case))
        receipt = delivery.Receipt(**form.cleaned_data)
        delivery.acknowledge(made.pk, actor=actor, receipt=receipt)
        return _("The acknowledgement is recorded.")


def waiting(case: Case) -> Delivery | None:
    """The oldest delivery of the case that nobody has acknowledged."""
    rows = Delivery.objects.filter(packet__case=case, acknowledgement=None)
    return rows.select_related("packet__case").order_by("pk").first()
