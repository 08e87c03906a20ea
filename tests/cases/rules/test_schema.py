"""Each mistake in the table of authority is named with its rule."""

import pytest

from cases.rules.schema import RulesError, parse_authority

GOOD = {
    "id": '"R1"',
    "jurisdiction": '"US"',
    "instruments": '["search_warrant"]',
    "data_classes": '["content"]',
    "reach": '"compels"',
    "citation": '"18 U.S.C. 2703(a)"',
    "mark": '"V"',
    "valid_from": "2001-10-26",
}


def text(**changed):
    """The text of a file with one rule; None leaves a line out."""
    lines = {key: value for key, value in (GOOD | changed).items() if value is not None}
    return "[[rule]]\n" + "\n".join(f"{key} = {value}" for key, value in lines.items())


def mistake(content):
    with pytest.raises(RulesError) as caught:
        parse_authority(content)
    return str(caught.value)


def test_a_good_rule_is_read():
    rule = parse_authority(text(issuers='["judge"]', valid_to="2002-01-01"))[0]
    assert (rule.cell.rule_id, rule.issuers, rule.valid_to.year) == (
        "R1",
        frozenset({"judge"}),
        2002,
    )


@pytest.mark.parametrize("key", sorted(set(GOOD) - {"id"}))
def test_a_missing_key_is_named(key):
    assert mistake(text(**{key: None})) == f"R1: missing {key}."


def test_a_rule_without_an_id_is_named_as_such():
    assert mistake(text(id=None)) == "a rule without id: missing id."


LIST = "is a list with at least one entry."
DATES = "R1: valid_from and valid_to are dates in that order."
NO_OTHER = "The file holds [[rule]] tables, one or more, and no other."
CITED = "R1: a rule has a citation and a mark V, S or M."


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"colour": '"red"'}, "R1: unknown colour."),
        ({"jurisdiction": '"FR"'}, "R1: 'FR' is not a valid Jurisdiction."),
        ({"instruments": '["x"]'}, "R1: 'x' is not a valid Instrument."),
        ({"data_classes": '["x"]'}, "R1: 'x' is not a valid DataClass."),
        ({"issuers": '["x"]'}, "R1: 'x' is not a valid IssuerKind."),
        ({"reach": '"x"'}, "R1: 'x' is not a valid Reach."),
        ({"instruments": "[]"}, f"R1: instruments {LIST}"),
        ({"instruments": '"search_warrant"'}, f"R1: instruments {LIST}"),
        ({"data_classes": "5"}, f"R1: data_classes {LIST}"),
        ({"issuers": "[]"}, f"R1: issuers {LIST}"),
        ({"citation": '""'}, CITED),
        ({"mark": '"X"'}, CITED),
        ({"mark": '["V"]'}, "R1: mark is a text."),
        ({"note": "1"}, "R1: note is a text."),
        ({"valid_from": '"2001"'}, DATES),
        ({"valid_from": "2001-10-26T00:00:00"}, DATES),
        ({"valid_to": "2001-10-25"}, DATES),
        ({"valid_to": '"never"'}, DATES),
    ],
)
def test_a_wrong_value_is_named(changed, said):
    assert mistake(text(**changed)) == said


def test_an_id_used_twice_is_named():
    assert mistake(text() + "\n" + text()) == "Used twice: R1."


@pytest.mark.parametrize(
    "content",
    ["", "[[rules]]\n", "[rule]\nid = 'R1'\n", "rule = []\n", text() + "\n[a]"],
)
def test_a_file_that_would_leave_the_table_empty_is_refused(content):
    assert mistake(content) == NO_OTHER


def test_what_isn_t_toml_is_refused_with_its_line():
    assert mistake("[[rule]\n").startswith("Not a TOML file: ")
    assert "line 1" in mistake("[[rule]\n")
