"""Files of a case at rest: closed by its own key, whole or not at all."""

import errno
import io
import os

import pyrage
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from cases import vault
from cases.exceptions import KeyGone, NotOpened
from cases.models import CaseKey
from compliance import resealing
from tests import factories as make

pytestmark = pytest.mark.django_db

PLAIN = b"id,address\r\n" + b"e1,192.0.2.1\r\n" * 20_000


def closed(tmp_path, case, data=PLAIN):
    source, there = tmp_path / "plain", tmp_path / "closed.age"
    source.write_bytes(data)
    vault.close(source, there, case_id=case.pk)
    return there


def poured(there, case):
    sink = io.BytesIO()
    vault.pour(there, sink, case=make.fresh(case))
    return sink.getvalue()


@pytest.mark.parametrize("data", [PLAIN, b""], ids=["rows", "empty"])
def test_what_is_closed_comes_out_as_it_was_and_shows_nothing(tmp_path, data):
    case = make.opened()
    there = closed(tmp_path, case, data)
    assert poured(there, case) == data
    assert b"192.0.2" not in there.read_bytes()
    assert there.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed.age", "plain"]


def test_a_file_is_closed_while_it_is_written_and_begins_anew(tmp_path):
    case = make.opened()
    there = tmp_path / "closed.age"
    out = vault.closing(there, case_id=case.pk)
    with out:
        out.write(b"an earlier try")
    for _ in range(2):  # more than a pipe holds, in pieces of all sizes
        with out:
            for piece in (b"", PLAIN[:7], PLAIN[7:200_000], PLAIN[200_000:]):
                out.write(piece)
            assert [one.name for one in tmp_path.iterdir() if one != there] == [
                "closed.age.part"
            ]
    assert poured(there, case) == PLAIN
    assert there.stat().st_mode & 0o777 == 0o600
    assert b"192.0.2" not in there.read_bytes()


def test_a_file_that_is_broken_off_leaves_what_was_there_before(tmp_path):
    case = make.opened()
    there = closed(tmp_path, case, b"before")
    out = vault.closing(there, case_id=case.pk)
    with pytest.raises(TypeError), out:
        list(map(out.write, (PLAIN, None)))
    assert poured(there, case) == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed.age", "plain"]


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    case = make.opened()
    there = tmp_path / "closed.age"
    real = os.open  # the disk is full from the first byte on
    monkeypatch.setattr(os, "open", lambda path, *rest: real("/dev/full", os.O_WRONLY))
    with (
        pytest.raises(OSError, match=r"couldn't be closed|No space left"),
        vault.closing(there, case_id=case.pk) as out,
    ):
        out.write(PLAIN * 10)
    assert list(tmp_path.iterdir()) == []


def test_a_case_has_one_key_and_its_secret_lies_sealed(tmp_path):
    case = make.opened()
    closed(tmp_path, case)
    first = CaseKey.objects.get()
    closed(tmp_path, case)
    assert CaseKey.objects.get() == first
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity FROM cases_casekey")
        (lying,) = cursor.fetchone()
    assert first.identity.startswith("AGE-SECRET-KEY-1")
    assert "AGE-SECRET" not in lying


def test_another_case_s_key_opens_nothing(tmp_path):
    case, other = make.opened(), make.opened()
    there = closed(tmp_path, case)
    (tmp_path / "more").mkdir()
    closed(tmp_path / "more", other)
    with pytest.raises(NotOpened):
        poured(there, other)


@pytest.mark.feature("S1", part=True)
def test_without_its_key_nothing_of_a_case_can_be_opened(tmp_path):
    case = make.opened()
    there = closed(tmp_path, case)
    CaseKey.objects.all().delete()
    with pytest.raises(KeyGone):
        poured(there, case)
    # Nor by a key that is made later.
    (tmp_path / "more").mkdir()
    closed(tmp_path / "more", case)
    with pytest.raises(NotOpened):
        poured(there, case)


@pytest.mark.parametrize("change", ["flip", "cut", "lose", "plain"])
def test_a_file_that_isn_t_whole_is_refused(tmp_path, change):
    case = make.opened()
    there = closed(tmp_path, case)
    data = bytearray(there.read_bytes())
    match change:
        case "flip":
            data[-20] ^= 1
            there.write_bytes(data)
        case "cut":
            there.write_bytes(data[:-100])
        case "lose":
            there.unlink()
        case _:
            there.write_bytes(PLAIN)
    with pytest.raises(NotOpened):
        poured(there, case)


class Full:
    """A disk that takes nothing more."""

    def write(self, _data):
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self):
        """Nothing is held back."""


def test_a_fault_of_the_machine_says_nothing_of_the_file(tmp_path):
    case = make.opened()
    there = closed(tmp_path, case)
    with pytest.raises(OSError, match="No space left"):
        vault.pour(there, Full(), case=make.fresh(case))
    assert poured(there, case) == PLAIN


def test_what_can_t_be_closed_leaves_nothing(tmp_path):
    case = make.opened()
    with pytest.raises(FileNotFoundError):
        vault.close(tmp_path / "none", tmp_path / "x.age", case_id=case.pk)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.feature("S1", part=True)
def test_a_rotation_wraps_the_case_s_key_anew_and_its_files_open_as_before(
    tmp_path, settings
):
    case = make.opened()
    there = closed(tmp_path, case)
    before = CaseKey.objects.get()
    settings.SITE_KEYS = ["a newer key that is long enough", *settings.SITE_KEYS]
    assert resealing.needing_an_older_key() > 0
    call_command("rotate_keys", "--reseal")
    assert resealing.needing_an_older_key() == 0
    settings.SITE_KEYS = settings.SITE_KEYS[:1]
    after = CaseKey.objects.get()
    assert (after.recipient, after.identity) == (before.recipient, before.identity)
    assert poured(there, case) == PLAIN


def test_the_file_is_one_that_age_itself_opens(tmp_path):
    case = make.opened()
    there = closed(tmp_path, case)
    identity = pyrage.x25519.Identity.from_str(CaseKey.objects.get().identity)
    assert pyrage.decrypt(there.read_bytes(), [identity]) == PLAIN


@pytest.mark.parametrize("changes", [{"recipient": ""}, {"identity": ""}])
def test_the_database_refuses_half_a_key(tmp_path, changes):
    closed(tmp_path, make.opened())
    before = CaseKey.objects.values().get()
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        CaseKey.objects.update(**changes)
    assert "case_key_is_whole" in str(caught.value)
    assert CaseKey.objects.values().get() == before
