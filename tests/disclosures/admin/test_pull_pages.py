"""The pages of pull orders: the owner's, and what staff do on the packet's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.enums import Role
from disclosures.enums import OwnersAnswer, PacketStatus, PullStatus, ResponseCode
from disclosures.models import PullAnswer
from tests import factories as make
from tests import restricting
from tests.disclosures import packets, pulling
from tests.disclosures.admin.conftest import client_of, page_of, verb_of

pytestmark = pytest.mark.django_db

LIST = "admin:disclosures_pullorder_changelist"


def order_url(packet):
    order = pulling.order_of(packet)
    return reverse("admin:disclosures_pull_order", args=[order.pk])


def sent(kind=OwnersAnswer.RECORDS, content=None, words=pulling.WORDS):
    data = {"kind": kind, "statement": words}
    if kind == OwnersAnswer.RECORDS:
        file = pulling.csv() if content is None else content
        data["upload"] = SimpleUploadedFile("alice.csv", file)
    return data


@pytest.mark.feature("C2", part=True)
def test_an_owner_answers_on_the_orders_page(small):
    dora = pulling.owner()
    packet = pulling.awaiting()
    client = client_of(dora)
    front = client.get(reverse("admin:index")).content.decode()
    assert ("One pull order waits for you." in front, reverse(LIST) in front) == (
        *(True, True),
    )
    order = pulling.order_of(packet)
    assert order.reference in client.get(reverse(LIST)).content.decode()

    wrong = pulling.csv("x,acct-alice,2022-06-01T12:00:00Z,,,")
    page = client.post(order_url(packet), sent(content=wrong)).content.decode()
    assert "Line 2, column “id”: this isn&#x27;t a whole number." in page
    assert (pulling.WORDS in page, PullAnswer.objects.count()) == (True, 0)
    page = client.post(order_url(packet), sent(words="")).content.decode()
    assert ("Say how you searched" in page, PullAnswer.objects.count()) == (True, 0)

    answer = client.post(order_url(packet), sent(), follow=True)
    assert "2 rows of your file lie outside the order" in answer.content.decode()
    assert packets.fresh(packet).status == PacketStatus.QUEUED
    # What the file was called is kept nowhere.
    assert "alice.csv" not in str(list(PullAnswer.objects.values()))
    again = client.post(order_url(packet), sent(), follow=True).content.decode()
    assert ("is answered already" in again, PullAnswer.objects.count()) == (True, 1)
    assert "One pull order" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.feature("C2", part=True)
def test_staff_see_the_orders_and_give_return_and_withdraw_them(small, at_desk):
    dora = pulling.owner()
    packet = pulling.awaiting()
    order, ana = pulling.order_of(packet), at_desk(Role.ANALYST)
    page = ana.get(page_of(packet)).content.decode()
    for said in (order.reference, pulling.DESK, verb_of(packet, "assign_pull")):
        assert said in page
    assert verb_of(packet, "return_pull") not in page

    named = {"order": order.reference, "person": dora.username}
    assert ana.post(verb_of(packet, "assign_pull"), named).url == page_of(packet)
    assert pulling.order_of(packet).assigned_to == dora
    pulling.answer(packet, dora)
    packet = packets.collected(packet)
    exhibit = packet.exhibits.get(kind="manual")
    shown = ana.get(page_of(packet, "exhibit", exhibit.number)).content.decode()
    for said in ("Answered by a data owner", order.reference, pulling.WORDS):
        assert said in shown

    why = {"order": order.reference, "reason": "The tags are missing."}
    assert ana.post(verb_of(packet, "return_pull"), why).url == page_of(packet)
    assert pulling.order_of(packet).status == PullStatus.RETURNED
    theirs = client_of(dora).get(order_url(packet)).content.decode()
    assert ("The tags are missing." in theirs, "acct-alice" in theirs) == (True, True)
    page = ana.get(page_of(packet)).content.decode()
    assert "Returned by" in page

    why = {"order": order.reference, "reason": "The system is down."}
    assert ana.post(verb_of(packet, "withdraw_pull"), why).url == page_of(packet)
    assert client_of(dora).get(order_url(packet)).status_code == 404
    packet = packets.collected(packet)
    exhibit.refresh_from_db()
    assert (packet.status, exhibit.response_code) == (
        *(PacketStatus.COLLECTED, ResponseCode.PENDING_SUPPLEMENT),
    )
    page = ana.get(page_of(packet)).content.decode()
    assert "The system is down." in page


def test_an_order_that_isn_t_there_any_more_can_t_be_chosen(small, at_desk):
    packet = pulling.awaiting()
    ana = at_desk(Role.ANALYST)
    before = list(type(pulling.order_of(packet)).objects.values())
    for verb in ("assign_pull", "withdraw_pull"):
        given = {"order": "PO-00000000", "reason": "Why.", "person": "nobody"}
        page = ana.post(verb_of(packet, verb), given)
        assert page.status_code == 200
        assert "Nothing was changed" in page.content.decode()
    assert list(type(pulling.order_of(packet)).objects.values()) == before


def test_counsel_names_the_owner_of_a_restricted_requests_order(small):
    dora = pulling.owner()
    packet = pulling.awaiting()
    case = packet.case
    type(case).objects.filter(pk=case.pk).update(is_restricted=True)
    counsel = make.counsel()
    restricting.put(case, counsel)
    client = client_of(counsel)
    front = client.get(reverse("admin:index")).content.decode()
    assert verb_of(packet, "name_owner") in front
    given = {"order": pulling.order_of(packet).reference, "person": dora.username}
    assert client.post(verb_of(packet, "name_owner"), given).url == page_of(packet)
    order = pulling.order_of(packet)
    assert (order.assigned_to, order.is_named) == (dora, True)


@pytest.mark.feature("C2", part=True)
def test_a_journey_from_the_mail_to_the_answer(
    small, live_server, in_browser, page, tmp_path, transactional_db
):
    dora = pulling.owner()
    packet = pulling.awaiting()
    order = pulling.order_of(packet)
    in_browser(dora)
    page.goto(live_server.url)
    page.click("text=Look at your pull orders")
    page.click(f"text={order.reference}")
    page.wait_for_selector("text=The columns of your file")
    assert packet.case.number not in page.content()

    upload = tmp_path / "tickets.csv"
    upload.write_bytes(pulling.csv("x,acct-alice,2022-06-01T12:00:00Z,,,"))
    page.check("text=Records: I upload them")
    page.set_input_files("input[type=file]", upload)
    page.fill("textarea", pulling.WORDS)
    page.click("text=Send the answer")
    page.wait_for_selector("text=Line 2, column “id”: this isn't a whole number.")
    assert page.input_value("textarea") == pulling.WORDS

    upload.write_bytes(pulling.csv())
    page.set_input_files("input[type=file]", upload)
    page.click("text=Send the answer")
    page.wait_for_selector("text=2 rows of your file lie outside the order")
    packet = packets.collected(packet)
    exhibit = packet.exhibits.get(kind="manual")
    assert (packet.status, exhibit.rows) == (PacketStatus.COLLECTED, 2)
