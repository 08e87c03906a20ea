"""Uploads: checked, hashed, kept byte for byte, shown as pictures.

A served paper is a PDF. It is looked at by pdfium in a child process with a time and
memory limit, so that a hostile file costs a child and not the portal. On disk it gets
a name that says nothing; the bytes are never rewritten.
"""

import hashlib
import io
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pypdfium2
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from cases import audit, permissions, sandbox
from cases.enums import DocumentKind, EventKind, Perm
from cases.exceptions import DocumentRefused, IllegalTransition
from cases.models import Case, CaseDocument

MAX_BYTES = 50 * 1024 * 1024
MAX_PAGES = 2_000
MAX_POINTS = 14_400  # 200 inches, the largest page that PDF allows
PICTURE_WIDTH = 1_000
_CHILD_SECONDS = 20
_CHILD_MEGABYTES = 1_024
_CHUNK = 1024 * 1024


@transaction.atomic
def add_document(
    case_id: int,
    *,
    actor: User,
    kind: DocumentKind,
    name: str,
    content: BinaryIO,
    at: datetime | None = None,
) -> CaseDocument:
    """Keep a paper of the case, byte for byte.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case is closed.
        DocumentRefused: empty, too large, not a PDF, cut off, locked, or too heavy to
            be looked at safely; the sentence says which.
        ValidationError: this very file is on the case already.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.INTAKE, case)
    if case.closed_at:
        raise IllegalTransition(f"{case} is closed.")
    path = f"documents/{secrets.token_hex(16)}.pdf"
    whole = Path(settings.FILES_DIR) / path
    try:
        size, sha256 = _store(content, whole)
        pages = _look(whole)
        document = CaseDocument(
            case=case,
            kind=kind,
            name=Path(name).name[:200],
            path=path,
            sha256=sha256,
            size=size,
            pages=pages,
            uploaded_by=actor,
            uploaded_at=at,
        )
        document.full_clean()
        document.save()
        audit.record(
            case,
            EventKind.DOCUMENT_ADDED,
            actor=actor,
            at=at,
            data={"document": document.pk, "sha256": sha256, "pages": pages},
        )
    except BaseException:
        whole.unlink(missing_ok=True)
        raise
    return document


def open_document(
    document_id: int, *, actor: User, at: datetime | None = None
) -> Path:
    """The stored file of a paper, with the reading in the trail first.

    Raises:
        PermissionDenied: ``actor`` may not see the case.
        DocumentRefused: the bytes on disk are no longer those that were uploaded.
    """
    document = CaseDocument.objects.select_related("case").get(pk=document_id)
    permissions.require(actor, Perm.VIEW, document.case)
    path = Path(settings.FILES_DIR) / document.path
    if _digest(path) != document.sha256:
        raise DocumentRefused("The stored file was changed; call the administrator.")
    with transaction.atomic():
        audit.record(
            document.case,
            EventKind.DOCUMENT_OPENED,
            actor=actor,
            at=at or timezone.now(),
            data={"document": document.pk},
        )
    return path


def page_picture(document_id: int, page: int, *, actor: User) -> bytes:
    """One page (from 1) as a PNG of ``PICTURE_WIDTH`` pixels, made once and kept.

    The caller has written the opening of the document; a page is a part of it.

    Raises:
        PermissionDenied: ``actor`` may not see the case.
        DocumentRefused: there is no such page, or it can't be drawn safely.
    """
    document = CaseDocument.objects.select_related("case").get(pk=document_id)
    permissions.require(actor, Perm.VIEW, document.case)
    if not 1 <= page <= document.pages:
        raise DocumentRefused("There is no such page.")
    path = Path(settings.FILES_DIR) / document.path
    kept = path.with_suffix(f".{page}.png")
    if not kept.exists():
        _write_whole(kept, _in_child(draw_page, str(path), page))
    return kept.read_bytes()


def inspect(path: str) -> int:
    """How many pages the PDF has; runs in a child.

    Raises:
        DocumentRefused: pdfium can't open it, or it is too heavy.
    """
    try:
        pdf = pypdfium2.PdfDocument(path)
        pages = len(pdf)
        if pages == 0:
            raise DocumentRefused("The file has no pages.")
        if pages > MAX_PAGES:
            raise DocumentRefused(f"The file has more than {MAX_PAGES} pages.")
        for number in range(pages):
            if max(pdf.get_page_size(number)) > MAX_POINTS:
                raise DocumentRefused(f"Page {number + 1} is larger than a PDF page can be.")
        draw_page(path, 1)
    except pypdfium2.PdfiumError as error:
        raise DocumentRefused(_why(str(error))) from None
    return pages


def draw_page(path: str, page: int) -> bytes:
    """One page as PNG bytes; runs in a child."""
    sheet = pypdfium2.PdfDocument(path)[page - 1]
    picture = sheet.render(scale=PICTURE_WIDTH / max(sheet.get_size())).to_pil()
    out = io.BytesIO()
    picture.save(out, format="PNG", optimize=False)
    return out.getvalue()


def _store(content: BinaryIO, whole: Path) -> tuple[int, str]:
    whole.parent.mkdir(parents=True, exist_ok=True)
    size, sha256, head, tail = 0, hashlib.sha256(), b"", b""
    with whole.open("xb") as out:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                limit = MAX_BYTES // 1024 // 1024
                raise DocumentRefused(f"The file is larger than {limit} MB.")
            head = head or chunk[:1024]
            tail = (tail + chunk)[-2048:]
            sha256.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise DocumentRefused("The file is empty.")
    if b"%PDF-" not in head:
        raise DocumentRefused("The file isn't a PDF.")
    if b"%%EOF" not in tail:
        raise DocumentRefused("The PDF is cut off: its end is missing. Upload it again.")
    return size, sha256.hexdigest()


def _look(whole: Path) -> int:
    pages: int = _in_child(inspect, str(whole))
    return pages


def _in_child(function, *args):  # type: ignore[no-untyped-def]
    try:
        return sandbox.run(
            function, *args, seconds=_CHILD_SECONDS, megabytes=_CHILD_MEGABYTES
        )
    except (sandbox.ChildTimedOut, sandbox.ChildKilled):
        raise DocumentRefused(
            "The file takes too much time or memory to be looked at; it was not kept."
        ) from None


def _why(error: str) -> str:
    if "assword" in error:
        return "The PDF is locked by a password. Ask for an open copy."
    return "The PDF is damaged or cut off and can't be opened. Upload it again."


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.part")
    partial.write_bytes(content)
    partial.replace(path)
