"""The other ways a request goes: returned, refused, changed, empty, and stopped.

They start from what the demo holds: one request that waits for counsel, one that is
signed, one that is fresh.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import acts, packets
from tests.journeys.packets import Unpacked
from tests.journeys.people import A_WORKER_MILLISECONDS, Person

SIGNED, WAITING, FRESH = "LR-2023-00001", "LR-2023-00002", "LR-2023-00003"


@pytest.mark.feature("R1", part=True)
@pytest.mark.feature("U1", part=True)
def test_counsel_returns_then_refuses_and_the_request_is_closed(sign_in, tmp_path):
    cora, ana = sign_in("cora"), sign_in("ana")
    cora.takes_up(WAITING, "Decide as counsel")
    cora.ticks("Return to review")
    cora.presses("Record my decision")
    cora.sees("Say what has to change.", "What you typed is still here.")
    cora.look("a return needs a note")
    note = "Item 9 asks for logs of other people's downloads: object to it."
    acts.decides_as_counsel(cora, WAITING, "Return to review", note)
    assert not cora.has_task(WAITING)

    ana.takes_up(WAITING, "Review the request")
    ana.sees("18 of 18 decided", "Cora Lindqvist returned this scope", note)
    ana.look("review after a return")
    ana.opens(WAITING)
    ana.sees("Revision 1", "Returned", note)
    ana.look("returned with a note")
    ana.takes_up(WAITING, "Review the request")
    for identifier in ("novamoth", "brinewright"):
        acts.decides(
            ana,
            9,
            identifier,
            "Object",
            Ground="Rights of third parties",
            Reason="These are others' logs.",
        )
    acts.submits(ana)

    why = "The second page is missing; ask for the whole paper."
    acts.decides_as_counsel(
        cora,
        WAITING,
        "Refuse",
        Ground="Defective on its face",
        Reason=why,
    )
    cora.sees("Refused by counsel", "Revision 3", why)
    cora.look("refused")
    the_letter_is_written_and_handed_over(ana, sign_in("rita"), why, tmp_path)
    ana.takes_up(WAITING, "Close the request")
    ana.look("close")
    ana.presses("Close the request")
    ana.sees("The request is closed.", "Record the acknowledgement")
    ana.look("closed")
    assert not ana.has_task(WAITING)


def the_letter_is_written_and_handed_over(
    ana: Person, rita: Person, why: str, folder: Path
) -> None:
    ana.takes_up(WAITING, "Write the letter of objection")
    ana.sees("18 objections")
    ana.look("the letter is ordered")
    ana.presses("Order this letter")
    acts.waits_until(ana, "Sealed")
    ana.look("the letter is sealed")
    rita.takes_up(WAITING, "Hand the packet over")
    letter = Unpacked.from_zip(acts.downloads(rita, folder))
    assert letter.exhibits == []
    text = packets.squeezed("".join(letter.pages))
    assert packets.squeezed(why) in text
    assert packets.squeezed("Fed. R. Crim. P. 17(a), 41(e)") in text
    rita.takes_up(WAITING, "Hand the packet over")
    acts.records_the_hand_over(rita, letter.folder / "manifest.json")
    rita.sees("Recorded: the packet is handed over.")


@pytest.fixture
def service(portal) -> Iterator[Path]:
    """The service's database, which a journey may take away and put back."""
    path = portal.demo / "service.sqlite3"
    yield path
    _put_back(path)


@pytest.fixture
def downloads(portal) -> Iterator[Path]:
    """The public data set, put back whole after a journey has spoiled it."""
    path = portal.demo / "file_downloads.parquet"
    content = path.read_bytes()
    yield path
    path.write_bytes(content)


def _take_away(path: Path) -> None:
    path.rename(path.with_suffix(".away"))


def _put_back(path: Path) -> None:
    away = path.with_suffix(".away")
    if away.exists():
        away.rename(path)


