"""The trail in words, and papers behind the wall."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.urls import reverse

from cases.admin.tags import due_words
from cases.enums import EventKind, Role
from cases.models import CaseGroupPerm, Event
from tests import factories as make

pytestmark = pytest.mark.django_db


def trail(case, **query: str) -> str:
    return reverse("admin:cases_case_trail", args=[case.pk], query=query)


def test_the_trail_speaks_words_and_never_json(at_desk):
    case = make.approved()
    page = at_desk(Role.AUDITOR).get(trail(case, kind="all"))
    shown = page.content.decode()
    for words in (
        "Request opened",
        "Target 1",
        "Names, Sessions",
        "2 × produce",
        "Received → In review",
        "Revision 1, digest",
        make.BASIS,
    ):
        assert words in shown
    assert not any(event.data in shown for event in case.events.exclude(data="{}"))
    assert '{"' not in shown
    assert "alice" not in shown


def test_the_trail_is_filtered_by_kind_and_person(at_desk):
    case = make.received()
    auditor = at_desk(Role.AUDITOR)
    auditor.get(reverse("admin:cases_case_change", args=[case.pk]))

    def kinds(**query: str) -> set[str]:
        page = auditor.get(trail(case, **query))
        return {entry.event.kind for entry in page.context["entries"]}

    assert EventKind.CASE_VIEWED not in kinds()
    assert kinds(kind="readings") == {EventKind.CASE_VIEWED}
    assert kinds(kind="case.target.added") == {EventKind.TARGET_ADDED}
    assert kinds(who="Nobody") == set()
    assert EventKind.CASE_VIEWED in kinds(kind="all")


def test_the_trail_of_all_holds_the_visible_cases_only(at_desk):
    mine, hidden = make.opened(), make.opened()
    CaseGroupPerm.objects.filter(content_object=hidden).delete()
    page = at_desk(Role.AUDITOR).get(reverse("admin:cases_trail"))
    assert {entry.event.case_id for entry in page.context["entries"]} == {mine.pk}


def test_the_trail_is_for_those_who_may_read_it(at_desk):
    assert (
        at_desk(Role.REPORT_EDITOR).get(reverse("admin:cases_trail")).status_code == 403
    )


def test_each_kind_of_this_app_is_said(at_desk):
    case = make.closed()
    at_desk(Role.ANALYST).get(reverse("admin:cases_case_change", args=[case.pk]))
    page = at_desk(Role.AUDITOR).get(trail(case, kind="all"))
    said = [(one.event.kind, one.detail) for one in page.context["entries"]]
    assert said == [
        (EventKind.CASE_VIEWED, "Trail"),
        (EventKind.CASE_VIEWED, "The whole request"),
        (EventKind.CASE_CLOSED, "Withdrawn"),
        (EventKind.STATUS_CHANGED, "Received → Closed"),
        (EventKind.CASE_OPENED, ""),
    ]


@pytest.mark.feature("A3", part=True)
def test_a_paper_is_read_as_pictures_and_kept_as_it_is(at_desk):
    case = make.opened()
    paper = make.paper(case)
    reader = at_desk(Role.COUNSEL)
    args = [case.pk, paper.pk]
    assert reader.get(reverse("admin:cases_paper", args=args)).status_code == 200
    picture = reader.get(reverse("admin:cases_paper_page", args=[*args, 1]))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture["Content-Security-Policy"] == "sandbox; default-src 'none'"
    file = reader.get(reverse("admin:cases_paper_file", args=args))
    body = b"".join(file.streaming_content)
    assert hashlib.sha256(body).hexdigest() == paper.sha256
    assert file["Content-Disposition"] == (
        f'attachment; filename="{case.number}-paper-{paper.sha256[:8]}.pdf"'
    )
    assert file["X-Content-Type-Options"] == "nosniff"
    opened = case.events.filter(kind=EventKind.DOCUMENT_OPENED)
    assert [(one.actor, json.loads(one.data)) for one in opened] == [
        (reader.user, {"document": paper.pk}),
        (reader.user, {"document": paper.pk}),
    ]


@pytest.mark.feature("A3", part=True)
def test_a_picture_by_its_address_alone_is_an_opening(at_desk):
    case = make.opened()
    paper = make.paper(case)
    reader = at_desk(Role.COUNSEL)
    url = reverse("admin:cases_paper_page", args=[case.pk, paper.pk, 1])
    reader.get(url)
    reader.get(url)
    assert case.events.filter(kind=EventKind.DOCUMENT_OPENED).count() == 1


def test_there_is_no_other_page_and_no_other_cases_paper(at_desk):
    case, other = make.opened(), make.opened()
    paper = make.paper(case)
    reader = at_desk(Role.COUNSEL)
    for args in (
        [case.pk, paper.pk, 2],
        [case.pk, paper.pk, 0],
        [other.pk, paper.pk, 1],
    ):
        answer = reader.get(reverse("admin:cases_paper_page", args=args))
        assert answer.status_code == 404


def test_a_changed_file_is_refused_in_words(at_desk, settings):
    case = make.opened()
    paper = make.paper(case)
    (settings.FILES_DIR / paper.path).write_bytes(b"%PDF-other")
    for name in ("cases_paper", "cases_paper_file"):
        url = reverse(f"admin:{name}", args=[case.pk, paper.pk])
        page = at_desk(Role.COUNSEL).get(url, follow=True)
        assert "missing or was changed" in page.content.decode()
    assert Event.objects.filter(kind=EventKind.DOCUMENT_OPENED).count() == 0


def test_a_due_date_is_said_as_a_clock():
    today = make.AT.date()
    said = [due_words(today + timedelta(days=n), today) for n in (-2, -1, 0, 1, 3, 30)]
    assert said == [
        ("Overdue by 2 days", "stop"),
        ("Overdue by 1 day", "stop"),
        ("Due today", "stop"),
        ("Due tomorrow", "warn"),
        ("Due in 3 days", "warn"),
        ("Due in 30 days", "calm"),
    ]
