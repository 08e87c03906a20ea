"""The forms of the packet's verbs: what is typed, with its words; no rule of law."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cases.enums import CaseStatus, Disposition
from cases.models import Case, ScopeItem
from disclosures.enums import DeliveryMethod, SigningPlace

_SECONDS = "%Y-%m-%dT%H:%M:%S"
_PRODUCED = frozenset({Disposition.FULL, Disposition.PARTIAL})


class DeclarationForm(forms.Form):
    """What the custodian states and signs.

    ``draft`` is the declaration's text with what the form holds, for the page to show;
    ``broken`` says why there is none.
    """

    draft: dict[str, Any] | None = None
    broken = ""

    exhibits_digest = forms.CharField(widget=forms.HiddenInput)
    role = forms.CharField(
        label=_("Your role"),
        max_length=200,
        help_text=_("As the declaration says it: “I am … of the organisation”."),
    )
    practice = forms.CharField(
        label=_("How these records are made and kept"),
        help_text=_(
            "A suggestion; change it until it is true of your systems and you know it "
            "to be so. It is printed under “Records of a regularly conducted activity”."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    signing_place = forms.ChoiceField(
        label=_("Where you sign"),
        choices=SigningPlace.choices,
        widget=forms.RadioSelect,
        help_text=_("28 U.S.C. 1746 has a form of words for each."),
        error_messages={
            "required": _("Say whether you sign within the United States.")
        },
    )
    place = forms.CharField(
        label=_("Place"),
        max_length=200,
        help_text=_("Where you are as you sign: city and state, or city and country."),
    )
    signed_on = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    signed_name = forms.CharField(
        label=_("Signature: type your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *given: Any, name: str = "", **named: Any) -> None:
        """``name`` is the signer's own, which the signature has to be."""
        super().__init__(*given, **named)
        self.fields["signed_name"].help_text = _(
            "Typing “%(name)s” here is your signature under penalty of perjury."
        ) % {"name": name}


class ReleaseForm(forms.Form):
    """What the release officer confirms and records."""

    recipient_name = forms.CharField(label=_("Handed over to"), max_length=200)
    recipient_address = forms.CharField(
        label=_("Address"),
        max_length=320,
        help_text=_(
            "From the request. Another address counts as a third party and is refused "
            "where secrecy says so."
        ),
    )
    method = forms.ChoiceField(
        label=_("How"),
        choices=[("", _("Choose…")), *DeliveryMethod.choices],
        error_messages={"required": _("Say how it was handed over.")},
    )
    handed_over_at = forms.DateTimeField(
        label=_("When"),
        input_formats=[_SECONDS, "%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format=_SECONDS
        ),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        help_text=_("For instance a receipt, a tracking number, or who took it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    manifest_sha256 = forms.CharField(
        label=_("SHA-256 of manifest.json in the packet you handed over"),
        max_length=64,
        min_length=64,
        help_text=_(
            "From the packet in your hands, not from this page: the line of "
            "manifest.json in its file SHA256SUMS, or what "
            "“sha256sum manifest.json” says."
        ),
        error_messages={
            "min_length": _("A SHA-256 has 64 characters."),
            "max_length": _("A SHA-256 has 64 characters."),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "class": "pk-digest-input",
            }
        ),
    )


@dataclass(frozen=True)
class Ended:
    """One scope item on the closing form, with the answers that went out for it."""

    row: ScopeItem
    field: forms.BoundField
    answers: list[SafeString]


class CloseForm(forms.Form):
    """How a case ended, item by item and as a whole."""

    def __init__(
        self,
        case: Case,
        rows: list[ScopeItem],
        answers: Mapping[tuple[int, int], list[SafeString]],
        **named: Any,
    ) -> None:
        """One field per scope item; nothing can end as produced that didn't go out.

        ``answers`` are badges by the ids of target and item.
        """
        super().__init__(**named)
        self._rows, self._answers = rows, answers
        went_out = case.status == CaseStatus.RELEASED
        choices = [
            (one.value, one.label)
            for one in Disposition
            if went_out or one not in _PRODUCED
        ]
        for row in rows:
            label = _("Outcome of item %(item)s, target %(target)s")
            numbers = {"item": row.item.number, "target": row.target.number}
            self.fields[outcome_name(row.pk)] = forms.ChoiceField(
                label=label % numbers, choices=choices
            )
        self.fields["disposition"] = forms.ChoiceField(
            label=_("Outcome of the whole request"), choices=choices
        )
        self.fields["note"] = forms.CharField(
            label=_("Closing note"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    @property
    def lines(self) -> list[Ended]:
        """The scope items with their fields."""
        return [
            Ended(
                row,
                self[outcome_name(row.pk)],
                self._answers.get((row.target_id, row.item_id), []),
            )
            for row in self._rows
        ]

    def outcomes(self) -> dict[int, str]:
        """By scope item, what was chosen."""
        return {row.pk: self.cleaned_data[outcome_name(row.pk)] for row in self._rows}


def outcome_name(pk: int) -> str:
    """The name of a scope item's field."""
    return f"outcome_{pk}"
