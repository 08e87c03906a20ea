"""The sealed production as a download, through the wall.

The verb checks the permission and every byte, and puts the download in the trail,
before the first byte goes out.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cases.admin.base import CaseModelAdmin, person
from cases.admin.files import STILL
from cases.exceptions import CaseError
from disclosures import delivery
from disclosures.admin.exhibits import packet_url
from disclosures.admin.packet import find


def production(desk: CaseModelAdmin) -> Callable[..., HttpResponse | FileResponse]:
    """The zip of a sealed packet, for who may hand it over."""

    def view(
        request: HttpRequest, case_id: int, packet_id: int
    ) -> HttpResponse | FileResponse:
        packet = find(desk, request, case_id, packet_id)
        try:
            path = delivery.open_packet(packet.pk, actor=person(request))
        except CaseError as refusal:
            messages.error(request, str(refusal))
            return redirect(packet_url(packet))
        answer = FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=f"{packet.case.number}-{path.name}",
            content_type="application/zip",
        )
        for name, value in STILL.items():
            answer.headers[name] = value
        return answer

    return view
