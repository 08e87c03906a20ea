"""The verb pages of the review: decide each pair, put the scope before counsel, revise.

The grid shows for each requested item its words, its law and what the service holds,
and asks for each target what is proposed. Rows left undecided stay undecided; only rows
that changed are written, so the trail says who decided what.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import review, scope
from cases.admin import sections
from cases.admin.base import verb_url
from cases.admin.forms import day_field
from cases.admin.sections import Block, Line
from cases.admin.verbs import VerbPage, register
from cases.enums import (
    Act,
    CaseStatus,
    ItemDecision,
    ObjectionGround,
    Perm,
    Reach,
)
from cases.grounds import Ground
from cases.models import Case

_SUBMITTED = (
    CaseStatus.AWAITING_SIGN_OFF,
    CaseStatus.APPROVED,
    CaseStatus.REFUSED,
    CaseStatus.IN_PRODUCTION,
)


class PairForm(forms.Form):
    """What is proposed for one target under one item."""

    decision = forms.ChoiceField(
        choices=ItemDecision.choices, widget=forms.RadioSelect, required=False
    )
    first_day = day_field(label=gettext_lazy("First day"), required=False)
    last_day = day_field(label=gettext_lazy("Last day"), required=False)
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )

    def __init__(
        self, block: Block, line: Line, known: dict[str, Ground], data: Any = None
    ) -> None:
        """Take one pair; what the instrument doesn't reach isn't offered."""
        self.block, self.line = block, line
        row = line.row
        initial = {
            "decision": line.decision,
            "first_day": row.first_day if row else None,
            "last_day": row.last_day if row else None,
            "ground": row.ground if row else self._usual_ground(),
            "reason": row.reason if row else "",
        }
        prefix = f"p{block.item.number}-{line.target.number}"
        super().__init__(data, initial=initial, prefix=prefix)
        ground: Any = self.fields["ground"]
        ground.choices = [
            ("", _("Choose the ground")),
            *((code, one.ground.label) for code, one in known.items()),
        ]
        decision: Any = self.fields["decision"]
        if self.is_beyond:
            decision.choices = [
                (one.value, one.label) for one in ItemDecision if not one.produces
            ]

    @property
    def is_beyond(self) -> bool:
        """Whether the instrument doesn't reach this item's class of data."""
        cell = self.block.cell
        return cell is not None and cell.reach == Reach.INSUFFICIENT

    def _usual_ground(self) -> str:
        return ObjectionGround.INSUFFICIENT_PROCESS if self.is_beyond else ""

    def clean(self) -> dict[str, Any]:
        """A narrowing has days, an objection its ground; all but producing a reason."""
        data = super().clean() or {}
        decision = data.get("decision")
        if decision == ItemDecision.NARROW:
            if not data.get("first_day") and not data.get("last_day"):
                self.add_error("first_day", _("Give a first or a last day."))
        else:
            data["first_day"] = data["last_day"] = None
        if decision != ItemDecision.OBJECT:
            data["ground"] = ""
        elif not data.get("ground"):
            self.add_error("ground", _("Choose the ground of the objection."))
        if decision and decision != ItemDecision.PRODUCE and not data.get("reason"):
            self.add_error("reason", _("Give the reason: the agency will read it."))
        return data

    def choice(self) -> review.Choice | None:
        """What was decided here, where it differs from what stands; else None."""
        data = self.cleaned_data
        if not data["decision"]:
            return None
        made = review.Choice(
            self.line.target.pk,
            self.block.item.pk,
            data["decision"],
            data["first_day"],
            data["last_day"],
            data["reason"].strip(),
            data["ground"],
        )
        return None if made == self._standing() else made

    def _standing(self) -> review.Choice | None:
        row = self.line.row
        if row is None:
            return None
        return review.Choice(
            row.target_id,
            row.item_id,
            row.decision,
            row.first_day,
            row.last_day,
            row.reason,
            row.ground,
        )


@dataclass
class GridBlock:
    """One item of the grid with the form of each target."""

    block: Block
    pairs: list[PairForm]


class Grid(forms.Form):
    """All pairs of a case, as one form."""

    def __init__(
        self, blocks: list[Block], known: dict[str, Ground], data: Any = None
    ) -> None:
        """Make a small form for each pair."""
        super().__init__(data)
        self.blocks = [
            GridBlock(one, [PairForm(one, line, known, data) for line in one.lines])
            for one in blocks
        ]

    def pairs(self) -> Iterator[PairForm]:
        """Every pair's form."""
        for one in self.blocks:
            yield from one.pairs

    def is_valid(self) -> bool:
        """Whether each pair's form is; the page says how many aren't."""
        wrong = [one for one in self.pairs() if not one.is_valid()]
        valid = super().is_valid()
        if wrong:
            words = ngettext(
                "%(n)d row needs another look: it is marked below.",
                "%(n)d rows need another look: they are marked below.",
                len(wrong),
            )
            self.add_error(None, words % {"n": len(wrong)})
        return valid and not wrong

    def choices(self) -> list[review.Choice]:
        """What was decided and differs from what stands."""
        return [made for one in self.pairs() if (made := one.choice())]

    def reached(self) -> list[review.Choice]:
        """To produce each pair that is undecided and that the instrument compels.

        A target that was just said not to be named isn't filled in.
        """
        unnamed = {
            one.line.target.pk
            for one in self.pairs()
            if one.cleaned_data["decision"] == ItemDecision.NOT_NAMED
        }
        return [
            review.Choice(one.line.target.pk, one.block.item.pk, ItemDecision.PRODUCE)
            for one in self.pairs()
            if not one.cleaned_data["decision"]
            and one.line.target.pk not in unnamed
            and one.block.cell is not None
            and one.block.cell.compels
        ]


