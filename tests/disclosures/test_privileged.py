"""A canary in every privileged field of the house, and a packet that knows none of it.

The canaries are planted by the verbs, the packet is drawn, sealed, handed over and its
case closed; then every byte that leaves or lies about is searched.
"""

import zipfile
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from celery import current_app
from django.apps import apps
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cases import closing, glass, notes, review, scope, signoff
from cases.enums import MessageKind, Role
from cases.enums import SignOffDecision as D
from cases.models import ContactCheck
from tests import factories as make
from tests import rulings
from tests.architecture.test_privileged import PRIVILEGED
from tests.disclosures import packets
from tests.disclosures.admin.conftest import client_of
from tests.disclosures.packet.reading import pages, squeezed
from tests.disclosures.test_tasks import Broker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

# One word each, such as no record, template or library holds.
CANARIES = {
    "AuthenticityFinding.evidence": "qzevidence",
    "Note.text": "qznote",
    "PrivilegedMessage.text": "qzthread",
    "SignOff.note": "qzsignoff",
    "Reply.text": "qzreply",
    "BrokenGlass.reason": "qzglass",
    "BrokenGlass.finding": "qzreview",
    "Case.closing_note": "qzclosing",
    "ContactCheck.evidence": "qzcontact",
    "StandingChange.note": "qzstanding",
    "CaseUserPerm.reason": "qzgrant",
}
FRONT = "admin:index"
ALICE = b"alice"


def plant_before_the_packet():
    """A case that counsel asked about, returned and approved, a canary everywhere."""
    analyst, counsel = make.analyst(), make.counsel()
    case = packets.unsigned()
    make.check(
        case, analyst, evidence=f"I called: {CANARIES['AuthenticityFinding.evidence']}"
    )
    review.start(case.pk, actor=analyst, at=make.AT)
    review.decide(case.pk, actor=analyst, choices=make.choices(case), at=make.AT)
    answer = ""
    for decision in (D.ASKED, D.RETURNED, D.CONDITIONAL):
        review.submit(case.pk, actor=analyst, answer=answer, at=make.AT)
        made = make.sign(case, counsel, decision, note=CANARIES["SignOff.note"])
        answer = CANARIES["Reply.text"] if decision == D.ASKED else ""
    signoff.acknowledge(made.pk, actor=analyst)
    word = CANARIES["PrivilegedMessage.text"]
    notes.write_note(case.pk, actor=analyst, text=CANARIES["Note.text"])
    notes.ask_counsel(case.pk, actor=analyst, text=word)
    for kind in (MessageKind.ANSWER, MessageKind.AMONG_COUNSEL):
        notes.write_privileged(case.pk, actor=counsel, kind=kind, text=word)
    olga = make.person(Role.OUTSIDE_COUNSEL, at_the_desk=False)
    until = timezone.now() + timedelta(days=1)
    make.let_in(case, olga, ends_at=until, reason=CANARIES["CaseUserPerm.reason"])
    stranger = make.person(Role.ANALYST, at_the_desk=False)
    broken = glass.break_glass(
        case.number,
        actor=stranger,
        reason=CANARIES["BrokenGlass.reason"],
        proof=make.proof(timezone.now()),
    )
    found = CANARIES["BrokenGlass.finding"]
    glass.review(broken.pk, actor=make.counsel(), was_right=True, finding=found)
    for ruling in (rulings.stay, rulings.lifted):
        ruling(case, note=CANARIES["StandingChange.note"])
    ContactCheck.objects.update(evidence=CANARIES["ContactCheck.evidence"])
    return make.fresh(case)


def close(case):
    outcomes = {row.pk: "full" for row in scope.decisions(case)}
    closing.close(
        case.pk,
        actor=make.analyst(),
        disposition="full",
        outcomes=outcomes,
        note=CANARIES["Case.closing_note"],
    )


def everything_within(path: Path) -> list[tuple[str, bytes]]:
    """A file's bytes, and what unpacks from it: members, streams, pages as text."""
    found = [(path.name, path.read_bytes())]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            found += [(one, archive.read(one)) for one in archive.namelist()]
    if path.suffix == ".pdf":
        found.append((f"{path.name} as text", "".join(pages(path)).encode()))
        with pikepdf.open(path) as document:
            for place, one in enumerate(document.objects):
                content = repr(one).encode()
                if isinstance(one, pikepdf.Stream):
                    content += one.read_bytes()
                found.append((f"{path.name}, object {place}", content))
    return found


