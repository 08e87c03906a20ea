"""The pages of the trail: of one case, of every case the reader sees, of the site."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import evidence, permissions
from cases.admin.base import crumbs, person, record_list, record_view
from cases.admin.files import STILL
from cases.admin.trail import READINGS, entries
from cases.enums import Perm
from cases.models import Event, SiteEvent

if TYPE_CHECKING:
    from cases.admin.base import CaseModelAdmin

_PER_PAGE = 100


def of_one(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    """The page with the whole trail of one case."""

    def view(request: HttpRequest, case_id: int) -> HttpResponse:
        case = desk.get_row(request, case_id)
        if not permissions.allowed(request.user, Perm.READ_TRAIL, case):
            raise PermissionDenied
        record_view(request, case, "trail")
        return _page(
            desk,
            request,
            Event.objects.filter(case=case),
            title=_("Trail of %(case)s") % {"case": case.number},
            crumbs=crumbs(case),
            crumb=_("Trail"),
            case=case,
            signed=evidence.signed(case),
            may_export=permissions.allowed(request.user, Perm.EXPORT_TRAIL, case),
        )

    return view


def export(desk: "CaseModelAdmin") -> Callable[..., FileResponse]:
    """The file for a court; its event is committed before the first byte leaves."""

    def view(request: HttpRequest, case_id: int) -> FileResponse:
        case = desk.get_row(request, case_id)
        out = io.BytesIO()
        evidence.export_trail(case.pk, actor=person(request), out=out)
        out.seek(0)
        return FileResponse(
            out,
            as_attachment=True,
            filename=f"{case.number}-trail.zip",
            content_type="application/zip",
            headers=STILL,
        )

    return view


def everywhere(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    """The page with the trail of every case that the reader sees."""

    def view(request: HttpRequest) -> HttpResponse:
        if not permissions.has_role_for(request.user, Perm.READ_TRAIL):
            raise PermissionDenied
        visible = permissions.visible_cases(request.user)
        events = Event.objects.filter(case__in=visible).select_related("case")
        shown = events.filter(case__is_restricted=False)
        record_list(request, "trail", shown.count())
        return _page(desk, request, events, title=_("Trail"), crumbs=crumbs())

    return view


def of_the_site(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    """The page with what was done to the site and its directory, on no case."""

    def view(request: HttpRequest) -> HttpResponse:
        if not permissions.has_role_for(request.user, Perm.READ_TRAIL):
            raise PermissionDenied
        return _page(
            desk,
            request,
            SiteEvent.objects.all(),
            title=_("Trail of the site"),
            crumbs=[*crumbs(), (_("Trail"), reverse("admin:cases_trail"))],
            crumb=_("The site"),
            of_the_site=True,
        )

    return view


def _page(
    desk: "CaseModelAdmin",
    request: HttpRequest,
    events: QuerySet[Any],
    **context: Any,
) -> HttpResponse:
    kind = request.GET.get("kind", "")
    who = request.GET.get("who", "")
    people = events.order_by("actor_name").values_list("actor_name", flat=True)
    page = Paginator(
        _chosen(events, kind, who).order_by("-at", "-pk"), _PER_PAGE
    ).get_page(request.GET.get("page"))
    return desk.show(
        request,
        "cases/trail.html",
        entries=entries(page.object_list),
        page=page,
        kinds=events.model._meta.get_field("kind").choices,
        kind=kind,
        people=people.distinct(),
        who=who,
        **context,
    )


def _chosen(events: QuerySet[Any], kind: str, who: str) -> QuerySet[Any]:
    if kind == "":
        events = events.exclude(kind__in=READINGS)
    elif kind == "readings":
        events = events.filter(kind__in=READINGS)
    elif kind in dict(events.model._meta.get_field("kind").flatchoices):
        events = events.filter(kind=kind)
    return events.filter(actor_name=who) if who else events
