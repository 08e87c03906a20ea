"""What a shipped data map offers can be judged by law and answered from somewhere."""

import dataclasses

import pytest

from cases.enums import DataClass
from cases.rules.load import authority_rules
from disclosures.datamap import schema
from disclosures.enums import PartKind
from tests.architecture.sources import ROOT, name

MAPS = sorted((ROOT / "disclosures/datamap/examples").glob("*.toml"))


def uncited(data_class: str, rules) -> list[str]:
    """Jurisdictions of the table that have no cited cell for this class of data."""
    answered = {
        rule.jurisdiction
        for rule in rules
        if data_class in rule.data_classes and rule.cell.citation
    }
    return sorted({rule.jurisdiction for rule in rules} - answered)


def unanswered(category: schema.Category, the_map: schema.DataMap) -> list[str]:
    """Parts of a category without a source, an input or a statement."""
    sources = {one.name for one in the_map.sources}
    codes = {part.code for part in the_map.parts}
    return [
        part.code
        for part in category.parts
        if not {
            PartKind.QUERY: part.source in sources,
            PartKind.DERIVED: bool(part.inputs) and set(part.inputs) <= codes,
            PartKind.STATEMENT: bool(part.statement.strip()),
            PartKind.MANUAL: bool(part.owner and part.instructions),
        }[part.kind]
    ]


def test_maps_are_shipped():
    assert [name(one) for one in MAPS] == [
        "disclosures/datamap/examples/pypi-2023.toml",
        "disclosures/datamap/examples/pypi-2026.toml",
    ]


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.name)
def test_every_category_has_authority_and_source(path):
    the_map, rules = schema.parse(path.read_text("utf-8")), authority_rules()
    wrong = {
        one.code: (uncited(one.data_class, rules), unanswered(one, the_map))
        for one in the_map.categories
        if not one.parts or uncited(one.data_class, rules) or unanswered(one, the_map)
    }
    assert wrong == {}


def test_the_search_for_missing_authority():
    rules = authority_rules()
    assert uncited(DataClass.CONTENT, rules) == []
    american = tuple(rule for rule in rules if rule.jurisdiction == "US")
    silent = tuple(
        rule
        for rule in rules
        if rule not in american or DataClass.CONTENT not in rule.data_classes
    )
    assert uncited(DataClass.CONTENT, silent) == ["US"]
    assert uncited(DataClass.CONTENT, ()) == []


def test_the_search_for_parts_without_an_answer():
    the_map = schema.parse(MAPS[0].read_text("utf-8"))
    sourceless = dataclasses.replace(the_map, sources=())
    silent = {one.code: unanswered(one, sourceless) for one in the_map.categories}
    queries = {
        one.code: [part.code for part in one.parts if part.kind == PartKind.QUERY]
        for one in the_map.categories
    }
    assert silent == queries
    assert any(queries.values())
