"""Uploads: checked, hashed, kept byte for byte, shown as pictures.

A served paper is a PDF. It is looked at by pdfium in a child process with a time and
memory limit, so that a hostile file costs a child and not the portal. On disk it gets
a name that says nothing; the bytes are never rewritten.

An upload that has begun has a mark beside its file until its row is committed. Whatever
kills the process on the way leaves the mark, and ``clear`` removes such a file where no
row names it. A file without a mark is never removed: its row may be in a backup.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, pdf, permissions, sandbox
from cases.enums import DocumentKind, EventKind, Perm
from cases.exceptions import DocumentRefused, IllegalTransition, require_storable
from cases.models import Case, CaseDocument

MAX_BYTES = 50 * 1024 * 1024
# No upload takes so long; what has a mark for longer is nobody's any more.
UNFINISHED_AFTER = timedelta(days=1)
_CHILD_SECONDS = 20
_CHILD_MEGABYTES = 1_024
_CHUNK = 1024 * 1024
_BEGUN, _PART = ".begun", ".part"
_NOT_KEPT = "The file takes too much time or memory to be looked at; it was not kept."
_NOT_DRAWN = "The page takes too much time or memory to be drawn."

T = TypeVar("T")


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

    The file is taken in and looked at before the case is locked: an upload takes
    minutes, a hostile file its whole time limit, and nobody else should wait for it.

    Raises:
        PermissionDenied: ``actor`` may not.
        IllegalTransition: the case is closed.
        DocumentRefused: empty, too large, not a PDF, cut off, locked, or too heavy to
            be looked at safely; the sentence says which.
        ValidationError: this very file is on the case already, or its kind or name
            can't be stored.
    """
    at = at or timezone.now()
    _require_open(Case.objects.get(pk=case_id), actor)
    require_storable(name=name)
    document = CaseDocument(
        case_id=case_id,
        kind=kind,
        name=Path(name).name[:200],
        path=f"documents/{secrets.token_hex(16)}.pdf",
        uploaded_by=actor,
        uploaded_at=at,
    )
    whole = Path(settings.FILES_DIR) / document.path
    whole.parent.mkdir(parents=True, exist_ok=True)
    mark = whole.with_suffix(_BEGUN)
    try:
        mark.touch(exist_ok=False)
        document.size, document.sha256 = _store(content, whole)
        document.pages = _in_child(_NOT_KEPT, pdf.inspect, str(whole))
        _write_document(document, actor, at)
    except BaseException:
        whole.unlink(missing_ok=True)
        mark.unlink(missing_ok=True)
        raise
    # The caller may have a transaction of its own: until that is in, the mark stays.
    transaction.on_commit(lambda: mark.unlink(missing_ok=True), robust=True)
    return document


@transaction.atomic
def _write_document(document: CaseDocument, actor: User, at: datetime) -> None:
    case = Case.objects.select_for_update().get(pk=document.case_id)
    _require_open(case, actor)
    document.full_clean()
    document.save()
    audit.record(
        case,
        EventKind.DOCUMENT_ADDED,
        actor=actor,
        at=at,
        data={
            "document": document.pk,
            "sha256": document.sha256,
            "pages": document.pages,
        },
    )


def _require_open(case: Case, actor: User) -> None:
    permissions.require(actor, Perm.INTAKE, case)
    if case.closed_at:
        raise IllegalTransition(_("%(case)s is closed.") % {"case": case})


def open_document(document_id: int, *, actor: User, at: datetime | None = None) -> Path:
    """The stored file of a paper, with the reading in the trail first.

    Raises:
        PermissionDenied: ``actor`` may not see the case.
        DocumentRefused: the bytes on disk are no longer those that were uploaded.
    """
    document = CaseDocument.objects.select_related("case").get(pk=document_id)
    permissions.require(actor, Perm.VIEW, document.case)
    path = _unchanged(document)
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
    """One page (from 1) as a PNG of ``pdf.PICTURE_SIDE`` pixels, made once and kept.

    The caller has written the opening of the document; a page is a part of it.

    Raises:
        PermissionDenied: ``actor`` may not see the case.
        DocumentRefused: there is no such page, it can't be drawn safely, or the bytes
            on disk are no longer those that were uploaded.
    """
    document = CaseDocument.objects.select_related("case").get(pk=document_id)
    permissions.require(actor, Perm.VIEW, document.case)
    if not 1 <= page <= document.pages:
        raise DocumentRefused(_("There is no such page."))
    path = _unchanged(document)
    kept = path.with_suffix(f".{page}.png")
    if not kept.exists():
        _write_whole(kept, _in_child(_NOT_DRAWN, pdf.draw_page, str(path), page))
    return kept.read_bytes()


def clear(*, at: datetime) -> list[str]:
    """Remove what killed uploads and drawings left; their paths below ``FILES_DIR``."""
    root, removed = Path(settings.FILES_DIR), []
    folder, before = root / "documents", (at - UNFINISHED_AFTER).timestamp()
    for found in sorted([*folder.glob(f"*{_BEGUN}"), *folder.glob(f"*{_PART}")]):
        if found.stat().st_mtime >= before:
            continue
        whole = found.with_suffix(".pdf")
        name = whole.relative_to(root).as_posix()
        kept = CaseDocument.objects.filter(path=name).exists()
        if found.suffix == _BEGUN and not kept and whole.exists():
            whole.unlink()
            removed.append(name)
        found.unlink()
        removed.append(found.relative_to(root).as_posix())
    return removed


def _unchanged(document: CaseDocument) -> Path:
    path = Path(settings.FILES_DIR) / document.path
    if _digest(path) != document.sha256:
        raise DocumentRefused(
            _("The stored file is missing or was changed; call the administrator.")
        )
    return path


def _store(content: BinaryIO, whole: Path) -> tuple[int, str]:
    size, sha256, head, tail = 0, hashlib.sha256(), b"", b""
    with whole.open("xb") as out:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                limit = MAX_BYTES // 1024 // 1024
                raise DocumentRefused(
                    _("The file is larger than %(limit)s MB.") % {"limit": limit}
                )
            head += chunk[: 5 - len(head)]
            tail = (tail + chunk)[-2048:]
            sha256.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise DocumentRefused(_("The file is empty."))
    # What begins or ends as something else can be opened as something else.
    if not head.startswith(b"%PDF-"):
        raise DocumentRefused(_("The file isn't a PDF."))
    _before, marker, after = tail.rpartition(b"%%EOF")
    if not marker:
        raise DocumentRefused(
            _("The PDF is cut off: its end is missing. Upload it again.")
        )
    if after.strip(b"\0\t\n\f\r "):
        raise DocumentRefused(_("Something else is attached to the end of the PDF."))
    return size, sha256.hexdigest()


def _in_child(refusal: str, function: Callable[..., T], *args: object) -> T:
    try:
        return sandbox.run(
            function, *args, seconds=_CHILD_SECONDS, megabytes=_CHILD_MEGABYTES
        )
    except (sandbox.ChildTimedOut, sandbox.ChildKilled, MemoryError):
        raise DocumentRefused(refusal) from None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}{_PART}")
    partial.write_bytes(content)
    partial.replace(path)
