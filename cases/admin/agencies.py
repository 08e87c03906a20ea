"""The directory of agencies: the list, and the page of one with its addresses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases import permissions
from cases.admin import acts, directory, tags
from cases.admin.base import show_page
from cases.admin.reference import ReadingAdmin
from cases.enums import ContactOutcome, Perm
from cases.models import Agency, AgencyContact, ContactCheck, Organisation


@dataclass(frozen=True)
class Shown:
    """One delivery address with its last check, and what this person may do with it."""

    contact: AgencyContact
    check: ContactCheck | None
    badge: SafeString
    words: str
    may_check: bool


@admin.register(Agency)
class AgencyAdmin(ReadingAdmin):
    """The directory of agencies."""

    list_display = ("name_link", "jurisdiction", "address", "good_of", "cases_of")
    list_display_links = None
    list_filter = ("jurisdiction",)
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever takes in requests; the button leads to our own page."""
        return permissions.has_role_for(request.user, Perm.INTAKE)

    def get_urls(self) -> list[URLPattern]:
        """The list, the page of one, and the acts."""
        site = self.admin_site
        one = "<int:agency_id>/"
        contact = f"{one}contacts/<int:contact_id>/"
        return [
            path(
                "",
                site.admin_view(self.changelist_view),
                name="cases_agency_changelist",
            ),
            path("add/", acts.view(site, directory.AddAgency), name="cases_agency_add"),
            path(
                one,
                site.admin_view(require_GET(self.page)),
                name="cases_agency_change",
            ),
            path(
                f"{one}edit/",
                acts.view(site, directory.ChangeAgency),
                name="cases_agency_edit",
            ),
            path(
                f"{one}contacts/",
                acts.view(site, directory.EnterContact),
                name="cases_contact_add",
            ),
            path(
                f"{contact}check/",
                acts.view(site, directory.CheckContact),
                name="cases_contact_check",
            ),
            path(
                f"{contact}retire/",
                acts.view(site, directory.RetireContact),
                name="cases_contact_retire",
            ),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        """With how many of the reader's own cases, and checked addresses, each has."""
        visible = permissions.visible_cases(request.user)
        days = Organisation.objects.get().contact_days
        good = AgencyContact.objects.current(timezone.now(), days).values("pk")
        return Agency.objects.annotate(
            cases_total=Count("cases", filter=Q(cases__in=visible), distinct=True),
            good_total=Count("contacts", filter=Q(contacts__in=good), distinct=True),
        )

    @admin.display(description=gettext_lazy("Name"), ordering="name")
    def name_link(self, agency: Agency) -> SafeString:
        """The name, as the way to the agency's page."""
        url = reverse(directory.PAGE, args=[agency.pk])
        return format_html('<a class="cd-list-link" href="{}">{}</a>', url, agency)

    @admin.display(description=gettext_lazy("Checked addresses"))
    def good_of(self, agency: Any) -> SafeString:
        """How many addresses a packet could go to."""
        total = agency.good_total
        return tags.badge(total or _("None"), "ok" if total else "warn")

    @admin.display(description=gettext_lazy("Requests you see"), ordering="cases_total")
    def cases_of(self, agency: Any) -> int:
        """How many requests of the agency this reader sees."""
        total: int = agency.cases_total
        return total

    def page(self, request: HttpRequest, agency_id: int) -> HttpResponse:
        """One agency, with its delivery addresses.

        Raises:
            PermissionDenied: no role of this person looks at requests.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        agency = get_object_or_404(Agency, pk=agency_id)
        days = Organisation.objects.get().contact_days
        return show_page(
            self.admin_site,
            request,
            "cases/agency.html",
            title=agency.name,
            crumbs=[(_("Agencies"), reverse(directory.LIST))],
            agency=agency,
            days=days,
            contacts=contacts(agency, request.user, timezone.now(), days),
            retired=agency.contacts.exclude(retired_at=None),
            may_edit=permissions.has_role_for(request.user, Perm.INTAKE),
            may_retire=permissions.has_role_for(request.user, Perm.CHECK_CONTACT),
        )


def contacts(agency: Agency, user: Any, at: datetime, days: int) -> list[Shown]:
    """The addresses in use as this person sees them."""
    checkers = list(permissions.who_has_role(Perm.CHECK_CONTACT))
    may = user in checkers
    found = []
    for contact in agency.contacts.in_use().prefetch_related("checks"):
        checks = list(contact.checks.all())
        check = checks[-1] if checks else None
        badge, words = _standing(contact, check, at, days, checkers)
        found.append(
            Shown(
                contact, check, badge, words, may and contact.entered_by_id != user.pk
            )
        )
    return found


def _standing(
    contact: AgencyContact,
    check: ContactCheck | None,
    at: datetime,
    days: int,
    checkers: list[User],
) -> tuple[SafeString, str]:
    if check is None:
        others = [one for one in checkers if one.pk != contact.entered_by_id]
        names = ", ".join(permissions.names(others)) or _("nobody has the role")
        words = _("Waits to be checked by: %(names)s") % {"names": names}
        return tags.badge(_("Not checked yet"), "warn"), words
    if check.outcome == ContactOutcome.FAILED:
        return tags.badge(_("Failed its check"), "stop"), _("Nothing is sent there.")
    ends = timezone.localtime(check.checked_at + timedelta(days=days))
    day = {"day": f"{ends:%-d %b %Y}"}
    if check.checked_at + timedelta(days=days) <= at:
        words = _("The check held until %(day)s. Check it again.") % day
        return tags.badge(_("Check is too old"), "warn"), words
    return tags.badge(_("Checked"), "ok"), _("Good until %(day)s") % day
