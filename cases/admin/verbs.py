"""The registry of what can be done on a case's page: verb pages, panels, next steps.

A verb page lives at ``<case>/verbs/<name>/``: GET shows what will happen and to what,
POST does it through one verb function. ``disclosures.admin`` adds its own pages, panels
and turns here, so this app needn't know them. The case's page draws its buttons from
the registry: one next step for the person who looks, further steps beside it, and where
it is another's turn, whose.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import URLPattern
from django.utils.functional import Promise

from cases import permissions, persons, standing, worklist
from cases.admin.base import CaseModelAdmin, case_url, crumbs, verb_url
from cases.enums import Act, Perm
from cases.models import Case
from cases.proof import Proof
from cases.worklist import Task

Text = str | Promise


class VerbPage:
    """One act on one case: what its page says, who may, and the verb it calls."""

    name: ClassVar[str]
    title: ClassVar[Text]
    lead: ClassVar[Text] = ""  # what will happen, in a sentence or two
    button: ClassVar[Text]
    permission: ClassVar[Perm]
    act: ClassVar[Act | None] = None  # what the rules about persons count it as
    form_class: ClassVar[type[forms.Form]] = forms.Form
    template: ClassVar[str] = "cases/verb.html"
    icon: ClassVar[str] = "chevron_right"
    danger: ClassVar[bool] = False  # it voids or ends something
    in_menu: ClassVar[bool] = True  # whether the case's page lists it
    fresh: ClassVar[bool] = False  # whether it takes fresh proof of who does it
    goes_on: ClassVar[bool] = False  # whether it needs an instrument that isn't over
    shows_result: ClassVar[bool] = False  # on the page itself: it is kept nowhere
    of_a_row: ClassVar[bool] = False  # whether its address names a row of the case

    def fits(self, case: Case) -> str:
        """ "" where the case stands so that this can be done; else why it can't."""
        return ""

    def cases(self, user: User) -> QuerySet[Case]:
        """The cases on which this person may open the page."""
        return permissions.visible_cases(user)

    def crumbs(self, case: Case, user: User) -> list[tuple[str, str]]:
        """The way back from the page."""
        return crumbs(case)

    def bars(self, case: Case, user: User) -> str:
        """Why a rule about persons keeps this one from it; "" where none does."""
        return persons.why_not(case, user, self.act) if self.act else ""

    def spares(self, case: Case, user: User) -> bool:
        """Whether it isn't this person's turn although no rule bars them."""
        return False

    def row(self, case: Case, row_id: int) -> Model:
        """The row of the case that the address names.

        Raises:
            Http404: this verb takes no row, or the case has no such row.
        """
        raise Http404

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form, unbound or bound (``given`` holds ``data`` and ``files``)."""
        return self.form_class(initial=self.initial(case, row, user), **given)

    def initial(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What the form holds before anybody types."""
        return {}

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """What else the template needs to show what will happen, and to what."""
        return {}

    def shown_again(
        self, case: Case, row: Any, user: User, form: forms.Form
    ) -> dict[str, Any]:
        """The same after a POST that was refused; what was asked anew needn't be."""
        return self.shown(case, row, user)

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Do it through one verb function; what was done, as a sentence.

        Raises:
            CaseError, ValidationError, PermissionDenied: as the verb does.
        """
        raise NotImplementedError

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: forms.Form, proof: Proof
    ) -> str:
        """``perform`` of a page that is ``fresh``: it hands the proof to its verb.

        Raises:
            CaseError, ValidationError, PermissionDenied: as the verb does.
        """
        raise NotImplementedError

    def after(self, case: Case, form: forms.Form) -> str:
        """Where to go when it is done."""
        return self.back(case)

    def back(self, case: Case) -> str:
        """Where to go when it isn't done now."""
        return case_url(case)


@dataclass(frozen=True)
class Panel:
    """A section of the case's page; ``context`` answers None where it has nothing."""

    name: str
    title: Text
    template: str
    context: Callable[[Case, User], dict[str, Any] | None]
    permission: Perm = Perm.VIEW
    order: int = 50  # the page's own: paper 10, facts 20, scope 30, sign-offs 40


