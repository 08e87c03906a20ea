"""The page on which somebody says which account a target is."""

import pytest
from django.urls import reverse

from cases.enums import Role
from disclosures.enums import PacketStatus, Resolution
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = pytest.mark.django_db


def sent(packet, which, reason="It is the one."):
    row = packet.accounts.get()
    found = {one.name: str(one.number) for one in row.candidates.all()}
    return {
        "target": row.target.number,
        "candidate": found.get(which, which),
        "reason": reason,
    }


@pytest.mark.feature("T3", part=True)
def test_the_page_names_each_account_and_the_choice_leads_back_to_the_packet(at_desk):
    packet = packets.choosing()
    desk = at_desk(Role.ANALYST)
    url = verb_of(packet, "choose_account")
    front = desk.get(reverse("admin:index")).content.decode()
    assert (url in front, "Choose the account" in front) == (True, True)
    text = desk.get(url).content.decode()
    assert [one in text for one in ("acct-alice", "acct-bob", "None of them")] == [
        True
    ] * 3

    answer = desk.post(url, sent(packet, "bob"))
    assert answer.url == page_of(packet)
    packet = packets.fresh(packet)
    row = packet.accounts.get()
    assert (packet.status, row.resolution, row.account_key, row.chosen_by) == (
        PacketStatus.QUEUED,
        Resolution.FOUND,
        "acct-bob",
        desk.user,
    )
    page = desk.get(page_of(packet)).content.decode()
    assert "It is the one." in page
    assert "acct-alice" not in page
    assert "waits for a choice" in desk.get(url).content.decode()  # and no form


def test_none_of_them_is_a_choice_too(at_desk):
    packet = packets.choosing()
    at_desk(Role.ANALYST).post(verb_of(packet, "choose_account"), sent(packet, "none"))
    assert packet.accounts.get().resolution == Resolution.NOT_FOUND


@pytest.mark.parametrize(
    ("which", "reason"), [("bob", ""), ("", "Why."), ("999999", "Why.")]
)
def test_half_a_choice_comes_back_with_the_form(at_desk, which, reason):
    packet = packets.choosing()
    desk = at_desk(Role.ANALYST)
    answer = desk.post(verb_of(packet, "choose_account"), sent(packet, which, reason))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert packets.fresh(packet).status == PacketStatus.CHOOSING
    assert packet.accounts.get().chosen_at is None


def test_what_was_shown_of_one_target_is_never_chosen_for_another(at_desk, small):
    small.run("INSERT INTO users VALUES ('acct-eve', 'Bob', 'eve@example.org')")
    packet = packets.choosing(packets.ordered(packets.case(packets.SHARED, "bob")))
    desk = at_desk(Role.ANALYST)
    first, second = packet.accounts.all()
    given = {"target": first.target.number, "candidate": "none", "reason": "So."}
    url = verb_of(packet, "choose_account")
    assert desk.post(url, given).url == url  # on to the next that waits
    again = desk.post(url, given)
    assert "by now" in again.content.decode()
    second.refresh_from_db()
    assert second.resolution == Resolution.AMBIGUOUS


def test_whoever_reads_no_records_sees_that_it_waits_and_no_account(at_desk):
    packet = packets.choosing()
    auditor = at_desk(Role.AUDITOR)
    text = auditor.get(page_of(packet)).content.decode()
    assert "2 accounts match" in " ".join(text.split())
    assert "acct-" not in text
    assert auditor.get(verb_of(packet, "choose_account")).status_code == 403
    counsel = make.person(Role.COUNSEL)
    assert client_of(counsel).get(verb_of(packet, "choose_account")).status_code == 403
