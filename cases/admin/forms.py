"""The forms of intake: the paper's facts, its targets, what it asks for.

A form says what may be typed and in which words it is asked; the rules are the verbs'.
Native date and time fields keep every page usable without a script.
"""

import json
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.models import User
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from cases import audit, keys, permissions
from cases.admin.addresses import RowToken
from cases.enums import DocumentKind, Jurisdiction, Role
from cases.intake import FACTS
from cases.models import Agency, Case, CaseDocument, Category, Organisation, Target
from cases.models.case import REQUIRED_BY_INSTRUMENT

COMMON_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "UTC",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
)
# Asked only by the instruments that need them.
_RARE = ("treaty_reference", "emergency_grounds", "issuer_kind")
_HELPS = {
    "instrument": _("What the paper calls itself. It decides what it can compel."),
    "jurisdiction": _("Whose law the instrument stands on."),
    "agency_reference": _("Docket, case or file number, exactly as printed."),
    "issuing_authority": _("Who signed it: name and title, as under the signature."),
    "officer_name": _("The contact the paper names for questions and delivery."),
    "issuing_court": _("As printed in the heading."),
    "statute_cited": _("The provision the paper relies on, e.g. 18 U.S.C. 2703(d)."),
    "issued_on": _("The date on the paper."),
    "served_on": _("The day it legally reached us."),
    "received_at": _("When it actually came in, in the organisation's time zone."),
    "due_on": _("The day the paper wants its answer."),
}


def day_field(**kwargs: Any) -> forms.DateField:
    """A day, asked by the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **kwargs)


def moment_field(**kwargs: Any) -> forms.DateTimeField:
    """An instant, in the zone of the page."""
    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
    )
    return forms.DateTimeField(widget=widget, **kwargs)


class PaperField(forms.ModelChoiceField):
    """One of a request's papers, by the token that its address has as well."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer nothing before ``offer`` says of which request."""
        super().__init__(CaseDocument.objects.none(), **kwargs)

    def offer(self, case: Case) -> None:
        """Have the papers of this request to choose from."""
        self.queryset = case.documents.all()

    def label_from_instance(self, obj: CaseDocument) -> str:
        """What it is, and its name."""
        return f"{obj.get_kind_display()}: {obj.name}"

    def prepare_value(self, value: Any) -> Any:
        """The token of a paper, or what somebody sent for one."""
        if isinstance(value, CaseDocument):
            return keys.disguise(value.pk, RowToken.kind)
        return value

    def to_python(self, value: Any) -> Any:
        """The paper behind a token.

        Raises:
            ValidationError: it is none of this request's papers.
        """
        if value in self.empty_values:
            return None
        try:
            pk = keys.undisguise(str(value), RowToken.kind)
        except ValueError:
            words = self.error_messages["invalid_choice"]
            raise forms.ValidationError(words, code="invalid_choice") from None
        return super().to_python(pk)


def named_field(**kwargs: Any) -> forms.ModelMultipleChoiceField:
    """Colleagues who may know of a restricted request, beside who names them."""
    return _NamedField(
        User.objects.none(),
        label=_("Who may know, besides you"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Each is told that something waits, and sees the request after "
            "acknowledging its secrecy. Name as many counsel as have to decide."
        ),
        **kwargs,
    )


def offer_named(field: Any, actor: User) -> None:
    """Offer in such a field whom ``actor`` could name."""
    people = permissions.nameable(actor).prefetch_related("groups")
    field.queryset = people.order_by("first_name", "pk")


class _NamedField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return person_with_roles(obj)


def person_with_roles(user: User) -> str:
    """How a colleague is called in a list to choose from."""
    known = dict(Role.choices)
    roles = [str(known[one.name]) for one in user.groups.all() if one.name in known]
    return ", ".join([audit.name_of(user), *roles])


