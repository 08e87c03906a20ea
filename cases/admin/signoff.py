"""Counsel's page: exactly what would be produced, for whom, of when, under which law.

The form carries the digest of the scope that is shown; the verb refuses a decision on
any other, and then the page shows the new scope with its own digest. Beside each pair
that would be answered counsel may object to it: what is signed then is the scope
without it. The conditions of an approval have a page of their own on which the desk
says that it has read them.
"""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import persons, scope, signoff
from cases.admin import sections
from cases.admin.sections import Block, Line
from cases.admin.verbs import VerbPage, register
from cases.enums import Act, CaseStatus, ItemDecision, Perm, SignOffDecision
from cases.exceptions import CaseError
from cases.grounds import Ground, ItemObjection
from cases.models import Case
from cases.models.signoff import APPROVALS
from cases.proof import Proof

_LONGEST_BASIS = 200
D = SignOffDecision


class ObjectionForm(forms.Form):
    """Whether counsel objects to one pair, on what ground and why."""

    ground = forms.ChoiceField(label=gettext_lazy("Ground"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason, as the agency will read it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, known: dict[str, Ground], pair: tuple[Any, Any], data: Any, prefix: str
    ) -> None:
        """Offer the grounds that the law of the instrument knows."""
        super().__init__(data, prefix=prefix)
        self.item_id, self.target_id = pair
        ground: Any = self.fields["ground"]
        ground.choices = [
            ("", _("No objection") if pair[0] else _("Choose the ground")),
            *((code, line.ground.label) for code, line in known.items()),
        ]
        for field in self.fields.values():
            named: Any = field
            named.is_needed = True  # by the other one: not "optional" to a reader
            named.widget.attrs["form"] = "decision-form"

    @property
    def is_open(self) -> bool:
        """Whether something was typed here."""
        return bool(self["ground"].value() or self["reason"].value())

    def clean(self) -> dict[str, Any]:
        """A ground has its reason, and a reason its ground."""
        data = super().clean() or {}
        if data.get("ground") and not data.get("reason"):
            self.add_error("reason", _("Give the reason: the agency will read it."))
        if data.get("reason") and not data.get("ground"):
            self.add_error("ground", _("Choose the ground of this objection."))
        return data

    def objection(self) -> ItemObjection | None:
        """What is objected to; None where nothing is."""
        data = self.cleaned_data
        if not data["ground"]:
            return None
        return ItemObjection(
            data["ground"], data["reason"], self.target_id, self.item_id
        )


class SignOffForm(forms.Form):
    """Counsel's decision, with an objection to each pair that has one."""

    scope_digest = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=SignOffDecision.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Approve, ask, return or refuse."),
        },
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
        label=gettext_lazy("Conditions, question or note"),
        required=False,
        help_text=gettext_lazy(
            "For the desk, never for the agency. Needed for conditions, a question "
            "and a return."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        blocks: list[Block],
        known: dict[str, Ground],
        initial: dict[str, Any],
        data: Any = None,
    ) -> None:
        """Make a small form for each pair that isn't objected to already."""
        super().__init__(data, initial=initial)
        self.pairs = {
            (block.item.pk, line.target.pk): ObjectionForm(
                known,
                (block.item.pk, line.target.pk),
                data,
                f"o{block.item.number}-{line.target.number}",
            )
            for block in blocks
            for line in block.lines
            if line.decision and line.decision != ItemDecision.OBJECT
        }
        self.whole = ObjectionForm(known, (None, None), data, "whole")

    def of(self, line: Line) -> ObjectionForm | None:
        """The objection to one pair, where it can be objected to."""
        item = line.row.item_id if line.row else None
        return self.pairs.get((item, line.target.pk)) if item else None

    def is_valid(self) -> bool:
        """Whether the decision and each objection are."""
        wrong = [one for one in self.pairs.values() if not one.is_valid()]
        valid = super().is_valid()
        if wrong:
            self.add_error(
                None, _("An objection above isn't complete: it is marked there.")
            )
        refused = self.data.get("decision") == D.REFUSED
        return valid and not wrong and (not refused or self._whole_is_valid())

    def _whole_is_valid(self) -> bool:
        valid = self.whole.is_valid()
        # Needed only where the single objections leave something.
        single = [one for one in self.pairs.values() if one.objection()]
        if valid and len(single) < len(self.pairs) and not self.whole.objection():
            self.whole.add_error("ground", _("Choose the ground of the refusal."))
            return False
        return valid

    def clean(self) -> dict[str, Any]:
        """An approval names its basis; conditions, question and return their words."""
        data = super().clean() or {}
        decision = data.get("decision")
        if decision in APPROVALS and not data.get("legal_basis"):
            self.add_error("legal_basis", _("An approval names its legal basis."))
        if decision in {D.CONDITIONAL, D.ASKED, D.RETURNED} and not data.get("note"):
            self.add_error("note", _NEEDS_WORDS[decision])
        return data

    def objections(self) -> list[ItemObjection]:
        """What counsel objects to, the general objection of a refusal last."""
        forms_ = list(self.pairs.values())
        if self.cleaned_data["decision"] == D.REFUSED:
            forms_.append(self.whole)
        return [made for one in forms_ if (made := one.objection())]


