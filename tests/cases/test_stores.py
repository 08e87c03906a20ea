"""Where signed checkpoints go, a directory or a bucket: once each, late if need be."""

import obstore
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from cases import ledger, stores
from cases.exceptions import BucketUnavailable
from cases.models import AuditCheckpoint, AuditSeal
from cases.tasks import seal_trail
from compliance.environment import audit_store
from tests import factories as make
from tests.buckets import NOWHERE
from tests.cases.trails import faults, some_events, under_two_checkpoints

WAITING = "Checkpoint 1 is in the database and its document is gone."
OUT_OF_REACH = (
    "The signed checkpoints can't be read where they lie: no signature vouches for "
    "anything now."
)


def lead_to(settings, address, s3):
    """Have the checkpoints go there."""
    settings.S3 = s3
    settings.STORAGES = {**settings.STORAGES, "audit": audit_store(address)}


@pytest.fixture
def bucket(settings, s3):
    """A bucket of its own, and the address of the folder that is used of it."""
    address = f"s3://{s3.bucket()}/trail of the site"
    lead_to(settings, address, s3.settings)
    return address


def put(name, data):
    return storages["audit"].save(name, ContentFile(data))


def read(name):
    with storages["audit"].open(name) as file:
        return file.read()


# ------------------------------------------------------------------------ written once


@pytest.mark.usefixtures("either_store")
def test_a_document_is_written_once():
    assert put("a.json", b"one") == "a.json"
    with pytest.raises(FileExistsError):
        put("a.json", b"two")
    assert read("a.json") == b"one"
    assert storages["audit"].listdir("") == ([], ["a.json"])


def test_of_two_at_once_the_bucket_takes_the_first(bucket):
    """Both have seen that the name is free; the conditional put decides."""
    assert storages["audit"]._save("a.json", ContentFile(b"one")) == "a.json"
    with pytest.raises(FileExistsError):
        storages["audit"]._save("a.json", ContentFile(b"two"))
    assert read("a.json") == b"one"


def test_a_server_without_conditional_puts_is_asked_before(bucket, s3):
    with s3.without_conditional_puts():
        assert put("a.json", b"one") == "a.json"
        with pytest.raises(FileExistsError):
            put("a.json", b"two")
    assert read("a.json") == b"one"


def test_a_folder_of_the_bucket_is_used_and_nothing_beside_it(bucket):
    put("a.json", b"one")
    whole = stores.open_bucket("s3://" + stores.split(bucket)[0])
    obstore.put(whole, "elsewhere/b.json", b"two")
    listed = [one["path"] for some in obstore.list(whole) for one in some]
    assert sorted(listed) == ["elsewhere/b.json", "trail of the site/a.json"]
    assert storages["audit"].listdir("") == ([], ["a.json"])


def test_more_documents_than_one_answer_lists(bucket):
    for number in range(1001):
        obstore.put(storages["audit"].objects, f"{number}.json", b"")
    assert len(storages["audit"].listdir("")[1]) == 1001


def test_nothing_that_the_bucket_says_is_passed_on(settings, s3):
    lead_to(settings, "s3://no-such-bucket", s3.settings)
    calls = [
        lambda: put("a.json", b"one"),
        lambda: storages["audit"].listdir(""),
        lambda: read("a.json"),
    ]
    for call in calls:
        with pytest.raises((BucketUnavailable, FileNotFoundError)) as caught:
            call()
        assert "no-such-bucket" not in str(caught.value)


# ------------------------------------------------------------------- out of reach, late


@pytest.mark.django_db
def test_a_bucket_out_of_reach_stops_no_seal_and_gets_all_later(
    bucket, settings, s3, caplog
):
    lead_to(settings, bucket, s3.settings | {"endpoint": NOWHERE})
    some_events(1)
    seal_trail.run()
    some_events(1)
    seal_trail.run()
    assert ledger.sign(at=make.AT, now=True) is not None
    assert AuditCheckpoint.objects.count() == 2
    assert {
        one.getMessage() for one in caplog.records if one.name == "cases.ledger"
    } == {
        "Signed checkpoints can't be put where they belong (BucketUnavailable): they "
        "wait in the database, and the next run tries again."
    }
    with pytest.raises(BucketUnavailable):
        ledger.publish_missing()
    assert faults() == [OUT_OF_REACH]
    with pytest.raises(CommandError, match="can't be checked against its signatures"):
        call_command("verify_audit")

    lead_to(settings, bucket, s3.settings)
    assert faults() == [WAITING]
    seal_trail.run()
    assert faults() == []
    assert sorted(storages["audit"].listdir("")[1]) == [
        ledger.file_name(1),
        ledger.file_name(2),
    ]
    assert ledger.publish_missing() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("either_store")
def test_a_document_that_a_full_disk_kept_away_is_put_there_later(monkeypatch, caplog):
    def full(*_args, **_named):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(storages["audit"]), "save", full)
        some_events(1)
        seal_trail.run()
        some_events(1)
        ledger.seal()
        assert ledger.sign(at=make.AT, now=True) is not None
    assert "(OSError): they wait in the database" in caplog.text
    assert AuditSeal.objects.count() == AuditCheckpoint.objects.latest("number").last
    assert faults() == [WAITING]
    assert ledger.publish_missing() == 2
    assert faults() == []
    assert ledger.publish_missing() == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("either_store")
def test_a_document_that_somebody_else_puts_there_meanwhile_stays(monkeypatch):
    under_two_checkpoints()
    before = read(ledger.file_name(1))
    real, not_yet = storages["audit"].exists, [False, False, False]
    monkeypatch.setattr(
        type(storages["audit"]),
        "exists",
        lambda _, name: not_yet.pop() if not_yet else real(name),
    )
    ledger.publish_missing()
    assert not_yet == []
    assert read(ledger.file_name(1)) == before
    assert faults() == []


@pytest.mark.parametrize("address", ["", "s3:", "s3://", "bucket", "s3://b?x=y"])
def test_an_address_that_names_no_bucket_is_refused(address):
    with pytest.raises(ValueError, match="it should look like"):
        stores.split(address)