@cache
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones papers usually mean, then all that there are."""
    rest = sorted(available_timezones() - set(COMMON_ZONES))
    return [
        (str(_("Usual")), [(one, one.replace("_", " ")) for one in COMMON_ZONES]),
        (str(_("All zones")), [(one, one.replace("_", " ")) for one in rest]),
    ]


def _say_choose(asked: Any) -> None:
    """Words instead of dashes where nothing is chosen yet."""
    asked.choices = [("", _("Choose")), *[one for one in asked.choices if one[0]]]


def _as_day(model_field: forms.Field) -> forms.Field:
    """The field of a model, asked by native widgets."""
    words = {
        "label": model_field.label,
        "help_text": model_field.help_text,
        "required": model_field.required,
    }
    if isinstance(model_field, forms.DateTimeField):
        return moment_field(**words)
    if isinstance(model_field, forms.DateField):
        return day_field(**words)
    return model_field


class FactsForm(forms.Form):
    """The intake facts; an agency is chosen, or given by name and added."""

    GROUPS = (
        (
            _("The paper"),
            _("What was served, and what it stands on."),
            (
                "instrument",
                "jurisdiction",
                "agency_reference",
                "statute_cited",
                "issuing_court",
                "treaty_reference",
                "emergency_grounds",
            ),
        ),
        (
            _("Who asks"),
            _("The agency, who signed, and whom to answer."),
            (
                "agency",
                "issuing_authority",
                "issuer_kind",
                "officer_name",
                "officer_email",
                "officer_phone",
            ),
        ),
        (
            _("How and when"),
            _("The clocks run from these dates."),
            ("channel", "issued_on", "served_on", "received_at", "due_on"),
        ),
    )

    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Agency"),
        required=False,
        empty_label=_("Choose"),
    )
    new_agency = forms.CharField(
        label=_("New agency"),
        max_length=200,
        required=False,
        help_text=_("Only where the list doesn't have it: its full official name."),
    )
    new_agency_jurisdiction = forms.ChoiceField(
        label=_("New agency's jurisdiction"),
        choices=[("", _("Choose")), *Jurisdiction.choices],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the fields of the model that are intake facts, in our words."""
        super().__init__(*args, **kwargs)
        own = fields_for_model(Case, fields=[one for one in FACTS if one != "agency"])
        for name, model_field in own.items():
            asked = _as_day(model_field)
            asked.help_text = _HELPS.get(name, asked.help_text)
            self.fields[name] = asked
        agency: Any = self.fields["agency"]
        agency.is_needed = True  # either this or a new one: not "optional" to a reader
        self.fields["emergency_grounds"].widget.attrs["rows"] = 3
        for name in ("instrument", "channel", "issuer_kind"):
            _say_choose(self.fields[name])
        self.fields["instrument"].widget.attrs |= {
            "data-needs": json.dumps(REQUIRED_BY_INSTRUMENT),
            "data-rare": json.dumps(_RARE),
            "data-needed-words": str(_("needed for this instrument")),
            "data-optional-words": str(_("optional")),
        }

    def groups(self) -> list[dict[str, Any]]:
        """The fields in the groups the page shows them in."""
        return [
            {"title": title, "words": words, "fields": [self[name] for name in names]}
            for title, words, names in self.GROUPS
        ]

    def new_agency_asked(self) -> bool:
        """Whether the part for a new agency stands open."""
        names = ("new_agency", "new_agency_jurisdiction")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        """One agency: chosen, or new with its jurisdiction."""
        data = super().clean() or {}
        chosen, new = data.get("agency"), data.get("new_agency")
        if chosen and new:
            self.add_error("new_agency", _("Choose an agency or add one, not both."))
        elif new and not data.get("new_agency_jurisdiction"):
            self.add_error("new_agency_jurisdiction", _("Say whose authority it is."))
        elif not chosen and not new:
            self.add_error("agency", _("Choose the agency, or add it below."))
        return data


class NewRequestForm(FactsForm):
    """The facts with the served paper, and who may know of it at all.

    A refused paper doesn't cost the facts.
    """

    is_restricted = forms.BooleanField(
        label=_("Only named persons may know of this request"),
        required=False,
        help_text=_(
            "A national security letter always; others where counsel says so. Nobody "
            "else finds it or can tell that it exists, administrators included."
        ),
    )
    named = named_field(required=False)

    paper = forms.FileField(
        label=_("Served paper (PDF)"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "Kept byte for byte. If it can't be kept, the request is opened all the "
            "same and you are asked for the paper again."
        ),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        """Offer whom this person could name."""
        super().__init__(*args, **kwargs)
        offer_named(self.fields["named"], actor)

    def restriction_asked(self) -> bool:
        """Whether the part for restricted requests stands open."""
        names = ("is_restricted", "named")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        """Names and the tick go together."""
        data = super().clean()
        if data.get("named") and not data.get("is_restricted"):
            self.add_error("is_restricted", _("Tick this too, or name nobody."))
        return data


class PaperForm(forms.Form):
    """One paper."""

    kind = forms.ChoiceField(label=_("What it is"), choices=DocumentKind.choices)
    paper = forms.FileField(
        label=_("PDF file"),
        allow_empty_file=True,
        help_text=_("At most 50 MB. Kept byte for byte, known by its SHA-256."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )


class TargetForm(forms.Form):
    """One target, as the paper names it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the model's fields, with the zones to choose from."""
        super().__init__(*args, **kwargs)
        names = ("kind", "identifier", "role", "first_day", "last_day", "time_zone")
        own = fields_for_model(Target, fields=names)
        for name, model_field in own.items():
            self.fields[name] = _as_day(model_field)
        _say_choose(self.fields["kind"])
        identifier: Any = self.fields["identifier"]
        identifier.strip = False
        identifier.widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["first_day"].help_text = _("Empty: from the beginning.")
        self.fields["last_day"].help_text = _("Empty: up to the day of collection.")
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone of these days"),
            choices=zone_choices(),
            help_text=_("The paper's; where it names none, that of its court."),
        )
        site = Organisation.objects.first()
        if site and "time_zone" not in self.initial:
            self.initial["time_zone"] = site.time_zone


class ItemsForm(forms.Form):
    """The categories of the map in use: tick what the paper asks, in its words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A tick and a text for each category."""
        super().__init__(*args, **kwargs)
        self.categories = list(Category.objects.current())
        for one in self.categories:
            self.fields[f"ask_{one.code}"] = forms.BooleanField(
                label=one.title, required=False
            )
            self.fields[f"words_{one.code}"] = forms.CharField(
                label=_("%(title)s: the paper's own words") % {"title": one.title},
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def rows(self) -> list[tuple[Category, Any, Any]]:
        """Each category with its two fields."""
        return [
            (one, self[f"ask_{one.code}"], self[f"words_{one.code}"])
            for one in self.categories
        ]

    def clean(self) -> dict[str, Any]:
        """What is ticked has words."""
        data = super().clean() or {}
        for one in self.categories:
            words = data.get(f"words_{one.code}", "")
            if data.get(f"ask_{one.code}") and not words.strip():
                self.add_error(f"words_{one.code}", _("Give the words of the request."))
        return data

    def wordings(self) -> list[tuple[str, str]]:
        """What is asked for: (category code, its words)."""
        return [
            (one.code, self.cleaned_data[f"words_{one.code}"])
            for one in self.categories
            if self.cleaned_data[f"ask_{one.code}"]
        ]
