"""Parts that people fetch: what the map has to say of them, and what it can't."""

import pytest

from disclosures.datamap import schema
from disclosures.datamap.changes import changes
from disclosures.enums import PartKind, ResponseCode
from tests.disclosures import pulling

MAP = pulling.MAP
PLACE = "category “tickets”, part “5a”"


def mistakes(text):
    with pytest.raises(schema.MapError) as caught:
        schema.parse(text)
    return [(one.place, one.sentence) for one in caught.value.mistakes]


@pytest.mark.feature("C2", part=True)
def test_a_manual_part_names_its_owner_columns_days_and_instructions():
    part = schema.parse(MAP).part("5a")
    assert (part.kind, part.response, part.owner, part.due_days, part.window) == (
        *(PartKind.MANUAL, ResponseCode.PRODUCED, pulling.DESK, 5, "opened"),
    )
    assert part.instructions.startswith("Search the ticket system")
    assert ",".join(column.name for column in part.columns) == pulling.HEADER
    assert (part.sql, part.source, part.inputs, part.most_rows) == ("", "", (), 0)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (f'owner = "{pulling.DESK}"\n', "", (PLACE, "“owner” is missing.")),
        ("due_days = 5\n", "", (PLACE, "“due_days” is missing.")),
        (
            "due_days = 5",
            "due_days = 366",
            (f"{PLACE}, due_days", "At most 365 days."),
        ),
        (
            'window = "opened"\n',
            "",
            (
                PLACE,
                "No bound of time: name the column as “window”, or say in “timeless” "
                "why there is none.",
            ),
        ),
        (
            'window = "opened"',
            'window = "closed"',
            (f"{PLACE}, window", "“closed” isn't a described column of times."),
        ),
        (
            'order_by = ["opened", "id"]',
            'order_by = ["nothing"]',
            (f"{PLACE}, order_by", "“nothing” isn't a described column."),
        ),
        (
            "due_days = 5",
            'due_days = 5\nsql = "SELECT 1"',
            (f"{PLACE}, sql", "There is no such key here."),
        ),
        (
            'kind = "derived"\ninputs = ["2a"]',
            'kind = "derived"\ninputs = ["5a"]',
            (
                "category “sessions”, part “3a”, inputs",
                "Part “5a” is asked of people: it may bring none.",
            ),
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(old, new, found):
    assert MAP.count(old) == 1
    assert found in mistakes(MAP.replace(old, new))


def test_a_code_that_isn_t_an_owners_to_give_is_refused():
    text = pulling.PART.replace('"PRODUCED"', '"NOT_COLLECTED"')
    said = "A part of kind manual can answer: PRODUCED, PRODUCED_PARTIAL."
    before = MAP.removesuffix(pulling.PART)
    assert mistakes(before + text) == [(f"{PLACE}, response", said)]


def test_the_diff_says_what_a_new_map_asks_of_people():
    text = MAP.replace("due_days = 5", "due_days = 9").replace(
        f'owner = "{pulling.DESK}"', 'owner = "Finance"'
    )
    assert changes(schema.parse(MAP), schema.parse(text)) == (
        "Part 5a, Tickets of the account, whose order it is: “Finance” instead of "
        "“Support desk”.",
        "Part 5a, Tickets of the account, the days that the data owner has: 9 instead "
        "of 5.",
    )
