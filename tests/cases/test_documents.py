"""Uploads: the bytes that came are the bytes that stay; what can't be a paper leaves
nothing behind."""

import hashlib
import io
import zlib
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pikepdf import Array, Dictionary, Name
from PIL import Image

from cases import documents, pdf, review
from cases.enums import CaseStatus, DocumentKind, Role
from cases.exceptions import DocumentRefused, IllegalTransition
from cases.models import CaseDocument, Event
from tests import factories as make

pytestmark = pytest.mark.django_db

KEPT_AS_IS = {
    "compress_streams": False,
    "recompress_flate": False,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
    "static_id": True,
}


@pytest.fixture
def files(settings):
    """Where papers are stored, as a function that lists what lies there."""
    root = Path(settings.FILES_DIR)
    return lambda: sorted(path for path in root.rglob("*") if path.is_file())


def upload(case, content, by=None, **changed):
    wanted = {
        "kind": DocumentKind.PROCESS,
        "name": "subpoena.pdf",
        "content": io.BytesIO(content) if isinstance(content, bytes) else content,
        "at": make.AT,
    }
    return documents.add_document(
        case.pk, actor=by or case.opened_by, **wanted | changed
    )


def saved(made, **how):
    out = io.BytesIO()
    made.save(out, **({"static_id": True} | how))
    return out.getvalue()


