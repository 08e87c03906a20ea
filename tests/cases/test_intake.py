"""Intake: what a hurried or careless clerk types is refused with a sentence, whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases import intake, review, scope
from cases.enums import CaseStatus, ItemDecision, Role, Secrecy
from cases.exceptions import CaseError, IllegalTransition
from cases.models import (
    Case,
    CaseGroupPerm,
    Event,
    Organisation,
    RequestedItem,
    ScopeItem,
    Target,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

ODD_NAMES = [
    "<script>alert(1)</script>",
    '"; DROP TABLE cases_target; --',
    "\u202egnp.exe",  # right to left
    "עברית",
    "🦊🔥",
    "a\u200bb",
    "naïve",
    "  spaced  ",
    "x" * 320,
]
UNSTORABLE = "This holds a character that can't be stored. Type the text in again."
MOMENTS = [make.AT + timedelta(seconds=1), make.AT + timedelta(days=3650)]


def everything():
    return (
        list(Case.objects.order_by("pk").values()),
        list(Target.objects.order_by("pk").values()),
        list(RequestedItem.objects.order_by("pk").values()),
        list(ScopeItem.objects.order_by("pk").values()),
        list(Event.objects.order_by("pk").values()),
        list(CaseGroupPerm.objects.order_by("pk").values()),
    )


def refusal(act, error=ValidationError):
    """The refusal's own words, after which nothing was written."""
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    if not isinstance(caught.value, ValidationError):
        return str(caught.value)
    if hasattr(caught.value, "error_dict"):
        return caught.value.message_dict
    return caught.value.messages


def open_with(**changed):
    clerk = make.clerk()
    facts = make.facts(**changed)
    return lambda: intake.open_case(actor=clerk, facts=facts, at=make.AT)


# --------------------------------------------------------------------- the facts


def test_a_case_starts_received_with_its_facts_and_secrecy_unknown():
    clerk = make.clerk()
    case = intake.open_case(actor=clerk, facts=make.facts(), at=make.AT)
    stored = make.fresh(case)
    assert {name: getattr(stored, name) for name in make.facts()} == make.facts()
    assert (
        stored.number,
        stored.status,
        stored.secrecy,
        stored.opened_by,
        stored.opened_at,
    ) == ("LR-2023-00001", CaseStatus.RECEIVED, Secrecy.UNKNOWN, clerk, make.AT)
    granted = CaseGroupPerm.objects.get()
    assert (granted.content_object, granted.group.name) == (case, make.DESK)


BAD_FACTS = [
    (
        {"due_on": date(2023, 3, 12)},
        {"__all__": ["The return date lies before the date of service."]},
    ),
    (
        {"issued_on": date(2023, 3, 14)},
        {"__all__": ["The date of service lies before the day the paper was issued."]},
    ),
    (
        {"instrument": "parking_ticket"},
        {"instrument": ["Value 'parking_ticket' is not a valid choice."]},
    ),
    ({"channel": "pigeon"}, {"channel": ["Value 'pigeon' is not a valid choice."]}),
    ({"issuer_kind": "x"}, {"issuer_kind": ["Value 'x' is not a valid choice."]}),
    (
        {"officer_email": "dana at agency"},
        {"officer_email": ["Enter a valid email address."]},
    ),
    (
        {"officer_email": "dana@agency.example, x@y.example"},
        {"officer_email": ["Enter a valid email address."]},
    ),
    ({"officer_name": "   "}, {"officer_name": ["This field cannot be blank."]}),
    (
        {"issuing_court": "   "},
        {"issuing_court": ["Grand jury subpoena: this is needed."]},
    ),
    ({"received_at": MOMENTS[0]}, {"received_at": ["This moment lies ahead."]}),
    ({"received_at": MOMENTS[1]}, {"received_at": ["This moment lies ahead."]}),
    ({"served_on": date(2023, 3, 16)}, {"served_on": ["This day lies ahead."]}),
    (
        {
            "issued_on": date(2024, 1, 1),
            "served_on": date(2024, 1, 1),
            "due_on": date(2024, 2, 1),
        },
        {"issued_on": ["This day lies ahead."], "served_on": ["This day lies ahead."]},
    ),
    (
        {"due_on": "soon"},
        {
            "due_on": [
                "“soon” value has an invalid date format. It must be in "
                "YYYY-MM-DD format."
            ]
        },
    ),
]


