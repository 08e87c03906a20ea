"""Exhibits on screen: the table of a packet's answers, and the page of one.

The table says what each answer is and where it comes from to whoever sees the case.
The page of one shows records, the account's key among them, to those who may read
exhibits; opening it is in the trail before the first row goes out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases import permissions
from cases.admin.base import CaseModelAdmin, crumbs, person, record_view
from cases.admin.files import STILL
from cases.enums import Perm
from cases.exceptions import CaseError
from disclosures import breaks, facts, reading
from disclosures.admin import marking, words
from disclosures.datamap import plan, schema
from disclosures.enums import ExhibitStatus, LeftOut, PartKind, ResponseCode
from disclosures.exceptions import PacketBroken
from disclosures.models import Exhibit, Packet
from disclosures.packet import contents
from disclosures.packet.legible import legible

_LONGEST_NUMBER = 12  # digits of a row's number that a person may ask for


@dataclass(frozen=True)
class Line:
    """One exhibit as a line of the table; ``url`` is empty for who may not open it."""

    exhibit: Exhibit
    badge: SafeString
    meaning: Promise | str
    size: str
    url: str

    @property
    def left_out(self) -> int:
        """How many rows its source gave that lie outside the signed scope."""
        return sum(self.exhibit.left_out.values())

    @property
    def read_at(self) -> datetime | None:
        """When its source was read, to the second; its own page has it whole."""
        at = self.exhibit.snapshot_at
        return at.replace(microsecond=0) if at else None


@dataclass(frozen=True)
class Group:
    """One requested item with its exhibits."""

    number: int
    title: str
    wording: str
    lines: list[Line]


@dataclass(frozen=True)
class Used:
    """One answer that the packet gives, how often, and what it means."""

    badge: SafeString
    words: Promise
    total: int


def packet_url(packet: Packet) -> str:
    """The address of a packet's page."""
    return reverse("admin:disclosures_packet", args=[packet.case_id, packet.pk])


def exhibit_url(exhibit: Exhibit) -> str:
    """The address of an exhibit's page."""
    packet = exhibit.packet
    args = [packet.case_id, packet.pk, exhibit.number]
    return reverse("admin:disclosures_exhibit", args=args)


def table(packet: Packet, *, may_read: bool) -> list[Group]:
    """A packet's exhibits by requested item."""
    the_map = map_of(packet)
    groups: dict[int, Group] = {}
    for one in packet.exhibits.select_related("item", "target", "packet"):
        item = one.item
        if item.pk not in groups:
            title = _category_title(the_map, item.category_code)
            groups[item.pk] = Group(item.number, title, item.wording, [])
        groups[item.pk].lines.append(line(one, may_read=may_read))
    return list(groups.values())


def line(exhibit: Exhibit, *, may_read: bool) -> Line:
    """One exhibit as a line of the table."""
    return Line(
        exhibit=exhibit,
        badge=words.exhibit_badge(exhibit),
        meaning=words.meaning(exhibit),
        size=words.size_words(exhibit.size) if exhibit.path else "",
        url=exhibit_url(exhibit) if may_read else "",
    )


def answers(groups: Iterable[Group]) -> list[Used]:
    """The answers that occur, in the order of the closed list, with their meaning."""
    codes = [
        one.exhibit.response_code
        for group in groups
        for one in group.lines
        if one.exhibit.response_code and not one.exhibit.failure
    ]
    return [
        Used(words.code_badge(code), words.MEANINGS[code].words, codes.count(code))
        for code in ResponseCode
        if code in codes
    ]


def map_of(packet: Packet) -> schema.DataMap | None:
    """The frozen data map; None where it is gone, which the verbs refuse loudly."""
    try:
        return facts.data_map(packet)
    except PacketBroken:
        return None


def _category_title(the_map: schema.DataMap | None, code: str) -> str:
    try:
        return the_map.category(code).title if the_map else code
    except KeyError:
        return code


# --- the page of one ---


