"""What is privileged is out of reach of packets, exports and reports by type.

Nothing leads to a note, a privileged message or the evidence of a finding from a case,
and no module of ``disclosures`` may import or name them (``pyproject.toml`` holds the
imports). Every free text of the house is classified: a new one fails until somebody
has said whether it may leave.
"""

import ast

import pytest
from django.apps import apps
from django.db.models import TextField

from cases.models import AuthenticityFinding
from cases.models.note import Note, PrivilegedMessage
from tests.architecture.sources import modules, name

# Names by which a module could get at what is privileged.
FORBIDDEN = {
    *("Note", "PrivilegedMessage", "AuthenticityFinding", "authenticity_findings"),
    *("read_thread", "of_the_desk", "open_question", "evidence"),
    *("closing_note", "checked_digest", "SignOffNote"),
}
# Free text that stays with those who decide; tests/disclosures/test_privileged.py
# plants a canary in each.
PRIVILEGED = {
    "BrokenGlass.finding",
    "BrokenGlass.reason",
    "AuthenticityFinding.evidence",
    "ContactCheck.evidence",
    "Note.text",
    "PrivilegedMessage.text",
    "SignOff.note",
    "Reply.text",
    "StandingChange.note",
    "Case.closing_note",
}
# Free text that a packet or a letter prints, or that is no words of staff at all.
LEAVES = {
    "Agency.address",
    "Case.emergency_grounds",  # the paper's own words
    "Declaration.practice",
    "Acknowledgement.note",  # of the receipt, after the packet went out
    "Delivery.note",  # of the hand-over, after the packet is sealed
    "CaseKey.identity",  # a key, sealed
    "CustodyBreak.sentence",  # which exhibit was changed or lost
    "CustodyBreak.finding",  # of a file in the house; no packet prints it
    "Freeze.reason",  # of the site's, about no request
    "Freeze.lift_reason",
    "Category.held",  # the data map's
    "Category.usual_words",
    "DataMapVersion.text",
    "AuditCheckpoint.document",  # numbers and hashes
    "Event.data",  # ids, digests and reasons that the trail is for
    "SiteEvent.data",
    "Exhibit.failure",
    "Exhibit.query",
    "Exhibit.statement",
    "Organisation.address",
    "Organisation.letterhead",
    "BlockOrder.failure",
    "Packet.failure",
    "RequestedItem.wording",
    "ProducedScope.document",  # ids and reasons as the packet stated them
    "ScopeItem.reason",  # the packet states it
    "ScopeRevision.document",
    "Target.identifier",  # what the request is about
    *("TargetAccount.account_key", "TargetAccount.account_name"),
    *("AccountCandidate.key", "AccountCandidate.name"),  # to choose the one from
    "TargetAccount.reason",  # of that choice: the packet states it
    "Exhibit.parameters",
    *("PullOrder.withdrawal_reason", "PullAnswer.return_reason"),  # to a data owner
    "PullAnswer.statement",  # the packet states it
    *("Mark.rows", "Mark.lifted_because", "Examination.reason"),  # of an examiner
    *("RowPlaces.blocks", "RowPlaces.days"),  # where the rows of an exhibit stand
}


def named(source: str) -> set[str]:
    """Every name, attribute and imported name of a module."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found |= {node.name, node.name.rpartition(".")[2]}
    return found


@pytest.mark.feature("R7", part=True)
def test_nothing_that_goes_out_names_what_is_privileged():
    assert {
        name(path): found
        for path in modules("disclosures")
        if (found := named(path.read_text("utf-8")) & FORBIDDEN)
    } == {}


def test_the_search_finds_each_way_of_naming():
    for source in (
        "from cases.models.note import Note",
        "case.authenticity_findings.all()",
        "print(case.closing_note)",
        "import cases.models.note as x; x.PrivilegedMessage",
    ):
        assert named(source) & FORBIDDEN


@pytest.mark.feature("R7", part=True)
def test_no_way_leads_from_a_case_or_a_person_to_what_is_privileged():
    for model in (Note, PrivilegedMessage):
        keys = [one for one in model._meta.fields if one.is_relation]
        assert [one.remote_field.related_name for one in keys] == ["+"] * len(keys)
    person = AuthenticityFinding._meta.get_field("found_by")
    assert person.remote_field.related_name == "+"


@pytest.mark.feature("R7", part=True)
def test_every_free_text_is_said_to_leave_or_to_stay():
    texts = {
        f"{model.__name__}.{field.name}"
        for app in ("cases", "disclosures")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if isinstance(field, TextField)
    }
    assert texts == PRIVILEGED | LEAVES
    assert not PRIVILEGED & LEAVES
