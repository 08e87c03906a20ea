"""The admin site: what needs whom as front page, the menu, the look's own files.

The theme's palette keeps results for five minutes, also after a right was taken away:
it searches no rows here (``search_models`` stays off).
"""

from contextlib import nullcontext
from typing import Any

from allauth.account.views import login as account_login
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.sites import UnfoldAdminSite

from cases import exposure, permissions
from cases import worklist as cases_worklist
from cases.enums import CaseStatus, Perm, Role
from cases.models import Organisation
from cases.worklist import Task
from disclosures import pulls
from disclosures import worklist as disclosures_worklist

_CASES = "admin:cases_case_changelist"
_STEPS = (  # the verbs that are somebody's turn
    *(Perm.INTAKE, Perm.REVIEW, Perm.SIGN_OFF, Perm.ORDER),
    *(Perm.CERTIFY, Perm.RELEASE, Perm.CLOSE),
)
_FIND = "admin:cases_find"
_BESIDE_CASES = (_FIND, "admin:cases_trail", "admin:cases_numbers")
_STOP = "admin:disclosures_freeze_changelist"
_PULLS = "admin:disclosures_pullorder_changelist"


class CandorAdminSite(UnfoldAdminSite):
    """The desk of everybody who works on legal requests."""

    site_title = gettext_lazy("Candor")
    site_header = gettext_lazy("Candor")
    index_title = gettext_lazy("What needs me")
    index_template = "compliance/front.html"

    def admin_view(self, view: Any, *options: Any, **named: Any) -> Any:
        """A page of the site; its times are the organisation's."""
        inner = super().admin_view(view, *options, **named)

        def in_our_zone(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponse:
            zone = Organisation.objects.values_list("time_zone", flat=True).first()
            timezone.activate(zone or settings.TIME_ZONE)
            shows = request.method in {"GET", "HEAD"}
            with permissions.roles_read_once() if shows else nullcontext():
                response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return in_our_zone

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The frame of every page, with our own files and without inline colours."""
        context: dict[str, Any] = super().each_context(request)
        own = [static("cases/candor.css"), static("compliance/signin.css")]
        context["styles"] = [*(context.get("styles") or []), *own]
        context["scripts"] = [
            *(context.get("scripts") or []),
            static("cases/candor.js"),
        ]
        context["colors"] = None
        context["site_url"] = None
        mark = {"rel": "icon", "type": "image/svg+xml"}
        context["site_favicons"] = [{**mark, "href": static("cases/candor.svg")}]
        if request.user.is_authenticated:
            groups = request.user.groups.values_list("name", flat=True)
            roles = [Role(name).label for name in groups if name in Role.values]
            context["person_roles"] = ", ".join(str(role) for role in roles)
        return context

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What needs this person, oldest clock first; below it the cases by status."""
        user = request.user
        visible = permissions.visible_cases(user)
        counted = dict(visible.order_by().values_list("status").annotate(Count("pk")))
        request.current_app = self.name
        tasks = tasks_for(user)
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "tasks": tasks,
            "is_told": exposure.unbound(user).exists(),
            "overdue": sum(task.is_overdue for task in tasks),
            "pull_orders": pulls.mine(user).open().count(),
            "may_fetch": permissions.has_role_for(user, Perm.ANSWER_PULL),
            "may_act": any(permissions.has_role_for(user, one) for one in _STEPS),
            "counts": [
                (status, status.label, counted.get(status.value, 0))
                for status in CaseStatus
            ],
            "total": sum(counted.values()),
            "may_open": permissions.has_role_for(user, Perm.INTAKE),
            "may_look": permissions.has_role_for(user, Perm.VIEW),
            "sees_numbers": permissions.sees_numbers(user),
            "may_read_trail": permissions.has_role_for(user, Perm.READ_TRAIL),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.index_template, context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The sign-in, which is allauth's: counted guesses, and the second factor.

        Raises:
            PermissionDenied: somebody is signed in who isn't staff.
        """
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return account_login(request)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The menu: what this person may open, and nothing else."""
        may_look = permissions.has_role_for(request.user, Perm.VIEW)
        desk = [_entry(request, _("What needs me"), "inbox", "admin:index")]
        if may_look:
            desk.append(_entry(request, _("Legal requests"), "folder_open", _CASES))
            desk.append(_entry(request, _("Find an account"), "search", _FIND))
        if permissions.has_role_for(request.user, Perm.ANSWER_PULL):
            desk.append(_entry(request, _("Pull orders"), "assignment", _PULLS))
        if permissions.has_role_for(request.user, Perm.READ_TRAIL):
            desk.append(_entry(request, _("Trail"), "history", "admin:cases_trail"))
        agencies = _entry(
            request, _("Agencies"), "account_balance", "admin:cases_agency_changelist"
        )
        organisation = _entry(
            request,
            _("Organisation"),
            "domain",
            "admin:cases_organisation_changelist",
        )
        if permissions.has_role_for(request.user, Perm.FREEZE):
            stop = _entry(request, _("Stop of all releases"), "front_hand", _STOP)
            desk.append(stop)
        if permissions.sees_numbers(request.user):
            desk.append(
                _entry(request, _("Request numbers"), "tag", "admin:cases_numbers")
            )
        menu = [{"title": "", "items": desk}]
        if may_look:
            reference = [agencies, organisation]
            menu.append({"title": _("Reference"), "items": reference})
        elif permissions.has_role_for(request.user, Perm.EDIT_SITE):
            menu.append({"title": _("Reference"), "items": [organisation]})
        return menu + self.further_menu(request)

    def further_menu(self, request: HttpRequest) -> list[dict[str, Any]]:
        """People and groups, for who keeps them."""
        if not permissions.has_role_for(request.user, Perm.KEEP_PEOPLE):
            return []
        people = [
            _entry(request, _("People"), "group", "admin:auth_user_changelist"),
            _entry(request, _("Groups"), "badge", "admin:auth_group_changelist"),
        ]
        return [{"title": _("Administration"), "items": people}]


def tasks_for(user: Any) -> list[Task]:
    """What needs this person in both apps, oldest clock first."""
    found = cases_worklist.tasks_for(user) + disclosures_worklist.tasks_for(user)
    return sorted(found, key=lambda task: task.order)


def _entry(request: HttpRequest, title: str, icon: str, name: str) -> dict[str, Any]:
    link = reverse(name)
    home = link == reverse("admin:index")
    active = request.path == link if home else request.path.startswith(link)
    if name == _CASES:
        others = tuple(map(reverse, _BESIDE_CASES))
        active = active and not request.path.startswith(others)
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "active": active,
        "has_permission": True,
    }
