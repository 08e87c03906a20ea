"""Every page of a packet in Chromium: axe finds nothing, nothing spills over a phone's
edge, the console stays silent, and a page that is open follows the worker.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from cases.enums import ItemDecision, Role
from disclosures import assembly
from disclosures.enums import PacketStatus
from tests import factories as make
from tests import rulings
from tests.cases.admin.test_accessibility import _write_papers
from tests.disclosures import packets
from tests.disclosures.admin.conftest import page_of, verb_of, verb_url

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = {"wide": (1440, "light"), "phone": (390, "light"), "dark": (1440, "dark")}
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => { one.open = true })"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def pages() -> list[str]:
    """The addresses of every page, on packets that stand where each has its form."""
    left_out = packets.choice(ItemDecision.OBJECT, reason="Overbroad.")
    approved = packets.case("alice", "bob", decided={("bob", "sessions"): left_out})
    collected, sealed = packets.collected(), packets.sealed_undrawn()
    failed, released = packets.failed(), packets.released()
    busy, shut = packets.collecting(), packets.sealed_undrawn()
    choosing = packets.choosing()
    rulings.stay(shut.case)
    rulings.objection(shut.case)
    case_page = page_of(failed).split("packets/")[0]
    _write_papers()
    return [
        verb_url(approved, "order_packet"),
        verb_url(approved, "dry_run"),
        *(page_of(one) for one in (collected, sealed, failed, released, busy)),
        page_of(choosing),
        verb_of(choosing, "choose_account"),
        *(page_of(collected, "exhibit", number) for number in (1, 2, 3)),
        page_of(failed, "exhibit", 3),
        verb_of(collected, "certify_packet"),
        verb_of(failed, "resume_packet"),
        verb_of(sealed, "release_packet"),
        verb_of(shut, "release_packet"),
        verb_of(shut, "decide_objection"),
        verb_of(released, "acknowledge"),
        verb_of(sealed, "certify_packet"),
        verb_of(released, "close"),
        case_page,
    ]


def faults(page, url: str, said: list[str]) -> list[object]:
    """What is wrong with one page."""
    said.clear()
    answer = page.goto(url)
    status = [] if answer.status == 200 else [answer.status]
    return [*status, *faults_now(page), *said]


def faults_now(page) -> list[object]:
    """What is wrong with the page that is shown."""
    page.wait_for_function("!document.documentElement.hasAttribute('x-cloak')")
    page.evaluate(OPEN_ALL)
    wide = ["too wide"] if page.evaluate(TOO_WIDE) else []
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [*wide, *((one["id"], one["nodes"][0]["html"]) for one in found)]


@pytest.mark.feature("U3", part=True)
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible(live_server, page, small, in_browser, look):
    width, scheme = LOOKS[look]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else 0)
    page.on("pageerror", lambda one: said.append(str(one)))
    addresses = pages()
    in_browser(make.person(*Role))
    wrong = {url: faults(page, live_server.url + url, said) for url in addresses}
    assert {url: found for url, found in wrong.items() if found} == {}


@pytest.mark.feature("U3", part=True)
@pytest.mark.parametrize("look", LOOKS)
def test_what_a_dry_run_found_is_accessible(live_server, page, small, in_browser, look):
    width, scheme = LOOKS[look]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    approved = packets.case("alice", "nobody", packets.SHARED)
    in_browser(make.person(Role.ANALYST))
    page.goto(live_server.url + verb_url(approved, "order_packet"))
    page.get_by_role("link", name="Dry run first").click()
    page.get_by_role("button", name="Count now").click()
    page.get_by_role("heading", name="3 rows counted").wait_for()
    assert faults_now(page) == []


@pytest.mark.feature("U1", part=True)
def test_an_open_page_follows_the_worker_and_survives_a_reload(
    live_server, page, small, in_browser
):
    packet = packets.ordered()
    in_browser(make.person(Role.AUDITOR))
    page.goto(live_server.url + page_of(packet))
    status = page.get_by_role("status")
    status.get_by_text("a worker begins in a moment").wait_for()
    page.reload()
    status.get_by_text("a worker begins in a moment").wait_for()
    assembly.assemble(packet.pk)
    # Nobody touches the page: the poll ends, and it is loaded anew with what was found.
    page.get_by_text("All 5 exhibits are collected, 4 rows in all.").wait_for()
    assert page.locator("[hx-trigger='every 1s']").count() == 0
    assert page.locator("li[aria-current=step]").inner_text() == (
        "Waiting for the custodian"
    )


def test_the_declaration_follows_what_is_typed(live_server, page, small, in_browser):
    packet = packets.examined()
    in_browser(packets.custodian())
    page.goto(live_server.url + verb_of(packet, "certify_packet"))
    sheet = page.locator(".pk-sheet")
    assert "Executed on" not in sheet.inner_text()
    page.get_by_label("Outside the United States").check()
    sheet.get_by_text("under the laws of the United States of America").wait_for()
    page.get_by_label("Within the United States").check()
    page.get_by_label("Place", exact=True).fill("Salem, Oregon")
    sheet.get_by_text("Salem, Oregon").wait_for()
    page.get_by_label("Signature: type your name").fill("Carl Custos")
    page.get_by_role("button", name="Sign under penalty of perjury").click()
    page.get_by_text("The declaration is signed.").wait_for()
    assert packets.fresh(packet).status == PacketStatus.CERTIFIED


def test_a_refused_signature_takes_the_focus(live_server, page, small, in_browser):
    packet = packets.examined()
    in_browser(packets.custodian())
    page.goto(live_server.url + verb_of(packet, "certify_packet"))
    page.get_by_role("button", name="Sign under penalty of perjury").click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
