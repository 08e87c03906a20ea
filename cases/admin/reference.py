"""What cases refer to, for reading: the agencies, and who we are."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from cases import permissions
from cases.enums import Perm
from cases.models import Agency, Organisation


class ReadingAdmin(ModelAdmin):
    """Rows that everybody of the desk may read and nobody edits here."""

    actions = None
    list_per_page = 25

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may look at cases."""
        return permissions.has_role_for(request.user, Perm.VIEW)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whoever may look at cases."""
        return permissions.has_role_for(request.user, Perm.VIEW)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Agencies come with a request, the organisation with the set-up."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Letters and sealed packets quote these rows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Cases point at these rows."""
        return False


@admin.register(Agency)
class AgencyAdmin(ReadingAdmin):
    """The directory of agencies."""

    list_display = ("name", "jurisdiction", "address", "cases_of")
    list_filter = ("jurisdiction",)
    search_fields = ("name",)
    fields = ("name", "jurisdiction", "address")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        """With how many of the reader's own cases each has sent."""
        visible = permissions.visible_cases(request.user)
        return Agency.objects.annotate(
            cases_total=Count("cases", filter=Q(cases__in=visible), distinct=True)
        )

    @admin.display(description=_("Requests you see"), ordering="cases_total")
    def cases_of(self, agency: Any) -> int:
        """How many requests of the agency this reader sees."""
        total: int = agency.cases_total
        return total


@admin.register(Organisation)
class OrganisationAdmin(ReadingAdmin):
    """Who we are."""

    list_display = ("name", "time_zone", "bates_prefix", "profile")
    fields = (
        "name",
        "address",
        "letterhead",
        "contact",
        "custodian_title",
        "time_zone",
        "court",
        "bates_prefix",
        "profile",
        "intake_group",
    )