@pytest.mark.feature("R3", part=True)
@pytest.mark.feature("C3", part=True)
def test_a_change_voids_the_signature_and_a_stopped_packet_is_resumed(
    sign_in, service, downloads
):
    cora, ana = sign_in("cora"), sign_in("ana")
    the_signature_is_voided_and_given_again(ana, cora)

    whole = downloads.read_bytes()
    # What it holds can be told from its end, and no longer be read.
    downloads.write_bytes(whole[:4] + bytes(300) + whole[304:])
    _take_away(service)
    ana.takes_up(SIGNED, "Order the packet")
    ana.sees(re.compile(r"can't be reached|can't be opened|isn't there"))
    ana.look("a source is down")
    expect(ana.page.get_by_role("button", name="Order this packet")).to_have_count(0)
    _put_back(service)
    acts.orders(ana, SIGNED)
    expect(ana.heading("Stopped at E037: Download counts (target 1)")).to_be_visible(
        timeout=A_WORKER_MILLISECONDS
    )
    ana.sees(
        "Part 9a: “Public data set of download counts” refused the query",
        "Stopped with 18 of 40 exhibits collected.",
        "What was collected is kept.",
    )
    ana.look("stopped")
    downloads.write_bytes(whole)
    ana.takes_up(SIGNED, "Look at the failed packet")
    ana.look("resume")
    ana.presses("Resume from here")
    acts.waits_until(ana, "Waiting for the custodian")
    ana.sees("All 40 exhibits are collected, 293 rows in all.")
    ana.look("resumed")
    assert not ana.has_task(SIGNED)
    nothing_goes_out_once_the_scope_is_taken_back(ana, sign_in("carl"))


def the_signature_is_voided_and_given_again(ana, cora) -> None:
    ana.finds(SIGNED)
    case = ana.page.url.removeprefix(ana.address)
    ana.opens("Take the scope back to review")
    ana.sees("This voids the approval by Cora Lindqvist of 17 Mar 2023.")
    ana.types({"Why it is taken back": "The agency asks for less by telephone."})
    ana.look("take back")
    ana.presses("Take it back")
    ana.sees(
        "The scope is back in review. No earlier sign-off covers it any more.",
        "18 of 18 decided",
    )
    ana.visit(case)
    ana.sees("In review", "no longer covers the request")
    ana.look("voided")
    ana.visit(f"{case}verbs/order_packet/")
    ana.sees("A packet is ordered once counsel has approved: it is “In review”.")
    ana.look("no order")
    ana.takes_up(SIGNED, "Review the request")
    acts.submits(ana)
    ana.visit(f"{case}verbs/order_packet/")
    ana.sees(
        "A packet is ordered once counsel has approved: it is “Waiting for counsel”."
    )
    acts.decides_as_counsel(cora, SIGNED, "Approve")
    cora.sees("Revision 1", "no longer covers the request", "Revision 2")
    cora.look("signed again")


def nothing_goes_out_once_the_scope_is_taken_back(ana, carl) -> None:
    assert carl.has_task(SIGNED)
    acts.examines(carl, SIGNED)
    carl.takes_up(SIGNED, "Sign the declaration")
    ana.finds(SIGNED)
    ana.opens("Take the scope back to review")
    ana.types({"Why it is taken back": "The paper was withdrawn."})
    ana.presses("Take it back")
    carl.ticks("Outside the United States")
    carl.types({"Place": "Lyon, France", "Signature: type your name": "Carl Osei"})
    preview = carl.page.get_by_role("region", name=re.compile("as it will be printed"))
    expect(preview).to_contain_text("Lyon, France")
    carl.page.wait_for_load_state("networkidle")  # a preview under way would be cut off
    carl.presses("Sign under penalty of perjury")
    carl.sees("The scope was taken back or changed after this packet was ordered")
    carl.look("a declaration that came too late")
    assert not carl.has_task(SIGNED)


@pytest.mark.feature("D5", part=True)
def test_an_account_that_does_not_exist_is_said_for_every_item(sign_in):
    ines, ana = sign_in("ines"), sign_in("ana")
    ines.takes_up(FRESH, "Complete the intake")
    acts.adds_targets(ines, [acts.Target("nobody_here", "2021-01-01", "2023-03-31")])
    ines.presses("Use the standard list")
    ines.sees("The intake is complete")
    acts.checks_the_paper(ines, FRESH)

    acts.starts_the_review(ana, FRESH)
    ana.presses("Produce everything the instrument reaches")
    acts.submits(ana)
    acts.decides_as_counsel(sign_in("cora"), FRESH, "Approve")
    acts.orders(ana, FRESH)
    acts.waits_until(ana, "Waiting for the custodian")
    ana.look("no such account")
    answers = ana.page.locator(".pk-exhibits tbody tr td:nth-child(4) .cd-badge")
    assert {one.rpartition("\n")[2] for one in answers.all_inner_texts()} == {
        "Account not found"
    }
    items = ana.page.get_by_role("table", name=re.compile("Exhibits that answer item"))
    assert items.count() == 9
    ana.sees("All 20 exhibits are collected, 0 rows in all.")
