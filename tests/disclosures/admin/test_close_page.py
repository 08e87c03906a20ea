"""Closing: the outcomes that went out are suggested, nothing else can be claimed."""

import pytest

from cases.enums import CaseStatus, Disposition, Role
from tests import factories as make
from tests.disclosures import packets
from tests.disclosures.admin.conftest import verb_of, verb_url

pytestmark = pytest.mark.django_db


def closing(page: object, **changed: str) -> dict[str, str]:
    """The closing form as it is suggested, with something changed."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changed


def test_closing_suggests_the_outcomes_that_went_out(at_desk):
    packet = packets.released()
    desk = at_desk(Role.ANALYST)
    page = desk.get(verb_of(packet, "close"))
    suggested = closing(page)
    assert sorted(set(suggested.values())) == ["", Disposition.FULL]
    answer = desk.post(verb_of(packet, "close"), suggested | {"note": "Done."})
    assert answer.status_code == 302
    case = make.fresh(packet.case)
    assert (case.status, case.disposition, case.closing_note) == (
        CaseStatus.CLOSED,
        Disposition.FULL,
        "Done.",
    )


def test_a_refused_request_closes_as_objected(at_desk):
    case = make.in_status(CaseStatus.REFUSED)
    desk = at_desk(Role.COUNSEL)
    page = desk.get(verb_url(case, "close"))
    assert set(closing(page).values()) == {"", Disposition.OBJECTED}
    assert desk.post(verb_url(case, "close"), closing(page)).status_code == 302
    assert make.fresh(case).disposition == Disposition.OBJECTED


def test_a_request_withdrawn_before_production_closes_as_withdrawn(at_desk):
    case = make.received()
    desk = at_desk(Role.ANALYST)
    page = desk.get(verb_url(case, "close"))
    assert closing(page) == {"disposition": Disposition.WITHDRAWN, "note": ""}
    claimed = closing(page, disposition=Disposition.FULL)
    refused = desk.post(verb_url(case, "close"), claimed)
    assert refused.status_code == 200
    assert make.fresh(case).status == CaseStatus.RECEIVED
    assert desk.post(verb_url(case, "close"), closing(page)).status_code == 302
    assert make.fresh(case).disposition == Disposition.WITHDRAWN


@pytest.mark.parametrize("status", [CaseStatus.APPROVED, CaseStatus.CLOSED])
def test_a_request_that_cannot_be_closed_says_why(at_desk, status):
    case = make.in_status(status)
    page = at_desk(Role.ANALYST).get(verb_url(case, "close"))
    assert page.context["refusal"] != ""
