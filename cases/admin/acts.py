"""Acts on the site and its directory: as a verb's page, but of no case.

GET shows what will happen and to what, POST does it through one verb function. Who may
is asked of the role alone, since no grant opens the site.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cases import permissions
from cases.admin.base import person, refusals_shown, show_page
from cases.admin.fresh import require_fresh
from cases.admin.verbs import Text
from cases.enums import Perm
from cases.proof import Proof


class SiteAct:
    """One act: what its page says, who may, and the verb it calls.

    One is made per request; ``row`` is what the address names, if it names anything.
    """

    title: ClassVar[Text]
    lead: ClassVar[Text] = ""
    button: ClassVar[Text]
    permission: ClassVar[Perm | None]  # None: whoever is signed in
    form_class: ClassVar[type[forms.Form]] = forms.Form
    template: ClassVar[str] = "cases/site_act.html"
    danger: ClassVar[bool] = False
    fresh: ClassVar[bool] = False  # whether it takes fresh proof of who does it

    def __init__(self, request: HttpRequest, **ids: int) -> None:
        """Find what the address names."""
        self.user = person(request)
        self.row: Any = self.find(**ids)

    def find(self, **ids: int) -> Any:
        """The row that the address names.

        Raises:
            Http404: there is none.
        """
        return None

    def refusal(self) -> str:
        """Why it can't be done now, or not by this person; "" where it can."""
        return ""

    def form(self, **given: Any) -> forms.Form:
        """The form, unbound or bound."""
        return self.form_class(initial=self.initial(), **given)

    def initial(self) -> dict[str, Any]:
        """What the form holds before anybody types."""
        return {}

    def shown(self) -> dict[str, Any]:
        """What else the template needs."""
        return {}

    def perform(self, form: forms.Form) -> str:
        """Do it through one verb function; what was done, as a sentence.

        Raises:
            CaseError, ValidationError, PermissionDenied: as the verb does.
        """
        raise NotImplementedError

    def perform_proved(self, form: forms.Form, proof: Proof) -> str:
        """``perform`` of an act that is ``fresh``: it hands the proof to its verb.

        Raises:
            CaseError, ValidationError, PermissionDenied: as the verb does.
        """
        raise NotImplementedError

    def back(self) -> str:
        """Where to go when it is done, and when it isn't."""
        return reverse("admin:index")

    def crumbs(self) -> list[tuple[str, str]]:
        """The way back: (label, url) pairs."""
        return []


def view(site: AdminSite, act: type[SiteAct]) -> Callable[..., HttpResponse]:
    """The page of an act."""

    def shown(request: HttpRequest, **ids: int) -> HttpResponse:
        if act.permission is not None:
            permissions.require_role(request.user, act.permission)
        page = act(request, **ids)
        form = page.form()
        if request.method == "POST":
            form = page.form(data=request.POST, files=request.FILES)
            if form.is_valid():
                with refusals_shown(request, form):
                    done = _perform(page, request, form)
                    messages.success(request, done)
                    return redirect(page.back())
        return show_page(
            site,
            request,
            page.template,
            title=page.title,
            crumbs=page.crumbs(),
            verb=page,
            row=page.row,
            form=form,
            refusal=page.refusal(),
            back=page.back(),
            **page.shown(),
        )

    return site.admin_view(shown)


def _perform(page: SiteAct, request: HttpRequest, form: forms.Form) -> str:
    if page.fresh:
        return page.perform_proved(form, require_fresh(request))
    return page.perform(form)
