"""What people type and upload by mistake: told where they look, and nothing is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import acts, papers
from tests.journeys.people import Person

GOOD = papers.subpoena()
TOO_LARGE = 200 * 1024 * 1024
REFUSALS = {
    "empty.pdf": (b"", "The file is empty."),
    "letter.pdf": (b"<!DOCTYPE html><p>Dear Sir", "The file isn't a PDF."),
    "cut-off.pdf": (
        GOOD[:-200],
        "The PDF is cut off: its end is missing. Upload it again.",
    ),
    "locked.pdf": (
        papers.locked(),
        "The PDF is locked by a password. Ask for an open copy.",
    ),
    "bomb.pdf": (
        papers.bomb(),
        "The file takes too much time or memory to be looked at; it was not kept.",
    ),
}


@pytest.mark.feature("S6", part=True)
@pytest.mark.feature("I1", part=True)
def test_a_bad_paper_is_refused_where_one_looks_and_the_facts_stay(sign_in, tmp_path):
    ines = sign_in("ines")
    the_facts_are_checked(ines)
    acts.attaches(ines, REFUSALS["letter.pdf"][0], "letter.pdf")
    ines.presses("Open the request")
    ines.sees("The request is open as LR-", "The file isn't a PDF.")
    expect(ines.heading("Add a paper")).to_be_visible()
    number = acts.number_of_the_case(ines)
    ines.look("the request is open and the paper is asked for again")

    for name, (content, sentence) in REFUSALS.items():
        acts.attaches(ines, content, name)
        ines.presses("Keep this paper")
        ines.sees(sentence)
        assert ines.page.get_by_role("alert").is_visible()
    ines.look("a bomb")
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(TOO_LARGE)
    ines.page.locator("input[type=file]").set_input_files(large)
    ines.presses("Keep this paper")
    ines.sees(re.compile(r"larger than 50 MB|At most 50 MB|too large"))
    ines.look("too large")

    ines.opens(number)
    ines.sees("No paper yet", acts.FACTS["Docket or reference"])
    ines.opens("Add a paper")
    acts.attaches(ines, GOOD)
    ines.presses("Keep this paper")
    ines.sees("Kept: subpoena.pdf, SHA-256 ")
    the_window_and_the_type_are_checked(ines)


def the_facts_are_checked(ines: Person) -> None:
    ines.opens("New legal request")
    acts.copies_the_facts(ines, {"Return date": "2023-04-18"})
    acts.attaches(ines, GOOD)
    ines.presses("Open the request")
    ines.sees(
        "The return date lies before the date of service.",
        "Nothing was changed. What you typed is still here.",
        "Choose the file again: a browser doesn't keep it when a page comes back.",
    )
    for name, value in (acts.FACTS | {"Return date": "2023-04-18"}).items():
        expect(ines.field(name)).to_have_value(value)
    ines.look("due before it was served")
    ines.types({"Return date": acts.FACTS["Return date"], "Court": ""})
    ines.presses("Open the request")
    expect(ines.page.locator("#field_issuing_court .cd-wrong")).to_have_text(
        "Grand jury subpoena: this is needed."
    )
    ines.types({"Court": acts.FACTS["Court"]})


def the_window_and_the_type_are_checked(ines: Person) -> None:
    ines.opens("Add a target")
    hostile = '<img src=x onerror="alert(1)"> \u202ehtom \U0001f98b'
    ines.types(
        {
            "Identifier as served": hostile,
            "First day": "2023-03-31",
            "Last day": "2021-01-01",
        }
    )
    ines.presses("Add this target")
    expect(ines.page.locator("#field_kind .cd-wrong")).to_be_visible()
    kind = ines.field("Type of identifier")
    kind.evaluate("it => it.add(new Option('Telephone', 'telephone'))")
    ines.chooses({"Type of identifier": "Telephone"})
    ines.presses("Add this target")
    expect(ines.page.locator("#field_kind .cd-wrong")).to_contain_text("telephone")
    ines.chooses({"Type of identifier": "User name"})
    ines.presses("Add this target")
    ines.sees("The window ends before it begins.")
    expect(ines.field("Identifier as served")).to_have_value(hostile)
    ines.look("a window that ends before it begins")
    ines.types({"Last day": "2023-04-01"})
    ines.presses("Add this target")
    ines.sees("Target 1 is on the request.", hostile)
    ines.look("a hostile name")
