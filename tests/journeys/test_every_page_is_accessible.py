"""Every page of the story, by axe in light and dark, and at the width of a phone."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import override_settings
from playwright.sync_api import Browser, Error, expect

from cases import keys
from tests.journeys import test_from_paper_to_packet as story
from tests.journeys.people import DESKTOP, Person
from tests.journeys.portal import KEY

PHONE = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL_RULES = {
    "runOnly": {"type": "tag", "values": WCAG},
    "resultTypes": ["violations"],
}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
# Asked for by name: nothing waits for a font that no text has needed so far.
FONTS = """Promise.all([...document.fonts].map(font => font.load()))
    .then(() => document.fonts.ready).then(() => true)"""
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
IN_THE_DARK = "dark => document.documentElement.classList.toggle('dark', dark)"

# Pages beside the story's way, as the demo's fresh and signed requests show them.
BESIDE = {
    "ines": {
        "/cases/case/3/verbs/add_paper/": "add a paper",
        "/cases/case/3/verbs/check_paper/": "check the paper",
        "/cases/case/3/verbs/correct_facts/": "correct the facts",
        "/cases/case/3/verbs/ask_categories/": "ask categories",
        "/cases/case/3/verbs/standard_list/": "standard list",
        "/cases/case/3/verbs/close/": "not mine",
        "/cases/agency/": "agencies",
        "/cases/agency/add/": "add an agency",
        "/cases/agency/1/": "an agency",
        "/cases/agency/1/edit/": "change an agency",
        "/cases/agency/1/contacts/": "a delivery address",
        "/cases/agency/1/contacts/1/check/": "not mine to check",
        "/disclosures/freeze/": "releases are open",
        "/cases/case/trail/site/": "the trail of the site",
        "/cases/organisation/": "organisation",
        "/cases/case/trail/": "the trail of all",
        "/nothing/here/": "nothing here",
    },
    "ana": {
        "/cases/case/2/verbs/ask_counsel/": "ask counsel",
        "/cases/case/2/verbs/write_note/": "a note",
        "/cases/case/1/verbs/revise/": "take back",
        "/cases/case/1/verbs/review/": "not in review",
        "/cases/case/1/verbs/close/": "not to be closed yet",
        "/cases/case/?status__exact=approved": "a filtered list",
        "/cases/case/1/verbs/hand_over/": "not mine to hand over",
        "/cases/agency/1/contacts/2/check/": "check an address",
        "/cases/agency/1/contacts/2/retire/": "retire an address",
        "/cases/case/1/verbs/record_withdrawal/": "taken back",
        "/cases/case/1/verbs/reopen/": "not to be reopened",
    },
    "cora": {
        "/cases/case/2/verbs/privileged/": "privileged thread",
        "/cases/case/find/": "find an account",
        "/cases/case/break-glass/": "break the glass",
        "/cases/case/bound/": "nothing to acknowledge",
        "/cases/case/2/verbs/restrict/": "restrict",
        "/cases/case/2/trail/": "the trail of one",
        "/cases/case/2/": "who may see it",
        "/cases/case/2/verbs/give_grant/": "let somebody in",
        "/cases/case/2/verbs/change_grant/1/": "change a grant",
        "/cases/case/2/verbs/end_group_grant/2/": "end a grant",
        "/cases/case/2/verbs/hand_over/": "hand over",
        "/disclosures/freeze/throw/": "stop all releases",
        "/disclosures/freeze/lift/": "nothing to lift",
        "/cases/case/1/verbs/record_ruling/": "a ruling",
        "/cases/case/1/verbs/lodge_objection/": "an objection",
        "/cases/case/1/verbs/decide_objection/": "no objection",
    },
    "adam": {
        "/": "numbers alone",
        "/cases/case/numbers/": "numbers",
        "/cases/case/2/verbs/give_grant/": "let in without looking",
        "/cases/organisation/edit/": "change the organisation",
        "/auth/user/": "people",
        "/auth/user/2/change/": "a person",
        "/auth/user/2/roles/": "change roles",
        "/auth/group/": "groups",
    },
    "olga": {
        "/": "one case",
        "/cases/case/2/": "let in",
        "/cases/case/1/": "not let in",
    },
}


def addressed(path: str) -> str:
    """A path whose numbers of cases and rows are the tokens that the portal knows."""
    with override_settings(SITE_KEYS=[KEY]):
        path = re.sub(
            r"(?<=/case/)\d+(?=/)", lambda one: keys.disguise(int(one[0]), "case"), path
        )
        return re.sub(
            r"(?<=_grant/)\d+(?=/)", lambda one: keys.disguise(int(one[0]), "row"), path
        )


class Inspector(Person):
    """A person who has each page that they look at inspected."""

    def __init__(self, browser: Browser, address: str, name: str, album: Path) -> None:
        super().__init__(browser, address, name, album)
        self.findings: list[str] = []

    def look(self, title: str) -> None:
        """Inspect the page; anew where news asked for before had it load once more."""
        for _attempt in range(2):
            known = len(self.findings)
            try:
                self._look(title)
            except Error as error:
                if "context was destroyed" not in error.message:
                    raise
                del self.findings[known:]
                self.page.set_viewport_size(DESKTOP)
                self.page.wait_for_load_state()
            else:
                return
        self._look(title)

    def _look(self, title: str) -> None:
        """Inspect the page; it holds still meanwhile."""
        with self.held_still():
            self.page.evaluate(FONTS)  # an icon whose font is still to come is text
            self._inspect(title, "light", ALL_RULES)
            if not self.page.locator("body.cd-plain").count():  # those are always light
                self.page.evaluate(IN_THE_DARK, True)
                self._inspect(title, "dark", COLOURS)
                self.page.evaluate(IN_THE_DARK, False)
            self.page.set_viewport_size(PHONE)
            if (pixels := self.page.evaluate(TOO_WIDE)) > 0:
                self.findings.append(f"{self.name} at {title}: {pixels} too wide")
            self.page.screenshot(path=self._picture(title), full_page=True)
            self.page.set_viewport_size(DESKTOP)

    def _inspect(self, title: str, scheme: str, rules: dict[str, object]) -> None:
        found = Axe().run(self.page, options=rules).response["violations"]
        self.findings += [
            f"{self.name} at {title}, {scheme}: {one['id']}: {node['html'][:300]}"
            for one in found
            for node in one["nodes"]
        ]


@pytest.mark.feature("U3", part=True)
def test_every_page_of_the_story_is_accessible(sign_in, tmp_path):
    ines, ana, cora, carl, rita, audrey = people = [
        sign_in(name, Inspector)
        for name in ("ines", "ana", "cora", "carl", "rita", "audrey")
    ]
    number = story.the_clerk_takes_it_in(ines)
    story.the_analyst_reviews_it(ana, number)
    story.counsel_decides(cora, number)
    story.the_packet_is_ordered_and_collected(ana, number)
    story.the_custodian_certifies(carl, number)
    packet = story.the_release_officer_takes_it(rita, ana, number, tmp_path)
    story.it_is_handed_over_and_closed(rita, ana, packet, number)
    story.the_auditor_sees_who_did_what(audrey, number)
    assert [told for one in people for told in one.findings] == []


@pytest.mark.feature("U3", part=True)
def test_every_page_beside_the_story_is_accessible(sign_in):
    people = [sign_in(name, Inspector) for name in BESIDE]
    for one in people:
        for path, title in BESIDE[one.name].items():
            place = addressed(path)
            one.refused_at.add(f"{one.address}{place}")
            one.visit(place)
            one.look(title)
    assert [told for one in people for told in one.findings] == []


@pytest.mark.feature("U3", part=True)
def test_the_page_to_sign_in_is_accessible(portal, browser, album):
    nobody = Inspector(browser, portal.address, "nobody", album)
    nobody.visit("/")
    nobody.look("sign in")
    nobody.close()
    assert (nobody.findings, nobody.complaints) == ([], [])


def test_who_wants_it_dark_gets_it_dark_and_it_stays(sign_in):
    ana = sign_in("ana")
    ana.presses("Ana Petrov Analyst")
    ana.presses("Dark")
    expect(ana.page.locator("html.dark")).to_have_count(1)
    ana.opens("Legal requests")
    expect(ana.page.locator("html.dark")).to_have_count(1)
    ana.look("dark")
