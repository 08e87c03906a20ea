"""A packet's page and panel: where it stands, live; what it answers; what was sealed.

A page that is open while a worker is busy asks again each second, by htmx; the answer
with status 286 ends that and has the page loaded anew. Nothing here changes anything.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cases import permissions, persons
from cases.admin import sections, tags, verbs
from cases.admin.base import CaseModelAdmin, crumbs, person, record_view, verb_url
from cases.enums import Act, Naming, Perm
from cases.models import Case
from disclosures import breaks, gates, planning, production, worklist
from disclosures.admin import exhibits, progress, pull_lines, words
from disclosures.enums import PacketStatus, Resolution
from disclosures.exceptions import PacketBroken
from disclosures.models import Declaration, Delivery, Packet, TargetAccount
from disclosures.models.packet import SEALED
from disclosures.packet.contents import BATES_DIGITS

_NO_MORE = 286  # htmx stops asking
_RELOAD = {"HX-Refresh": "true"}


def current(case: Case) -> Packet | None:
    """The case's latest packet, if none has superseded it."""
    packet: Packet | None = case.packets.in_force().last()
    return packet


def outdated(packet: Packet) -> str:
    """Why this packet can't go on as things stand now; "" where it can."""
    if gates.is_covered(packet):
        return gates.intact(packet) or gates.genuine(packet)
    return _(
        "The scope was taken back or changed after this packet was ordered, so it "
        "can't go on. Another is ordered once counsel has decided again."
    )


def page(desk: CaseModelAdmin) -> Callable[..., HttpResponse]:
    """The page of one packet."""

    def view(request: HttpRequest, case_id: int, packet_id: int) -> HttpResponse:
        packet = find(desk, request, case_id, packet_id)
        case, user = packet.case, person(request)
        record_view(request, case, "packet")
        may_read = permissions.allowed(user, Perm.READ_EXHIBITS, case)
        groups = exhibits.table(packet, may_read=may_read)
        is_current = packet == current(case)
        return desk.show(
            request,
            "disclosures/packet.html",
            title=words.packet_title(packet),
            crumbs=crumbs(case),
            case=case,
            packet=packet,
            conditions=sections.conditions(case),
            stopped_by=breaks.bars(case),
            badge=words.packet_badge(packet),
            progress=progress.of(packet),
            steps=verbs.next_steps(case, user) if is_current else [],
            groups=groups,
            answers=exhibits.answers(groups),
            accounts=_accounts(packet, may_read=may_read),
            pull_orders=pull_lines.lines(packet, may_read=may_read),
            pull_links=pull_lines.links(packet, user) if is_current else [],
            may_read=may_read,
            may_trace=bool(packet.files)
            and permissions.allowed(user, Perm.READ_TRAIL, case),
            may_download=permissions.allowed(user, Perm.RELEASE, case),
            declaration=Declaration.objects.filter(packet=packet).first(),
            sealed=sealed(packet),
            delivery=Delivery.objects.select_related("acknowledgement")
            .filter(packet=packet)
            .first(),
            resume=_resume(packet, user),
        )

    return view


def live(desk: CaseModelAdmin) -> Callable[..., HttpResponse]:
    """The part of the page that is asked for again while a worker is busy."""

    def view(request: HttpRequest, case_id: int, packet_id: int) -> HttpResponse:
        packet = find(desk, request, case_id, packet_id)
        now = progress.of(packet)
        if not now.is_live:
            return HttpResponse(status=_NO_MORE, headers=_RELOAD)
        badge = words.packet_badge(packet)
        shown = {"progress": now, "packet": packet, "badge": badge, "is_poll": True}
        return HttpResponse(
            render_to_string("disclosures/parts/live.html", shown, request)
        )

    return view


