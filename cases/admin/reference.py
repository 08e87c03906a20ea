"""What cases refer to, for reading: the base of the pages of agencies and the like."""

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from cases import permissions
from cases.enums import Perm


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
        """Never by a form of the theme: adding is an act."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never by a form of the theme: changing is an act."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Cases point at these rows."""
        return False