_NEEDS_WORDS = {
    D.CONDITIONAL: gettext_lazy("State the conditions."),
    D.ASKED: gettext_lazy("Write your question."),
    D.RETURNED: gettext_lazy("Say what has to change."),
}


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

    def bars(self, case: Case, user: User) -> str:
        """Who prepared can't sign, and nobody counts twice."""
        if refusal := persons.why_not(case, user, Act.APPROVE):
            return refusal
        if any(one.counsel_id == user.pk for one in signoff.quorum(case).approvals):
            return _("You have approved this scope; it waits for another counsel.")
        return ""

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The decision and the objections."""
        blocks, known = sections.blocks(case), scope.grounds_for(case)
        initial = self.initial(case, row, user)
        return SignOffForm(blocks, known, initial, given.get("data"))

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
            "narrowed": sections.narrowed(case),
            "since": sections.since_last_decision(case),
            "questions": sections.questions(case),
            "quorum": signoff.quorum(case),
            "grounds": scope.grounds_for(case).values(),
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
        kind = data["decision"]
        made = signoff.record_sign_off(
            case.pk,
            counsel=actor,
            decision=signoff.Decision(
                kind,
                data["legal_basis"] if kind in APPROVALS else "",
                data["note"],
                form.objections(),
            ),
            scope_digest=data["scope_digest"],
            proof=proof,
        )
        told = {"decision": made.get_decision_display().lower()}
        if kind != D.REFUSED and (objected := len(form.objections())):
            told["decision"] += ngettext(
                ", without the line you object to",
                ", without the %(n)d lines you object to",
                objected,
            ) % {"n": objected}
        missing = made.needed - (made.place or made.needed)
        if made.decision in APPROVALS and missing:
            return (
                _("Recorded: %(decision)s. The scope now waits for another counsel.")
                % told
            )
        return _("Recorded: %(decision)s.") % told


@register
class AcknowledgePage(VerbPage):
    """Say that counsel's conditions were read."""

    name = "read_conditions"
    title = gettext_lazy("Acknowledge counsel's conditions")
    lead = gettext_lazy(
        "Counsel approved this scope on these conditions. By acknowledging them you "
        "say that you have read them and will keep to them. The packet can be ordered "
        "after that."
    )
    button = gettext_lazy("I have read the conditions")
    permission = Perm.ORDER
    act = Act.COLLECT
    template = "cases/read_conditions.html"
    icon = "fact_check"

    def fits(self, case: Case) -> str:
        """While conditions of the approval in force wait for it."""
        if sections.conditions(case).unread:
            return ""
        return _("No conditions of counsel wait to be acknowledged.")

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The conditions."""
        return {"conditions": sections.conditions(case)}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Acknowledge all that wait.

        Raises:
            CaseError: there are none any more.
        """
        unread = sections.conditions(case).unread
        if not unread:
            raise CaseError(self.fits(case))
        for one in unread:
            signoff.acknowledge(one.pk, actor=actor)
        return _("Noted that you have read counsel's conditions.")
