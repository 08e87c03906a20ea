"""The whole way of one request, by everybody whose turn it is, in the browser."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from disclosures.packet.verify import verify
from tests.journeys import acts, papers
from tests.journeys.packets import Unpacked, squeezed
from tests.journeys.people import Person
from tests.journeys.portal import Portal

PAPER = papers.subpoena()
TARGETS = [
    acts.Target("tamarack7", "2021-01-01", "2023-03-31"),
    acts.Target("oskar-lumen", "2022-01-01", "2022-12-31", "Europe/Berlin"),
]
THE_NINE = (
    "Names (including subscriber names, user names, and screen names);",
    "Addresses (including mailing, residential addresses, business addresses, and"
    " email addresses);",
    "Connection records;",
    "Records of session times and durations, and the temporarily assigned network"
    " address (such as Internet Protocol addresses) associated with those sessions;",
    "Length of service (including start date) and type of services utilized;",
    "Telephone or instrument numbers (including the registration Internet Protocol"
    " address);",
    "Means and source of payment of any such services (including any credit card or"
    " bank account number) and billing records;",
    "Records of all Python Package Index (PyPI) packages uploaded by...",
    "IP download logs of any Python Package Index (PyPI) packages uploaded by...",
)
FULL_ITEM = {
    1: ["1a PRODUCED", "1b NO_RESPONSIVE_RECORDS"],
    2: ["2a PRODUCED", "2b NO_RESPONSIVE_RECORDS", "2c NOT_COLLECTED"],
    3: ["3a PRODUCED", "3b PRODUCED"],
    4: ["4a DERIVED", "4b DERIVED", "4c NOT_COLLECTED"],
    5: ["5a PRODUCED", "5b NARRATIVE_ANSWER"],
    6: ["6a DERIVED", "6b NOT_COLLECTED"],
    7: ["7a NOT_COLLECTED", "7b NOT_COLLECTED"],
    8: ["8a PRODUCED", "8b PRODUCED"],
    9: ["9a PRODUCED_PUBLIC", "9b NOT_RETAINED"],
}
ANSWERS = {
    item: {1: said, 2: said}
    | ({1: ["item_7 NOT_COLLECTED"]} if item == 7 else {})
    | ({2: ["item_9 OBJECTED"]} if item == 9 else {})
    for item, said in FULL_ITEM.items()
}
ANSWER_WORDS = (
    "Searched: no change of this account's user name is recorded.",
    "The service does not collect mailing, residential or business addresses.",
    "Download logs with network addresses are not retained by the service.",
    "Derived from other exhibits",
)
SYSTEM = "Candor (the system)"
WHO_DID_WHAT = [
    ("Request opened", "Ines Moreau"),
    ("Document added", "Ines Moreau"),
    ("Secrecy recorded", "Ines Moreau"),
    ("Target added", "Ines Moreau"),
    ("Target added", "Ines Moreau"),
    ("Requested categories set", "Ines Moreau"),
    ("Paper checked", "Ines Moreau"),
    ("Status changed", "Ana Petrov"),
    ("Item decided", "Ana Petrov"),
    ("Item decided", "Ana Petrov"),
    ("Status changed", "Ana Petrov"),
    ("Scope submitted to counsel", "Ana Petrov"),
    ("Scope approved by counsel", "Cora Lindqvist"),
    ("Status changed", "Cora Lindqvist"),
    ("Status changed", "Ana Petrov"),
    ("Packet ordered", "Ana Petrov"),
    ("Packet status changed", SYSTEM),
    ("Packet status changed", SYSTEM),
    ("Records collected", SYSTEM),
    *[("Exhibit examined and passed", "Carl Osei")] * 21,
    ("Packet status changed", "Carl Osei"),
    ("Declaration signed", "Carl Osei"),
    ("Packet status changed", SYSTEM),
    ("Packet status changed", SYSTEM),
    ("Packet sealed", SYSTEM),
    ("Packet downloaded", "Rita Campos"),
    ("Packet status changed", "Rita Campos"),
    ("Status changed", "Rita Campos"),
    ("Packet handed over", "Rita Campos"),
    ("Status changed", "Ana Petrov"),
    ("Request closed", "Ana Petrov"),
    ("Receipt acknowledged", "Rita Campos"),
]
TOO_WIDE = "The paper's attachment asks for the first half of 2022 only."
BEYOND = "Download logs go beyond what the grand jury may ask of us here."
FREE = "The service costs individuals nothing."


@pytest.mark.feature("D1", part=True)
@pytest.mark.feature("D5")
@pytest.mark.feature("P1", part=True)
@pytest.mark.feature("P2")
@pytest.mark.feature("P3", part=True)
@pytest.mark.feature("R1", part=True)
@pytest.mark.feature("R2", part=True)
@pytest.mark.feature("C4", part=True)
@pytest.mark.feature("A3", part=True)
@pytest.mark.feature("A4", part=True)
@pytest.mark.feature("U1", part=True)
def test_a_served_paper_becomes_a_packet_that_is_handed_over(sign_in, portal, tmp_path):
    number = the_clerk_takes_it_in(sign_in("ines"))
    ana = sign_in("ana")
    the_analyst_reviews_it(ana, number)
    counsel_decides(sign_in("cora"), number)
    the_packet_is_ordered_and_collected(ana, number)
    carl = sign_in("carl")
    the_custodian_certifies(carl, number)
    rita = sign_in("rita")
    packet = the_release_officer_takes_it(rita, ana, number, tmp_path)
    it_holds_what_was_signed_for(packet, number)
    it_is_handed_over_and_closed(rita, ana, packet, number)
    the_auditor_sees_who_did_what(sign_in("audrey"), number)
    any_byte_that_changes_is_found(packet, portal)


def the_clerk_takes_it_in(ines: Person) -> str:
    ines.look("what needs me")
    ines.opens("New legal request")
    acts.copies_the_facts(ines)
    acts.attaches(ines, PAPER)
    ines.look("new request")
    ines.presses("Open the request")
    ines.sees("The request is open as LR-")
    number = acts.number_of_the_case(ines)
    ines.look("checklist")
    assert ines.has_task(number)

    ines.takes_up(number, "Complete the intake")
    ines.opens("subpoena.pdf")
    expect(ines.page.locator("img.cd-sheet, main img").first).to_be_visible()
    ines.look("the paper")
    ines.page.go_back()
    ines.opens("Record secrecy")
    ines.look("secrecy")
    ines.ticks("No secrecy asked")
    ines.presses("Record this")
    acts.adds_targets(ines, TARGETS)
    ines.presses("Use the standard list")
    ines.sees("The standard list is on the request: 9 items.", *THE_NINE)
    ines.sees("An analyst takes it from here: it is on their list already.")
    ines.look("intake complete")
    ines.opens("To the whole request")
    assert ines.digest("SHA-256") == hashlib.sha256(PAPER).hexdigest()
    acts.checks_the_paper(ines, number)
    ines.sees("1 Jan 2022 to 31 Dec 2022", "Europe/Berlin", "Waits for:", "Ana Petrov")
    ines.look("case")
    assert not ines.has_task(number)
    return number


def the_analyst_reviews_it(ana: Person, number: str) -> None:
    acts.starts_the_review(ana, number)
    ana.sees(
        "18 U.S.C. 2703(c)(2)(A), (B), (D), (F)",
        "E-mail addresses only; postal addresses are not collected.",
        "0 of 18 decided",
    )
    ana.presses("Produce everything the instrument reaches")
    ana.sees("18 of 18 decided")
    acts.decides(
        ana,
        4,
        "tamarack7",
        "Narrow the dates",
        First_day="2022-01-01",
        Last_day="2022-06-30",
        Reason=TOO_WIDE,
    )
    acts.decides(ana, 7, "tamarack7", "Never recorded", Reason=FREE)
    acts.decides(ana, 9, "oskar-lumen", "Object", Ground="Overbroad", Reason=BEYOND)
    ana.look("review")
    acts.submits(ana)
    ana.sees("Waits for:", "Cora Lindqvist", TOO_WIDE)
    ana.look("case with counsel")
    path = ana.page.url.removeprefix(ana.address)
    ana.is_refused(f"{path}verbs/sign_off/", 403)
    ana.look("may not sign")
    assert not ana.has_task(number)


def counsel_decides(cora: Person, number: str) -> None:
    cora.look("what needs me")
    cora.takes_up(number, "Decide as counsel")
    cora.sees("16 of 18", "Ana Petrov, revision 1", TOO_WIDE, BEYOND, FREE, *THE_NINE)
    cora.sees(
        "from 1 January 2022, 05:00:00 UTC (included) "
        "to 1 July 2022, 04:00:00 UTC (not included)",
        "from 31 December 2021, 23:00:00 UTC (included) "
        "to 31 December 2022, 23:00:00 UTC (not included)",
    )
    acts.decides_as_counsel(cora, number, "Approve")
    cora.look("case signed")
    assert not cora.has_task(number)


def the_packet_is_ordered_and_collected(ana: Person, number: str) -> None:
    acts.orders(ana, number)
    ana.look("collecting")
    ana.reloads()
    acts.waits_until(ana, "Waiting for the custodian")
    ana.sees("Waits for:", "Carl Osei")
    ana.look("collected")
    ana.opens("E001")
    ana.sees("Tam A. Rack", "Service database")
    ana.look("exhibit")


def the_custodian_certifies(carl: Person, number: str) -> None:
    carl.look("what needs me")
    acts.examines(carl, number)
    carl.takes_up(number, "Sign the declaration")
    carl.sees("What isn't produced, and why", "28 U.S.C. 1746")
    acts.signs_the_declaration(carl, number, "Carl Osei")
    acts.waits_until(carl, "Sealed")
    carl.sees("The sealed packet", "Waits for:", "Rita Campos")
    carl.look("sealed")
    assert not carl.has_task(number)


def the_release_officer_takes_it(
    rita: Person, ana: Person, number: str, folder: Path
) -> Unpacked:
    rita.look("what needs me")
    rita.takes_up(number, "Hand the packet over")
    rita.sees("1. Every gate is open", "Every byte of the packet is as it was sealed")
    release = rita.page.url.removeprefix(rita.address)
    production = rita.page.get_by_role("link", name="Download the packet")
    download = production.get_attribute("href")
    ana.is_refused(release, 403)
    ana.is_refused(download, 403)
    assert not ana.has_task(number)
    return Unpacked.from_zip(acts.downloads(rita, folder))


def it_holds_what_was_signed_for(packet: Unpacked, number: str) -> None:
    checked = packet.sums()
    assert (checked.returncode, checked.stderr) == (0, "")
    assert verify(packet.folder) == []
    told = squeezed("".join(packet.pages))
    assert [one for one in THE_NINE if squeezed(one) not in told] == []
    first = f"PIF-{number.removeprefix('LR-')}"
    assert [
        place
        for place, page in enumerate(packet.pages, start=1)
        if f"{first}-{place:06}" not in page
    ] == []
    every_exhibit_answers(packet)
    the_narrowed_item_stays_inside_its_days(packet)


def every_exhibit_answers(packet: Unpacked) -> None:
    answers: dict[tuple[int, int], list[str]] = {}
    for one in packet.exhibits:
        pair = (one["target"], one["item"])
        answers.setdefault(pair, []).append(f"{one['part']} {one['response']}")
    assert answers == {
        (target, item): said
        for item, by_target in ANSWERS.items()
        for target, said in by_target.items()
    }
    told = squeezed("".join(packet.pages))
    assert [one for one in ANSWER_WORDS if squeezed(one) not in told] == []
    for exhibit in packet.exhibits:
        text = packet.pages_of(exhibit)
        if exhibit["file"] is None:
            assert exhibit["rows"] is None
            continue
        rows = packet.rows_of(exhibit)
        assert len(rows) == exhibit["rows"]
        if exhibit["part"] in {"1a", "2a", "5a"}:
            cells = [squeezed(cell) for row in rows for cell in row.values()]
            assert [cell for cell in cells if cell not in text] == []


def the_narrowed_item_stays_inside_its_days(packet: Unpacked) -> None:
    whole, narrowed = (
        [row["time"] for row in packet.rows_of(one)]
        for one in packet.exhibits
        if one["target"] == 1 and one["part"] in {"3b", "4a"}
    )
    since, until = "2022-01-01T05:00:00", "2022-07-01T04:00:00"
    inside = [one for one in whole if since <= one < until]
    assert [one for one in narrowed if not since <= one < until] == []
    assert 0 < len(narrowed) <= len(inside) < len(whole)


def it_is_handed_over_and_closed(
    rita: Person, ana: Person, packet: Unpacked, number: str
) -> None:
    rita.takes_up(number, "Hand the packet over")
    acts.records_the_hand_over(rita, packet.folder / "index.csv")
    rita.sees("This file isn't of the sealed packet.")
    rita.look("another file")
    acts.records_the_hand_over(rita, packet.folder / "manifest.json")
    rita.sees("Recorded: the packet is handed over.", "Upload receipt 7731.")
    rita.look("handed over")
    ana.takes_up(number, "Close the request")
    ana.look("close")
    ana.presses("Close the request")
    ana.sees("The request is closed.")
    ana.look("closed")
    assert not ana.has_task(number)
    acts.records_the_acknowledgement(rita, number)
    rita.look("acknowledged")
    assert not rita.has_task(number)


def the_auditor_sees_who_did_what(audrey: Person, number: str) -> None:
    audrey.look("what needs me")
    audrey.opens("Legal requests")
    audrey.look("list")
    audrey.opens(number)
    audrey.opens("The whole trail")
    audrey.look("trail")
    assert audrey.trail() == WHO_DID_WHAT
    audrey.chooses({"Show": "Readings only", "Who": "Ana Petrov"})
    audrey.presses("Show")
    audrey.look("readings")
    assert ("Exhibit opened", "Ana Petrov") in audrey.trail()


def any_byte_that_changes_is_found(packet: Unpacked, portal: Portal) -> None:
    said = portal.manage("verify_packet", str(packet.folder))
    assert (said.returncode, said.stdout) == (0, "Every file is as it was sealed.\n")
    files = [path for path in packet.folder.rglob("*") if path.is_file()]
    for path in files:
        name = path.relative_to(packet.folder).as_posix()
        packet.flip(name)
        assert verify(packet.folder) != []
        packet.flip(name)
    assert verify(packet.folder) == []
    packet.flip("packet.pdf")
    said = portal.manage("verify_packet", str(packet.folder))
    assert said.returncode == 1
    assert "packet.pdf: " in said.stdout
    assert "packet.pdf: FAILED" in packet.sums().stdout
