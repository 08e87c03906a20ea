"""The response table shows the whole scope, and nothing is merged."""

import dataclasses

import pytest

from disclosures.packet import contents
from tests.disclosures.packet import given


@pytest.mark.feature("D5", part=True)
def test_matrix_has_each_item_for_each_target(tmp_path):
    rows = contents.matrix(given.facts(tmp_path))
    assert [
        (row.item.number, row.target.number, [a.exhibit_number for a in row.answers])
        for row in rows
    ] == [
        (1, 1, ["E001", "E002"]),
        (1, 2, ["E007", "E008"]),
        (2, 1, ["E003"]),
        (2, 2, ["E009"]),
        (3, 1, ["E004"]),
        (3, 2, ["E010"]),
        (4, 1, ["E005", "E006"]),
        (4, 2, ["E011", "E012"]),
    ]


def test_matrix_with_an_unanswered_item_is_refused(tmp_path):
    facts = given.facts(tmp_path)
    last = dataclasses.replace(facts.items[3], answers=facts.items[3].answers[:2])
    broken = dataclasses.replace(facts, items=(*facts.items[:3], last))
    with pytest.raises(ValueError, match=r"^Item 4 has no answer for target 2"):
        contents.matrix(broken)


def test_names_of_pages_and_production(tmp_path):
    facts = given.facts(tmp_path)
    assert contents.bates(facts, 41) == "EPI-0001-000041"
    assert contents.bates(facts, 1_234_567) == "EPI-0001-1234567"
    assert contents.production_name(facts) == "production-0001"


def test_dictionary_has_each_part_once(tmp_path):
    parts = contents.dictionary(given.facts(tmp_path))
    assert [one.part_code for one in parts] == ["3a", "3b", "4a", "9a"]
