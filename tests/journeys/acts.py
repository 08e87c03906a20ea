"""The acts of the story, each by the person whose it is, through the pages they see."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.people import A_WORKER_MILLISECONDS, Person

CHOICES = {
    "Instrument": "Grand jury subpoena",
    "Jurisdiction": "United States",
    "Agency": "U.S. Department of Justice",
    "How it reached us": "E-mail",
}
# The organisation's clock, as its pages ask for a time.
NOW_IN_PORTLAND = """() => new Date().toLocaleString(
  "sv", {timeZone: "America/Los_Angeles"}).slice(0, 16).replace(" ", "T")"""
FACTS = {
    "Docket or reference": "2023R00731-04",
    "Court": "U.S. District Court, Northern District of California",
    "Issuing authority": "Marcus Oyelaran, Assistant United States Attorney",
    "Officer": "Special Agent Dana Whitlock",
    "Officer's e-mail": "dana.whitlock@agency.example",
    "Issued": "2023-04-17",
    "Served": "2023-04-19",
    "Received": "2023-04-19T09:12",
    "Return date": "2023-05-08",
}


@dataclass(frozen=True)
class Target:
    """A target as the paper names it."""

    identifier: str
    first_day: str
    last_day: str
    time_zone: str = "America/New York"


# --- the intake clerk ---


def copies_the_facts(ines: Person, changed: dict[str, str] | None = None) -> None:
    """Onto the page of a new request, off the paper."""
    ines.chooses(CHOICES)
    ines.types(FACTS | (changed or {}))


def attaches(ines: Person, content: bytes, name: str = "subpoena.pdf") -> None:
    """Choose the file of the served paper."""
    ines.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": content}
    )


def number_of_the_case(person: Person) -> str:
    """As the strip on top of each page of a case shows it."""
    return person.page.locator(".cd-strip__number").inner_text()


def adds_targets(ines: Person, targets: list[Target]) -> None:
    """From the checklist, one page a target, and back."""
    ines.opens("Add a target")
    for number, target in enumerate(targets, start=1):
        ines.chooses(
            {
                "Type of identifier": "User name",
                "Time zone of these days": target.time_zone,
            }
        )
        ines.types(
            {
                "Identifier as served": target.identifier,
                "First day": target.first_day,
                "Last day": target.last_day,
            }
        )
        last = number == len(targets)
        ines.look(f"target {number}")
        ines.presses("Add this target" if last else "Add it and enter another")
        ines.sees(f"Target {number} is on the request.")


def checks_the_paper(ines: Person, number: str) -> None:
    """In the court's docket: who entered the officer's details makes no call-back."""
    ines.takes_up(number, "Check that the paper is genuine")
    ines.sees("Special Agent Dana Whitlock", "another person makes the call-back")
    ines.chooses({"How you checked": "Looked up in the court's docket or register"})
    ines.types({"What you found": "The clerk's office read the docket entry to me."})
    ines.ticks("Authentic")
    ines.look("check the paper")
    ines.presses("Record my finding")
    ines.sees("Recorded: the paper is authentic.")


# --- the analyst ---


def starts_the_review(ana: Person, number: str) -> None:
    """From the list of what needs her."""
    ana.takes_up(number, "Start the review")
    ana.look("start the review")
    ana.presses("Start the review")
    expect(ana.heading("Review the request")).to_be_visible()


def decides(
    ana: Person, item: int, identifier: str, decision: str, **more: str
) -> None:
    """Decide on one target under one item."""
    pair = (
        ana.page.get_by_role("region", name=f"Item {item}", exact=True)
        .get_by_role("group")
        .filter(has_text=identifier)
    )
    pair.get_by_text(decision, exact=True).click()
    for label, value in more.items():
        field = pair.get_by_label(label.replace("_", " "))
        if label == "Ground":
            field.select_option(label=value)
        else:
            field.fill(value)


def submits(ana: Person) -> None:
    """What is saved goes to counsel."""
    ana.presses("Save and go on to counsel")
    expect(ana.heading("Submit the scope to counsel")).to_be_visible()
    ana.look("submit")
    ana.presses("Submit to counsel")
    ana.sees(re.compile(r"Revision \d of the scope is before counsel\."))


# --- counsel ---


def decides_as_counsel(
    cora: Person, number: str, decision: str, note: str = "", **more: str
) -> None:
    """Approve, ask, return or refuse what waits."""
    cora.takes_up(number, "Decide as counsel")
    cora.ticks(decision)
    if note:
        cora.types({"Conditions, question or note": note})
    for label, value in more.items():
        decided = cora.page.locator("#decision-form")
        field = decided.get_by_label(label.replace("_", " "), exact=label == "Ground")
        if label == "Ground":
            field.select_option(label=value)
        else:
            field.fill(value)
    cora.look("decision")
    cora.presses("Record my decision")
    cora.sees("Recorded: ")


# --- the packet ---


def orders(ana: Person, number: str) -> None:
    """Order the packet of what counsel signed."""
    ana.takes_up(number, "Order the packet")
    ana.look("order")
    ana.presses("Order this packet")
    expect(ana.heading("Packet ")).to_be_visible()


def waits_until(person: Person, stage: str) -> None:
    """Keep the packet's page open until it stands there; nothing is loaded by hand."""
    now = person.page.locator("#packet-stages [aria-current=step]")
    expect(now).to_contain_text(stage, timeout=A_WORKER_MILLISECONDS)


