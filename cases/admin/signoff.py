"""Counsel's page: exactly what would be produced, for whom, of when, under which law.

The form carries the digest of the scope that is shown; the verb refuses a decision on
any other, and then the page shows the new scope with its own digest.
"""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import scope, signoff
from cases.admin import sections
from cases.admin.verbs import VerbPage, register
from cases.enums import Act, CaseStatus, Perm, SignOffDecision
from cases.models import Case
from cases.proof import Proof

_LONGEST_BASIS = 200


class SignOffForm(forms.Form):
    """Counsel's decision."""

    scope_digest = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=SignOffDecision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Approve, return or refuse.")},
    )
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        max_length=_LONGEST_BASIS,
        required=False,
        help_text=gettext_lazy(
            "Suggested from the provisions above; edit it as you see fit. The packet "
            "prints it."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        help_text=gettext_lazy(
            "Needed to return or refuse: what should change, or why not at all."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """An approval names its basis, the others say why."""
        data = super().clean() or {}
        decision = data.get("decision")
        if decision == SignOffDecision.APPROVED and not data.get("legal_basis"):
            self.add_error("legal_basis", _("An approval names its legal basis."))
        if decision and decision != SignOffDecision.APPROVED and not data.get("note"):
            self.add_error("note", _("Returning or refusing needs a note."))
        return data


@register
class SignOffPage(VerbPage):
    """Decide as counsel."""

    name = "sign_off"
    title = gettext_lazy("Decide as counsel")
    lead = gettext_lazy(
        "This is exactly what would be produced. Your decision binds to this scope and "
        "to nothing else; any later change voids it."
    )
    button = gettext_lazy("Record my decision")
    permission = Perm.SIGN_OFF
    goes_on = True
    act = Act.APPROVE
    form_class = SignOffForm
    template = "cases/sign_off.html"
    icon = "gavel"
    fresh = True

    def fits(self, case: Case) -> str:
        """While the scope waits for counsel."""
        if case.status == CaseStatus.AWAITING_SIGN_OFF:
            return ""
        return _(
            "No scope of this request waits for a decision: it is “%(status)s”."
        ) % {"status": case.get_status_display()}

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The basis that the citations suggest."""
        found = sections.citations(sections.blocks(case))
        basis = "; ".join(found)
        while len(basis) > _LONGEST_BASIS and found:
            found.pop()
            basis = "; ".join(found)
        return {"legal_basis": basis}

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The scope as it stands, with what bears on the decision."""
        blocks = sections.blocks(case)
        lines = [line for block in blocks for line in block.lines]
        return {
            "blocks": blocks,
            "targets": sections.targets(case),
            "documents": list(case.documents.all()),
            "answers": sections.answers(case),
            "digest": scope.digest(case),
            "revision": case.revisions.order_by("-number").first(),
            "earlier": sections.revisions(case)[1:],
            "totals": {
                "produced": sum(line.is_produced for line in lines),
                "all": len(lines),
            },
            "unsure": [
                block for block in blocks if block.cell and block.cell.needs_counsel
            ],
        }

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: Any, proof: Proof
    ) -> str:
        """Record the decision."""
        data = form.cleaned_data
        made = signoff.record_sign_off(case.pk, counsel=actor, proof=proof, **data)
        return _("Recorded: %(decision)s.") % {
            "decision": made.get_decision_display().lower()
        }
