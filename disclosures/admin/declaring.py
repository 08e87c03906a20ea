"""The custodian's page: the counts, what isn't produced and why, and the whole text.

The declaration is shown as it will be printed and follows what is typed. The form sends
back the digest of the exhibits that the page showed: the verb takes no signature over
any others.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import audit, permissions
from cases.admin.base import CaseModelAdmin, person
from cases.admin.verbs import VerbPage, register
from cases.enums import Act, Perm
from cases.exceptions import CaseError
from cases.models import Case, Organisation
from cases.proof import Proof
from disclosures import breaks, certifying, facts, gates, kept
from disclosures.admin import exhibits
from disclosures.admin.forms import DeclarationForm
from disclosures.admin.packet import current, find, outdated
from disclosures.enums import PacketStatus, SigningPlace
from disclosures.models import Packet
from disclosures.packet import wording
from disclosures.packet.contents import DeclarationFacts

# Printed in the declaration, so English like all of it; the custodian edits it.
PRACTICE = (
    "The service's systems write these records by program, as the events they record "
    "happen, to the databases that the service runs on. They are kept in the ordinary "
    "course of operating the service, and the organisation relies on them to run it."
)
_GAP = "…"


def draft(packet: Packet, user: User, said: Any) -> dict[str, Any]:
    """The declaration as it would be printed with what has been typed so far.

    ``said`` maps the form's fields to text. While the place isn't chosen, the closing
    words are left open.

    No file is read: the page on which it stands has done that.

    Raises:
        CaseError: stored records, scope or map are no longer what they were, or a
            break in custody stands on the case.
    """
    breaks.require_none(packet.case)
    inside_or_out = str(said.get("signing_place") or "")
    chosen = inside_or_out in SigningPlace.values
    signed = DeclarationFacts(
        custodian_name=audit.name_of(user),
        role=str(said.get("role") or "").strip() or _GAP,
        practice=str(said.get("practice") or "").strip() or _GAP,
        place=str(said.get("place") or "").strip() or _GAP,
        signing_place=inside_or_out if chosen else SigningPlace.INSIDE_US,
        signed_on=_day(said.get("signed_on")),
    )
    packet_facts = facts.draft_facts(packet, signed)
    return {
        "text": wording.declaration(packet_facts),
        "is_chosen": chosen,
        "missing": wording.not_enclosed(packet_facts),
        "name": signed.custodian_name,
    }


@breaks.noted()
def checked_draft(packet: Packet, user: User, said: Any) -> dict[str, Any]:
    """The same, once each exhibit's file was found to be what was collected.

    Raises:
        CaseError: as before, or a file isn't.
    """
    kept.require_intact(packet)
    return draft(packet, user, said)


def _day(text: Any) -> Any:
    try:
        day = parse_date(str(text or ""))
    except ValueError:
        day = None
    return day or facts.today(timezone.now())


def _places() -> list[tuple[str, Promise, str]]:
    """Where one may sign, with the closing words that go with it, signed today."""
    today = wording.day(facts.today(timezone.now()))
    return [
        (place.value, place.label, wording.STATUTORY_WORDS[place].format(date=today))
        for place in SigningPlace
    ]


def preview(desk: CaseModelAdmin) -> Callable[..., HttpResponse]:
    """The declaration's text for what the form holds now; for htmx."""

    def view(request: HttpRequest, case_id: int, packet_id: int) -> HttpResponse:
        packet = find(desk, request, case_id, packet_id)
        if not permissions.allowed(request.user, Perm.CERTIFY, packet.case):
            raise PermissionDenied
        if packet.status != PacketStatus.COLLECTED:
            return HttpResponse(status=204)  # signed meanwhile: nothing to draw
        shown: dict[str, Any] = {}
        try:
            shown["draft"] = draft(packet, person(request), request.GET)
        except CaseError as refusal:
            shown["broken"] = str(refusal)
        return HttpResponse(
            render_to_string("disclosures/parts/declaration.html", shown, request)
        )

    return view


@register
class CertifyPage(VerbPage):
    """Sign the custodian's declaration."""

    name = "certify_packet"
    title = gettext_lazy("Sign the declaration")
    lead = gettext_lazy(
        "You certify these exhibits as custodian of the records. Read what was found "
        "and the text below; your signature lets the packet be sealed."
    )
    button = gettext_lazy("Sign under penalty of perjury")
    permission = Perm.CERTIFY
    goes_on = True
    act = Act.CERTIFY
    form_class = DeclarationForm
    template = "disclosures/certify.html"
    icon = "signature"
    fresh = True

    def fits(self, case: Case) -> str:
        """While the collected records wait for it."""
        packet = current(case)
        if packet and packet.status == PacketStatus.COLLECTED:
            return outdated(packet) or gates.examined(packet)
        return _("No collected records of this request wait for a declaration.")

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, which knows the signer's name and the text it makes."""
        form = DeclarationForm(
            initial=self.initial(case, row, user), name=audit.name_of(user), **given
        )
        packet = current(case)
        if packet and packet.status == PacketStatus.COLLECTED:
            said = {name: form[name].value() for name in form.fields}
            try:
                form.draft = checked_draft(packet, user, said)
            except CaseError as refusal:
                form.broken = str(refusal)
        return form

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What can be suggested; the place is the signer's to say."""
        return {
            "role": Organisation.objects.get().custodian_title,
            "practice": PRACTICE,
            "signed_on": facts.today(timezone.now()),
        }

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The exhibits, what isn't produced, and the digest of both."""
        packet = current(case)
        if packet is None or packet.status != PacketStatus.COLLECTED:
            return {}
        may_read = permissions.allowed(user, Perm.READ_EXHIBITS, case)
        groups = exhibits.table(packet, may_read=may_read)
        return {
            "packet": packet,
            "groups": groups,
            "answers": exhibits.answers(groups),
            "digest": facts.exhibits_digest(packet),
            "places": _places(),
        }

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: forms.Form, proof: Proof
    ) -> str:
        """Sign it.

        Raises:
            CaseError: nothing waits for it, or the verb refuses.
        """
        packet = current(case)
        if packet is None:
            raise CaseError(self.fits(case))
        data = dict(form.cleaned_data)
        certifying.certify(
            packet.pk,
            custodian=actor,
            exhibits_digest=data.pop("exhibits_digest"),
            statement=certifying.Statement(**data),
            proof=proof,
        )
        return _("The declaration is signed. The packet is being sealed.")

    def after(self, case: Case, form: forms.Form) -> str:
        """To the packet, which is being sealed."""
        packet = current(case)
        return exhibits.packet_url(packet) if packet else self.back(case)
