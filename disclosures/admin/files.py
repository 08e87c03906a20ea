"""The sealed production as a download, through the wall.

The verb checks the permission and every byte, and puts the download in the trail,
before the first byte goes out; between any two chunks it asks whether it may go on. The
length is announced, so a download that was broken off can't pass for a whole one.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect

from cases.admin.base import CaseModelAdmin, person, record_view
from cases.admin.files import STILL
from cases.exceptions import CaseError
from disclosures import delivery
from disclosures import production as production_files
from disclosures.admin.exhibits import packet_url
from disclosures.admin.packet import find
from disclosures.models import Delivery


def production(
    desk: CaseModelAdmin,
) -> Callable[..., HttpResponse | StreamingHttpResponse]:
    """The zip of a sealed packet, for who may hand it over."""

    def view(
        request: HttpRequest, case_id: int, packet_id: int
    ) -> HttpResponse | StreamingHttpResponse:
        packet = find(desk, request, case_id, packet_id)
        try:
            chunks = delivery.open_packet(packet.pk, actor=person(request))
        except CaseError as refusal:
            messages.error(request, str(refusal))
            return redirect(packet_url(packet))
        archive = production_files.archive(packet)
        name = f"{packet.case.number}-{archive.name}"
        return StreamingHttpResponse(
            chunks,
            content_type="application/zip",
            headers={
                "Content-Length": str(archive.stat().st_size),
                "Content-Disposition": f'attachment; filename="{name}"',
                **STILL,
            },
        )

    return view


def transmission(desk: CaseModelAdmin) -> Callable[..., HttpResponse]:
    """The manifest of the transmission of a packet that was handed over."""

    def view(request: HttpRequest, case_id: int, packet_id: int) -> HttpResponse:
        packet = find(desk, request, case_id, packet_id)
        row = Delivery.objects.filter(packet=packet).exclude(transmission="").first()
        if row is None:
            raise Http404
        record_view(request, packet.case, "transmission")
        name = f"{packet.case.number}-{production_files.name(packet)}-transmission.json"
        return HttpResponse(
            row.transmission,
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"', **STILL},
        )

    return view