@pytest.mark.parametrize(("changed", "said"), BAD_FACTS)
def test_bad_facts_are_refused_where_the_person_looks(changed, said):
    assert refusal(open_with(**changed)) == said


@pytest.mark.parametrize(
    "field", ["officer_name", "issuing_authority", "agency_reference", "issuing_court"]
)
@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_character_that_no_database_takes_is_refused(field, text):
    sentence = UNSTORABLE
    assert refusal(open_with(**{field: text})) == {field: [sentence]}


def test_the_latest_day_on_earth_is_still_today():
    # At noon in UTC it is the next day already in Kiritimati.
    noon = datetime(2023, 3, 14, 12, tzinfo=UTC)
    facts = make.facts(served_on=date(2023, 3, 15), received_at=noon)
    case = intake.open_case(actor=make.clerk(), facts=facts, at=noon)
    assert case.served_on == date(2023, 3, 15)


def test_a_fact_that_is_none_is_named():
    clerk = make.clerk()
    facts = make.facts(status="closed", opened_by=clerk)
    said = refusal(lambda: intake.open_case(actor=clerk, facts=facts, at=make.AT))
    assert said == ["Not intake facts: opened_by, status."]


def test_before_the_organisation_is_set_up_no_case_is_opened():
    clerk = make.clerk()
    Organisation.objects.all().delete()
    facts = make.facts()
    said = refusal(
        lambda: intake.open_case(actor=clerk, facts=facts, at=make.AT), CaseError
    )
    assert said == "Set up the organisation before the first request."


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INTAKE_CLERK, Role.ANALYST}))
def test_who_has_no_part_in_intake_opens_nothing(role):
    other, facts = make.person(role), make.facts()
    refusal(
        lambda: intake.open_case(actor=other, facts=facts, at=make.AT), PermissionDenied
    )


def test_numbers_go_up_by_the_year_of_the_organisation_s_own_zone():
    clerk = make.clerk()
    new_year = datetime(2024, 1, 1, 0, 30, tzinfo=UTC)  # still 2023 in Los Angeles
    numbers = [
        make.opened(by=clerk, at=at).number
        for at in (make.AT, new_year, new_year + timedelta(hours=8), new_year)
    ]
    assert numbers == [
        "LR-2023-00001",
        "LR-2023-00002",
        "LR-2024-00001",
        "LR-2023-00003",
    ]


def test_the_hundred_thousandth_request_of_a_year_gets_its_number():
    clerk = make.clerk()
    Case.objects.filter(pk=make.opened(by=clerk).pk).update(number="LR-2023-99999")
    assert make.opened(by=clerk).number == "LR-2023-100000"
    assert make.opened(by=clerk).number == "LR-2023-100001"


def test_correcting_facts_names_the_fields_and_changes_no_other():
    case = make.received()
    corrected = intake.correct_facts(
        case.pk,
        actor=make.analyst(),
        facts={"agency_reference": "2023R00417-09", "officer_name": case.officer_name},
        at=make.AT,
    )
    assert corrected.agency_reference == "2023R00417-09"
    before = Case.objects.filter(pk=case.pk).values().get()
    assert before == before | {"agency_reference": "2023R00417-09"}


def test_a_correction_is_held_to_the_same_rules():
    case, clerk = make.received(), make.clerk()

    def correct(**facts):
        return refusal(lambda: intake.correct_facts(case.pk, actor=clerk, facts=facts))

    assert correct(instrument="court_order") == {
        "statute_cited": ["Court order: this is needed."]
    }
    assert correct(due_on=date(2023, 3, 1)) == {
        "__all__": ["The return date lies before the date of service."]
    }
    assert correct(number="LR-1") == ["Not intake facts: number."]
    assert correct() == ["Nothing was changed."]
    assert correct(officer_name=case.officer_name) == ["Nothing was changed."]


# ----------------------------------------------------------------------- secrecy


