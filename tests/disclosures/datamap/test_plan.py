"""The order of parts, and what a part answers."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from disclosures.datamap import plan, schema
from disclosures.datamap.terms import Window
from disclosures.enums import ResponseCode

SHIPPED = schema.parse(Path("disclosures/datamap/examples/pypi-2023.toml").read_text())
ALL = {category.code: Window() for category in SHIPPED.categories}
YEAR = Window(datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC))


def remade(code, **changes):
    """The shipped map with one part changed, past all checks."""
    categories = tuple(
        replace(
            c,
            parts=tuple(
                replace(p, **changes) if p.code == code else p for p in c.parts
            ),
        )
        for c in SHIPPED.categories
    )
    return replace(SHIPPED, categories=categories)


@pytest.mark.feature("C1", part=True)
def test_order_puts_inputs_first_and_keeps_the_map_otherwise():
    assert plan.order(SHIPPED, ["9a", "1a", "6a", "8a", "3b"]) == [
        "1a",
        "3b",
        "6a",
        "8a",
        "9a",
    ]
    turned = remade("1a", inputs=("9a",))
    assert plan.order(turned, ["1a", "9a", "8a", "2a"]) == ["2a", "8a", "9a", "1a"]


@pytest.mark.feature("C1", part=True)
@pytest.mark.parametrize(
    ("datamap", "wanted", "words"),
    [
        (SHIPPED, ["1a", "9z"], "The data map has no part “9z”."),
        (
            remade("4a", inputs=("3z",)),
            ["4a"],
            "Part 4a is derived from “3z”, which isn't there.",
        ),
        (
            remade("3b", inputs=("4a",)),
            ["1a", "3b", "4a"],
            "These parts are derived from each other: 3b, 4a.",
        ),
    ],
)
def test_order_fails_with_the_name_of_the_part(datamap, wanted, words):
    with pytest.raises(plan.PlanError) as caught:
        plan.order(datamap, wanted)
    assert str(caught.value) == words


def test_steps_cover_the_whole_scope():
    found = plan.steps(SHIPPED, ALL)

    assert [s.part.code for s in found] == [p.code for p in SHIPPED.parts]
    assert [s.part.code for s in found if not s.is_fetched] == [
        "2c",
        "4c",
        "5b",
        "6b",
        "7a",
        "7b",
        "9b",
    ]
    assert all(s.missing == () and s.narrower == () for s in found)


@pytest.mark.feature("C6", part=True)
def test_steps_never_pull_an_input_that_is_not_in_the_scope():
    scope = {"sessions": Window(), "downloads": Window()}

    found = {s.part.code: s for s in plan.steps(SHIPPED, scope)}

    assert set(found) == {"4a", "4b", "4c", "9a", "9b"}
    assert [c for c, s in found.items() if s.is_fetched] == []
    assert found["4a"].missing == ("3b",)
    assert plan.missing_statement(SHIPPED, SHIPPED.part("9a"), set(found)) == (
        "This answer is derived from part 8a (item “Packages uploaded”), which the"
        " scope as approved doesn't give. It was therefore not searched, and this"
        " answer can't be given."
    )
    assert plan.missing_statement(SHIPPED, SHIPPED.part("9a"), {"8a"}) == ""


def test_steps_say_where_an_input_covers_less_time():
    found = {s.part.code: s for s in plan.steps(SHIPPED, ALL | {"connections": YEAR})}

    assert found["6a"].narrower == ("3a", "3b")
    assert found["9a"].narrower == ()
    assert found["6a"].is_fetched
    assert plan.narrower_statement(SHIPPED.part("6a"), found["6a"].narrower) == (
        "Part 3a, 3b, which part 6a is derived from, covers a shorter period: this"
        " answer reaches no further."
    )
    assert plan.narrower_statement(SHIPPED.part("6a"), ()) == ""


def test_steps_refuse_a_category_that_the_map_does_not_have():
    with pytest.raises(plan.PlanError) as caught:
        plan.steps(SHIPPED, {"content": Window()})
    assert str(caught.value) == "The data map has no category “content”."


@pytest.mark.feature("D5")
@pytest.mark.parametrize("part", SHIPPED.parts, ids=lambda part: part.code)
def test_answer_keeps_none_found_apart_from_not_held(part):
    code, words = plan.answer(part, 0, 0)
    found, note = plan.answer(part, 3, 3)

    assert words
    assert (found, note) == (part.response, part.statement)
    if part.sql:
        assert code == ResponseCode.NO_RESPONSIVE_RECORDS
        assert words == part.empty_statement
    else:
        assert code == part.response
        assert code != ResponseCode.NO_RESPONSIVE_RECORDS


def test_a_window_is_made_of_instants_and_half_open():
    with pytest.raises(ValueError, match="give the zone"):
        Window(since=datetime(2021, 1, 1))  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="ends before it begins"):
        Window(YEAR.since, YEAR.since)
    assert Window().covers(YEAR)
    assert not YEAR.covers(Window())
    assert YEAR.covers(YEAR)
    assert not YEAR.covers(Window(until=YEAR.until))
    assert not YEAR.covers(Window(since=YEAR.since))
