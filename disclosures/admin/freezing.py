"""The switch that stops every release: its page, how it is thrown and lifted.

Everybody at work may read why nothing goes out; a banner on each page leads here.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases import permissions
from cases.admin import acts
from cases.admin.base import show_page
from cases.admin.reference import ReadingAdmin
from cases.enums import Perm
from cases.proof import Proof
from disclosures import freezing
from disclosures.models import Freeze

PAGE = "admin:disclosures_freeze_changelist"


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy(
            "Everybody here reads this: name no person and no request."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class _OnTheSwitch(acts.SiteAct):
    permission = Perm.FREEZE
    form_class = ReasonForm

    def back(self) -> str:
        """The page of the switch."""
        return reverse(PAGE)

    def crumbs(self) -> list[tuple[str, str]]:
        """The page of the switch."""
        return [(_("Stop of all releases"), reverse(PAGE))]


class Throw(_OnTheSwitch):
    """Stop everything."""

    title = gettext_lazy("Stop all releases")
    lead = gettext_lazy(
        "From this moment no packet can be downloaded or handed over, on any request. "
        "A download that is under way breaks off. Another counsel or administrator "
        "can lift it; you can't."
    )
    button = gettext_lazy("Stop all releases now")
    danger = True

    def refusal(self) -> str:
        """Only once at a time."""
        return _("All releases are stopped already.") if _standing() else ""

    def perform(self, form: forms.Form) -> str:
        """Throw it."""
        freezing.throw(actor=self.user, **form.cleaned_data)
        return _("All releases are stopped.")


class Lift(_OnTheSwitch):
    """Open again."""

    title = gettext_lazy("Open releases again")
    lead = gettext_lazy(
        "Packets whose other gates are open can be handed over again. Lifting is done "
        "by another person than who stopped them."
    )
    button = gettext_lazy("Open releases again")
    fresh = True

    def refusal(self) -> str:
        """While something is stopped, and by another person."""
        standing = _standing()
        if standing is None:
            return _("Releases aren't stopped.")
        if standing.thrown_by_id == self.user.pk:
            return _("You stopped them: another counsel or administrator lifts it.")
        return ""

    def shown(self) -> dict[str, Any]:
        """Why they were stopped."""
        return {"standing": _standing()}

    template = "disclosures/lift.html"

    def perform_proved(self, form: forms.Form, proof: Proof) -> str:
        """Lift it."""
        freezing.lift(actor=self.user, proof=proof, **form.cleaned_data)
        return _("Releases are open again.")


@admin.register(Freeze)
class FreezeAdmin(ReadingAdmin):
    """The switch and what became of it so far."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Never in the theme's own menu: ours has it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """The page, and the two acts."""
        site = self.admin_site
        name = PAGE.removeprefix("admin:")
        return [
            path("", site.admin_view(require_GET(self.page)), name=name),
            path("throw/", acts.view(site, Throw), name="disclosures_freeze_throw"),
            path("lift/", acts.view(site, Lift), name="disclosures_freeze_lift"),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """Whether releases are open, and every stop there was.

        Raises:
            PermissionDenied: neither looks at requests nor throws switches.
        """
        may_throw = permissions.has_role_for(request.user, Perm.FREEZE)
        if not may_throw and not permissions.has_role_for(request.user, Perm.VIEW):
            raise PermissionDenied
        return show_page(
            self.admin_site,
            request,
            "disclosures/freeze.html",
            title=_("Stop of all releases"),
            standing=_standing(),
            past=Freeze.objects.exclude(lifted_at=None).order_by("-pk"),
            may_throw=may_throw,
            may_lift=permissions.names(freezing.who_lifts()),
        )


def _standing() -> Freeze | None:
    return Freeze.objects.standing()


def banner(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame shows while all releases are stopped."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {"frozen": _standing() if known else None}
