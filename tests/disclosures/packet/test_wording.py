"""The declaration's forms, and that answers without records are told apart."""

import dataclasses

import pytest

from disclosures.enums import ResponseCode
from disclosures.packet import wording
from tests.disclosures.packet import given


def signed(facts, **changes):
    return dataclasses.replace(
        facts, declaration=dataclasses.replace(facts.declaration, **changes)
    )


@pytest.mark.feature("P1", part=True)
@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            "inside_us",
            "I declare under penalty of perjury that the foregoing is true and "
            "correct. Executed on 2 May 2023.",
        ),
        (
            "outside_us",
            "I declare under penalty of perjury under the laws of the United States of "
            "America that the foregoing is true and correct. Executed on 2 May 2023.",
        ),
    ],
)
def test_declaration_has_the_statutory_form_of_its_place(tmp_path, place, words):
    facts = signed(given.facts(tmp_path), signing_place=place)
    assert wording.declaration(facts).statutory == words


def test_declaration_signed_nowhere_is_refused(tmp_path):
    facts = signed(given.facts(tmp_path), signing_place="")
    with pytest.raises(ValueError, match=r"^No statutory form"):
        wording.declaration(facts)


@pytest.mark.feature("P1", part=True)
def test_declaration_says_of_each_exhibit_what_can_be_certified(tmp_path):
    said = wording.declaration(given.facts(tmp_path))
    files = "Exhibits E001 to E003, E005, E007 to E009 and E011"
    assert [(p.number, p.heading) for p in said.paragraphs] == [
        (1, "Role and knowledge"),
        (2, "The request"),
        (3, "Records of a regularly conducted activity (902(11), 803(6))"),
        (4, "How the exhibits were generated (902(13))"),
        (5, "Identification by hash (902(14))"),
        (6, "Derived exhibits"),
        (7, "Exhibits from a public source"),
        (8, "Answers without records"),
    ]
    starts = {p.number: p.text.split(" are ")[0] for p in said.paragraphs}
    assert (starts[3], starts[4]) == ("Exhibits E001 and E007", files)
    assert (starts[6], starts[7]) == (
        "Exhibits E003 and E009",
        "Exhibits E005 and E011",
    )
    assert (
        said.paragraphs[2].closing
        == "Events are written by the service as they happen."
    )
    assert "ab" * 32 in said.paragraphs[3].points[0]
    assert "at 2023-05-02T14:03:11.482913+00:00" in said.paragraphs[3].points[1]


def test_declaration_over_statements_alone_certifies_no_records(tmp_path):
    shown = tuple(
        given.exhibit(tmp_path, number, number, item, "7a", "NOT_COLLECTED")
        for number in (1, 2)
        for item in (1,)
    )
    facts = given.facts(tmp_path, exhibits=shown)
    headings = [p.heading for p in wording.declaration(facts).paragraphs]
    assert headings == ["Role and knowledge", "The request", "Answers without records"]


@pytest.mark.feature("D5", part=True)
def test_legend_always_tells_three_negative_answers_apart(tmp_path):
    shown = (given.exhibit(tmp_path, 1, 1, 1, "3a", "PRODUCED", []),)
    explained = dict(wording.legend(given.facts(tmp_path, exhibits=shown)))
    assert list(explained) == [
        "PRODUCED",
        "NO_RESPONSIVE_RECORDS",
        "NOT_COLLECTED",
        "NOT_RETAINED",
    ]
    assert len(set(explained.values())) == 4


def test_every_response_code_is_explained():
    assert set(wording._LEGEND) == set(ResponseCode.values)
    assert {code: ResponseCode(code).label for code in wording.LABELS} == wording.LABELS


def test_letter_lists_what_is_not_enclosed(tmp_path):
    assert wording.not_enclosed(given.facts(tmp_path)) == (
        ("Searched, no responsive records", "1 (Part 3b)"),
        ("Not collected by the service", "3 (Part 7a)"),
        ("Not retained", "4 (Part 9b)"),
    )


def test_letter_counts_what_is_enclosed(tmp_path):
    assert wording.enclosed(given.facts(tmp_path)) == (
        "This production answers 4 requested items for 2 identifiers named in the "
        "request. It holds 12 exhibits, of which 8 are record files with 51 rows in "
        "all; the others are statements."
    )