def unless_signed_out(
    desk: CaseModelAdmin, view: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    """End the asking of a page whose session has ended; it is loaded anew instead.

    The site's own wrap would answer with the sign-in page, into the middle of this one.
    """
    inside = desk.admin_site.admin_view(require_GET(view))

    def wrapped(request: HttpRequest, **named: Any) -> HttpResponse:
        if not desk.admin_site.has_permission(request):
            return HttpResponse(status=_NO_MORE, headers=_RELOAD)
        answer: HttpResponse = inside(request, **named)
        return answer

    return wrapped


def find(
    desk: CaseModelAdmin, request: HttpRequest, case_id: int, packet_id: int
) -> Packet:
    """The packet of a case that a grant opens to this person.

    Raises:
        Http404: there is none, or it isn't this person's to see.
    """
    case = desk.get_row(request, case_id)
    rows = Packet.objects.select_related("case__agency", "revision", "sign_off")
    packet = rows.filter(case=case, pk=packet_id).first()
    if packet is None:
        raise Http404
    return packet


def _accounts(packet: Packet, *, may_read: bool) -> list[dict[str, Any]]:
    """The targets with what became of them; the key only for who may read records."""
    found = {
        one.target_id: one
        for one in packet.accounts.annotate(matches=Count("candidates"))
    }
    named = _namings(packet)
    return [
        {
            "target": target,
            "named": tags.naming_badge(named.get(target.pk, Naming.NOT_JUDGED)),
            "account": found.get(target.pk),
            "key": found[target.pk].account_key
            if may_read and target.pk in found
            else "",
        }
        for target in packet.case.targets.all()
    ]


def _namings(packet: Packet) -> dict[int, Naming]:
    """Which targets the order names, as counsel signed it; none of a broken scope."""
    try:
        unnamed, frozen = planning.unnamed(packet), planning.targets(packet)
    except PacketBroken:
        return {}
    return {
        one["id"]: Naming.NOT_NAMED if one["id"] in unnamed else Naming.NAMED
        for one in frozen
    }


def sealed(packet: Packet) -> dict[str, Any] | None:
    """What is inside a sealed packet, in short; None while there is nothing sealed."""
    if packet.status not in SEALED and not packet.sealed_at:
        return None
    prefix = packet.bates_prefix
    return {
        "first": f"{prefix}-{packet.bates_first:0{BATES_DIGITS}d}",
        "last": f"{prefix}-{packet.bates_last:0{BATES_DIGITS}d}",
        "files": [
            {"name": name, "size": words.size_words(int(size)), "sha256": sha256}
            for name, size, sha256 in packet.files
        ],
        "name": production.name(packet),
    }


def _resume(packet: Packet, user: User) -> str:
    """The address that takes a failed packet up again, for who may do that now."""
    may = permissions.allowed(user, Perm.ORDER, packet.case)
    if packet.status != PacketStatus.FAILED or not may:
        return ""
    if persons.bars(packet.case, user, Act.COLLECT):
        return ""
    return verb_url(packet.case, "resume_packet")


# --- on the case's page ---


def _panel(case: Case, user: User) -> dict[str, Any] | None:
    packets = list(case.packets.order_by("-pk"))
    if not packets:
        return None
    return {
        "packets": [
            {
                "packet": one,
                "title": words.packet_title(one),
                "badge": words.packet_badge(one),
                "progress": progress.of(one),
                "url": exhibits.packet_url(one),
            }
            for one in packets
        ]
    }


verbs.register_panel(
    verbs.Panel(
        name="packets",
        title=gettext_lazy("Packets"),
        template="disclosures/parts/panel.html",
        context=_panel,
        order=5,
    )
)


@sections.register_found
def _found(case: Case) -> dict[int, str]:
    """What the last packet that looked found of each target."""
    rows = TargetAccount.objects.filter(packet__case=case).order_by("packet")
    # Whose account it is stays closed: that is no part of the label.
    found = rows.values_list("target_id", "resolution")
    return {target: str(Resolution(said).label) for target, said in found}


verbs.register_turns(worklist.tasks_of)
