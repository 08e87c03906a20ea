"""What can't be seen is shown; what can be seen stays as it is."""

import pytest

from disclosures.packet import legible as module
from disclosures.packet.legible import legible
from tests.disclosures.packet import given


@pytest.mark.feature("P1", part=True)
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text ~", "plain text ~"),
        ("Zoë Łukasz Ωμέγα Ольга", "Zoë Łukasz Ωμέγα Ольга"),
        ("admin\u202egnp.exe", "admin<U+202E>gnp.exe"),
        ("a\x00b", "a<U+0000>b"),
        ("two\nlines\ttab", "two<U+000A>lines<U+0009>tab"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("no\u00a0break", "no<U+00A0>break"),
        ("soft\u00adhyphen", "soft<U+00AD>hyphen"),
        ("private \ue000", "private <U+E000>"),
        ("unassigned \u0378", "unassigned <U+0378>"),
        ("lone \ud800", "lone <U+D800>"),
        ("filler \u3164\u115f", "filler <U+3164><U+115F>"),
        ("heart \u2764\ufe0f", "heart \u2764<U+FE0F>"),
        ("tag \U000e0041", "tag <U+E0041>"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "<U+0301><U+0301>"),
    ],
)
def test_legible_text(text, shown):
    assert legible(text) == shown


def test_legible_without_a_glyph_shows_the_code():
    assert legible("a漢b", lambda character: character != "漢") == "a<U+6F22>b"


def test_legible_keeps_what_it_is_told_to():
    assert legible("a\nb\tc", keep="\n") == "a\nb<U+0009>c"


def test_whole_facts_keep_line_breaks_in_prose_alone(tmp_path):
    facts = given.facts(
        tmp_path, legal_basis="one\r\n\ttwo\n", agency="one\ntwo", officer="\u202eevil"
    )
    shown = module.whole(facts)
    assert shown.legal_basis == "one\n    two"
    assert shown.agency == "one<U+000A>two"
    assert shown.officer == "<U+202E>evil"
    assert (shown.exhibits, shown.prepared_on) == (facts.exhibits, facts.prepared_on)