def examines(carl: Person, number: str) -> None:
    """Read each exhibit and pass it; the page of the next one follows by itself."""
    carl.takes_up(number, "Examine the exhibits")
    carl.look("exhibits to examine")
    carl.page.locator("tbody th a").first.click()
    verdict = carl.page.get_by_role("button", name="Record what you found")
    expect(verdict).to_be_visible()
    while verdict.count():
        carl.ticks("It may go out, with the marks as they stand")
        carl.presses("Record what you found")
        carl.page.wait_for_load_state()
    expect(carl.heading("Packet ")).to_be_visible()


def signs_the_declaration(carl: Person, number: str, name: str) -> None:
    """Read, complete, and sign by name, place and date."""
    carl.takes_up(number, "Sign the declaration")
    carl.look("declaration")
    carl.ticks("Within the United States")
    carl.types({"Place": "Portland, Oregon", "Signature: type your name": name})
    preview = carl.page.get_by_role("region", name=re.compile("as it will be printed"))
    expect(preview).to_contain_text("Portland, Oregon")
    expect(preview).to_contain_text(
        "I declare under penalty of perjury that the foregoing is true and correct."
    )
    carl.page.wait_for_load_state("networkidle")  # a preview under way would be cut off
    carl.look("declaration filled in")
    carl.presses("Sign under penalty of perjury")
    expect(carl.heading("Packet ")).to_be_visible()


def downloads(rita: Person, folder: Path) -> Path:
    """The packet, through the browser, onto the disk."""
    with rita.page.expect_download() as coming:
        rita.opens("Download the packet")
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def records_the_hand_over(rita: Person, in_hand: Path) -> None:
    """Where, how and when, with the file that she has in her hands."""
    rita.ticks(re.compile("Records intake desk"))
    rita.chooses({"How": "Agency's upload portal"})
    rita.types({"Note": "Upload receipt 7731."})
    rita.page.get_by_label("The packet in your hands").set_input_files(in_hand)
    rita.sees("Read. It is compared when you record the hand-over.")
    rita.look("hand over")
    rita.presses("Record the hand-over")


def records_the_acknowledgement(rita: Person, number: str) -> None:
    """What the agency's portal gave out."""
    rita.takes_up(number, "Record the acknowledgement")
    rita.ticks("Receipt of its upload portal")
    rita.types({"Who acknowledged it": "Records intake desk"})
    now = rita.page.evaluate(NOW_IN_PORTLAND)
    rita.types({"When": now})
    rita.look("acknowledgement")
    rita.presses("Record this")
    rita.sees("The acknowledgement is recorded.")