@dataclass(frozen=True)
class Step:
    """A next step on a case, as the person who looks at it stands to it."""

    task: Task
    page: VerbPage | None
    is_mine: bool
    waits_for: list[str] = field(default_factory=list)
    because: str = ""  # the rule about persons that keeps this one from it

    @property
    def waits_for_whom(self) -> str:
        """The people it waits for, as a text."""
        return ", ".join(self.waits_for)

    @property
    def url(self) -> str:
        """The address of the page that does it; "" where nobody has registered it."""
        return verb_url(self.task.case, self.task.verb) if self.page else ""


Turns = Callable[[Case], Iterable[Task]]
Urls = Callable[[CaseModelAdmin], list[URLPattern]]

_pages: dict[str, VerbPage] = {}
_panels: dict[str, Panel] = {}
_urls: list[Urls] = []
_turns: list[Turns] = [worklist.tasks_on]


def register(page: type[VerbPage]) -> type[VerbPage]:
    """Add a verb page; a class decorator.

    Raises:
        ValueError: the name is taken.
    """
    if page.name in _pages:
        raise ValueError(f"There is a verb page {page.name} already.")
    _pages[page.name] = page()
    return page


def register_panel(panel: Panel) -> Panel:
    """Add a section to the case's page.

    Raises:
        ValueError: the name is taken.
    """
    if panel.name in _panels:
        raise ValueError(f"There is a panel {panel.name} already.")
    _panels[panel.name] = panel
    return panel


def register_turns(turns: Turns) -> Turns:
    """Add a source of next steps of one case; each task names its verb page."""
    _turns.append(turns)
    return turns


def register_urls(urls: Urls) -> Urls:
    """Add pages below a case's address that are no verbs; each asks the desk's wall."""
    _urls.append(urls)
    return urls


def further_urls(desk: CaseModelAdmin) -> list[URLPattern]:
    """The addresses that others hang below a case's."""
    return [one for urls in _urls for one in urls(desk)]


def all_pages() -> list[VerbPage]:
    """Every verb page, in the order of registration."""
    return list(_pages.values())


def get(name: str) -> VerbPage:
    """The verb page of this name.

    Raises:
        Http404: there is none.
    """
    if name not in _pages:
        raise Http404
    return _pages[name]


def refusal(page: VerbPage, case: Case) -> str:
    """Why this can't be done where the case stands; "" where it can."""
    return page.fits(case) or (standing.over(case) if page.goes_on else "")


def next_steps(case: Case, user: User) -> list[Step]:
    """What comes next on this case, the person's own steps first."""
    steps = [_step(task, user) for turns in _turns for task in turns(case)]
    return sorted(steps, key=lambda step: not step.is_mine)


def _step(task: Task, user: User) -> Step:
    page = _pages.get(task.verb)
    if page is None:
        return Step(task, None, is_mine=False)
    because = page.bars(task.case, user)
    may = permissions.allowed(user, page.permission, task.case)
    if may and not because and not page.spares(task.case, user):
        return Step(task, page, is_mine=True)
    others = [
        one
        for one in permissions.who_may(page.permission, task.case)
        if not page.bars(task.case, one) and not page.spares(task.case, one)
    ]
    names = permissions.names(others)
    return Step(
        task, page, is_mine=False, waits_for=names, because=because if may else ""
    )


def menu(case: Case, user: User, without: Iterable[str] = ()) -> list[VerbPage]:
    """The further things this person can do on this case now; what voids comes last."""
    left_out = set(without)
    found = [
        page
        for page in _pages.values()
        if page.in_menu
        and page.name not in left_out
        and not refusal(page, case)
        and permissions.allowed(user, page.permission, case)
        and not page.bars(case, user)
    ]
    return sorted(found, key=lambda page: page.danger)


def panels(case: Case, user: User) -> list[tuple[Panel, dict[str, Any]]]:
    """The sections that others hang on this case's page, for this person, in order."""
    found = []
    for panel in sorted(_panels.values(), key=lambda one: one.order):
        if permissions.allowed(user, panel.permission, case):
            context = panel.context(case, user)
            if context is not None:
                found.append((panel, context))
    return found
