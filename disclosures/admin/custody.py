"""The custody ledger of a packet: its page, and the file of it."""

import io
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases import permissions
from cases.admin.base import CaseModelAdmin, crumbs, person, record_view
from cases.admin.files import STILL
from cases.enums import Perm
from cases.exceptions import CaseError
from disclosures import custody, production
from disclosures.admin import exhibits, words
from disclosures.admin.packet import find
from disclosures.models import Packet


def page(desk: CaseModelAdmin) -> Callable[..., HttpResponse]:
    """What became of each file, from its pull on."""

    def view(request: HttpRequest, case_id: int, packet_id: int) -> HttpResponse:
        packet = _sealed(desk, request, case_id, packet_id)
        record_view(request, packet.case, "custody")
        try:
            files, problem = custody.ledger(packet), ""
        except CaseError as broken:  # a file that changed, or whose key is gone
            files, problem = [], str(broken)
        return desk.show(
            request,
            "disclosures/custody.html",
            title=_("Custody of the packet's files"),
            crumbs=[
                *crumbs(packet.case),
                (words.packet_title(packet), exhibits.packet_url(packet)),
            ],
            case=packet.case,
            packet=packet,
            files=files,
            problem=problem,
            may_export=permissions.allowed(
                request.user, Perm.EXPORT_TRAIL, packet.case
            ),
        )

    return view


def download(desk: CaseModelAdmin) -> Callable[..., HttpResponse]:
    """The ledger as CSV; its event is committed before the first byte leaves."""

    def view(request: HttpRequest, case_id: int, packet_id: int) -> HttpResponse:
        packet = _sealed(desk, request, case_id, packet_id)
        out = io.StringIO(newline="")
        try:
            custody.write(packet.pk, actor=person(request), out=out)
        except CaseError as broken:
            messages.error(request, str(broken))
            return redirect(exhibits.packet_url(packet))
        name = f"{packet.case.number}-{production.name(packet)}-custody.csv"
        return HttpResponse(
            out.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', **STILL},
        )

    return view


def _sealed(
    desk: CaseModelAdmin, request: HttpRequest, case_id: int, packet_id: int
) -> Packet:
    packet = find(desk, request, case_id, packet_id)
    if not permissions.allowed(request.user, Perm.READ_TRAIL, packet.case):
        raise PermissionDenied
    if not packet.files:
        raise Http404
    return packet
