"""The forms of the packet's verbs: what is typed, with its words; no rule of law."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cases import closing
from cases.enums import Disposition
from cases.models import AgencyContact, Case, ScopeItem
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
    """What the release officer confirms and records.

    The file in hand is read by the browser, which sends its digest alone; without a
    script the file itself comes, and is read here and not kept.
    """

    contact_id = forms.TypedChoiceField(
        label=_("Where it went"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the address it went to.")},
    )
    recipient_name = forms.CharField(label=_("Handed over to"), max_length=200)
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
    expires_at = forms.DateTimeField(
        label=_("Until when it can be fetched"),
        required=False,
        input_formats=[_SECONDS, "%Y-%m-%dT%H:%M"],
        help_text=_("Where a link or a pass-phrase runs out."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        help_text=_("For instance a receipt, a tracking number, or who took it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    in_hand = forms.FileField(
        label=_("The packet in your hands"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "Choose the zip that you handed over, from where you keep it or from the "
            "medium that went out; of a large packet, its manifest.json will do. It is "
            "compared with what was sealed, and not kept."
        ),
        widget=forms.FileInput(
            attrs={"accept": ".zip,.json", "data-digest-into": "in_hand_sha256"}
        ),
    )
    in_hand_sha256 = forms.CharField(
        required=False, max_length=64, widget=forms.HiddenInput
    )

    def __init__(
        self, *given: Any, contacts: list[AgencyContact], **named: Any
    ) -> None:
        """``contacts`` are the checked addresses of the case's agency."""
        super().__init__(*given, **named)
        where: Any = self.fields["contact_id"]
        where.choices = [
            (one.pk, f"{one.recipient}: {one.address} ({one.get_kind_display()})")
            for one in contacts
        ]
        file: Any = self.fields["in_hand"]
        file.is_needed = True  # this or the digest: not "optional" to a reader

    def clean(self) -> dict[str, Any]:
        """The digest of the file in hand, whoever read it."""
        data = super().clean() or {}
        file = data.pop("in_hand", None)
        if file is not None:
            data["in_hand_sha256"] = _digest(file)
        if not data.get("in_hand_sha256"):
            self.add_error("in_hand", _("Choose the file that you handed over."))
        return data


def _digest(file: Any) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()


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
        went_out = closing.went_out(case)
        choices = [
            (one.value, one.label)
            for one in Disposition
            if went_out or one not in _PRODUCED
        ]
        for row in rows:
            label = _("Outcome of item %(item)s, target %(target)s")
            numbers = {"item": row.item.number, "target": row.target.number}
            self.fields[outcome_name(row)] = forms.ChoiceField(
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
                self[outcome_name(row)],
                self._answers.get((row.target_id, row.item_id), []),
            )
            for row in self._rows
        ]

    def outcomes(self) -> dict[int, str]:
        """By scope item, what was chosen."""
        return {row.pk: self.cleaned_data[outcome_name(row)] for row in self._rows}


def outcome_name(row: ScopeItem) -> str:
    """The name of a scope item's field."""
    return f"outcome_{row.item.number}_{row.target.number}"
