"""Restricted requests: restricting one, being bound by it, the register of the told."""

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import exposure, permissions, restricted
from cases.admin import acts, story, trail
from cases.admin.base import case_url, person, refusals_shown
from cases.admin.files import STILL
from cases.admin.forms import named_field, offer_named
from cases.admin.verbs import Panel, VerbPage, register, register_panel
from cases.enums import EventKind, ExposureGround, Perm
from cases.models import Case
from cases.proof import Proof

if TYPE_CHECKING:
    from cases.admin.base import CaseModelAdmin


class RestrictForm(forms.Form):
    """Who may go on knowing, and why nobody else."""

    named = named_field()
    reason = forms.CharField(
        label=gettext_lazy("Why only named persons may know"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, case: Case, actor: User, **kwargs: Any) -> None:
        """Offer who could be named; the owner is."""
        super().__init__(*args, **kwargs)
        offer_named(self.fields["named"], actor)
        self.fields["named"].initial = [case.owner_id]


@register
class Restrict(VerbPage):
    """Hide a request from everybody but named persons."""

    name = "restrict"
    title = gettext_lazy("Restrict to named persons")
    lead = gettext_lazy(
        "The request disappears for everybody else: from lists, counts and searches, "
        "also for administrators. Whoever has opened it so far is told that they may "
        "not speak of it. This can't be taken back."
    )
    button = gettext_lazy("Restrict it now")
    permission = Perm.RESTRICT
    icon = "visibility_off"
    danger = True
    fresh = True

    def fits(self, case: Case) -> str:
        """An open request that isn't restricted yet."""
        return restricted.refusal(case)

    def bars(self, case: Case, user: User) -> str:
        """Not by somebody whose own look ends."""
        return restricted.bars(case, user)

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, which offers others than who asks."""
        return RestrictForm(case=case, actor=user, **given)

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: forms.Form, proof: Proof
    ) -> str:
        """Do it."""
        done = restricted.restrict(
            case.pk, actor=actor, proof=proof, **form.cleaned_data
        )
        return _("Restricted. It is called %(number)s from now on.") % {
            "number": done.number
        }


class ToldForm(forms.Form):
    """Who was told outside the house."""

    name = forms.CharField(
        label=gettext_lazy("Who was told"),
        max_length=150,
        help_text=gettext_lazy("Name and office of somebody without an account here."),
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Why they may be told"), choices=ExposureGround.choices
    )
    is_told = forms.BooleanField(
        label=gettext_lazy("They were told that they may not speak of it either.")
    )


@register
class RecordTold(VerbPage):
    """Record that somebody outside was told."""

    name = "record_told"
    title = gettext_lazy("Record who was told")
    lead = gettext_lazy(
        "Somebody without an account who was told of this request: an attorney, a "
        "provider, whoever was needed to comply. They are bound as you are."
    )
    button = gettext_lazy("Put them into the register")
    permission = Perm.GRANT
    form_class = ToldForm
    icon = "person_add"

    def fits(self, case: Case) -> str:
        """On a restricted request."""
        return restricted.register_refusal(case)

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Record it."""
        given = form.cleaned_data
        restricted.record_told(
            case.pk, actor=actor, name=given["name"], ground=given["ground"]
        )
        return _("In the register: %(who)s.") % {"who": given["name"]}

    def back(self, case: Case) -> str:
        """To the register."""
        return f"{case_url(case)}#panel-told"


class BoundForm(forms.Form):
    """That one has understood it."""

    is_understood = forms.BooleanField(
        label=gettext_lazy("I have read this and will tell nobody who isn't named.")
    )


class Bound(acts.SiteAct):
    """Acknowledge the secrecy of what one was told of."""

    title = gettext_lazy("Something that nobody else may know")
    button = gettext_lazy("I understand; open it")
    permission = None  # whoever was told, whatever their role is now
    form_class = BoundForm
    template = "cases/bound.html"
    cases: list[Case]

    def refusal(self) -> str:
        """Where nothing waits."""
        if exposure.unbound(self.user).exists():
            return ""
        return _("There is nothing to acknowledge.")

    def shown(self) -> dict[str, Any]:
        """Who told them, and when."""
        return {"told": exposure.unbound(self.user)}

    def perform(self, form: forms.Form) -> str:
        """Acknowledge it."""
        self.cases = restricted.acknowledge(actor=self.user)
        said = _("Recorded. Speak of it only with those whom its register names.")
        known = [one for one in self.cases if not self._sees(one)]
        # A data owner never knew of a request, only of an order: no number is said.
        reads = (Perm.VIEW, Perm.GRANT)  # of requests, or of their numbers
        if not known or not any(
            permissions.has_role_for(self.user, perm) for perm in reads
        ):
            return said
        # They opened it themselves before it was restricted, under this number.
        numbers = ", ".join(one.former_number or one.number for one in known)
        return said + " " + _("You knew it as %(numbers)s.") % {"numbers": numbers}

    def back(self) -> str:
        """To the request, if a grant opens one."""
        for case in getattr(self, "cases", []):
            if self._sees(case):
                return case_url(case)
        return reverse("admin:index")

    def _sees(self, case: Case) -> bool:
        return permissions.allowed(self.user, Perm.VIEW, case)


def register_file(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    """The register for whoever may demand it, attorneys apart; an event comes first."""

    def view(request: HttpRequest, case_id: int) -> HttpResponse:
        case = desk.get_row(request, case_id)
        if not permissions.allowed(request.user, Perm.GRANT, case):
            raise PermissionDenied
        rows = None
        with refusals_shown(request):
            rows = restricted.export_register(case.pk, actor=person(request))
        if rows is None:
            return redirect(case_url(case))
        out = io.StringIO(newline="")
        sheet = csv.writer(out)
        sheet.writerow(["name", "ground", "told_on", "told_of_the_secrecy_on"])
        for row in rows:
            days = (row.told_at, row.bound_at)
            sheet.writerow([row.name, row.get_ground_display(), *map(_day, days)])
        return HttpResponse(
            out.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="register.csv"',
                **STILL,
            },
        )

    return view


def _day(at: Any) -> str:
    return timezone.localtime(at).date().isoformat() if at else ""


def _panel(case: Case, user: User) -> dict[str, Any] | None:
    if not case.is_restricted:
        return None
    return {
        "told": list(case.exposures.all()),
        "may_export": permissions.allowed(user, Perm.GRANT, case),
    }


register_panel(
    Panel(
        name="told",
        title=gettext_lazy("Who knows of this request"),
        template="cases/parts/told.html",
        context=_panel,
        order=61,
    )
)


@trail.says(EventKind.EXPOSURE_RECORDED)
def _told(data: dict[str, Any], names: trail.Names) -> str:
    return str(ExposureGround(data["ground"]).label)


@trail.says(EventKind.CASE_RESTRICTED)
def _restricted(data: dict[str, Any], names: trail.Names) -> str:
    return str(data["reason"])


@story.tells(EventKind.CASE_RESTRICTED)
def _tells_restricted(case: Case, acts_: list[dict[str, Any]]) -> story.Said:
    return story.Said(_("{who} restricted the request to named persons."), detail=None)


@story.tells(EventKind.EXPOSURE_RECORDED)
def _tells_told(case: Case, acts_: list[dict[str, Any]]) -> story.Said:
    return story.Said(
        _("{who} put %(n)d into the register of who knows.") % {"n": len(acts_)},
        "#panel-told",
    )


@story.tells(EventKind.EXPOSURE_ACKNOWLEDGED)
def _tells_bound(case: Case, acts_: list[dict[str, Any]]) -> story.Said:
    return story.Said(_("{who} acknowledged the secrecy."), "#panel-told")


@story.tells(EventKind.REGISTER_EXPORTED)
def _tells_export(case: Case, acts_: list[dict[str, Any]]) -> story.Said:
    return story.Said(_("{who} exported the register of who knows."), "#panel-told")
