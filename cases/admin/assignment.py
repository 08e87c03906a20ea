"""Whose a request is: the page that hands it over, and the list of one's own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import assignment, audit
from cases.admin import trail
from cases.admin.verbs import VerbPage, register
from cases.enums import EventKind, Perm
from cases.models import Case


class HandOverForm(forms.Form):
    """To whom, and why."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("New owner"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("Those who see this request and take in or review."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy(
            "The trail keeps it. Name no person whom the request is about."
        ),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        """Offer those who could own the case."""
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = assignment.who_may_own(case).exclude(pk=case.owner_id)
        to.label_from_instance = audit.name_of


@register
class HandOver(VerbPage):
    """Hand a request over to another owner."""

    name = "hand_over"
    title = gettext_lazy("Hand over to another owner")
    lead = gettext_lazy(
        "The owner sees to it that the request is answered. Owning opens nothing: what "
        "somebody may do comes from their role and their grant."
    )
    button = gettext_lazy("Hand it over")
    permission = Perm.VIEW
    icon = "move_up"
    template = "cases/hand_over.html"

    def bars(self, case: Case, user: User) -> str:
        """It is the owner's to hand over, or counsel's."""
        if assignment.may_hand_over(case, user):
            return ""
        return _(
            "%(owner)s owns this request, so they or counsel can hand it over."
        ) % {"owner": audit.name_of(case.owner)}

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, which offers those who could own it."""
        return HandOverForm(case=case, **given)

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Hand it over."""
        case = assignment.hand_over(case.pk, actor=actor, **form.cleaned_data)
        return _("%(who)s owns the request now.") % {"who": audit.name_of(case.owner)}


class OwnerFilter(admin.SimpleListFilter):
    """The requests that the reader owns, or those that others do."""

    title = gettext_lazy("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Mine and the others'."""
        return [("mine", _("Mine")), ("others", _("Others'"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Case]
    ) -> QuerySet[Case]:
        """The chosen ones."""
        match self.value():
            case "mine":
                return queryset.filter(owner=request.user.pk)
            case "others":
                return queryset.exclude(owner=request.user.pk)
            case _other:
                return queryset


@trail.says(EventKind.CASE_HANDED_OVER)
def _handed_over(data: dict[str, Any], names: trail.Names) -> str:
    unknown = _("somebody")
    return _("%(old)s → %(new)s: %(why)s") % {
        "old": names.people.get(data["from"], unknown),
        "new": names.people.get(data["to"], unknown),
        "why": data["reason"],
    }