def canaries_in(content: bytes | str) -> set[str]:
    """Whose canaries are in there, however the text is stored or broken into lines."""
    raw = content.encode() if isinstance(content, str) else content
    plain = squeezed(raw.decode("utf-8", "ignore")).encode()
    return {
        field
        for field, word in CANARIES.items()
        if any(
            word.encode(coding) in raw for coding in ("utf-8", "utf-16-be", "utf-16-le")
        )
        or word.encode() in plain
    }


def columns_with_canaries() -> set[str]:
    """Every column of every row of the database that holds one."""
    return {
        f"{model.__name__}.{name}"
        for model in apps.get_models()
        for row in model._default_manager.values()
        for name, value in row.items()
        if canaries_in(str(value))
    }


@pytest.fixture
def broker():
    found = Broker(current_app._get_current_object())
    yield found
    found.queue.clear()
    found.connection.release()


@pytest.mark.feature("R7")
def test_no_canary_leaves_the_house(
    settings, broker, caplog, django_capture_on_commit_callbacks
):
    caplog.set_level("DEBUG")
    with django_capture_on_commit_callbacks(execute=True):
        case = plant_before_the_packet()
        packet = packets.ordered(case)
    packet = packets.sealed(packets.certified(packets.collected(packet)))
    with django_capture_on_commit_callbacks(execute=True):
        packets.release(packet)
        close(make.fresh(case))

    assert set(CANARIES) - {"CaseUserPerm.reason"} == PRIVILEGED
    assert columns_with_canaries() == set(CANARIES)

    files = [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]
    searched = [one for path in files for one in everything_within(path)]
    assert {Path(name).suffix for name, _ in searched} >= {".pdf", ".csv", ".json"}
    assert [name for name, content in searched if canaries_in(content)] == []
    # The search does find what is there, in the drawn pages too.
    assert (
        [name for name, content in searched if name.endswith("as text")]
        == [
            name
            for name, content in searched
            if name.endswith("as text") and ALICE in content
        ]
        != []
    )

    said = [*broker.bodies(), *(str(one.message()) for one in mail.outbox), caplog.text]
    assert [one for one in said if canaries_in(one)] == []
    assert len(said) > 1

    for role in Role:
        reader = client_of(make.working_on(case, role))
        for address in (
            reverse(FRONT),
            reverse("admin:cases_case_changelist"),
            reverse("admin:cases_trail") + "?kind=all",
            reverse("admin:cases_case_trail", args=[case.pk]) + "?kind=all",
        ):
            page = reader.get(address)
            # Why somebody was let in is what the trail of a grant is for.
            found = canaries_in(page.content) - {"CaseUserPerm.reason"}
            assert (address, found) == (address, set())


@pytest.mark.feature("R7", part=True)
@pytest.mark.feature("R4", part=True)
def test_each_canary_is_read_where_it_may_be():
    case = plant_before_the_packet()
    desk = {
        *("Note.text", "SignOff.note", "Reply.text", "StandingChange.note"),
        *("BrokenGlass.reason", "BrokenGlass.finding"),
        "CaseUserPerm.reason",
    }
    checks = {"AuthenticityFinding.evidence"}
    reads = {
        Role.INTAKE_CLERK: (desk | checks, set()),
        Role.ANALYST: (desk | checks, {"PrivilegedMessage.text"}),
        Role.CUSTODIAN: (desk, set()),
        Role.COUNSEL: (desk | checks, {"PrivilegedMessage.text"}),
        Role.OUTSIDE_COUNSEL: (desk, {"PrivilegedMessage.text"}),
        Role.RELEASE_OFFICER: (desk, set()),
        Role.REPORT_EDITOR: (set(), set()),
        Role.AUDITOR: (desk, set()),
        Role.ADMINISTRATOR: (set(), set()),
        Role.DATA_OWNER: (set(), set()),
    }
    assert set(reads) == set(Role)
    for role, (on_the_case, in_the_thread) in reads.items():
        reader = client_of(make.working_on(case, role))
        page = reader.get(reverse("admin:cases_case_change", args=[case.pk]))
        assert (role, canaries_in(page.content)) == (role, on_the_case)
        found = set()
        for verb in ("privileged", "ask_counsel"):
            url = reverse("admin:cases_case_verb", args=[case.pk, verb])
            found |= canaries_in(reader.get(url).content)
        assert (role, found) == (role, in_the_thread)