def test_a_case_says_who_may_be_told_only_after_somebody_has_read_the_paper():
    case = make.opened()
    paper = make.stored_paper(case)
    first, last = date(2023, 3, 9), date(2024, 3, 9)
    recorded = intake.record_secrecy(
        case.pk,
        actor=case.opened_by,
        secrecy=Secrecy.ORDERED,
        paper=paper,
        secret_from=first,
        secret_until=last,
        at=make.AT,
    )
    assert (
        recorded.secrecy,
        recorded.secrecy_paper,
        recorded.secrecy_from,
        recorded.secrecy_until,
        recorded.secrecy_review_on,
    ) == (Secrecy.ORDERED, paper, first, last, None)


def test_secrecy_that_doesn_t_add_up_is_refused():
    case, other = make.received(), make.received()
    own, foreign = case.documents.get(), other.documents.get()
    day = date(2023, 3, 9)

    def record(**given):
        return refusal(
            lambda: intake.record_secrecy(case.pk, actor=case.opened_by, **given)
        )

    order = (
        "An order of secrecy needs its paper, its first day, and an end or a day to "
        "look again."
    )
    ordered = {"secrecy": Secrecy.ORDERED, "paper": own, "secret_from": day}
    assert record(secrecy=Secrecy.ORDERED) == {"__all__": [order]}
    assert record(**ordered) == {"__all__": [order]}
    assert record(**ordered, secret_until=date(2023, 3, 8)) == {
        "__all__": ["Secrecy ends after it starts."]
    }
    assert record(**(ordered | {"paper": foreign}), secret_until=day) == [
        "The paper belongs to another case."
    ]
    for secrecy in (Secrecy.NONE, Secrecy.ASKED, Secrecy.UNKNOWN):
        assert record(secrecy=secrecy, paper=own) == [
            "Only ordered secrecy has a paper and dates."
        ]
    assert record(secrecy="whispered") == {
        "secrecy": ["Value 'whispered' is not a valid choice."]
    }


def test_secrecy_may_become_known_in_any_status_but_closed():
    for status in CaseStatus:
        case = make.in_status(status)
        clerk = make.clerk()

        def record(case=case, clerk=clerk):
            return intake.record_secrecy(
                case.pk, actor=clerk, secrecy=Secrecy.ASKED, at=make.AT
            )

        if status == CaseStatus.CLOSED:
            assert refusal(record, IllegalTransition) == f"{case} is closed."
        else:
            assert record().secrecy == Secrecy.ASKED
            assert make.fresh(case).status == status


# ----------------------------------------------------------------------- targets


@pytest.mark.feature("T1", part=True)
def test_a_request_has_many_targets_each_with_its_kind_role_days_and_zone():
    case = make.opened()
    wanted = [
        make.target_facts("alice"),
        make.target_facts(
            "bob@example.net", kind="email", role="victim", last_day=None
        ),
        make.target_facts("0b5e", kind="account_id", time_zone="Asia/Tokyo"),
    ]
    for facts in wanted:
        intake.add_target(case.pk, actor=case.opened_by, facts=facts, at=make.AT)
    assert [
        (
            t.number,
            intake.TargetFacts(
                t.kind, t.identifier, t.time_zone, t.role, t.first_day, t.last_day
            ),
        )
        for t in case.targets.all()
    ] == list(enumerate(wanted, start=1))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_is_kept_as_the_paper_spells_it(name):
    case = make.opened()
    made = make.target(case, name)
    assert Target.objects.get(pk=made.pk).identifier == name
    assert len(scope.digest(case)) == 64


