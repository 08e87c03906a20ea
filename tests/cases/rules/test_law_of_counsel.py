"""The tables of grounds and of what wants more counsel than one."""

import pytest

from cases.approvals import sensitive
from cases.enums import Instrument, Jurisdiction, ObjectionGround
from cases.grounds import grounds
from cases.rules.load import ground_rules, sensitive_rules
from cases.rules.schema import RulesError, parse_grounds, parse_sensitive

GROUND = """[[ground]]
id = "G"
ground = "vague"
jurisdiction = "US"
citation = "Rule 1"
mark = "V"
words = "It is vague."
"""
SENSITIVE = """[[sensitive]]
id = "S"
data_classes = ["content"]
reason = "Content."
citation = "18 U.S.C. 2703(a)"
"""


def test_under_the_law_of_the_united_states_every_ground_has_its_line():
    found = grounds(
        ground_rules(), jurisdiction="US", instrument=Instrument.GRAND_JURY_SUBPOENA
    )
    assert list(found) == ObjectionGround.values


@pytest.mark.parametrize("jurisdiction", Jurisdiction)
@pytest.mark.parametrize("instrument", Instrument)
def test_each_ground_cites_its_provision(jurisdiction, instrument):
    found = grounds(ground_rules(), jurisdiction=jurisdiction, instrument=instrument)
    assert [one for one, line in found.items() if not line.citation] == ["other"]
    assert all(line.words.endswith(".") for line in found.values())


def test_a_line_that_names_the_instrument_goes_before():
    def cited(instrument):
        found = grounds(ground_rules(), jurisdiction="US", instrument=instrument)
        return found["overbroad"].citation

    assert cited(Instrument.GRAND_JURY_SUBPOENA) == "Fed. R. Crim. P. 17(c)(2)"
    assert cited(Instrument.SEARCH_WARRANT) == "U.S. Const. amend. IV"


def test_what_was_not_read_in_the_primary_text_says_so():
    rule = parse_grounds(GROUND)[0]
    other = parse_grounds(GROUND.replace('"V"', '"M"'))[0]
    assert (rule.needs_counsel, other.needs_counsel) == (False, True)


def test_content_and_national_security_are_sensitive():
    def found(instrument, *classes):
        rules = sensitive(
            sensitive_rules(), instrument=instrument, data_classes=classes
        )
        return [one.rule_id for one in rules]

    letter, warrant = Instrument.NATIONAL_SECURITY_LETTER, Instrument.SEARCH_WARRANT
    assert found(letter, "subscriber") == ["NATIONAL-SECURITY"]
    assert found(warrant, "content", "subscriber") == ["CONTENT"]
    assert found(warrant, "subscriber", "traffic") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Rule 1"', '""', "G: a ground has its words and its citation."),
        ('"It is vague."', '""', "G: a ground has its words and its citation."),
        ('"vague"', '"odd"', "G: 'odd' is not a valid ObjectionGround."),
        ('mark = "V"', 'mark = "X"', "G: a rule has a citation and a mark V, S or M."),
        ('words = "It is vague."', "words = 1", "G: words is a text."),
        ('mark = "V"\n', "", "G: missing mark."),
        ('mark = "V"', 'mark = "V"\ncolour = "red"', "G: unknown colour."),
    ],
)
def test_a_mistake_in_the_grounds_is_named(old, new, said):
    with pytest.raises(RulesError) as caught:
        parse_grounds(GROUND.replace(old, new))
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'data_classes = ["content"]\n',
            "",
            "S: a rule holds for instruments or for data classes.",
        ),
        ('"Content."', '""', "S: a rule has a citation and a reason."),
        ('["content"]', '["odd"]', "S: 'odd' is not a valid DataClass."),
        ('["content"]', "[]", "S: data_classes is a list with at least one entry."),
    ],
)
def test_a_mistake_in_what_is_sensitive_is_named(old, new, said):
    with pytest.raises(RulesError) as caught:
        parse_sensitive(SENSITIVE.replace(old, new))
    assert str(caught.value) == said


@pytest.mark.parametrize("parse", [parse_grounds, parse_sensitive])
def test_what_holds_no_table_is_refused(parse):
    for text in ("", "colour = 1", "not toml"):
        with pytest.raises(RulesError):
            parse(text)
