"""Where else is this account asked about? By POST: an address would end up in logs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import permissions, targeting
from cases.admin.base import crumbs, person
from cases.enums import Perm

if TYPE_CHECKING:
    from cases.admin.base import CaseModelAdmin


class FindForm(forms.Form):
    """One identifier, in whatever spelling."""

    identifier = forms.CharField(
        label=gettext_lazy("User name, e-mail address or other identifier"),
        max_length=320,
        help_text=gettext_lazy(
            "Capitals, the form of characters and what follows a + in an address don't "
            "matter. Only whole identifiers are found."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "no"}
        ),
    )


def page(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    """The form, and below it the requests that name the account."""

    def view(request: HttpRequest) -> HttpResponse:
        if not permissions.has_role_for(request.user, Perm.VIEW):
            raise PermissionDenied
        form, found = FindForm(), None
        if request.method == "POST":
            form = FindForm(data=request.POST)
            if form.is_valid():
                found = targeting.find(actor=person(request), **form.cleaned_data)
        return desk.show(
            request,
            "cases/find.html",
            title=_("Find an account"),
            crumbs=crumbs(),
            crumb=_("Find an account"),
            form=form,
            found=found,
        )

    return view
