"""An upload that is killed leaves nothing for longer than a day, and no row ever."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from cases import documents
from cases.models import CaseDocument, Event
from tests import factories as make
from tests.disclosures.faults import processes

pytestmark = pytest.mark.django_db(transaction=True)

UPLOADER = Path(__file__).parent / "uploader.py"
STORED, INSPECTED = "cases.documents._store", "cases.documents._in_child"
WRITTEN = "cases.documents._write_document"


@pytest.fixture
def upload(tmp_path):
    """Upload a paper in a process of its own, dead or alive when it ends."""
    file = tmp_path / "paper.pdf"
    file.write_bytes(make.pdf())
    site = processes.site(tmp_path)

    def uploaded(case, point=""):
        ids = (str(case.pk), str(case.opened_by.pk))
        return site.process(UPLOADER, point, *ids, str(file))

    return uploaded


def stored(settings):
    return sorted(Path(settings.FILES_DIR).rglob("*.*"))


def in_two_days():
    return timezone.now() + timedelta(days=2)


@pytest.mark.feature("S6", part=True)
@pytest.mark.parametrize(
    "point",
    [
        f"before:{STORED}",
        f"after:{STORED}",
        f"after:{INSPECTED}",
        f"before:{WRITTEN}",
        f"after:{WRITTEN}",  # the row is written, and not committed
    ],
)
def test_what_a_killed_upload_left_goes_after_a_day(upload, settings, point):
    case = make.opened()
    events = Event.objects.count()

    assert processes.died(upload(case, point))

    left = stored(settings)
    assert [one.suffix for one in left][:1] == [".begun"]
    assert (CaseDocument.objects.count(), Event.objects.count()) == (0, events)
    assert documents.clear(at=timezone.now()) == []
    assert stored(settings) == left
    assert len(documents.clear(at=in_two_days())) == len(left)
    assert stored(settings) == []


def test_a_whole_upload_leaves_the_paper_and_no_mark(upload, settings):
    case = make.opened()
    assert upload(case).wait(120) == 0

    [paper] = stored(settings)
    assert paper == Path(settings.FILES_DIR) / case.documents.get().path
    assert documents.clear(at=in_two_days()) == []
    assert stored(settings) == [paper]


def test_a_mark_that_outlived_the_commit_goes_alone(settings):
    paper = Path(settings.FILES_DIR) / make.paper(make.opened()).path
    paper.with_suffix(".begun").touch()
    part = paper.with_suffix(".ab12.part")
    part.write_bytes(b"half a picture")

    removed = documents.clear(at=in_two_days())

    assert sorted(removed) == [
        f"documents/{part.name}",
        f"documents/{paper.with_suffix('.begun').name}",
    ]
    assert stored(settings) == [paper]


def test_a_file_without_a_mark_stays_whoever_named_it(settings):
    paper = Path(settings.FILES_DIR) / make.paper(make.opened()).path
    stranger = paper.with_name("of-a-row-in-the-backup.pdf")
    stranger.write_bytes(b"%PDF")
    os.utime(stranger, (0, 0))

    assert documents.clear(at=in_two_days()) == []
    assert stored(settings) == sorted([paper, stranger])


def test_an_upload_that_is_taken_back_with_what_surrounds_it_goes_too(settings):
    case = make.opened()
    with transaction.atomic():
        make.paper(case)
        transaction.set_rollback(True)
    assert [one.suffix for one in stored(settings)] == [".begun", ".pdf"]
    assert len(documents.clear(at=in_two_days())) == 2
    assert stored(settings) == []
