"""The verb pages of intake: a new request, and the checklist that completes it.

The facts are stored before the paper is looked at, so a refused upload costs a second
try at the upload and nothing else. Each further step is a page of its own and leads
back to the checklist while the request is fresh.
"""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import agencies, authenticity, documents, intake, permissions, review, scope
from cases.admin import sections
from cases.admin.base import case_url, verb_url
from cases.admin.forms import (
    FactsForm,
    ItemsForm,
    NewRequestForm,
    PaperForm,
)
from cases.admin.verbs import VerbPage, register
from cases.enums import Audience, CaseStatus, DocumentKind, Perm, Secrecy
from cases.models import Case
from cases.nondisclosure import may_tell

_FROZEN = gettext_lazy(
    "Counsel has this scope. Take it back to review first; that voids the sign-off."
)


def facts_of(form: FactsForm, actor: User, *, is_restricted: bool) -> dict[str, Any]:
    """The intake facts a form holds; a new agency is added to the directory.

    Raises:
        ValidationError: the new agency is in the directory already, under another law;
            or everybody would read there of what is restricted.
    """
    if is_restricted and form.cleaned_data["new_agency"]:
        words = _(
            "The directory is read by everybody: for a restricted request, choose an "
            "agency that stands there."
        )
        raise ValidationError({"new_agency": words})
    data = {name: form.cleaned_data[name] for name in intake.FACTS if name != "agency"}
    data["agency"] = form.cleaned_data["agency"] or agencies.add_agency(
        actor=actor,
        name=form.cleaned_data["new_agency"],
        jurisdiction=form.cleaned_data["new_agency_jurisdiction"],
    )
    return data


class NewRequest:
    """The one act that has no case yet: facts and paper become one."""

    def __init__(self, actor: User) -> None:
        """Take who acts."""
        self.actor = actor

    def form(self, data: Any, given_files: Any) -> NewRequestForm:
        """The form, unbound or bound."""
        return NewRequestForm(
            data, given_files, actor=self.actor, initial={"jurisdiction": "US"}
        )

    def perform(self, form: NewRequestForm) -> Case:
        """Open the case.

        Raises:
            ValidationError, CaseError, PermissionDenied: as ``intake.open_case``.
        """
        with transaction.atomic():
            said = form.cleaned_data
            facts = facts_of(form, self.actor, is_restricted=said["is_restricted"])
            named = list(said["named"]) if said["is_restricted"] else None
            return intake.open_case(actor=self.actor, facts=facts, named=named)

    def keep_paper(self, case: Case, form: NewRequestForm) -> None:
        """Keep the paper of a case just opened, where one was given.

        Raises:
            DocumentRefused: the case stays, the paper doesn't.
        """
        paper = form.cleaned_data["paper"]
        if paper is None:
            return
        documents.add_document(
            case.pk,
            actor=self.actor,
            kind=DocumentKind.PROCESS,
            name=paper.name,
            content=paper,
        )

    def after(self, case: Case) -> str:
        """To the paper, where it is still missing; else to the checklist."""
        kept = case.documents.exists()
        return verb_url(case, "intake" if kept else "add_paper")


class IntakePage(VerbPage):
    """A step of intake: it leads back to the checklist while the request is fresh."""

    permission = Perm.INTAKE

    def fits(self, case: Case) -> str:
        """Facts may be corrected until the scope goes to counsel."""
        return "" if case.is_editable else str(_FROZEN)

    def back(self, case: Case) -> str:
        """The checklist, then the case."""
        fresh = case.status == CaseStatus.RECEIVED
        return verb_url(case, "intake") if fresh else case_url(case)


