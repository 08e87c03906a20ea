"""The verb pages of a case's targets: add, correct, take off."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import targeting
from cases.admin import sections
from cases.admin.base import verb_url
from cases.admin.forms import TargetForm
from cases.admin.intake import IntakePage
from cases.admin.verbs import register
from cases.models import Case

_FIELDS = ("kind", "identifier", "role", "first_day", "last_day", "time_zone")


def _facts(form: forms.Form) -> targeting.TargetFacts:
    return targeting.TargetFacts(**{name: form.cleaned_data[name] for name in _FIELDS})


@register
class AddTarget(IntakePage):
    """Add a target; the window of the one before is offered again."""

    name = "add_target"
    title = gettext_lazy("Add a target")
    lead = gettext_lazy(
        "One page for each identifier the paper names, spelled exactly as it is there: "
        "capitals, dots and dashes count."
    )
    button = gettext_lazy("Add this target")
    form_class = TargetForm
    template = "cases/target.html"
    icon = "person_add"

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """Papers usually ask the same days of each target."""
        last = case.targets.order_by("-number").first()
        if last is None:
            return {}
        return {name: getattr(last, name) for name in _FIELDS if name != "identifier"}

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The targets that are on the case already."""
        return {"targets": sections.targets(case)}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Add it."""
        target = targeting.add_target(case.pk, actor=actor, facts=_facts(form))
        return _("Target %(n)d is on the request.") % {"n": target.number}

    def after(self, case: Case, form: forms.Form) -> str:
        """To the next one, where another was asked for."""
        again = "another" in form.data
        return verb_url(case, self.name) if again else self.back(case)


class TargetPage(IntakePage):
    """A page on one target of the case."""

    in_menu = False
    of_a_row = True

    def row(self, case: Case, row_id: int) -> Model:
        """The target."""
        target: Model = get_object_or_404(case.targets, pk=row_id)
        return target


@register
class CorrectTarget(TargetPage):
    """Correct a target."""

    name = "correct_target"
    title = gettext_lazy("Correct a target")
    lead = gettext_lazy("What was decided about this target stays; check it in review.")
    button = gettext_lazy("Save the correction")
    form_class = TargetForm
    template = "cases/target.html"

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The target as it is."""
        return {name: getattr(row, name) for name in _FIELDS}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Correct it."""
        targeting.correct_target(row.pk, actor=actor, facts=_facts(form))
        return _("Target %(n)d is corrected.") % {"n": row.number}


@register
class RemoveTarget(TargetPage):
    """Take a target off."""

    name = "remove_target"
    title = gettext_lazy("Take a target off the request")
    lead = gettext_lazy(
        "For a target entered by mistake. What was decided about it goes with it; the "
        "trail keeps that it was there."
    )
    button = gettext_lazy("Take it off")
    template = "cases/remove_target.html"
    danger = True

    def fits(self, case: Case) -> str:
        """Before counsel has seen it."""
        if case.scope_revision:
            return _(
                "Counsel has seen this target already: object to its items instead."
            )
        return super().fits(case)

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Take it off."""
        targeting.remove_target(row.pk, actor=actor)
        return _("Target %(n)d is off the request.") % {"n": row.number}