BAD_TARGETS = [
    (
        {"kind": "licence_plate"},
        {"kind": ["Value 'licence_plate' is not a valid choice."]},
    ),
    ({"kind": ""}, {"kind": ["This field cannot be blank."]}),
    ({"role": "friend"}, {"role": ["Value 'friend' is not a valid choice."]}),
    ({"identifier": ""}, {"identifier": ["Enter it as the paper has it."]}),
    ({"identifier": " \t"}, {"identifier": ["Enter it as the paper has it."]}),
    (
        {"identifier": "x" * 321},
        {"identifier": ["Ensure this value has at most 320 characters (it has 321)."]},
    ),
    (
        {"first_day": date(2023, 3, 1)},
        {"__all__": ["The window ends before it begins."]},
    ),
    ({"last_day": date.max}, ["Leave an end of the window without a day open."]),
    (
        {"first_day": date.min, "time_zone": "Asia/Tokyo"},
        ["Leave an end of the window without a day open."],
    ),
    *(
        (
            {"time_zone": zone},
            {"time_zone": ["Unknown time zone. Use a name such as America/New_York."]},
        )
        for zone in ("", "Mars/Olympus", "EST5", "../../etc/passwd", "America", "a\0b")
    ),
    *(
        (
            {"identifier": name},
            {"identifier": [UNSTORABLE]},
        )
        for name in ("alice\0", "\0", "al\ud83dice")
    ),
]


@pytest.mark.parametrize(("changed", "said"), BAD_TARGETS)
def test_a_bad_target_is_refused_where_the_person_looks(changed, said):
    case = make.received()
    facts = make.target_facts(**({"identifier": "bob"} | changed))
    target = case.targets.get()
    assert (
        refusal(lambda: intake.add_target(case.pk, actor=case.opened_by, facts=facts))
        == said
    )
    assert (
        refusal(
            lambda: intake.correct_target(target.pk, actor=case.opened_by, facts=facts)
        )
        == said
    )


def test_the_same_target_comes_once():
    case = make.received()
    said = refusal(
        lambda: intake.add_target(
            case.pk, actor=case.opened_by, facts=make.target_facts("alice")
        )
    )
    assert said == {"__all__": ["This target is on the case already."]}
    make.target(case, "alice", kind="account_id")
    make.target(case, "Alice")
    assert case.targets.count() == 3


def test_a_corrected_target_is_what_was_typed():
    case = make.received()
    target = case.targets.get()
    facts = make.target_facts("bob", role="subject", first_day=None)
    intake.correct_target(target.pk, actor=case.opened_by, facts=facts, at=make.AT)
    stored = case.targets.get()
    assert (stored.pk, stored.number, stored.identifier, stored.role) == (
        target.pk,
        1,
        "bob",
        "subject",
    )


def test_a_removed_target_goes_with_what_was_decided_about_it():
    case = make.decided()
    clerk = make.clerk()
    bob = intake.add_target(
        case.pk, actor=clerk, facts=make.target_facts("bob"), at=make.AT
    )
    alice = case.targets.get(number=1)
    intake.remove_target(alice.pk, actor=clerk, at=make.AT)
    assert list(case.targets.all()) == [bob]
    assert not ScopeItem.objects.filter(target_id=alice.pk).exists()
    third = intake.add_target(
        case.pk, actor=clerk, facts=make.target_facts("carol"), at=make.AT
    )
    assert third.number == 3  # a number isn't given twice while a later one stands


def test_what_counsel_has_seen_stays_on_the_case():
    case = make.awaiting()
    make.sign(case, decision="returned")
    clerk, target = make.clerk(), case.targets.get()
    said = refusal(
        lambda: intake.remove_target(target.pk, actor=clerk), IllegalTransition
    )
    assert said == (
        "Counsel has seen this target already: object to its items instead."
    )
    said = refusal(
        lambda: intake.set_items(case.pk, actor=clerk, wordings=[("names", "All")]),
        IllegalTransition,
    )
    assert said == "Counsel has seen these items already: object to them instead."


# ------------------------------------------------------------------------- items


def test_items_keep_their_row_and_their_decisions_where_the_category_stays():
    case = make.decided()
    names = case.items.get(category_code="names")
    decided = ScopeItem.objects.get(item=names)
    intake.set_items(
        case.pk,
        actor=make.clerk(),
        wordings=[("messages", "All messages"), ("names", " Every name ")],
        at=make.AT,
    )
    assert [
        (item.number, item.category_code, item.wording) for item in case.items.all()
    ] == [(1, "messages", "All messages"), (2, "names", "Every name")]
    assert case.items.get(category_code="names") == names
    assert list(ScopeItem.objects.all()) == [decided]


