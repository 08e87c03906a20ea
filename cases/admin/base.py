"""The wall of the admin, held once: who sees what, and how a refusal is shown.

* A list shows the cases that a grant opens; a case that no grant opens doesn't exist
  here (404), also for a superuser. What a role can't do is refused (403).
* Nothing is added, changed or deleted through the theme's forms: every change is a verb
  page (``cases.admin.verbs``), shown by GET and done by POST.
* A refusal of a verb becomes a message in ``refusals_shown``, after the verb's own
  transaction has been rolled back; the form stays as it was typed.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from cases import audit, grants, permissions, readings
from cases.enums import EventKind, Perm
from cases.exceptions import CaseError
from cases.models import Case

logger = logging.getLogger(__name__)


class CaseModelAdmin(ModelAdmin):
    """Rows that belong to a case, seen through its grant and changed by verbs alone."""

    case_path = ""  # the lookup from the row to its case; "" where the row is the case
    actions = None
    list_per_page = 25
    list_max_show_all = 25
    show_full_result_count = False
    list_filter_sheet = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the cases that this person sees."""
        visible = permissions.visible_cases(request.user)
        if not self.case_path:
            return visible
        rows = self.model._default_manager.all()
        return rows.filter(**{f"{self.case_path}__in": visible})

    def case_of(self, row: Model) -> Case:
        """The case a row belongs to."""
        found: Any = row
        for name in filter(None, self.case_path.split("__")):
            found = getattr(found, name)
        case: Case = found
        return case

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the menu shows the app: some role lets this person look."""
        return permissions.has_role_for(request.user, Perm.VIEW)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Whether this person may look: at the list by role, at a row by its case."""
        if obj is None:
            return permissions.has_role_for(request.user, Perm.VIEW)
        return permissions.allowed(request.user, Perm.VIEW, self.case_of(obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never by a form of the theme: adding is a verb."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Never by a form of the theme: changing is a verb."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Never: what was decided stays."""
        return False

    def get_row(
        self, request: HttpRequest, pk: int, rows: QuerySet[Any] | None = None
    ) -> Any:
        """The row, if a grant opens its case to this person, or among ``rows``.

        Whoever was let in once and isn't now leaves a trace by asking.

        Raises:
            Http404: there is none, or it isn't this person's to see.
        """
        found = self.get_queryset(request) if rows is None else rows
        row = found.filter(pk=pk).first()
        if row is None:
            grants.note_refusal(pk, actor=person(request), page=kind_of_page(request))
            raise Http404
        return row

    def show(
        self, request: HttpRequest, template: str, *, title: object, **context: Any
    ) -> TemplateResponse:
        """A page of ours in the theme's frame; ``crumbs`` are (label, url) pairs."""
        return show_page(self.admin_site, request, template, title=title, **context)


def show_page(
    site: AdminSite,
    request: HttpRequest,
    template: str,
    *,
    title: object,
    **context: Any,
) -> TemplateResponse:
    """A page of ours in the theme's frame; ``crumbs`` are (label, url) pairs."""
    request.current_app = site.name
    whole = {**site.each_context(request), "title": title, **context}
    return TemplateResponse(request, template, whole)


def person(request: HttpRequest) -> User:
    """Who asks; the site lets nobody in who hasn't signed in.

    Raises:
        PermissionDenied: it was let in all the same.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def kind_of_page(request: HttpRequest) -> str:
    """What was asked for, without its ids: the verb, or the address's own name."""
    match = request.resolver_match
    return str(match.kwargs.get("verb") or match.url_name) if match else ""


def case_url(case: Case) -> str:
    """The address of a case's page."""
    return reverse("admin:cases_case_change", args=[case.pk])


def verb_url(case: Case, verb: str, row_id: int | None = None) -> str:
    """The address of a verb's page on a case, or on one row of it."""
    args = [case.pk, verb] if row_id is None else [case.pk, verb, row_id]
    return reverse("admin:cases_case_verb", args=args)


def crumbs(case: Case | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back from a page: the list, the case, and what lies between."""
    way = [(_("Legal requests"), reverse("admin:cases_case_changelist"))]
    if case is not None:
        way.append((case.number, case_url(case)))
    return [*way, *more]


def record_view(request: HttpRequest, case: Case, page: str) -> None:
    """Leave the reading of a case's page in its trail, before the first byte."""
    audit.record_reading(
        case, EventKind.CASE_VIEWED, actor=person(request), data={"page": page}
    )


def record_list(request: HttpRequest, page: str, count: int) -> None:
    """Leave the opening of a list in the site's trail, before the first byte."""
    asked = {name: request.GET.getlist(name) for name in request.GET}
    readings.record_list(actor=person(request), page=page, asked=asked, count=count)


@contextmanager
def refusals_shown(
    request: HttpRequest, form: forms.BaseForm | None = None
) -> Iterator[None]:
    """Turn a refusal into words: beside the field it is about, or on top of the form.

    Use it round one verb; what comes after the block runs only where the verb refused.
    Without a form the words go to the page's messages. The log names the kind of
    refusal and never its text, which may hold what somebody typed.
    """
    try:
        yield
    except ValidationError as error:
        refusal: Exception = error
        _say(request, form, error)
    except CaseError as error:
        refusal = error
        _say(request, form, ValidationError(str(error)))
    except PermissionDenied as error:
        refusal = error
        _say(request, form, ValidationError(_("You may not do this on this request.")))
    else:
        return
    name = type(refusal).__name__
    page = kind_of_page(request)
    logger.info("Refused at %s for user %s: %s", page, request.user.pk, name)


def _say(
    request: HttpRequest, form: forms.BaseForm | None, error: ValidationError
) -> None:
    by_field = (
        error.error_dict
        if hasattr(error, "error_dict")
        else {NON_FIELD_ERRORS: error.error_list}
    )
    for field, found in by_field.items():
        known = form is not None and field in form.fields
        for one in found:
            for sentence in one.messages:
                if form is None:
                    messages.error(request, sentence)
                else:
                    form.add_error(field if known else None, sentence)
