"""The bytes that came are the bytes that stay; what can't be a paper leaves nothing."""

import hashlib
import io

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases import closing, documents
from cases.enums import CaseStatus, DocumentKind, Role
from cases.exceptions import DocumentRefused, IllegalTransition
from cases.models import CaseDocument, Event
from tests import factories as make
from tests import papers
from tests.papers import upload

pytestmark = pytest.mark.django_db


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
        papers.locked(),
        "The PDF is locked by a password. Ask for an open copy.",
    ),
    "no pages": (papers.saved(pikepdf.new()), DAMAGED),
    "a page wider than any": (
        papers.saved(papers.page(14_401, 10)),
        "Page 1 is larger or smaller than a PDF page can be.",
    ),
    "a page larger than the earth": (
        papers.saved(papers.page(10**9, 10**9)),
        "Page 1 is larger or smaller than a PDF page can be.",
    ),
    "too many pages": (
        lambda: papers.many_pages(2_001),
        "The file has more than 2000 pages.",
    ),
    "a bomb of content": (papers.heavy_content, TOO_HEAVY),
    "a bomb of forms": (papers.endless_forms, TOO_HEAVY),
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
    case, endless = make.opened(), papers.Endless()
    with pytest.raises(DocumentRefused) as caught:
        upload(case, endless)
    assert str(caught.value) == "The file is larger than 50 MB."
    assert endless.given <= documents.MAX_BYTES + (1 << 20)
    assert (CaseDocument.objects.count(), files()) == (0, [])


def test_a_line_that_breaks_leaves_nothing(files):
    case = make.opened()
    with pytest.raises(ConnectionResetError):
        upload(case, papers.Drops())
    assert (CaseDocument.objects.count(), files()) == (0, [])


def test_a_line_that_trickles_is_waited_for():
    case, content = make.opened(), make.pdf()
    assert upload(case, papers.Trickle(content)).size == len(content)


GOOD = {
    "one page": (make.pdf(), 1),
    "three pages": (make.pdf(3), 3),
    "as many pages as may be": (lambda: papers.many_pages(2_000), 2_000),
    "the largest page": (papers.saved(papers.page(14_400, 14_400)), 1),
    "a sliver": (papers.saved(papers.page(14_400, 0.01)), 1),
    "a blank line at the end": (make.pdf() + b"\r\n\r\n\0", 1),
    "an owner's lock that lets anyone read": (
        papers.saved(papers.page(), encryption=pikepdf.Encryption(owner="o", user="")),
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
                closing.close(
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
