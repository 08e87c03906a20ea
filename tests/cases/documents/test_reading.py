"""A paper is given and drawn only as it was uploaded, and its opening is an act."""

import io

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from PIL import Image

from cases import documents, pdf
from cases.enums import Role
from cases.exceptions import DocumentRefused
from cases.models import Event
from tests import factories as make
from tests import papers
from tests.papers import upload

pytestmark = pytest.mark.django_db


def test_opening_a_paper_is_in_the_trail_before_the_file_is_given():
    case, auditor = make.opened(), make.person(Role.AUDITOR)
    document = upload(case, make.pdf())
    path = documents.open_document(document.pk, actor=auditor, at=make.AT)
    assert path.read_bytes() == make.pdf()
    last = Event.objects.latest("pk")
    assert (last.kind, last.actor, last.at) == (
        "case.document.opened",
        auditor,
        make.AT,
    )


def test_who_can_t_see_the_case_sees_no_paper_and_no_page():
    document = upload(make.opened(), make.pdf())
    outsider = make.person(Role.ANALYST, at_the_desk=False)
    events = Event.objects.count()
    with pytest.raises(PermissionDenied):
        documents.open_document(document.pk, actor=outsider)
    with pytest.raises(PermissionDenied):
        documents.page_picture(document.pk, 1, actor=outsider)
    assert Event.objects.count() == events


CHANGED = "The stored file is missing or was changed; call the administrator."


@pytest.mark.parametrize("harm", ["a byte", "all of it", "gone", "longer"])
def test_a_file_that_was_changed_on_disk_is_neither_given_nor_drawn(harm, files):
    case = make.opened()
    document = upload(case, make.pdf())
    documents.page_picture(document.pk, 1, actor=case.opened_by)
    stored = next(path for path in files() if path.suffix == ".pdf")
    content = bytearray(stored.read_bytes())
    match harm:
        case "a byte":
            content[40] ^= 1
            stored.write_bytes(content)
        case "all of it":
            stored.write_bytes(make.pdf(2))
        case "longer":
            stored.write_bytes(bytes(content) + b"\n")
        case "gone":
            stored.unlink()
    events = Event.objects.count()
    for read in (
        lambda who: documents.open_document(document.pk, actor=who),
        lambda who: documents.page_picture(document.pk, 1, actor=who),
    ):
        with pytest.raises(DocumentRefused) as caught:
            read(document.uploaded_by)
        assert str(caught.value) == CHANGED
    assert Event.objects.count() == events


def test_a_page_is_drawn_once_at_a_fixed_size(files):
    case = make.opened()
    document = upload(case, make.pdf(2))
    first = documents.page_picture(document.pk, 2, actor=case.opened_by)
    with Image.open(io.BytesIO(first)) as picture:
        assert (picture.format, max(picture.size)) == ("PNG", pdf.PICTURE_SIDE)
    drawn = files()
    assert documents.page_picture(document.pk, 2, actor=case.opened_by) == first
    assert files() == drawn
    assert len(drawn) == 2


@pytest.mark.parametrize("number", [0, -1, 2])
def test_a_page_that_isn_t_there_is_refused(number):
    case = make.opened()
    document = upload(case, make.pdf())
    with pytest.raises(DocumentRefused, match="There is no such page"):
        documents.page_picture(document.pk, number, actor=case.opened_by)


def test_a_later_page_that_is_a_bomb_is_refused_when_it_is_looked_at(
    files, monkeypatch
):
    monkeypatch.setattr(documents, "_CHILD_SECONDS", 2)
    monkeypatch.setattr(documents, "_CHILD_MEGABYTES", 256)
    with (
        pikepdf.open(io.BytesIO(papers.endless_forms())) as bomb,
        pikepdf.open(io.BytesIO(make.pdf())) as made,
    ):
        made.pages.append(bomb.pages[0])
        content = papers.saved(made)
    case = make.opened()
    document = upload(case, content)
    documents.page_picture(document.pk, 1, actor=case.opened_by)
    before = files()
    with pytest.raises(DocumentRefused) as caught:
        documents.page_picture(document.pk, 2, actor=case.opened_by)
    assert str(caught.value) == "The page takes too much time or memory to be drawn."
    assert files() == before
