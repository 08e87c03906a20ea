"""What is nobody's to read or edit on the admin is taken off: factors and tokens.

People and roles stay, and nobody deletes them: what somebody did keeps pointing at
them, and the page that asks "are you sure" would list it to who sees none of the cases.
``INSTALLED_APPS`` names this app last, so allauth has registered its own by now; a test
sees that nothing of it is left.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

for model in (
    Authenticator,
    EmailAddress,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
    Group,
    User,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class Kept:
    """Rows that are closed and never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: an account is closed instead."""
        return False


@admin.register(User)
class PeopleAdmin(Kept, UserAdmin, ModelAdmin):
    """The people; their roles and groups are given here."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    filter_horizontal = ()
    # Without the permissions of one person: what counts comes from roles.
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups")},
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")


@admin.register(Group)
class RolesAdmin(Kept, GroupAdmin, ModelAdmin):
    """The roles, and the groups that cases are granted to."""

    filter_horizontal = ()