class ReviewPage(VerbPage):
    """A page of the review."""

    permission = Perm.REVIEW
    goes_on = True
    act = Act.PREPARE

    def fits(self, case: Case) -> str:
        """While the case is in review."""
        if case.status == CaseStatus.IN_REVIEW:
            return ""
        return _("This request is “%(status)s”, not in review.") % {
            "status": case.get_status_display()
        }


@register
class Review(ReviewPage):
    """The grid of decisions."""

    name = "review"
    title = gettext_lazy("Review the request")
    lead = gettext_lazy(
        "Decide for each item and each target what we propose to counsel. Nothing is "
        "produced by saving here."
    )
    button = gettext_lazy("Save")
    template = "cases/review.html"
    icon = "rule"

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The grid."""
        known = scope.grounds_for(case)
        return Grid(sections.blocks(case), known, given.get("data"))

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """How far the review is, and what counsel said of it the last time."""
        total = case.items.count() * case.targets.count()
        return {
            "documents": list(case.documents.all()),
            "total": total,
            "decided": len(scope.decisions(case)),
            "last_word": case.sign_offs.order_by("-decided_at").first(),
        }

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Write the rows that changed, and those the quick button adds.

        Raises:
            ValidationError: there is nothing left for the quick button to fill in.
        """
        choices = form.choices()
        if "fill" in form.data:
            filled = form.reached()
            choices += filled
            if not choices:
                raise ValidationError(
                    _("Nothing to fill in: what the instrument reaches is decided.")
                )
        if not choices:
            return _("Nothing was changed.")
        rows = review.decide(case.pk, actor=actor, choices=choices)
        words = ngettext(
            "%(n)d decision saved. Check it, then submit the scope to counsel.",
            "%(n)d decisions saved. Check them, then submit the scope to counsel.",
            len(rows),
        )
        return words % {"n": len(rows)}

    def after(self, case: Case, form: forms.Form) -> str:
        """On to counsel where that was asked for; else stay."""
        onward = "submit" in form.data
        return verb_url(case, "submit_scope" if onward else self.name)


class AnswerForm(forms.Form):
    """The desk's answer to counsel's question."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer to counsel"),
        help_text=gettext_lazy(
            "Counsel reads it beside the scope. Where nothing above has changed, "
            "counsel decides on the same scope as before."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@register
class SubmitScope(ReviewPage):
    """Put the scope before counsel."""

    name = "submit_scope"
    title = gettext_lazy("Submit the scope to counsel")
    lead = gettext_lazy(
        "This freezes what stands below as a new revision and asks counsel to decide "
        "on exactly that. Changing anything later voids the decision."
    )
    button = gettext_lazy("Submit to counsel")
    template = "cases/submit.html"
    icon = "gavel"

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The answer, where counsel asked something; else nothing to fill in."""
        asked = case.sign_offs.unanswered().exists()
        return AnswerForm(**given) if asked else forms.Form(**given)

    def back(self, case: Case) -> str:
        """The grid."""
        return verb_url(case, "review")

    def after(self, case: Case, form: forms.Form) -> str:
        """The case."""
        return VerbPage.back(self, case)

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What would go, and what still keeps it from going."""
        return {
            "blocks": sections.blocks(case),
            "targets": sections.targets(case),
            "problems": scope.problems(case),
            "narrowed": sections.narrowed(case),
            "question": case.sign_offs.unanswered().last(),
        }

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Submit it."""
        answer = form.cleaned_data.get("answer", "")
        revision = review.submit(case.pk, actor=actor, answer=answer)
        return _("Revision %(n)d of the scope is before counsel.") % {
            "n": revision.number
        }


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is taken back"),
        help_text=gettext_lazy("Counsel and the trail will read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@register
class Revise(VerbPage):
    """Take the scope back to review."""

    name = "revise"
    title = gettext_lazy("Take the scope back to review")
    button = gettext_lazy("Take it back")
    permission = Perm.REVIEW
    goes_on = True
    form_class = ReasonForm
    template = "cases/revise.html"
    icon = "undo"
    danger = True

    def fits(self, case: Case) -> str:
        """Once there is a submitted scope, until the packet has left."""
        if case.status in _SUBMITTED:
            return ""
        return _("There is no submitted scope to take back.")

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The sign-off that this voids."""
        digest = scope.digest(case)
        return {"voided": case.sign_offs.approving(digest).first(), "digest": digest}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Take it back."""
        review.revise(case.pk, actor=actor, reason=form.cleaned_data["reason"])
        return _("The scope is back in review. No earlier sign-off covers it any more.")

    def after(self, case: Case, form: forms.Form) -> str:
        """To the grid."""
        return verb_url(case, "review")
