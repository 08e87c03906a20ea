"""The acts on the directory: an agency, and where it takes delivery."""

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import agencies
from cases.admin import acts
from cases.enums import (
    ContactKind,
    ContactMethod,
    ContactOutcome,
    Jurisdiction,
    Perm,
)
from cases.models import Agency, AgencyContact

LIST = "admin:cases_agency_changelist"
PAGE = "admin:cases_agency_change"


class AgencyForm(forms.Form):
    """What the directory says of an agency."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("The full official name."),
    )
    jurisdiction = forms.ChoiceField(
        label=gettext_lazy("Jurisdiction"),
        choices=[("", gettext_lazy("Choose")), *Jurisdiction.choices],
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        help_text=gettext_lazy(
            "As letters print it. Nothing is delivered there: delivery addresses are "
            "entered and checked on their own."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ContactForm(forms.Form):
    """Where an agency takes delivery."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of address it is"),
        choices=[("", gettext_lazy("Choose")), *ContactKind.choices],
    )
    recipient = forms.CharField(
        label=gettext_lazy("Who is reached there"),
        max_length=200,
        help_text=gettext_lazy("A named officer or a desk, as the agency calls it."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=320,
        help_text=gettext_lazy(
            "Exactly: the e-mail address, the portal's https:// address, or the office."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )


class CheckForm(forms.Form):
    """What the second person found out."""

    method = forms.ChoiceField(
        label=gettext_lazy("How you checked it"),
        choices=ContactMethod.choices,
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=gettext_lazy("Where you found the number or the entry"),
        max_length=200,
        help_text=gettext_lazy(
            "Never the request itself: who forges a paper prints a number of their "
            "own on it. For instance the switchboard on the agency's website."
        ),
    )
    evidence = forms.CharField(
        label=gettext_lazy("What you found"),
        help_text=gettext_lazy("Who answered, what was said or shown, and when."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("So"),
        choices=ContactOutcome.choices,
        widget=forms.RadioSelect,
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)


class AddAgency(acts.SiteAct):
    """Into the directory."""

    title = gettext_lazy("Add an agency")
    button = gettext_lazy("Add this agency")
    permission = Perm.INTAKE
    form_class = AgencyForm

    def perform(self, form: forms.Form) -> str:
        """Add it."""
        data = form.cleaned_data
        self.row = agencies.add_agency(actor=self.user, **data)
        return _("%(agency)s is in the directory.") % {"agency": self.row}

    def back(self) -> str:
        """To the new agency's page, or the list."""
        return reverse(PAGE, args=[self.row.pk]) if self.row else reverse(LIST)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [(_("Agencies"), reverse(LIST))]


class _OnAgency(acts.SiteAct):
    permission = Perm.INTAKE

    def find(self, **ids: int) -> Agency:
        """The agency."""
        return get_object_or_404(Agency, pk=ids["agency_id"])

    @property
    def agency(self) -> Agency:
        """The agency that the act is on."""
        found: Agency = self.row
        return found

    def back(self) -> str:
        """The agency's page."""
        return reverse(PAGE, args=[self.agency.pk])

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the agency."""
        return [(_("Agencies"), reverse(LIST)), (self.agency.name, self.back())]


class ChangeAgency(_OnAgency):
    """Correct the directory."""

    title = gettext_lazy("Change an agency")
    lead = gettext_lazy("Packets that are sealed keep the name they were sealed with.")
    button = gettext_lazy("Change it")
    form_class = AgencyForm

    def initial(self) -> dict[str, Any]:
        """As it stands."""
        return {name: getattr(self.agency, name) for name in agencies.FACTS}

    def perform(self, form: forms.Form) -> str:
        """Change it."""
        agencies.change_agency(self.agency.pk, actor=self.user, facts=form.cleaned_data)
        return _("The directory is changed.")


class EnterContact(_OnAgency):
    """A new delivery address."""

    title = gettext_lazy("Enter a delivery address")
    lead = gettext_lazy(
        "Another person checks it before anything can be sent there. An address is "
        "never edited: a wrong one is retired and the right one entered."
    )
    button = gettext_lazy("Enter this address")
    form_class = ContactForm

    def perform(self, form: forms.Form) -> str:
        """Enter it."""
        agencies.enter_contact(self.agency.pk, actor=self.user, **form.cleaned_data)
        return _("Entered. Another person checks it now.")


class _OnContact(_OnAgency):
    permission = Perm.CHECK_CONTACT
    template = "cases/contact_act.html"

    def find(self, **ids: int) -> Any:
        """The address, of this agency."""
        return get_object_or_404(
            AgencyContact.objects.select_related("agency"),
            pk=ids["contact_id"],
            agency=ids["agency_id"],
        )

    @property
    def agency(self) -> Agency:
        """The agency of the address."""
        found: Agency = self.row.agency
        return found

    def refusal(self) -> str:
        """Only an address in use."""
        return _("This address was taken out of use.") if self.row.retired_at else ""


class CheckContact(_OnContact):
    """Confirm an address, or find that it fails."""

    title = gettext_lazy("Check a delivery address")
    lead = gettext_lazy(
        "Find out, from somewhere else than the request, whether this is where the "
        "agency takes delivery. Packets go out to checked addresses alone."
    )
    button = gettext_lazy("Record this check")
    form_class = CheckForm

    def refusal(self) -> str:
        """By another person than who entered it."""
        if self.row.entered_by_id == self.user.pk:
            return _("You entered this address: another person checks it.")
        return super().refusal()

    def perform(self, form: forms.Form) -> str:
        """Record it."""
        check = agencies.Check(**form.cleaned_data)
        made = agencies.check_contact(self.row.pk, actor=self.user, check=check)
        if made.outcome == ContactOutcome.CONFIRMED:
            return _("Recorded: packets may be sent to this address.")
        return _("Recorded: nothing is sent to this address.")


class RetireContact(_OnContact):
    """Take an address out of use."""

    title = gettext_lazy("Take a delivery address out of use")
    lead = gettext_lazy("Nothing is sent there again. What was sent stays on record.")
    button = gettext_lazy("Take it out of use")
    danger = True
    form_class = ReasonForm

    def perform(self, form: forms.Form) -> str:
        """Retire it."""
        agencies.retire_contact(self.row.pk, actor=self.user, **form.cleaned_data)
        return _("The address is out of use.")