def page(width=612, height=792):
    """A PDF of one page of this size, to be spoiled."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(100, 100))
    made.pages[0].MediaBox = Array([0, 0, width, height])
    return made


def heavy_content():
    """A few bytes that unpack to more drawing orders than a child has memory for."""
    packer, blank = zlib.compressobj(9), b" " * (1 << 20)
    packed = b"".join(packer.compress(blank) for _ in range(3 << 8)) + packer.flush()
    made = page()
    content = made.make_stream(b"")
    twice = Array([Name.FlateDecode, Name.FlateDecode])
    content.write(zlib.compress(packed, 9), filter=twice)
    made.pages[0].Contents = content
    return saved(made, **KEPT_AS_IS)


def endless_forms():
    """Drawings of drawings of drawings: a thousand million boxes in two kilobytes."""
    made = page()
    form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 9, 9])}
    inner = made.make_stream(b"0 0 9 9 re f", **form)
    for _ in range(9):
        resources = Dictionary(XObject=Dictionary(F=inner))
        inner = made.make_stream(b"/F Do\n" * 10, Resources=resources, **form)
    made.pages[0].Resources = Dictionary(XObject=Dictionary(F=inner))
    made.pages[0].Contents = made.make_stream(b"/F Do")
    return saved(made)


def many_pages(number):
    made = pikepdf.new()
    for _ in range(number):
        made.add_blank_page(page_size=(612, 792))
    return saved(made)


def locked():
    return saved(page(), encryption=pikepdf.Encryption(owner="o", user="u"))


class Endless(io.RawIOBase):
    """A stream that never ends; how much of it was asked for is counted."""

    given = 0

    def read(self, size=-1):
        self.given += size
        return b"%PDF-1.7\n".ljust(size, b"x") if self.given == size else b"x" * size


class Drops(io.RawIOBase):
    """A line that breaks in the middle of an upload."""

    def __init__(self):
        self.left = [make.pdf()[:200]]

    def read(self, size=-1):
        if not self.left:
            raise ConnectionResetError("The line broke.")
        return self.left.pop()


class Trickle(io.RawIOBase):
    """A line that gives a byte at a time."""

    def __init__(self, content):
        self.rest = io.BytesIO(content)

    def read(self, size=-1):
        return self.rest.read(1)


DAMAGED = "The PDF is damaged or cut off and can't be opened. Upload it again."
NO_PDF = "The file isn't a PDF."
CUT_OFF = "The PDF is cut off: its end is missing. Upload it again."
ATTACHED = "Something else is attached to the end of the PDF."
TOO_HEAVY = "The file takes too much time or memory to be looked at; it was not kept."
HTML = b"<!DOCTYPE html><title>Subpoena</title><script>alert(1)</script>"

BAD = {
    "empty": (b"", "The file is empty."),
    "html, named as a pdf": (HTML, NO_PDF),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, NO_PDF),
    "html with a pdf inside": (HTML + make.pdf(), NO_PDF),
    "a pdf with html behind it": (make.pdf() + HTML, ATTACHED),
    "a pdf with an archive behind it": (
        make.pdf() + b"PK\x05\x06" + b"\0" * 18,
        ATTACHED,
    ),
    "a header and nothing else": (b"%PDF-1.7\n", CUT_OFF),
    "cut off": (make.pdf()[:-200], CUT_OFF),
    "cut off and mended with an end": (make.pdf()[:200] + b"\n%%EOF", DAMAGED),
    "words between header and end": (b"%PDF-1.7\nDear Sir,\n%%EOF", DAMAGED),
    "locked by a password": (
        locked(),
        "The PDF is locked by a password. Ask for an open copy.",
    ),
    "no pages": (saved(pikepdf.new()), DAMAGED),
    "a page wider than any": (
        saved(page(14_401, 10)),
        "Page 1 is larger or smaller than a PDF page can be.",
    ),
    "a page larger than the earth": (
        saved(page(10**9, 10**9)),
        "Page 1 is larger or smaller than a PDF page can be.",
    ),
    "too many pages": (lambda: many_pages(2_001), "The file has more than 2000 pages."),
    "a bomb of content": (heavy_content, TOO_HEAVY),
    "a bomb of forms": (endless_forms, TOO_HEAVY),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_upload_is_refused_and_leaves_no_row_no_file_no_event(
    wrong, files, monkeypatch
):
    monkeypatch.setattr(documents, "_CHILD_SECONDS", 2)
    monkeypatch.setattr(documents, "_CHILD_MEGABYTES", 256)
    content, said = BAD[wrong]
    content = content() if callable(content) else content
    case = make.opened()
    events = Event.objects.count()
    with pytest.raises(DocumentRefused) as caught:
        upload(case, content)
    assert str(caught.value) == said
    assert (CaseDocument.objects.count(), files(), Event.objects.count()) == (
        0,
        [],
        events,
    )


def test_an_upload_without_end_is_stopped_at_the_limit(files):
    case, endless = make.opened(), Endless()
    with pytest.raises(DocumentRefused) as caught:
        upload(case, endless)
    assert str(caught.value) == "The file is larger than 50 MB."
    assert endless.given <= documents.MAX_BYTES + (1 << 20)
    assert (CaseDocument.objects.count(), files()) == (0, [])


def test_a_line_that_breaks_leaves_nothing(files):
    case = make.opened()
    with pytest.raises(ConnectionResetError):
        upload(case, Drops())
    assert (CaseDocument.objects.count(), files()) == (0, [])


def test_a_line_that_trickles_is_waited_for():
    case, content = make.opened(), make.pdf()
    assert upload(case, Trickle(content)).size == len(content)


GOOD = {
    "one page": (make.pdf(), 1),
    "three pages": (make.pdf(3), 3),
    "as many pages as may be": (lambda: many_pages(2_000), 2_000),
    "the largest page": (saved(page(14_400, 14_400)), 1),
    "a sliver": (saved(page(14_400, 0.01)), 1),
    "a blank line at the end": (make.pdf() + b"\r\n\r\n\0", 1),
    "an owner's lock that lets anyone read": (
        saved(page(), encryption=pikepdf.Encryption(owner="o", user="")),
        1,
    ),
    "a script inside": (
        b"%PDF-1.4\n%<script>alert(1)</script>\n" + make.pdf()[9:],
        1,
    ),
}


@pytest.mark.parametrize("right", GOOD)
def test_a_paper_is_kept_byte_for_byte(right, files):
    content, pages = GOOD[right]
    content = content() if callable(content) else content
    case = make.opened()
    document = upload(case, content)
    document.refresh_from_db()
    sha256 = hashlib.sha256(content).hexdigest()
    assert (
        document.case,
        document.kind,
        document.name,
        document.sha256,
        document.size,
        document.pages,
        document.uploaded_by,
        document.uploaded_at,
    ) == (
        case,
        DocumentKind.PROCESS,
        "subpoena.pdf",
        sha256,
        len(content),
        pages,
        case.opened_by,
        make.AT,
    )
    assert [path.read_bytes() for path in files()] == [content]


def test_the_name_on_disk_says_nothing(files):
    case = make.opened()
    upload(case, make.pdf(), name="../../etc/United States v. Alice Canary.pdf")
    assert CaseDocument.objects.get().name == "United States v. Alice Canary.pdf"
    assert len(files()) == 1
    assert "canary" not in str(files()[0]).lower()
    assert files()[0].parent.name == "documents"


def test_a_name_that_can_t_be_stored_is_refused(files):
    case = make.opened()
    for name in ("a\0.pdf", ""):
        with pytest.raises(ValidationError) as caught:
            upload(case, make.pdf(), name=name)
        assert list(caught.value.message_dict) == ["name"]
    assert (CaseDocument.objects.count(), files()) == (0, [])


def test_an_unknown_kind_leaves_no_file(files):
    case = make.opened()
    with pytest.raises(ValidationError):
        upload(case, make.pdf(), kind="love letter")
    assert (CaseDocument.objects.count(), files()) == (0, [])


def test_the_same_file_comes_once_on_a_case_and_again_on_another(files):
    case, other = make.opened(), make.opened()
    upload(case, make.pdf())
    before = files()
    with pytest.raises(ValidationError) as caught:
        upload(case, make.pdf(), name="copy.pdf")
    assert caught.value.message_dict == {
        "__all__": ["This very file is on the case already."]
    }
    assert (case.documents.count(), files()) == (1, before)
    upload(other, make.pdf())
    assert len(files()) == 2


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INTAKE_CLERK, Role.ANALYST}))
def test_only_intake_adds_a_paper(role, files):
    case, other = make.opened(), make.person(role)
    with pytest.raises(PermissionDenied):
        upload(case, make.pdf(), by=other)
    assert (CaseDocument.objects.count(), files()) == (0, [])


def test_a_closed_case_takes_no_more_papers(files):
    case = make.in_status(CaseStatus.CLOSED)
    with pytest.raises(IllegalTransition) as caught:
        upload(case, make.pdf())
    assert str(caught.value) == f"{case} is closed."
    assert files() == []


def test_a_case_that_is_closed_during_the_upload_takes_it_no_more(files):
    case, analyst = make.opened(), make.analyst()

    class ClosesMeanwhile(io.BytesIO):
        def read(self, size=-1):
            chunk = super().read(size)
            if chunk:
                review.close(
                    case.pk,
                    actor=analyst,
                    disposition="withdrawn",
                    outcomes={},
                    at=make.AT,
                )
            return chunk

    with pytest.raises(IllegalTransition):
        upload(case, ClosesMeanwhile(make.pdf()))
    assert (CaseDocument.objects.count(), files()) == (0, [])


# ----------------------------------------------------------------------- reading


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
        pikepdf.open(io.BytesIO(endless_forms())) as bomb,
        pikepdf.open(io.BytesIO(make.pdf())) as made,
    ):
        made.pages.append(bomb.pages[0])
        content = saved(made)
    case = make.opened()
    document = upload(case, content)
    documents.page_picture(document.pk, 1, actor=case.opened_by)
    before = files()
    with pytest.raises(DocumentRefused) as caught:
        documents.page_picture(document.pk, 2, actor=case.opened_by)
    assert str(caught.value) == "The page takes too much time or memory to be drawn."
    assert files() == before
