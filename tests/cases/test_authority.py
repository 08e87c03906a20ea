"""The golden table: which instrument compels which class of data, cell by cell.

Written out from law-and-practice 3.2 by hand and not from the file, so that a slip in
either shows. C compels, P by policy, v voluntary, - insufficient, . no rule.
"""

from datetime import date

import pytest

from cases.authority import NO_RULE, Cell, Rule, reach
from cases.enums import DataClass, Instrument, IssuerKind, Jurisdiction, Reach
from cases.rules.load import authority_rules

ON = date(2026, 9, 1)
CLASSES = [
    DataClass.PUBLIC,
    DataClass.SUBSCRIBER,
    DataClass.IDENTIFYING,
    DataClass.TRAFFIC,
    DataClass.CONTENT,
]
US = {
    Instrument.GRAND_JURY_SUBPOENA: "CCC--",
    Instrument.ADMINISTRATIVE_SUBPOENA: "CCC--",
    Instrument.TRIAL_SUBPOENA: "CCC--",
    Instrument.CIVIL_SUBPOENA: "CPP--",
    Instrument.COURT_ORDER: "CCCC-",
    Instrument.SEARCH_WARRANT: "CCCCC",
    Instrument.PEN_REGISTER: ".----",
    Instrument.NATIONAL_SECURITY_LETTER: ".C---",
    Instrument.PRESERVATION_REQUEST: "-----",
    Instrument.EMERGENCY_REQUEST: "Cvvvv",
    Instrument.TREATY_REQUEST: "-----",
    Instrument.EUROPEAN_PRODUCTION_ORDER: ".....",
}
EU = {
    (Instrument.EUROPEAN_PRODUCTION_ORDER, IssuerKind.JUDGE): "CCCCC",
    (Instrument.EUROPEAN_PRODUCTION_ORDER, IssuerKind.PROSECUTOR): "CCC--",
    (Instrument.EUROPEAN_PRODUCTION_ORDER, ""): ".....",
    **{
        (Instrument.PRESERVATION_REQUEST, issuer): "-----"
        for issuer in (IssuerKind.JUDGE, IssuerKind.PROSECUTOR, "")
    },
}
MARKS = {
    Reach.COMPELS: "C",
    Reach.POLICY: "P",
    Reach.VOLUNTARY: "v",
    Reach.INSUFFICIENT: "-",
}
ISSUERS = ["", *IssuerKind]


def cell(jurisdiction, instrument, data_class, issuer="", on=ON):
    return reach(
        authority_rules(),
        jurisdiction=jurisdiction,
        instrument=instrument,
        data_class=data_class,
        issuer=issuer,
        on=on,
    )


def line(jurisdiction, instrument, issuer, on=ON):
    found = (cell(jurisdiction, instrument, one, issuer, on) for one in CLASSES)
    return "".join("." if one is NO_RULE else MARKS[one.reach] for one in found)


@pytest.mark.parametrize("issuer", ISSUERS)
@pytest.mark.parametrize("instrument", Instrument)
def test_the_united_states_line_of_an_instrument(instrument, issuer):
    assert line(Jurisdiction.UNITED_STATES, instrument, issuer) == US[instrument]


@pytest.mark.parametrize("issuer", ISSUERS)
@pytest.mark.parametrize("instrument", Instrument)
def test_the_european_line_of_an_instrument(instrument, issuer):
    golden = EU.get((instrument, issuer), ".....")
    assert line(Jurisdiction.EUROPEAN_UNION, instrument, issuer) == golden


def test_every_question_has_one_answer_and_each_answer_its_citation():
    for jurisdiction in Jurisdiction:
        for instrument in Instrument:
            for data_class in DataClass:
                for issuer in ISSUERS:
                    # Two answers would raise.
                    found = cell(jurisdiction, instrument, data_class, issuer)
                    assert found is NO_RULE or (found.citation and found.rule_id)