@register
class Checklist(IntakePage):
    """What intake has still to do; each step has its own page."""

    name = "intake"
    title = gettext_lazy("Intake checklist")
    lead = gettext_lazy("Four things make a request ready for review, in any order.")
    button = gettext_lazy("Back to the request")
    template = "cases/intake.html"
    icon = "checklist"

    def back(self, case: Case) -> str:
        """The case."""
        return case_url(case)

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """Each step with what is there already."""
        return {
            "documents": list(case.documents.all()),
            "targets": sections.targets(case),
            "items": list(case.items.all()),
            "missing": scope.missing(case),
            "secrecy_known": case.secrecy != Secrecy.UNKNOWN,
            "told": may_tell(case, Audience.USER),
            "start": StartReview.may(case, user),
            "check": authenticity.refusal(case) if case.documents.exists() else "",
        }

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Nothing is done here."""
        return _("Nothing was changed.")


@register
class CorrectFacts(IntakePage):
    """Correct the facts."""

    name = "correct_facts"
    title = gettext_lazy("Correct the intake facts")
    lead = gettext_lazy("The trail will say which facts were corrected, and by whom.")
    button = gettext_lazy("Save the corrections")
    form_class = FactsForm
    template = "cases/facts.html"
    icon = "edit"

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The facts as they are."""
        return {name: getattr(case, name) for name in intake.FACTS}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Correct them."""
        with transaction.atomic():
            facts = facts_of(form, actor, is_restricted=case.is_restricted)
            intake.correct_facts(case.pk, actor=actor, facts=facts)
        return _("The facts are corrected.")


@register
class AddPaper(IntakePage):
    """Keep a paper."""

    name = "add_paper"
    title = gettext_lazy("Add a paper")
    lead = gettext_lazy(
        "The file is kept exactly as it is. You read it here as page pictures; the "
        "original stays for download."
    )
    button = gettext_lazy("Keep this paper")
    form_class = PaperForm
    icon = "upload_file"

    def fits(self, case: Case) -> str:
        """As long as the case is open."""
        return str(_("This request is closed.")) if case.closed_at else ""

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The first paper is the served one."""
        first = not case.documents.exists()
        kind = DocumentKind.PROCESS if first else DocumentKind.CORRESPONDENCE
        return {"kind": kind}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Keep it."""
        paper = form.cleaned_data["paper"]
        kept = documents.add_document(
            case.pk,
            actor=actor,
            kind=DocumentKind(form.cleaned_data["kind"]),
            name=paper.name,
            content=paper,
        )
        return _("Kept: %(name)s, SHA-256 %(digest)s…") % {
            "name": kept.name,
            "digest": kept.sha256[:12],
        }


@register
class AskCategories(IntakePage):
    """Tick what the paper asks for."""

    name = "ask_categories"
    title = gettext_lazy("Requested categories")
    lead = gettext_lazy(
        "Tick each heading of the paper's list and keep its own words: counsel and the "
        "packet quote them."
    )
    button = gettext_lazy("Save the requested items")
    form_class = ItemsForm
    template = "cases/categories.html"
    icon = "list_alt"

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What is ticked, in its words; the usual words for the rest."""
        asked = dict(case.items.values_list("category_code", "wording"))
        found: dict[str, Any] = {}
        for code, usual in intake.standard_list():
            found[f"ask_{code}"] = code in asked
            found[f"words_{code}"] = asked.get(code, usual)
        return found

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Set the items.

        Raises:
            ValidationError: nothing is ticked.
        """
        if not form.wordings():
            raise ValidationError(_("Tick at least one category."))
        items = intake.set_items(case.pk, actor=actor, wordings=form.wordings())
        return _("%(n)d requested items are on the request.") % {"n": len(items)}


@register
class StandardList(IntakePage):
    """Ask for everything of the standard list, in one click."""

    name = "standard_list"
    title = gettext_lazy("Use the standard list")
    lead = gettext_lazy(
        "All categories of the data map go on the request, each with the words that "
        "requests usually give it. Words you have entered already stay."
    )
    button = gettext_lazy("Use the standard list")
    template = "cases/standard_list.html"
    in_menu = False

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """The list."""
        return {"wordings": self._wordings(case)}

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Set the items."""
        items = intake.set_items(case.pk, actor=actor, wordings=self._wordings(case))
        return _(
            "The standard list is on the request: %(n)d items. Check its words."
        ) % {"n": len(items)}

    def _wordings(self, case: Case) -> list[tuple[str, str]]:
        asked = dict(case.items.values_list("category_code", "wording"))
        return [
            (code, asked.get(code, usual)) for code, usual in intake.standard_list()
        ]


@register
class StartReview(VerbPage):
    """Begin the review."""

    name = "start_review"
    title = gettext_lazy("Start the review")
    lead = gettext_lazy(
        "The request moves to “In review”. You then decide, item by item, what the "
        "instrument reaches and what is proposed to counsel."
    )
    button = gettext_lazy("Start the review")
    permission = Perm.REVIEW
    template = "cases/start_review.html"
    in_menu = False

    @staticmethod
    def may(case: Case, user: User) -> bool:
        """Whether this person could start it now."""
        return permissions.allowed(user, Perm.REVIEW, case) and not scope.missing(case)

    def fits(self, case: Case) -> str:
        """From a complete intake."""
        if case.status != CaseStatus.RECEIVED:
            return str(_("The review has begun already."))
        return " ".join(scope.missing(case))

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What goes into review."""
        return {
            "documents": list(case.documents.all()),
            "targets": sections.targets(case),
            "items": list(case.items.all()),
        }

    def perform(self, case: Case, row: Any, actor: User, form: Any) -> str:
        """Start it."""
        review.start(case.pk, actor=actor)
        return _("The review has begun.")

    def after(self, case: Case, form: forms.Form) -> str:
        """Straight to the review."""
        return verb_url(case, "review")
