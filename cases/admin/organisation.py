"""Who we are: the page of the one row, and the act that changes it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.forms.models import fields_for_model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases import permissions, site
from cases.admin import acts
from cases.admin.base import show_page
from cases.admin.forms import zone_choices
from cases.admin.reference import ReadingAdmin
from cases.enums import Perm, Role
from cases.models import Organisation
from cases.proof import Proof

PAGE = "admin:cases_organisation_changelist"


class OrganisationForm(forms.Form):
    """The facts of the one row, in the model's own words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the model's fields, with zones and groups to choose from."""
        super().__init__(*args, **kwargs)
        for name, field in fields_for_model(Organisation, fields=site.FACTS).items():
            self.fields[name] = field
        for name in ("address", "letterhead"):
            self.fields[name].widget.attrs["rows"] = 3
        self.fields["time_zone"] = forms.ChoiceField(
            label=self.fields["time_zone"].label, choices=zone_choices()
        )
        groups: Any = self.fields["intake_group"]
        groups.queryset = Group.objects.exclude(name__in=Role.values)
        groups.empty_label = None


class ChangeOrganisation(acts.SiteAct):
    """Change who we are."""

    title = gettext_lazy("Change the organisation")
    lead = gettext_lazy(
        "Letters, declarations and the rules about persons read this from now on. What "
        "was sealed or signed stays as it is."
    )
    button = gettext_lazy("Change it")
    permission = Perm.EDIT_SITE
    form_class = OrganisationForm
    fresh = True

    def initial(self) -> dict[str, Any]:
        """As it stands."""
        row = Organisation.objects.get()
        found = {name: getattr(row, name) for name in site.FACTS}
        return found | {"intake_group": row.intake_group_id}

    def perform_proved(self, form: forms.Form, proof: Proof) -> str:
        """Change it."""
        site.change_organisation(actor=self.user, facts=form.cleaned_data, proof=proof)
        return _("The organisation is changed.")

    def back(self) -> str:
        """The page of the row."""
        return reverse(PAGE)

    def crumbs(self) -> list[tuple[str, str]]:
        """The page of the row."""
        return [(_("Organisation"), reverse(PAGE))]


@admin.register(Organisation)
class OrganisationAdmin(ReadingAdmin):
    """Who we are."""

    def get_urls(self) -> list[URLPattern]:
        """The page, and the act."""
        wrap = self.admin_site.admin_view
        return [
            path(
                "",
                wrap(require_GET(self.page)),
                name="cases_organisation_changelist",
            ),
            path(
                "edit/",
                acts.view(self.admin_site, ChangeOrganisation),
                name="cases_organisation_edit",
            ),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """The facts.

        Raises:
            PermissionDenied: neither looks at requests nor changes the site.
        """
        may_edit = permissions.has_role_for(request.user, Perm.EDIT_SITE)
        if not may_edit and not self.has_view_permission(request):
            raise PermissionDenied
        row = Organisation.objects.select_related("intake_group").get()
        return show_page(
            self.admin_site,
            request,
            "cases/organisation.html",
            title=row.name,
            facts=[_fact(row, name) for name in site.FACTS],
            may_edit=may_edit,
        )


def _fact(row: Organisation, name: str) -> tuple[str, Any]:
    field: Any = Organisation._meta.get_field(name)
    shown = getattr(row, f"get_{name}_display", None)
    label = str(field.verbose_name)
    return label[:1].upper() + label[1:], shown() if shown else getattr(row, name)