@pytest.mark.parametrize(
    ("instrument", "data_class", "citation"),
    [
        ("grand_jury_subpoena", "subscriber", "18 U.S.C. 2703(c)(2)(A), (B), (D), (F)"),
        ("grand_jury_subpoena", "identifying", "18 U.S.C. 2703(c)(2)(C), (E)"),
        ("grand_jury_subpoena", "traffic", "18 U.S.C. 2703(c)(1)"),
        ("civil_subpoena", "content", "18 U.S.C. 2702(a)"),
        ("court_order", "traffic", "18 U.S.C. 2703(c)(1)(B), (d)"),
        ("search_warrant", "content", "18 U.S.C. 2703(a), (c)(1)(A)"),
        ("emergency_request", "content", "18 U.S.C. 2702(b)(8)"),
        ("emergency_request", "subscriber", "18 U.S.C. 2702(c)(4)"),
        ("national_security_letter", "subscriber", "18 U.S.C. 2709(b)"),
        ("preservation_request", "subscriber", "18 U.S.C. 2703(f)"),
    ],
)
def test_a_cell_cites_its_law(instrument, data_class, citation):
    assert cell("US", instrument, data_class).citation == citation


def test_the_regulation_holds_from_the_day_it_applies():
    order = ("EU", "european_production_order", "subscriber", "judge")
    assert cell(*order, on=date(2026, 8, 17)) is NO_RULE
    assert cell(*order, on=date(2026, 8, 18)).reach == Reach.COMPELS


def test_no_rule_opens_nothing_and_says_so():
    assert (NO_RULE.reach, NO_RULE.compels, NO_RULE.citation) == (
        Reach.INSUFFICIENT,
        False,
        "",
    )
    assert cell("XX", "grand_jury_subpoena", "subscriber") is NO_RULE
    assert cell("US", "parking_ticket", "subscriber") is NO_RULE
    assert cell("US", "grand_jury_subpoena", "weather") is NO_RULE


@pytest.mark.parametrize(
    ("found", "compels"),
    [
        (Reach.COMPELS, True),
        (Reach.POLICY, True),
        (Reach.VOLUNTARY, False),
        (Reach.INSUFFICIENT, False),
    ],
)
def test_what_compels(found, compels):
    assert Cell(found, "x", "", "V", "R").compels is compels


@pytest.mark.parametrize(("mark", "needs"), [("V", False), ("S", True), ("M", True)])
def test_what_was_not_read_in_the_primary_text_waits_for_counsel(mark, needs):
    assert Cell(Reach.COMPELS, "x", "", mark, "R").needs_counsel is needs


def a_rule(rule_id, first, last=None, issuers=frozenset()):
    return Rule(
        jurisdiction=Jurisdiction.UNITED_STATES,
        instruments=frozenset({Instrument.SEARCH_WARRANT}),
        data_classes=frozenset({DataClass.CONTENT}),
        issuers=issuers,
        valid_from=first,
        valid_to=last,
        cell=Cell(Reach.COMPELS, "x", "", "V", rule_id),
    )


def ask(rules, on, issuer=""):
    return reach(
        rules,
        jurisdiction="US",
        instrument="search_warrant",
        data_class="content",
        issuer=issuer,
        on=on,
    )


def test_a_rule_holds_from_its_first_day_to_its_last():
    old = a_rule("OLD", date(2020, 1, 1), date(2020, 12, 31))
    new = a_rule("NEW", date(2021, 1, 1))
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1)]
    assert [ask((old, new), day).rule_id for day in days] == ["", "OLD", "OLD", "NEW"]


def test_two_answers_to_one_question_are_an_error_that_names_both():
    rules = (a_rule("A", date(2020, 1, 1)), a_rule("B", date(2020, 1, 1)))
    with pytest.raises(ValueError, match=r"contradicts itself: A, B\."):
        ask(rules, ON)


def test_a_rule_for_some_issuers_holds_for_no_other():
    rules = (a_rule("A", date(2020, 1, 1), issuers=frozenset({IssuerKind.JUDGE})),)
    assert ask(rules, ON, "judge").rule_id == "A"
    assert ask(rules, ON, "prosecutor") is NO_RULE
    assert ask(rules, ON) is NO_RULE
