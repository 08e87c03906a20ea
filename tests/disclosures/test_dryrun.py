"""A dry run counts what a packet would hold and leaves nothing but its event."""

import json

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases import review
from cases.enums import ItemDecision, Role
from cases.exceptions import FourEyesViolation, IllegalTransition
from cases.models import Event
from disclosures import dryrun
from disclosures.dryrun import Counted, Looked
from disclosures.exceptions import CollectionFailed
from disclosures.sources.base import Account
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, verb_url

pytestmark = pytest.mark.django_db


def tables():
    """How many rows each table has, but the trail's."""
    models = [one for one in apps.get_models() if one is not Event]
    return {one: one.objects.count() for one in models}


def disk():
    """Every file there is."""
    found = [*settings.FILES_DIR.rglob("*")] if settings.FILES_DIR.exists() else []
    return sorted(str(path) for path in found if path.is_file())


def case_of_each(small):
    """A target found, one not, one of several accounts, one not named."""
    decided = {
        ("bob", item): packets.choice(ItemDecision.NOT_NAMED, "It isn't on the list.")
        for item in packets.ITEMS
    }
    decided["alice", "sessions"] = packets.choice(ItemDecision.OBJECT, "Overbroad.")
    return packets.case("alice", "nobody", packets.SHARED, "bob", decided=decided)


@pytest.mark.feature("C5")
def test_a_dry_run_counts_each_part_and_leaves_no_row_and_no_file(small):
    case, analyst = case_of_each(small), make.analyst()
    before, files = tables(), disk()
    since = Event.objects.latest("pk").pk

    found = dryrun.make(case.pk, actor=analyst)

    several, absent, unnamed = (
        *("Several accounts: 2", "Account not found", "Not named in the order"),
    )
    assert found.targets == (
        Looked(1, "Account found", Account("acct-alice", "alice")),
        Looked(2, absent),
        Looked(3, several),
        Looked(4, "Account found"),
    )
    names, postal = ("1a", "Account names"), ("1b", "Postal addresses")
    events, logins, durations = (
        *(("2a", "Account events"), ("3a", "Log-ins"), ("3b", "Durations")),
    )
    kept = "Not collected by the service"
    assert found.lines == (
        Counted(1, 1, *names, 1),
        Counted(1, 1, *postal, words=kept),
        *(Counted(2, 1, *one, words=absent) for one in (names, postal)),
        *(Counted(3, 1, *one, words=several) for one in (names, postal)),
        Counted(4, 1, "item_1", "Names", words=unnamed),
        Counted(1, 2, *events, 2),
        Counted(2, 2, *events, words=absent),
        Counted(3, 2, *events, words=several),
        Counted(4, 2, "item_2", "Connections", words=unnamed),
        Counted(1, 3, "item_3", "Sessions", words="Objected"),
        *(Counted(2, 3, *one, words=absent) for one in (logins, durations)),
        *(Counted(3, 3, *one, words=several) for one in (logins, durations)),
        Counted(4, 3, "item_3", "Sessions", words=unnamed),
    )
    assert found.rows == 3
    assert (tables(), disk()) == (before, files)
    (event,) = Event.objects.filter(pk__gt=since)
    assert (event.kind, event.actor, json.loads(event.data)) == (
        "case.collection.tried",
        analyst,
        {
            "scope": case.revisions.last().digest,
            "targets": [one.pk for one in case.targets.all()],
        },
    )


@pytest.mark.feature("C5", part=True)
def test_what_is_counted_is_what_is_collected(small):
    case = packets.case("alice", "bob")
    found = dryrun.make(case.pk, actor=make.analyst())
    packet = packets.collected(packets.ordered(case))

    counted = {(one.target, one.part): one.rows for one in found.lines}
    rows = packet.exhibits.filter(kind="query").select_related("target")
    assert {(one.target.number, one.part_code): one.rows for one in rows} == {
        key: rows for key, rows in counted.items() if rows is not None
    }
    assert [one.words for one in found.lines if one.part == "3a"] == [
        "Worked out from 2a when it is collected"
    ] * 2


@pytest.mark.feature("C5", part=True)
def test_the_page_shows_the_table_and_the_order_leads_to_it(small):
    case, analyst = case_of_each(small), make.analyst()
    desk = client_of(analyst)
    url = verb_url(case, "dry_run")
    assert url in desk.get(verb_url(case, "order_packet")).content.decode()
    assert "rows counted" not in desk.get(url).content.decode()
    before, files = tables(), disk()

    answer = desk.post(url)

    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    for said in ("3 rows counted", "Several accounts: 2", "Account not found"):
        assert said in text
    assert "acct-" not in text
    assert (tables(), disk()) == (before, files)


@pytest.mark.parametrize("who", [Role.AUDITOR, Role.COUNSEL, Role.CUSTODIAN])
def test_only_who_may_order_makes_one(small, who):
    case, by = packets.case(), make.person(who)
    before = Event.objects.count()
    with pytest.raises(PermissionDenied), transaction.atomic():
        dryrun.make(case.pk, actor=by)
    assert Event.objects.count() == before


def test_who_approved_makes_none(small):
    both, analyst = make.person(Role.ANALYST, Role.COUNSEL), make.analyst()
    case = packets.unsigned()
    review.start(case.pk, actor=analyst, at=make.AT)
    make.submit(case, analyst)
    make.sign(case, by=both)
    before = Event.objects.count()
    with pytest.raises(FourEyesViolation), transaction.atomic():
        dryrun.make(case.pk, actor=both)
    assert Event.objects.count() == before


@pytest.mark.parametrize("given", [packets.unsigned, lambda: packets.collected().case])
def test_nothing_is_tried_before_counsel_or_after_the_order(small, given):
    case = given()
    before = Event.objects.count()
    with pytest.raises(IllegalTransition), transaction.atomic():
        dryrun.make(case.pk, actor=make.analyst())
    assert Event.objects.count() == before


def test_a_dead_source_is_named_and_the_attempt_stays_in_the_trail(small):
    case = packets.case()
    small.events.unlink()
    with pytest.raises(CollectionFailed, match="“Event store” can't be reached"):
        dryrun.make(case.pk, actor=make.analyst())
    assert Event.objects.latest("pk").kind == "case.collection.tried"
