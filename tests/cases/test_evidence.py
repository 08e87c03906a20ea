"""The trail for a court: checked elsewhere, by a file that needs nothing of ours."""

import io
import json
import shutil
import sys
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases import chain, evidence, ledger
from cases.enums import Role
from cases.models import AuditSeal, Event
from tests import factories as make
from tests.cases.trails import keeper_of_the_database
from tests.disclosures.packet.reading import ran
from tests.signing import signed_in

pytestmark = pytest.mark.django_db


def unpacked(case, actor, folder):
    out = io.BytesIO()
    evidence.export_trail(case.pk, actor=actor, out=out, at=make.AT)
    with zipfile.ZipFile(out) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def exported(tmp_path):
    """A case between two others, exported by an auditor."""
    first, case, other = make.opened(), make.received(), make.opened()
    make.stored_paper(other)
    ledger.seal()
    ledger.sign(at=make.AT)
    make.stored_paper(case)
    folder = unpacked(case, make.person(Role.AUDITOR), tmp_path / "export")
    return case, (first, other), folder


def checked(folder, *keys):
    """What the file in the export says, run alone and without our code."""
    alone = (sys.executable, "-I", str(folder / "check.py"), str(folder), *keys)
    code, said, _complained = ran(*alone)
    return code, said.splitlines()


@pytest.mark.feature("A2", part=True)
def test_an_export_is_checked_alone(exported):
    case, _others, folder = exported
    count = case.events.count() - 1  # the event of the export comes after
    key = ledger.public_keys()[0]
    said = [f"{count} events, 0 of them not signed yet."]
    assert checked(folder, key) == (0, said)
    code, words = checked(folder)
    assert (code, words[0]) == (0, said[0])
    assert words[1].startswith("The key came with the folder")
    assert key in (folder / "README.txt").read_text()


def test_it_holds_the_events_of_one_case_and_names_no_other(exported):
    case, others, folder = exported
    entries = [json.loads(one["text"]) for one in chain.read_lines(folder)]
    assert {one["case"] for one in entries} == {case.pk}
    kept = case.events.exclude(kind="case.trail.exported").order_by("pk")
    assert [one["event"] for one in entries] == [event.pk for event in kept]
    text = "".join(one.read_text() for one in folder.rglob("*") if one.is_file())
    assert not [one.number for one in others if one.number in text]


def change(folder, line, **changed):
    entries = chain.read_lines(folder)
    entries[line] |= changed
    text = "".join(f"{json.dumps(one)}\n" for one in entries)
    (folder / "trail.jsonl").write_text(text)


def edited(folder):
    text = chain.read_lines(folder)[1]["text"]
    change(folder, 1, text=text.replace('"actor_name":"', '"actor_name":"Not '))
    return "Line 2: its text isn't the one that was sealed."


def left_out(folder):
    lines = (folder / "trail.jsonl").read_text().splitlines(keepends=True)
    (folder / "trail.jsonl").write_text("".join(lines[:1] + lines[2:]))
    return "Line 2: an event of the case is missing before this one."


def swapped(folder):
    lines = (folder / "trail.jsonl").read_text().splitlines(keepends=True)
    lines[0], lines[1] = lines[1], lines[0]
    (folder / "trail.jsonl").write_text("".join(lines))
    return "Line 1: an event of the case is missing before this one."


def put_elsewhere(folder):
    change(folder, 0, position=10_000)
    return "Line 1: it lies outside its checkpoint."


def without_its_checkpoint(folder):
    shutil.rmtree(folder / "checkpoints")
    return "Line 1: its checkpoint 1 is missing or isn't signed."


def signed_by_another(folder):
    path = next((folder / "checkpoints").iterdir())
    signed = json.loads(path.read_text())
    signed["signature"] = chain.sign(signed["document"], chain.seed("somebody else's"))
    path.write_text(json.dumps(signed))
    return f"{path.name}: no known key signed this checkpoint."


@pytest.mark.feature("A2", part=True)
@pytest.mark.parametrize(
    "way",
    [
        *(edited, left_out, swapped, put_elsewhere, without_its_checkpoint),
        signed_by_another,
    ],
    ids=lambda way: way.__name__,
)
def test_whatever_is_changed_in_an_export_is_found(exported, way):
    _case, _others, folder = exported
    words = way(folder)
    code, said = checked(folder, ledger.public_keys()[0])
    assert code == 1
    assert words in said


def test_a_key_of_somebody_else_checks_nothing(exported):
    _case, _others, folder = exported
    code, said = checked(folder, chain.public_key(chain.seed("somebody else's")))
    assert code == 1
    assert "no known key signed this checkpoint" in said[0]


def test_what_isn_t_signed_is_said_and_no_fault(exported):
    _case, _others, folder = exported
    last = len(chain.read_lines(folder)) - 1
    change(folder, last, checkpoint=None, proof=[])
    code, said = checked(folder, ledger.public_keys()[0])
    assert (code, said) == (0, [f"{last + 1} events, 1 of them not signed yet."])


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REPORT_EDITOR])
def test_who_may_not_read_the_trail_exports_none(role):
    case = make.opened()
    out, before = io.BytesIO(), (Event.objects.count(), AuditSeal.objects.count())
    with pytest.raises(PermissionDenied):
        evidence.export_trail(case.pk, actor=make.person(role), out=out)
    assert (Event.objects.count(), AuditSeal.objects.count()) == before
    assert out.getvalue() == b""


@pytest.mark.feature("A3", part=True)
def test_the_page_leads_to_the_file_and_the_trail_tells_of_it():
    case = make.received()
    audrey = signed_in(make.person(Role.AUDITOR, is_staff=True))
    url = reverse("admin:cases_case_trail_export", args=[case.pk])
    page = audrey.get(reverse("admin:cases_case_trail", args=[case.pk]))
    assert f'href="{url}"' in page.content.decode()
    answer = audrey.get(url)
    assert case.events.filter(kind="case.trail.exported").count() == 1
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{case.number}-trail.zip"'
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "check.py" in archive.namelist()
    page = audrey.get(reverse("admin:cases_case_trail", args=[case.pk]))
    assert "entries are under a signature" in page.content.decode()


def test_an_event_that_is_gone_bars_the_export(exported):
    case = exported[0]
    gone = AuditSeal.objects.filter(case_id=case.pk).first()
    with keeper_of_the_database() as cursor:
        cursor.execute("DELETE FROM cases_event WHERE id = %s", [gone.event_id])
    before, out = case.events.count(), io.BytesIO()
    with pytest.raises(LookupError, match=f"link {gone.position} is gone"):
        evidence.export_trail(case.pk, actor=make.person(Role.AUDITOR), out=out)
    assert (case.events.count(), out.getvalue()) == (before, b"")


def test_the_command_writes_the_file_once(tmp_path, capsys):
    case = make.received()
    audrey, out = make.person(Role.AUDITOR), tmp_path / "trail.zip"
    call_command("export_trail", case.number, str(out), "--by", audrey.username)
    assert zipfile.is_zipfile(out)
    with pytest.raises(CommandError, match="there already"):
        call_command("export_trail", case.number, str(out), "--by", audrey.username)
    other = tmp_path / "other.zip"
    emil = make.person(Role.REPORT_EDITOR)
    with pytest.raises(CommandError, match="may not export"):
        call_command("export_trail", case.number, str(other), "--by", emil.username)
    assert not other.exists()
    with pytest.raises(CommandError, match="no such request"):
        call_command("export_trail", "LR-1", str(other), "--by", audrey.username)
