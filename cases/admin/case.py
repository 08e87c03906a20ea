"""Legal requests: their list, the page of one, and the frame round each verb page."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from cases import audit, permissions
from cases.admin import (
    acts,
    files,
    finding,
    glass,
    grants,
    restricted,
    sections,
    tags,
    trail_pages,
    verbs,
)
from cases.admin.assignment import OwnerFilter
from cases.admin.base import (
    CaseModelAdmin,
    case_url,
    crumbs,
    person,
    record_list,
    record_view,
    refusals_shown,
)
from cases.admin.fresh import require_fresh
from cases.admin.intake import NewRequest
from cases.enums import Perm
from cases.models import Case


@admin.register(Case)
class CaseAdmin(CaseModelAdmin):
    """The desk's list of cases and everything below a case's address."""

    list_display = (
        "number_link",
        "status_shown",
        "agency",
        "instrument",
        "due_shown",
        "secrecy_shown",
        "targets_shown",
        "owner_shown",
    )
    list_display_links = None
    list_filter = (OwnerFilter, "status", "instrument", "secrecy")
    list_select_related = ("agency", "owner")
    search_fields = ("number", "agency_reference", "agency__name")
    search_help_text = _("Number, docket or agency")
    change_list_template = "cases/case_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The list, the pages of a case, its papers; nothing of the theme's forms."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="cases_case_changelist"),
            path("new/", wrap(self.new_view), name="cases_case_new"),
            path(
                "numbers/",
                wrap(require_GET(grants.numbers(self))),
                name="cases_numbers",
            ),
            path(
                "break-glass/",
                acts.view(self.admin_site, glass.BreakGlass),
                name="cases_break_glass",
            ),
            path(
                "bound/",
                acts.view(self.admin_site, restricted.Bound),
                name="cases_bound",
            ),
            path(
                "find/",
                wrap(require_http_methods(["GET", "POST"])(finding.page(self))),
                name="cases_find",
            ),
            path(
                "trail/",
                wrap(require_GET(trail_pages.everywhere(self))),
                name="cases_trail",
            ),
            path(
                "trail/site/",
                wrap(require_GET(trail_pages.of_the_site(self))),
                name="cases_site_trail",
            ),
            path(
                "<case:case_id>/",
                wrap(require_GET(self.case_view)),
                name="cases_case_change",
            ),
            path(
                "<case:case_id>/verbs/<slug:verb>/",
                wrap(self.verb_view),
                name="cases_case_verb",
            ),
            path(
                "<case:case_id>/verbs/<slug:verb>/<row:row_id>/",
                wrap(self.verb_view),
                name="cases_case_verb",
            ),
            path(
                "<case:case_id>/trail/",
                wrap(require_GET(trail_pages.of_one(self))),
                name="cases_case_trail",
            ),
            path(
                "<case:case_id>/trail/export/",
                wrap(require_GET(trail_pages.export(self))),
                name="cases_case_trail_export",
            ),
            path(
                "<case:case_id>/register/",
                wrap(require_GET(restricted.register_file(self))),
                name="cases_register_file",
            ),
            *files.urls(self),
            *verbs.further_urls(self),
        ]

    # --- the list ----------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """The visible cases with what the list shows of each."""
        cases: QuerySet[Case] = super().get_queryset(request)
        return cases.annotate(targets_total=Count("targets", distinct=True))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; the button to take a new request in is for those who may."""
        may_open = permissions.has_role_for(request.user, Perm.INTAKE)
        extra = {"may_open": may_open, "title": _("Legal requests")}
        answer = super().changelist_view(request, {**extra, **(extra_context or {})})
        shown = getattr(answer, "context_data", None) or {}
        if found := shown.get("cl"):
            record_list(request, "requests", found.queryset.ordinary().count())
        return answer

    @admin.display(description=_("Number"), ordering="number")
    def number_link(self, case: Case) -> SafeString:
        """The number, as the way to the case's page, over the paper's own reference."""
        return format_html(
            '<a class="cd-list-link" href="{}">{}</a><br>{}',
            case_url(case),
            case.number,
            case.agency_reference,
        )

    @admin.display(description=_("Status"), ordering="status")
    def status_shown(self, case: Case) -> SafeString:
        """The status as a badge."""
        return tags.status_badge(case)

    @admin.display(description=_("Due"), ordering="due_on")
    def due_shown(self, case: Case) -> SafeString:
        """The return date as a clock."""
        return tags.due(case)

    @admin.display(description=_("Secrecy"), ordering="secrecy")
    def secrecy_shown(self, case: Case) -> SafeString:
        """Secrecy as a badge."""
        tone = tags.SECRECY_TONES[case.secrecy]
        return tags.badge(case.get_secrecy_display(), tone)

    @admin.display(description=_("Targets"), ordering="targets_total")
    def targets_shown(self, case: Any) -> int:
        """How many targets the paper names; the list's own annotation."""
        total: int = case.targets_total
        return total

    @admin.display(description=_("Owner"), ordering="owner")
    def owner_shown(self, case: Case) -> str:
        """Who sees to it that the request is answered."""
        return audit.name_of(case.owner)

    # --- the page of a case ------------------------------------------------------

    def case_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Everything about one case, and what comes next for whom."""
        case, user = self.get_row(request, case_id), person(request)
        record_view(request, case, "case")
        steps = verbs.next_steps(case, user)
        named = [step.task.verb for step in steps]
        return self.show(
            request,
            "cases/case.html",
            title=case.number,
            crumbs=crumbs(),
            case=case,
            steps=steps,
            menu=verbs.menu(case, user, without=named),
            panels=verbs.panels(case, user),
            **sections.everything(case, user),
        )

    # --- verbs -------------------------------------------------------------------

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Take a new request in: the one verb that has no case yet.

        Raises:
            PermissionDenied: no role of this person takes in requests.
        """
        if not permissions.has_role_for(request.user, Perm.INTAKE):
            raise PermissionDenied
        page = NewRequest(person(request))
        form = page.form(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            with refusals_shown(request, form):
                case = page.perform(form)
                opened = _("The request is open as %(number)s.")
                messages.success(request, opened % {"number": case.number})
                with refusals_shown(request):
                    page.keep_paper(case, form)
                return redirect(page.after(case))
        return self.show(
            request,
            "cases/new.html",
            title=_("New legal request"),
            crumbs=crumbs(),
            form=form,
            back=reverse("admin:cases_case_changelist"),
        )

    def verb_view(
        self, request: HttpRequest, case_id: int, verb: str, row_id: int | None = None
    ) -> HttpResponse:
        """GET shows what a verb will do and to what; POST does it.

        Raises:
            Http404: no such verb, no such row, or a case that isn't this person's.
            PermissionDenied: no role of this person does this.
        """
        page, user = verbs.get(verb), person(request)
        case = self.get_row(request, case_id, page.cases(user))
        if not permissions.allowed(user, page.permission, case):
            raise PermissionDenied
        row = page.row(case, row_id) if row_id is not None else None
        if page.of_a_row and row is None:
            raise Http404
        if request.method == "POST":
            given: dict[str, Any] = {"data": request.POST, "files": request.FILES}
            form = page.form(case, row, user, **given)
            if form.is_valid():
                with refusals_shown(request, form):
                    done = _perform(page, request, case, row, form)
                    if not page.shows_result:
                        messages.success(request, done)
                        return redirect(page.after(case, form))
            case = self.get_row(request, case_id, page.cases(user))
            shown = page.shown_again(case, row, user, form)
        else:
            record_view(request, case, page.name)
            form = page.form(case, row, user)
            shown = page.shown(case, row, user)
        return self.show(
            request,
            page.template,
            title=page.title,
            crumbs=page.crumbs(case, user),
            case=case,
            verb=page,
            row=row,
            form=form,
            refusal=verbs.refusal(page, case) or page.bars(case, user),
            back=page.back(case),
            **shown,
        )


def _perform(
    page: verbs.VerbPage, request: HttpRequest, case: Case, row: Any, form: Any
) -> str:
    if page.fresh:
        proof = require_fresh(request)
        return page.perform_proved(case, row, person(request), form, proof)
    return page.perform(case, row, person(request), form)
