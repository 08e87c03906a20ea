"""Handing over, and closing: the last two steps of a request.

The page of the hand-over asks every gate there and then, gives the packet to the
release officer, and records what happened outside: to whom, where, how and when. The
officer shows the packet in hand; its digest isn't to be read on the page.
"""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import agencies, closing, scope, standing
from cases.admin.verbs import VerbPage, register
from cases.enums import Act, CaseStatus, Disposition, Perm
from cases.exceptions import CaseError
from cases.models import Case
from cases.proof import Proof
from disclosures import delivery, outcomes
from disclosures.admin import checklist, words
from disclosures.admin.exhibits import packet_url
from disclosures.admin.forms import CloseForm, ReleaseForm, outcome_name
from disclosures.admin.packet import current, sealed
from disclosures.enums import PacketStatus
from disclosures.models import Packet


@register
class ReleasePage(VerbPage):
    """Hand the sealed packet over."""

    name = "release_packet"
    title = gettext_lazy("Hand the packet over")
    lead = gettext_lazy(
        "Download the packet, hand it over outside this portal, then record here how, "
        "to whom and when. The request is released with it."
    )
    button = gettext_lazy("Record the hand-over")
    permission = Perm.RELEASE
    act = Act.RELEASE
    template = "disclosures/release.html"
    icon = "outbox"
    fresh = True

    def fits(self, case: Case) -> str:
        """While the case's packet is sealed; the gates are shown one by one."""
        packet = current(case)
        if packet and packet.status == PacketStatus.SEALED:
            return ""
        return _("No sealed packet of this request waits to be handed over.")

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, with the agency's checked addresses to choose from."""
        contacts = agencies.usable(case.agency, timezone.now())
        initial = self.initial(case, row, user)
        if len(contacts) == 1:
            initial["contact_id"] = contacts[0].pk
        return ReleaseForm(contacts=contacts, initial=initial, **given)

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The officer who asked, as the request names them."""
        return {
            "recipient_name": case.officer_name,
            "handed_over_at": timezone.localtime(),
        }

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The gates, asked now, and the packet as it lies on disk."""
        packet = current(case)
        if packet is None or packet.status != PacketStatus.SEALED:
            return {}
        gates = checklist.of(packet, user)
        return {
            "packet": packet,
            "sealed": sealed(packet),
            "gates": gates,
            "shut": [one for one in gates if not one.is_open],
            "checked_at": timezone.localtime(),
            "zone": timezone.localtime().tzname(),
        }

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: forms.Form, proof: Proof
    ) -> str:
        """Record it.

        Raises:
            CaseError: nothing is sealed, or the verb refuses.
        """
        packet = current(case)
        if packet is None:
            raise CaseError(self.fits(case))
        data = dict(form.cleaned_data)
        delivery.release(
            packet.pk,
            actor=actor,
            in_hand_sha256=data.pop("in_hand_sha256"),
            hand_over=delivery.HandOver(**data),
            proof=proof,
        )
        return _(
            "Recorded: the packet is handed over. The request can be closed, and the "
            "acknowledgement recorded when it comes."
        )

    def after(self, case: Case, form: forms.Form) -> str:
        """To the packet, with its delivery record."""
        packet = current(case)
        return packet_url(packet) if packet else self.back(case)


_CLOSABLE = frozenset(
    {
        CaseStatus.RECEIVED,
        CaseStatus.IN_REVIEW,
        CaseStatus.REFUSED,
        CaseStatus.RELEASED,
    }
)


@register
class ClosePage(VerbPage):
    """Close a request with its outcome."""

    name = "close"
    title = gettext_lazy("Close the request")
    lead = gettext_lazy(
        "Record how each item ended and the request as a whole. The outcomes are "
        "suggested from what went out; reports count them as you leave them here."
    )
    button = gettext_lazy("Close the request")
    permission = Perm.CLOSE
    template = "disclosures/close.html"
    icon = "task_alt"

    def fits(self, case: Case) -> str:
        """After the hand-over or a refusal, or while nothing went to counsel yet."""
        if case.status == CaseStatus.CLOSED:
            return _("This request is closed.")
        if case.status in _CLOSABLE or standing.over(case):
            return ""
        return _(
            "It is “%(status)s”. To close it as withdrawn, take its scope back first."
        ) % {"status": case.get_status_display()}

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, one field per scope item."""
        return CloseForm(
            case,
            scope.decisions(case),
            _answers(released(case)),
            initial=self.initial(case, row, user),
            **given,
        )

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The outcomes as the packet's answers suggest them."""
        per_item = suggested(case)
        whole = outcomes.overall(per_item)
        fields = {
            outcome_name(row): per_item[row.pk]
            for row in scope.decisions(case)
            if row.pk in per_item
        }
        return {"disposition": whole, **fields}

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What went out, beside each item."""
        packet = released(case)
        return {
            "packet": packet,
            "packet_title": words.packet_title(packet) if packet else "",
            "packet_url": packet_url(packet) if packet else "",
        }

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Close it.

        Raises:
            TypeError: the form isn't that of this page.
        """
        if not isinstance(form, CloseForm):
            raise TypeError
        closing.close(
            case.pk,
            actor=actor,
            disposition=form.cleaned_data["disposition"],
            outcomes=form.outcomes(),
            note=form.cleaned_data["note"],
        )
        return _("The request is closed.")


def released(case: Case) -> Packet | None:
    """The packet that went out, if one did."""
    found: Packet | None = case.packets.filter(status=PacketStatus.RELEASED).last()
    return found


def _answers(packet: Packet | None) -> dict[tuple[int, int], list[SafeString]]:
    """By target and item, what the packet answered."""
    found: dict[tuple[int, int], list[SafeString]] = {}
    for one in packet.exhibits.all() if packet else ():
        badges = found.setdefault((one.target_id, one.item_id), [])
        badge = words.code_badge(one.response_code)
        if badge not in badges:
            badges.append(badge)
    return found


def suggested(case: Case) -> dict[int, Disposition]:
    """By scope item, how it ended as far as the records tell."""
    packet = released(case)
    if packet is None:
        return outcomes.unproduced(case)
    if case.status == CaseStatus.RELEASED:
        return outcomes.of(packet)
    return outcomes.earlier(packet)
