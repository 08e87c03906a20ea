"""Choosing which of several accounts a target is; the packet waits until it is done."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.admin.base import verb_url
from cases.admin.verbs import VerbPage, register
from cases.enums import Act, Perm
from cases.exceptions import CaseError
from cases.models import Case
from disclosures import choosing
from disclosures.admin.exhibits import packet_url
from disclosures.admin.packet import current, outdated
from disclosures.enums import PacketStatus
from disclosures.models import TargetAccount
from disclosures.packet.legible import legible

_NONE = "none"


class ChoiceForm(forms.Form):
    """Which account is meant, and how that is known."""

    target = forms.IntegerField(widget=forms.HiddenInput)  # the one shown, by number
    candidate = forms.ChoiceField(
        label=gettext_lazy("The account that the request means"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one, or that none is meant.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("How you know"),
        help_text=gettext_lazy(
            "The packet gives this reason to the agency, and the trail keeps it. Name "
            "no other account and no other person."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, row: TargetAccount | None, *given: Any, **named: Any) -> None:
        """``row`` is the target with its candidates."""
        super().__init__(*given, **named)
        candidate: Any = self.fields["candidate"]
        found = list(row.candidates.all()) if row else []
        candidate.choices = [
            *(
                (str(one.number), f"{legible(one.name) or _('(no name)')}, {one.key}")
                for one in found
            ),
            (_NONE, _("None of them is meant: account not found")),
        ]


@register
class ChooseAccountPage(VerbPage):
    """Choose the account of the first target that waits for it."""

    name = "choose_account"
    title = gettext_lazy("Choose the account")
    lead = gettext_lazy(
        "More than one account matches the identifier as served. Nothing is searched "
        "for anybody until you say which one the request means. The records of the one "
        "you choose are fetched; the others are left alone."
    )
    button = gettext_lazy("Choose this")
    permission = Perm.ORDER
    goes_on = True
    act = Act.COLLECT
    template = "disclosures/choose.html"
    icon = "person_search"

    def fits(self, case: Case) -> str:
        """While a target of the case's packet waits for a choice."""
        packet = current(case)
        if packet is None or _waiting(case) is None:
            return _("No target of this request waits for a choice of account.")
        return outdated(packet)

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The accounts that match, and the reason."""
        found = _waiting(case)
        initial = {"target": found.target.number} if found else {}
        return ChoiceForm(found, initial=initial, **given)

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The target as served, and how many more wait."""
        packet, found = current(case), _waiting(case)
        if packet is None or found is None:
            return {}
        return {
            "target": found.target,
            "total": found.candidates.count(),
            "more": packet.accounts.to_choose().count() - 1,
        }

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Choose it.

        Raises:
            CaseError: the target that was shown has its account by now.
        """
        found, data = _waiting(case), form.cleaned_data
        if found is None or found.target.number != data["target"]:
            raise CaseError(_("Somebody has chosen the account of this target by now."))
        chosen = None
        if data["candidate"] != _NONE:
            chosen = found.candidates.get(number=data["candidate"]).pk
        choosing.choose(
            found.pk, actor=actor, candidate_id=chosen, reason=data["reason"]
        )
        packet = current(case)
        left = packet.accounts.to_choose().count() if packet else 0
        if not left:
            return _("The account is chosen. The collection goes on by itself.")
        words = ngettext(
            "The account is chosen. %(n)d target still waits.",
            "The account is chosen. %(n)d targets still wait.",
            left,
        )
        return words % {"n": left}

    def after(self, case: Case, form: forms.Form) -> str:
        """To the next target that waits, else to the packet."""
        packet = current(case)
        if packet is None or _waiting(case):
            return verb_url(case, self.name)
        return packet_url(packet)


def _waiting(case: Case) -> TargetAccount | None:
    packet = current(case)
    if packet is None or packet.status != PacketStatus.CHOOSING:
        return None
    return packet.accounts.to_choose().select_related("target").first()