def page(desk: CaseModelAdmin) -> Callable[..., HttpResponse]:
    """The page of one exhibit: what it answers, where it comes from, its rows."""

    def view(
        request: HttpRequest, case_id: int, packet_id: int, number: int
    ) -> HttpResponse:
        exhibit = _find(desk, request, case_id, packet_id, number)
        packet = exhibit.packet
        if not permissions.allowed(request.user, Perm.READ_EXHIBITS, packet.case):
            raise PermissionDenied
        first_row = row_number(request.GET.get("from"))
        opened, refusal = None, ""
        if exhibit.status != ExhibitStatus.COLLECTED:
            record_view(request, packet.case, "exhibit")
        else:
            try:
                opened = reading.open_exhibit(
                    exhibit.pk, actor=person(request), first_row=first_row
                )
            except CaseError as error:
                refusal = str(error)
        return desk.show(
            request,
            "disclosures/exhibit.html",
            title=exhibit.label,
            crumbs=crumbs(
                packet.case, (words.packet_title(packet), packet_url(packet))
            ),
            case=packet.case,
            packet=packet,
            exhibit=exhibit,
            line=line(exhibit, may_read=True),
            meaning=words.MEANINGS[exhibit.response_code].words
            if exhibit.response_code
            else "",
            opened=opened,
            refusal=refusal,
            stopped_by=breaks.bars(packet.case),
            examination=marking.shown(exhibit, person(request), opened),
            **_about(exhibit),
            **_pages(opened, first_row),
        )

    return view


def copy(desk: CaseModelAdmin) -> Callable[..., HttpResponse | FileResponse]:
    """One exhibit for a spreadsheet: as a file, which runs nothing."""

    def view(
        request: HttpRequest, case_id: int, packet_id: int, number: int
    ) -> HttpResponse | FileResponse:
        exhibit = _find(desk, request, case_id, packet_id, number)
        try:
            made = reading.open_copy(exhibit.pk, actor=person(request))
        except CaseError as refusal:
            messages.error(request, str(refusal))
            return redirect(exhibit_url(exhibit))
        if made is None:
            raise Http404
        case = exhibit.packet.case
        return FileResponse(
            made,
            as_attachment=True,
            filename=f"{case.number}-{exhibit.label}-copy.csv",
            content_type="text/csv; charset=utf-8",
            headers=STILL,
        )

    return view


def _find(
    desk: CaseModelAdmin,
    request: HttpRequest,
    case_id: int,
    packet_id: int,
    number: int,
) -> Exhibit:
    case = desk.get_row(request, case_id)
    found = (
        Exhibit.objects.filter(packet__case=case, packet=packet_id, number=number)
        .select_related("packet__case__agency", "packet__revision", "target", "item")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _about(exhibit: Exhibit) -> dict[str, Any]:
    the_map = map_of(exhibit.packet)
    parts = {part.code: part for part in the_map.parts} if the_map else {}
    part = parts.get(exhibit.part_code)
    window = exhibit.window_since, exhibit.window_until
    return {
        "part": part,
        "limits": plan.limits(the_map, part, window, exhibit.snapshot_at, _)
        if the_map and part
        else (),
        "columns": part.columns if part else (),
        "held_by": words.held_by(part) if part else [],
        "left_out": [(LeftOut(k).label, n) for k, n in exhibit.left_out.items()],
        "category_title": _category_title(the_map, exhibit.item.category_code),
        "account": exhibit.packet.accounts.filter(target=exhibit.target_id).first(),
        "parameters": [
            (name, legible(str(value)))
            for name, value in sorted(exhibit.parameters.items())
        ],
        "answered": [
            (words_, legible(str(exhibit.parameters[name])))
            for name, words_ in contents.OF_AN_ANSWER.items()
            if exhibit.kind == PartKind.MANUAL and name in exhibit.parameters
        ],
    }


def _pages(opened: reading.Reading | None, first_row: int) -> dict[str, Any]:
    if opened is None or not opened.total:
        return {}
    step, total = reading.ROWS_AT_ONCE, opened.total
    last = (total - 1) // step * step + 1
    return {
        "first": first_row,
        "total": f"{total:,}",
        "until": first_row + len(opened.rows) - 1,
        "earlier": max(1, first_row - step) if first_row > 1 else None,
        "later": first_row + step if first_row + step <= total else None,
        "last": last if first_row < last else None,
    }


def row_number(text: str | None) -> int:
    """The number of a row as somebody asked for it; 1 where it is none."""
    if text and text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER:
        return max(1, int(text))
    return 1
