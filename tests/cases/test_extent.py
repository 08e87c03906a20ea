"""What became of one extent on its way to another, as a lawyer would say it."""

from dataclasses import replace
from datetime import date

import pytest

from cases import review, scope
from cases.enums import ItemDecision
from cases.extent import ASKED, Entry, days, differences
from tests import factories as make

D = ItemDecision
ENTRY = Entry(
    item=3,
    target=2,
    identifier="alice",
    category="names",
    wording="All names",
    outcome=ASKED,
    first_day=date(2023, 1, 1),
    last_day=date(2023, 12, 31),
    time_zone="UTC",
)
NARROW = {
    "outcome": D.NARROW,
    "first_day": date(2023, 3, 1),
    "last_day": date(2023, 6, 30),
    "reason": "The offence.",
}


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), "all of 2023"),
        (date(2021, 1, 1), date(2023, 12, 31), "all of 2021 to 2023"),
        (date(2023, 3, 1), date(2023, 6, 30), "1 March to 30 June 2023"),
        (date(2022, 3, 1), date(2023, 6, 30), "1 March 2022 to 30 June 2023"),
        (date(2023, 3, 1), None, "from 1 March 2023"),
        (None, date(2023, 6, 30), "up to 30 June 2023"),
        (None, None, "all days"),
    ],
)
def test_days_in_words(first, last, words):
    assert days(first, last) == words


CHANGES = [
    ({}, {"outcome": D.PRODUCE}, []),
    (
        {},
        NARROW,
        [
            "dates narrowed to 1 March to 30 June 2023 (was: all of 2023). "
            "Reason: The offence."
        ],
    ),
    (
        {},
        {"outcome": D.OBJECT, "ground": "vague", "reason": "Which?"},
        ["objected to. Ground: vague. Reason: Which?"],
    ),
    (
        {},
        {"outcome": D.NOT_COLLECTED, "reason": "So."},
        ["never recorded. Reason: So."],
    ),
    ({}, {"outcome": D.NOT_RETAINED, "reason": "So."}, ["no longer kept. Reason: So."]),
    (
        {},
        {"outcome": D.HELD_BY_THIRD_PARTY, "reason": "So."},
        ["held elsewhere. Reason: So."],
    ),
    (
        NARROW,
        NARROW | {"last_day": date(2023, 7, 31)},
        [
            "dates changed to 1 March to 31 July 2023 (was: 1 March to 30 June 2023). "
            "Reason: The offence."
        ],
    ),
    (
        NARROW,
        {"outcome": D.PRODUCE},
        ["dates changed to all of 2023 (was: 1 March to 30 June 2023)."],
    ),
    (
        {"outcome": D.OBJECT, "ground": "vague", "reason": "Which?"},
        NARROW,
        [
            "now to be produced for 1 March to 30 June 2023 (was: objected to). "
            "Reason: The offence."
        ],
    ),
    (
        NARROW,
        NARROW | {"reason": "The charge."},
        ["another reason is given. Reason: The charge."],
    ),
    (
        {"outcome": D.PRODUCE},
        {"outcome": D.PRODUCE, "time_zone": "Europe/Paris"},
        ["dates changed to all of 2023, Europe/Paris (was: all of 2023, UTC)."],
    ),
    ({}, {"identifier": "bob"}, ["the target is now “bob” (was: “alice”)."]),
    (
        {},
        {"wording": "Every name"},
        ["asked for in other words or under another category."],
    ),
]


@pytest.mark.parametrize(("old", "new", "words"), CHANGES)
def test_each_change_is_a_sentence(old, new, words):
    found = differences((replace(ENTRY, **old),), (replace(ENTRY, **new),))
    assert found == tuple(f"Item 3, target 2: {one}" for one in words)


def test_what_comes_and_goes_is_said():
    one = replace(ENTRY, outcome=D.PRODUCE)
    assert differences((), (one,)) == (
        "Item 3, target 2: added: to be produced as asked.",
    )
    assert differences((one,), ()) == ("Item 3, target 2: no longer part of it.",)


def test_targets_of_which_the_same_is_said_are_named_together():
    asked = tuple(replace(ENTRY, target=number) for number in (1, 2, 3))
    changed = tuple(replace(one, **NARROW) for one in asked)
    assert differences(asked, changed) == (
        "Item 3, targets 1, 2 and 3: dates narrowed to 1 March to 30 June 2023 (was: "
        "all of 2023). Reason: The offence.",
    )


def test_the_words_go_through_the_page_s_translation():
    words = {"added": "hinzugefügt", "asked for.": "verlangt."}
    said = differences((), (ENTRY,), lambda one: words.get(one, one))
    assert said == ("Item 3, target 2: hinzugefügt: verlangt.",)


@pytest.mark.django_db
@pytest.mark.feature("R5", part=True)
def test_asked_and_narrowed_are_two_sets_of_one_shape_and_versioned():
    case = make.in_review()
    names, sessions = make.choices(case, ItemDecision.OBJECT, "Too much.")
    produce = make.choices(case)[0]
    review.decide(
        case.pk, actor=make.analyst(), choices=[produce, sessions], at=make.AT
    )
    first = review.submit(case.pk, actor=make.analyst(), at=make.AT)
    asked = scope.asked(make.fresh(case))
    assert [(one.item, one.target, one.outcome) for one in asked] == [
        (1, 1, ASKED),
        (2, 1, ASKED),
    ]
    assert scope.asked_in(first) == asked
    assert [(one.outcome, one.ground, one.reason) for one in scope.narrowed(first)] == [
        ("produce", "", ""),
        ("object", "overbroad", "Too much."),
    ]
    assert scope.proposed(make.fresh(case)) == scope.narrowed(first)

    make.sign(make.fresh(case), decision="returned")
    review.decide(case.pk, actor=make.analyst(), choices=[names], at=make.AT)
    case.targets.update(last_day=date(2022, 12, 31))
    second = review.submit(case.pk, actor=make.analyst(), at=make.AT)
    assert [one.outcome for one in scope.narrowed(first)] == ["produce", "object"]
    assert [one.outcome for one in scope.narrowed(second)] == ["object", "object"]
    assert {one.last_day for one in scope.asked_in(first)} == {date(2023, 2, 28)}
    assert {one.last_day for one in scope.asked_in(second)} == {date(2022, 12, 31)}
