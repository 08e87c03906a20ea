"""Stored papers, served through the wall: page pictures to read, the PDF to keep.

A browser never opens a served PDF here: pages are pictures, and the file itself goes
out as a download. Each answer carries a policy of its own that runs nothing. Opening a
paper is in the trail before the first byte.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import documents
from cases.admin.base import case_url, crumbs, person
from cases.enums import EventKind
from cases.exceptions import DocumentRefused
from cases.models import Case, CaseDocument, Event

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from cases.admin.base import CaseModelAdmin

# A picture belongs to the opening of its page; after this long it is a new opening.
_OPENING = timedelta(minutes=15)
_PAGES_SHOWN = 20
STILL = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def urls(desk: "CaseModelAdmin") -> list[URLPattern]:
    """The addresses of a case's papers."""
    wrap = desk.admin_site.admin_view
    base = "<case:case_id>/papers/<row:document_id>/"
    return [
        path(base, wrap(require_GET(_reader(desk))), name="cases_paper"),
        path(
            f"{base}pages/<int:page>/",
            wrap(require_GET(_picture(desk))),
            name="cases_paper_page",
        ),
        path(
            f"{base}file/", wrap(require_GET(_download(desk))), name="cases_paper_file"
        ),
    ]


def _reader(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, case_id: int, document_id: int) -> HttpResponse:
        case, paper = _find(desk, request, case_id, document_id)
        try:
            documents.open_document(paper.pk, actor=person(request))
        except DocumentRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(case_url(case))
        first = max(1, min(_number(request.GET.get("from")), paper.pages))
        last = min(first + _PAGES_SHOWN - 1, paper.pages)
        return desk.show(
            request,
            "cases/paper.html",
            title=paper.get_kind_display(),
            crumbs=crumbs(case),
            case=case,
            paper=paper,
            pages=range(first, last + 1),
            earlier=max(1, first - _PAGES_SHOWN) if first > 1 else None,
            later=last + 1 if last < paper.pages else None,
        )

    return view


def _picture(desk: "CaseModelAdmin") -> Callable[..., HttpResponse]:
    def view(
        request: HttpRequest, case_id: int, document_id: int, page: int
    ) -> HttpResponse:
        case, paper = _find(desk, request, case_id, document_id)
        try:
            if not _opened_lately(case, person(request)):
                documents.open_document(paper.pk, actor=person(request))
            picture = documents.page_picture(paper.pk, page, actor=person(request))
        except DocumentRefused as refusal:
            raise Http404(str(refusal)) from None
        return HttpResponse(picture, content_type="image/png", headers=STILL)

    return view


def _download(desk: "CaseModelAdmin") -> Callable[..., HttpResponse | FileResponse]:
    def view(
        request: HttpRequest, case_id: int, document_id: int
    ) -> HttpResponse | FileResponse:
        case, paper = _find(desk, request, case_id, document_id)
        try:
            stored = documents.open_document(paper.pk, actor=person(request))
        except DocumentRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(case_url(case))
        return FileResponse(
            stored.open("rb"),
            as_attachment=True,
            filename=f"{case.number}-paper-{paper.sha256[:8]}.pdf",
            content_type="application/pdf",
            headers=STILL,
        )

    return view


def _find(
    desk: "CaseModelAdmin", request: HttpRequest, case_id: int, document_id: int
) -> tuple[Case, CaseDocument]:
    case: Case = desk.get_row(request, case_id)
    paper = case.documents.filter(pk=document_id).first()
    if paper is None:
        raise Http404(_("There is no such paper."))
    return case, paper


def _opened_lately(case: Case, user: "User") -> bool:
    return Event.objects.filter(
        case=case,
        actor=user,
        kind__in=(EventKind.CASE_VIEWED, EventKind.DOCUMENT_OPENED),
        at__gt=timezone.now() - _OPENING,
    ).exists()


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 1
