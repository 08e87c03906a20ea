"""Every page of this app in Chromium: axe finds nothing, nothing spills over a phone's
edge, and the console stays silent (what the policy stops shows there).
"""

import hashlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cases.admin import verbs
from cases.enums import CaseStatus, ItemDecision, Role
from cases.models import Case, CaseDocument, CaseGroupPerm
from tests import factories as make

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
LOOKS = {
    "wide": (1440, "light", RULES),
    "phone": (390, "light", RULES),
    "dark": (1440, "dark", CONTRAST),
}
EVERYTHING = """() => {
  for (const part of document.querySelectorAll("details")) part.open = true;
  for (const part of document.querySelectorAll("[data-shown-for]")) part.hidden = false;
}"""


def pages() -> list[str]:
    """The addresses of every page, on cases that stand where the page has its form."""
    cases = {status: make.in_status(status) for status in CaseStatus.values}
    fresh, waiting = make.opened(), cases[CaseStatus.AWAITING_SIGN_OFF]
    paper = make.paper(cases[CaseStatus.RECEIVED])
    fits = {
        "review": cases[CaseStatus.IN_REVIEW],
        "submit_scope": cases[CaseStatus.IN_REVIEW],
        "sign_off": waiting,
        "revise": waiting,
    }
    received = cases[CaseStatus.RECEIVED]
    named = make.let_in(received, make.person(Role.ANALYST, at_the_desk=False))
    shared = CaseGroupPerm.objects.get(content_object=received)
    rows = {
        "change_grant": named.pk,
        "end_grant": named.pk,
        "change_group_grant": shared.pk,
        "end_group_grant": shared.pk,
    }
    found = [
        reverse(f"admin:{name}")
        for name in (
            "index",
            "cases_case_changelist",
            "cases_case_new",
            "cases_numbers",
            "cases_trail",
            "cases_agency_changelist",
            "cases_organisation_changelist",
        )
    ]
    found += [_page(case) for case in (*cases.values(), fresh)]
    found.append(reverse("admin:cases_case_trail", args=[waiting.pk]) + "?kind=all")
    found.append(reverse("admin:cases_paper", args=[paper.case_id, paper.pk]))
    for page in verbs.all_pages():
        case = fits.get(page.name, cases[CaseStatus.RECEIVED])
        row = [rows.get(page.name, case.targets.get().pk)] if page.of_a_row else []
        if page.__module__.startswith("cases."):
            found.append(_verb(case, page.name, *row))
    found += [_verb(fresh, "intake"), _verb(waiting, "review")]
    _write_papers()
    return found


def _write_papers() -> None:
    """Give the papers that stand without a file one of their own."""
    for one in CaseDocument.objects.all():
        content = make.pdf(text=one.path)
        whole = settings.FILES_DIR / one.path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        CaseDocument.objects.filter(pk=one.pk).update(sha256=digest)


def _page(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def _verb(case: Case, *args: object) -> str:
    return reverse("admin:cases_case_verb", args=[case.pk, *args])


@pytest.fixture
def sign_in(live_server, context):
    """Sign a person in at the browser, without the form."""

    def cookie_of(user: User) -> None:
        User.objects.filter(pk=user.pk).update(is_staff=True)
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])

    return cookie_of


def faults(page, url: str, said: list[str], rules: object) -> list[object]:
    """What is wrong with one page."""
    said.clear()
    answer = page.goto(url)
    page.wait_for_function("!document.documentElement.hasAttribute('x-cloak')")
    page.evaluate(EVERYTHING)
    wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    broken = [(one["id"], one["nodes"][0]["html"]) for one in found]
    status = [] if answer.status == 200 else [answer.status]
    return [*status, *(["too wide"] if wide else []), *broken, *said]


@pytest.mark.feature("U3", part=True)
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible(live_server, page, sign_in, look):
    width, scheme, rules = LOOKS[look]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else 0)
    page.on("pageerror", lambda one: said.append(str(one)))
    addresses = pages()
    assert faults(page, live_server.url + reverse("admin:login"), said, rules) == []
    # Everybody at once, so that every form and every button is there to be looked at.
    sign_in(make.person(*Role))
    wrong = {url: faults(page, live_server.url + url, said, rules) for url in addresses}
    assert {url: found for url, found in wrong.items() if found} == {}


@pytest.mark.feature("U3", part=True)
def test_a_refused_form_is_accessible_and_takes_the_focus(live_server, page, sign_in):
    case = make.in_review()
    sign_in(make.analyst())
    page.goto(live_server.url + _verb(case, "review"))
    page.locator(f"input[value={ItemDecision.OBJECT}]").first.press("Space")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [one["id"] for one in found] == []


def test_the_menu_opens_from_the_keyboard_on_a_phone(live_server, page, sign_in):
    page.set_viewport_size({"width": 390, "height": 900})
    sign_in(make.analyst())
    page.goto(live_server.url + reverse("admin:index"))
    button = page.get_by_role("button", name="Show or hide the menu")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Legal requests").wait_for()
    page.get_by_role("button", name="Close the menu").click()
