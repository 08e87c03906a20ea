"""The story of a case: sentences by day, oldest first, and what it waits for."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from cases import closing, intake, notes, review, targeting
from cases.admin import story
from cases.enums import EventKind, Finding, MessageKind, Role, Secrecy, SignOffDecision
from tests import factories as make

pytestmark = pytest.mark.django_db


def told(case):
    """The sentences without their markup, with where each leads and what it adds."""
    days, _earlier = story.of(case)
    return [
        (strip_tags(one.words), one.url, one.detail)
        for day in days
        for one in day.sentences
    ]


def sentences(case):
    return [words for words, _url, _detail in told(case)]


def test_a_case_is_told_from_the_paper_to_counsel():
    clerk = make.person(Role.INTAKE_CLERK, first_name="Ines")
    ana = make.person(Role.ANALYST, first_name="Ana")
    cora = make.person(Role.COUNSEL, first_name="Cora")
    case = make.opened(by=clerk)
    paper = make.paper(case)
    intake.record_secrecy(case.pk, actor=clerk, secrecy=Secrecy.NONE, at=make.AT)
    for name in ("alice", "bob"):
        make.target(case, name)
    make.items(case)
    make.check(case)
    case = make.fresh(case)
    review.start(case.pk, actor=ana, at=make.AT)
    make.submit(case, ana)
    make.sign(case, cora)
    assert told(case) == [
        ("Ines opened the request.", "", ""),
        (
            "Ines added subpoena.pdf.",
            reverse("admin:cases_paper", args=[case.pk, paper.pk]),
            "",
        ),
        (
            "Ines recorded what the paper says of secrecy: no secrecy asked.",
            *("", ""),
        ),
        ("Ines entered 2 targets.", "", ""),
        ("Ines set the 2 requested items.", "", ""),
        ("Ines found the paper authentic.", "#panel-authenticity", ""),
        ("Ana began the review.", "", ""),
        ("Ana decided what to propose to counsel.", "", ""),
        ("Ana put revision 1 of the scope before counsel.", "#signs-title", ""),
        ("Cora approved the scope.", "#signs-title", make.BASIS),
    ]


def test_what_goes_another_way_is_told_too():
    ana = make.person(Role.ANALYST, first_name="Ana")
    cora = make.person(Role.COUNSEL, first_name="Cora")
    case = make.awaiting(by=ana)
    make.sign(case, cora, SignOffDecision.RETURNED)
    review.submit(case.pk, actor=ana, at=make.AT)
    make.sign(case, cora, SignOffDecision.REFUSED)
    review.revise(case.pk, actor=ana, reason="A {new} paper.", at=make.AT)
    notes.write_note(case.pk, actor=ana, text="Called.", at=make.AT)
    notes.ask_counsel(case.pk, actor=ana, text="May we?", at=make.AT)
    for kind in (MessageKind.ANSWER, MessageKind.AMONG_COUNSEL):
        notes.write_privileged(case.pk, actor=cora, kind=kind, text="No.", at=make.AT)
    for outcome in (Finding.DOUBTFUL, Finding.FORGED):
        make.check(case, ana, outcome)
        make.check(case, cora, outcome)
    rows = [row.pk for row in review.scope.decisions(case)]
    closing.close(
        case.pk,
        actor=ana,
        disposition="objected",
        outcomes=dict.fromkeys(rows, "objected"),
        at=make.AT,
    )
    assert told(case)[-12:] == [
        ("Cora returned the scope to review.", "#signs-title", ""),
        ("Ana put revision 2 of the scope before counsel.", "#signs-title", ""),
        ("Cora refused the scope.", "#signs-title", ""),
        ("Ana took the scope back to review.", "", "A {new} paper."),
        ("Ana wrote a note.", "#panel-notes", ""),
        ("Ana asked counsel.", "", ""),
        ("Cora wrote in the privileged thread.", "", ""),
        ("Ana found the paper doubtful.", "#panel-authenticity", ""),
        ("Cora found the paper doubtful.", "#panel-authenticity", ""),
        ("Ana found the paper forged.", "#panel-authenticity", ""),
        ("Cora found the paper forged.", "#panel-authenticity", ""),
        ("Ana closed the request: objected.", "", ""),
    ]


def test_corrections_and_removals_are_told():
    ines = make.person(Role.INTAKE_CLERK, first_name="Ines")
    case = make.opened(by=ines)
    target = make.target(case)
    targeting.correct_target(
        target.pk, actor=ines, facts=make.target_facts("bob"), at=make.AT
    )
    targeting.remove_target(target.pk, actor=ines, at=make.AT)
    intake.correct_facts(
        case.pk, actor=ines, facts={"officer_name": "Another"}, at=make.AT
    )
    assert sentences(case)[1:] == [
        "Ines entered a target.",
        "Ines corrected a target.",
        "Ines took a target off.",
        "Ines corrected the intake facts.",
    ]


def test_days_are_the_organisation_s_and_the_oldest_comes_first(settings):
    case, analyst = make.opened(), make.analyst()
    for hours in (0, 30):
        at = make.AT + timedelta(hours=hours)
        notes.write_note(case.pk, actor=analyst, text="A note.", at=at)
    days, earlier = story.of(case)
    assert [(len(day.sentences), earlier) for day in days] == [(2, 0), (1, 0)]
    assert days[0].day < days[1].day


def test_a_long_story_shows_its_end_and_says_how_much_came_before():
    case = make.opened()
    people = [make.analyst(), make.counsel()]
    for turn in range(70):
        notes.write_note(case.pk, actor=people[turn % 2], text="A note.", at=make.AT)
    days, earlier = story.of(case)
    assert (sum(len(day.sentences) for day in days), earlier) == (60, 11)


def test_a_kind_without_a_sentence_of_its_own_is_still_told(monkeypatch):
    monkeypatch.delitem(story._tells, EventKind.NOTE_WRITTEN)
    case, ana = make.opened(), make.person(Role.ANALYST, first_name="Ana")
    notes.write_note(case.pk, actor=ana, text="A note.", at=make.AT)
    assert sentences(case)[-1] == "Ana: Note written"


def test_every_kind_of_event_has_its_sentence_or_is_a_reading():
    assert set(EventKind) - set(story._tells) == set(story.READINGS) & set(EventKind)


def test_a_name_can_t_break_a_sentence():
    case = make.opened()
    odd = make.person(Role.ANALYST, first_name="<b>{0}</b> {who}")
    notes.write_note(case.pk, actor=odd, text="A note.", at=make.AT)
    make.paper(case, by=odd, name="<i>{who} {0}%s.pdf")
    days, _ = story.of(case)
    shown = [str(one.words) for one in days[0].sentences][-2:]
    who = "<strong>&lt;b&gt;{0}&lt;/b&gt; {who}</strong>"
    assert shown == [
        f"{who} wrote a note.",
        f"{who} added &lt;i&gt;{{who}} {{0}}%s.pdf.",
    ]


def test_the_page_ends_with_what_it_waits_for(at_desk):
    case = make.awaiting()
    make.person(Role.COUNSEL, first_name="Cora")
    analyst = at_desk(Role.ANALYST)
    url = reverse("admin:cases_case_change", args=[case.pk])
    text = " ".join(strip_tags(analyst.get(url).content.decode()).split())
    assert "Waits for Cora: Decide as counsel" in text
    counsel = at_desk(Role.COUNSEL)
    text = " ".join(strip_tags(counsel.get(url).content.decode()).split())
    assert "Waits for you: Decide as counsel" in text
    assert "waits for " in text