def test_the_same_items_in_another_order_share_no_number_on_the_way():
    case = make.opened()
    make.items(case, ["names", "sessions", "messages"])
    make.items(case, ["messages", "names", "sessions"])
    assert [item.category_code for item in case.items.all()] == [
        "messages",
        "names",
        "sessions",
    ]


BAD_ITEMS = [
    ([("weather", "The weather")], ["Not in the data map: weather."]),
    ([("names", "A"), ("names", "B")], ["A category can be asked for once."]),
    ([("names", "  ")], {"wording": ["This field cannot be blank."]}),
    (
        [("names", "a\0b")],
        {"wording": [UNSTORABLE]},
    ),
]


@pytest.mark.parametrize(("wordings", "said"), BAD_ITEMS)
def test_bad_items_are_refused_whole(wordings, said):
    case = make.received()
    assert (
        refusal(
            lambda: intake.set_items(case.pk, actor=case.opened_by, wordings=wordings)
        )
        == said
    )


def test_the_standard_list_is_the_map_s_own():
    make.categories()
    assert intake.standard_list() == [
        ("names", "All names"),
        ("sessions", "All sessions"),
        ("messages", "All messages"),
    ]


# ------------------------------------------------------------- who, when, and gaps


def acts(case):
    """Every verb that edits what was taken in."""
    target = case.targets.get()
    facts = make.target_facts("bob")
    return [
        lambda who: intake.correct_facts(
            case.pk, actor=who, facts={"agency_reference": "X"}, at=make.AT
        ),
        lambda who: intake.record_secrecy(
            case.pk, actor=who, secrecy=Secrecy.ASKED, at=make.AT
        ),
        lambda who: intake.add_target(case.pk, actor=who, facts=facts, at=make.AT),
        lambda who: intake.correct_target(
            target.pk, actor=who, facts=facts, at=make.AT
        ),
        lambda who: intake.remove_target(target.pk, actor=who, at=make.AT),
        lambda who: intake.set_items(
            case.pk, actor=who, wordings=[("names", "All")], at=make.AT
        ),
    ]


@pytest.mark.parametrize("number", range(6))
def test_only_intake_on_a_granted_case_edits(number):
    case = make.received()
    act = acts(case)[number]
    others = [
        make.person(role) for role in set(Role) - {Role.INTAKE_CLERK, Role.ANALYST}
    ]
    others += [make.person(Role.INTAKE_CLERK, at_the_desk=False)]
    others += [make.person(at_the_desk=False, is_superuser=True)]
    for other in others:
        refusal(lambda other=other: act(other), PermissionDenied)
    act(make.clerk())


def test_what_intake_has_still_to_do_is_said_until_it_is_done():
    case = make.opened()
    said = [
        "Upload the served paper.",
        "Record what the paper says about secrecy.",
        "Enter the targets.",
        "Tick the requested categories.",
    ]
    assert intake.missing(case) == said
    make.stored_paper(case)
    assert intake.missing(case) == said[1:]
    make.target(case)
    assert intake.missing(case) == [said[1], said[3]]
    make.items(case)
    assert intake.missing(case) == [said[1]]
    intake.record_secrecy(
        case.pk, actor=case.opened_by, secrecy=Secrecy.NONE, at=make.AT
    )
    assert intake.missing(make.fresh(case)) == []


def test_a_narrowing_made_for_other_days_is_noticed_when_the_days_are_corrected():
    case, analyst = make.in_review(), make.analyst()
    narrowed = [
        review.Choice(
            case.targets.get().pk,
            item.pk,
            ItemDecision.NARROW,
            first_day=date(2022, 6, 1),
            reason="Too broad.",
        )
        for item in case.items.all()
    ]
    review.decide(case.pk, actor=analyst, choices=narrowed, at=make.AT)
    intake.correct_target(
        case.targets.get().pk,
        actor=analyst,
        facts=make.target_facts(last_day=date(2022, 12, 31)),
        at=make.AT,
    )
    beyond = "narrowing can't reach beyond the days the paper asks about."
    assert scope.problems(case) == [
        f"Item 1, target 1: {beyond}",
        f"Item 2, target 1: {beyond}",
    ]
