"""What is nobody's to read or edit on the admin is taken off: factors and tokens.

People and groups stay, kept by administrators, and nobody deletes them: what somebody
did keeps pointing at them. Roles change by an act with a reason (``cases.people``).
``INSTALLED_APPS`` names this app last, so allauth has registered its own by now; a test
sees that nothing of it is left.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from cases import audit, people, permissions
from cases.admin import acts
from cases.admin.base import person
from cases.enums import Perm, Role
from cases.proof import Proof

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


class KeptByAdministrators:
    """Rows kept by administrators, never deleted; each change leaves its event."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Never in the theme's own menu: ours has it."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """By role, for superusers too."""
        return permissions.has_role_for(request.user, Perm.KEEP_PEOPLE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By role, for superusers too."""
        return permissions.has_role_for(request.user, Perm.KEEP_PEOPLE)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """By role, for superusers too."""
        return permissions.has_role_for(request.user, Perm.KEEP_PEOPLE)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: an account is closed instead."""
        return False


@admin.register(User)
class PeopleAdmin(KeptByAdministrators, UserAdmin, ModelAdmin):
    """The people: their names here, their roles by an act of its own."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    filter_horizontal = ()
    list_display = ("username", "full_name", "roles", "is_open")
    list_filter = ("is_active", "groups")
    # Without the permissions of one person: what counts comes from roles.
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (_("What they are here"), {"fields": ("roles", "is_open", "change_roles")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined", "roles", "is_open", "change_roles")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With their groups, asked once."""
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("groups")

    def get_urls(self) -> list[URLPattern]:
        """The theme's pages, and the act."""
        act = acts.view(self.admin_site, ChangeRoles)
        page = path("<int:person_id>/roles/", act, name="auth_user_roles")
        return [page, *super().get_urls()]

    @admin.display(description=_("Name"))
    def full_name(self, row: User) -> str:
        """As the trail has it."""
        return audit.name_of(row)

    @admin.display(description=_("Roles and groups"))
    def roles(self, row: User) -> str:
        """In the page's language."""
        return ", ".join(_named(group) for group in row.groups.all()) or gettext("none")

    @admin.display(description=_("May sign in"), boolean=True)
    def is_open(self, row: User) -> bool:
        """Whether the account opens this portal."""
        return row.is_active and row.is_staff

    @admin.display(description="")
    def change_roles(self, row: User) -> SafeString:
        """The way to the act."""
        url = reverse("admin:auth_user_roles", args=[row.pk])
        label = gettext("Change roles, or close the account")
        return format_html('<a href="{}" class="cd-btn">{}</a>', url, label)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Into the trail, beside Django's own log."""
        people.record_added(obj, actor=person(request))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Into the trail, beside Django's own log; a password counts as a change."""
        people.record_changed(obj, actor=person(request))
        return super().log_change(request, obj, message)

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, *args: Any, **named: Any
    ) -> Any:
        """In one transaction with its event."""
        return super().user_change_password(request, *args, **named)


class RolesForm(forms.Form):
    """What somebody is to be here."""

    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"),
        queryset=Group.objects.filter(name__in=Role.values),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A role says what somebody may do; a grant on which requests."),
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"),
        queryset=Group.objects.exclude(name__in=Role.values),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Requests are granted to groups. New ones go to the intake group."),
    )
    is_open = forms.BooleanField(label=_("May sign in"), required=False)
    reason = forms.CharField(label=_("Reason, as the trail keeps it"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the roles in the page's language."""
        super().__init__(*args, **kwargs)
        for name in ("roles", "groups"):
            field: Any = self.fields[name]
            field.label_from_instance = _named


class ChangeRoles(acts.SiteAct):
    """Say what somebody is here."""

    title = _("Change roles")
    lead = _(
        "It holds from the next click on. What the person did so far stays under their "
        "name; nobody changes their own roles."
    )
    button = _("Change them")
    permission = Perm.KEEP_PEOPLE
    form_class = RolesForm
    fresh = True
    template = "compliance/change_roles.html"

    def find(self, **ids: int) -> User:
        """The person.

        Raises:
            Http404: there is none.
        """
        return get_object_or_404(User, pk=ids["person_id"])

    def refusal(self) -> str:
        """It is never one's own."""
        return people.bars(self.row, self.user)

    def initial(self) -> dict[str, Any]:
        """As it stands."""
        groups = self.row.groups.all()
        return {
            "roles": [one.pk for one in groups if one.name in Role.values],
            "groups": [one.pk for one in groups if one.name not in Role.values],
            "is_open": self.row.is_active and self.row.is_staff,
        }

    def shown(self) -> dict[str, Any]:
        """Whom it is about."""
        return {"name": audit.name_of(self.row)}

    def perform_proved(self, form: forms.Form, proof: Proof) -> str:
        """Change it."""
        said = form.cleaned_data
        wanted = people.Standing([*said["roles"], *said["groups"]], said["is_open"])
        people.change_roles(
            self.row.pk,
            actor=self.user,
            standing=wanted,
            reason=said["reason"],
            proof=proof,
        )
        return gettext("What %(who)s is here is changed.") % {
            "who": audit.name_of(self.row)
        }

    def back(self) -> str:
        """To the person."""
        return reverse("admin:auth_user_change", args=[self.row.pk])

    def crumbs(self) -> list[tuple[str, str]]:
        """Past the people."""
        return [
            (gettext("People"), reverse("admin:auth_user_changelist")),
            (audit.name_of(self.row), self.back()),
        ]


@admin.register(Group)
class GroupsAdmin(KeptByAdministrators, GroupAdmin, ModelAdmin):
    """The groups that cases are granted to; the roles are the product's, to be read."""

    filter_horizontal = ()
    fields = ("name",)  # what a role may do isn't a site's to change

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Not of a role: its name is what it is known by."""
        is_role = isinstance(obj, Group) and obj.name in Role.values
        return not is_role and super().has_change_permission(request, obj)

    def log_addition(self, request: HttpRequest, obj: Group, message: Any) -> Any:
        """Into the trail, beside Django's own log."""
        people.record_group(obj, actor=person(request))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Group, message: Any) -> Any:
        """Into the trail, beside Django's own log."""
        people.record_group(obj, actor=person(request))
        return super().log_change(request, obj, message)


def _named(group: Group) -> str:
    return str(Role(group.name).label) if group.name in Role.values else group.name
