"""Who may see a request: its panel, the pages that let people in, the list of numbers.

These pages show a case's number and its grants and nothing else of it, so that an
administrator can let people in without looking. Guardian's own pages don't exist here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import audit, grants, numbering, permissions
from cases.admin import trail
from cases.admin.base import case_url, crumbs, person, verb_url
from cases.admin.forms import day_field, person_with_roles
from cases.admin.verbs import (
    Panel,
    VerbPage,
    all_pages,
    register,
    register_panel,
)
from cases.enums import EventKind, ExposureGround, Perm
from cases.models import Case, CaseGroupPerm, CaseUserPerm
from cases.permissions import Grant
from cases.proof import Proof

if TYPE_CHECKING:
    from cases.admin.base import CaseModelAdmin

_NUMBERS_PER_PAGE = 200


@dataclass(frozen=True)
class Line:
    """One grant in words: whom it lets in, why, by whom, until when."""

    grant: Grant
    who: str
    given_by: str
    until: str
    lets_in: list[str]
    change_url: str = ""
    end_url: str = ""

    @property
    def is_group(self) -> bool:
        """Whether it goes to a group."""
        return isinstance(self.grant, CaseGroupPerm)


def lines(case: Case, user: User) -> list[Line]:
    """The grants in force, with the addresses to change and end them for who may."""
    may = permissions.allowed(user, Perm.GRANT, case)
    return [
        _line(one.grant, permissions.names(one.people), case if may else None)
        for one in permissions.openings(case)
    ]


def _line(grant: Grant, lets_in: list[str], case: Case | None) -> Line:
    kind = "group_grant" if isinstance(grant, CaseGroupPerm) else "grant"
    return Line(
        grant=grant,
        who=holder(grant),
        given_by=audit.name_of(grant.given_by or audit.SYSTEM),
        until=trail.until(grant.ends_at),
        lets_in=lets_in,
        change_url=verb_url(case, f"change_{kind}", grant.pk) if case else "",
        end_url=verb_url(case, f"end_{kind}", grant.pk) if case else "",
    )


def _panel(case: Case, user: User) -> dict[str, Any]:
    return {"lines": lines(case, user)}


register_panel(
    Panel(
        name="grants",
        title=gettext_lazy("Who may see this request"),
        template="cases/parts/grants.html",
        context=_panel,
        order=60,
    )
)


# --- what the trail says -----------------------------------------------------


@trail.says(EventKind.GRANT_REFUSED)
def _refused(data: dict[str, Any], names: trail.Names) -> str:
    pages = {one.name: str(one.title) for one in all_pages()}
    pages |= {
        "cases_case_change": _("The whole request"),
        "cases_case_trail": _("Trail"),
    }
    return pages.get(data["page"], _("A page of the request"))


@trail.says(EventKind.GRANT_GIVEN, EventKind.GRANT_ENDED)
def _grant(data: dict[str, Any], names: trail.Names) -> str:
    row: Grant | None = (
        names.user_grants.get(data["user_grant"])
        if "user_grant" in data
        else names.group_grants.get(data["group_grant"])
    )
    if row is None:
        return ""
    if "until" not in data:
        return holder(row)
    end = trail.until(datetime.fromisoformat(data["until"]) if data["until"] else None)
    parts = {"who": holder(row), "end": end, "why": row.reason}
    if data["replaces"]:
        return _("%(who)s, changed: %(end)s. %(why)s") % parts
    return _("%(who)s, %(end)s. %(why)s") % parts


def holder(grant: Grant) -> str:
    """Whom a grant lets in, as they are called on screen."""
    if isinstance(grant, CaseGroupPerm):
        return grant.group.name
    return audit.name_of(grant.user)


# --- forms -------------------------------------------------------------------


class TermsForm(forms.Form):
    """What a grant is for, and until when."""

    reason = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=200,
        help_text=gettext_lazy(
            "Whoever sees the request can read this. Name no person whom the request "
            "is about."
        ),
    )
    ends_at = day_field(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy(
            "The grant ends with this day. Needed for outside counsel; without one it "
            "lasts until somebody ends it."
        ),
    )

    def clean_ends_at(self) -> datetime | None:
        """The end of the day, in the organisation's zone."""
        day = self.cleaned_data["ends_at"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class GiveForm(TermsForm):
    """Whom to let in, what for, and until when; persons alone if it is restricted."""

    to = forms.ChoiceField(label=gettext_lazy("Whom to let in"))
    ground = forms.ChoiceField(
        label=gettext_lazy("Why they may be told"), choices=ExposureGround.choices
    )
    field_order = ("to", "ground", "reason", "ends_at")

    def __init__(self, *args: Any, case: Case, actor: User, **kwargs: Any) -> None:
        """Offer those whom this person could let in."""
        super().__init__(*args, **kwargs)
        people, groups = permissions.candidates(actor)
        one_by_one = [
            (f"user {one.pk}", person_with_roles(one))
            for one in people.prefetch_related("groups").order_by("first_name", "pk")
        ]
        together = [(f"group {one.pk}", one.name) for one in groups.order_by("name")]
        to: Any = self.fields["to"]
        to.choices = [("", _("Choose")), (_("People"), one_by_one)]
        if case.is_restricted:
            return
        to.choices += [(_("Groups"), together)]
        del self.fields["ground"]

    def clean_to(self) -> User | Group:
        """The person or the group."""
        kind, _space, pk = self.cleaned_data["to"].partition(" ")
        model: Any = User if kind == "user" else Group
        found: User | Group = model.objects.get(pk=pk)
        return found


# --- verb pages --------------------------------------------------------------


class GrantsPage(VerbPage):
    """A page that shows a case's number and grants, and nothing else of it."""

    permission = Perm.GRANT
    template = "cases/grant.html"
    icon = "key"
    fresh = True

    def cases(self, user: User) -> QuerySet[Case]:
        """Every case for an administrator; for others those they see."""
        if permissions.has_role_for(user, Perm.GRANT):
            return permissions.grantable_cases(user)
        return permissions.visible_cases(user)

    def crumbs(self, case: Case, user: User) -> list[tuple[str, str]]:
        """Past the case for who sees it, past the numbers for who doesn't."""
        if permissions.allowed(user, Perm.VIEW, case):
            return crumbs(case)
        return [(_("Request numbers"), reverse("admin:cases_numbers"))]

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """Where to go without doing it: the case, or the numbers."""
        sees = permissions.allowed(user, Perm.VIEW, case)
        leave = case_url(case) if sees else reverse("admin:cases_numbers")
        return {"leave": leave, "sees_case": sees}

    def back(self, case: Case) -> str:
        """To who sees it now."""
        return verb_url(case, GiveGrant.name)


@register
class GiveGrant(GrantsPage):
    """Let somebody in."""

    name = "give_grant"
    title = gettext_lazy("Who may see this request")
    lead = gettext_lazy(
        "A role says what somebody may do, a grant on which requests. Nobody sees this "
        "one without a grant in force."
    )
    button = gettext_lazy("Let them in")

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, which offers others than who asks."""
        return GiveForm(case=case, actor=user, **given)

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """Who is in now, and who was."""
        past = [_line(one, [], None) for one in permissions.past_grants(case)]
        more = {"access": {"lines": lines(case, user)}, "past": past}
        return {**super().shown(case, row, user), **more}

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: Any, proof: Proof
    ) -> str:
        """Give it."""
        given = grants.give(case.pk, actor=actor, proof=proof, **form.cleaned_data)
        return _("%(who)s may see %(case)s, %(until)s.") % {
            "who": holder(given),
            "case": case.number,
            "until": trail.until(given.ends_at),
        }


class GrantPage(GrantsPage):
    """A page on one grant of the case."""

    model: ClassVar[type[Grant]] = CaseUserPerm
    in_menu = False
    of_a_row = True

    def row(self, case: Case, row_id: int) -> Model:
        """The grant."""
        found: Model = get_object_or_404(self.model, content_object=case, pk=row_id)
        return found

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The grant, and who would see the request by no other."""
        own = [one for one in permissions.openings(case) if one.grant == row]
        others = [one for one in permissions.openings(case) if one.grant != row]
        elsewhere = {one.pk for opening in others for one in opening.people}
        here = [one for opening in own for one in opening.people]
        return {
            **super().shown(case, row, user),
            "line": _line(row, permissions.names(here), None),
            "only_here": permissions.names(
                one for one in here if one.pk not in elsewhere
            ),
        }


@register
class ChangeGrant(GrantPage):
    """Change what a person's grant is for, or when it ends."""

    name = "change_grant"
    title = gettext_lazy("Change a grant")
    lead = gettext_lazy(
        "The grant as it stands is closed and another takes its place, so the trail "
        "keeps both."
    )
    button = gettext_lazy("Change it")
    form_class = TermsForm

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The grant as it is."""
        end = timezone.localtime(row.ends_at) if row.ends_at else None
        last = (end - timedelta(microseconds=1)).date() if end else None
        return {"reason": row.reason, "ends_at": last}

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: Any, proof: Proof
    ) -> str:
        """Give the one that takes its place."""
        to = row.group if isinstance(row, CaseGroupPerm) else row.user
        data = form.cleaned_data
        given = grants.give(case.pk, to=to, actor=actor, proof=proof, **data)
        return _("%(who)s may see %(case)s, %(until)s.") % {
            "who": holder(given),
            "case": case.number,
            "until": trail.until(given.ends_at),
        }


@register
class ChangeGroupGrant(ChangeGrant):
    """Change what a group's grant is for, or when it ends."""

    name = "change_group_grant"
    model = CaseGroupPerm


@register
class EndGrant(GrantPage):
    """End a person's grant."""

    name = "end_grant"
    title = gettext_lazy("End a grant")
    lead = gettext_lazy(
        "It ends at once: pages that are open stop working. That it was there, and "
        "why, stays to be read."
    )
    button = gettext_lazy("End it now")
    danger = True

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: Any, proof: Proof
    ) -> str:
        """End it."""
        ended = grants.end(row, actor=actor, proof=proof)
        return _("The grant of %(who)s has ended.") % {"who": holder(ended)}


@register
class EndGroupGrant(EndGrant):
    """End a group's grant."""

    name = "end_group_grant"
    model = CaseGroupPerm


# --- numbers -----------------------------------------------------------------


def numbers(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    """The page of case numbers: all that whoever keeps the site going sees of them."""

    def view(request: HttpRequest) -> HttpResponse:
        user = person(request)
        if not permissions.sees_numbers(user):
            raise PermissionDenied
        wanted = request.GET.get("number", "").strip()
        found = Case.objects.ordinary().filter(number__icontains=wanted)
        rows = numbering.in_order(found).values_list("pk", "number")
        page = Paginator(rows, _NUMBERS_PER_PAGE).get_page(request.GET.get("page"))
        lets_in = permissions.has_role_for(user, Perm.GRANT)
        return desk.show(
            request,
            "cases/numbers.html",
            title=_("Request numbers"),
            crumbs=[],
            page=page,
            wanted=wanted,
            lets_in=lets_in,
        )

    return view
