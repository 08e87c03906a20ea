"""Files of a case at rest: closed by its own key (age), opened by who needs them.

One key a case, made with its first file. Its secret half lies sealed by the site's keys
(``cases.keys``), so that it is rotated with all else, and a copy of the files, or of
the database, opens nothing. Without the case's key nobody can open its files.

A file passes through in pieces. What comes out first may be of a file that is broken
further on: whoever opens one believes it only once it has ended.
Source: https://age-encryption.org/v1
"""

import os
from pathlib import Path
from typing import Any

import pyrage
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.exceptions import KeyGone, NotOpened
from cases.models import Case, CaseKey


def close(plain: Path, closed: Path, *, case_id: int) -> None:
    """Write the file anew, closed for the case, whole or not at all.

    The case's key is made where it has none yet.
    """
    growing = closed.with_name(f"{closed.name}.part")
    growing.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with (
            plain.open("rb") as source,
            os.fdopen(os.open(growing, flags, 0o600), "wb") as out,
        ):
            recipient = pyrage.x25519.Recipient.from_str(_made(case_id).recipient)
            pyrage.encrypt_io(source, out, [recipient])
        growing.replace(closed)
    finally:
        growing.unlink(missing_ok=True)


def pour(closed: Path, sink: Any, *, case: Case) -> None:
    """Put the plain bytes of a closed file into ``sink.write``, in small pieces.

    Raises:
        KeyGone: the case has no key.
        NotOpened: the file is missing, broken, or another key closed it.
        OSError: the machine's own fault, such as a full disk: it says nothing of the
            file.
    """
    try:
        key = case.key  # asked once for all the files that are read of a case
    except CaseKey.DoesNotExist:
        raise KeyGone(
            _("The key of this request is gone: its records can't be opened any more.")
        ) from None
    identity = pyrage.x25519.Identity.from_str(key.identity)
    try:
        with closed.open("rb") as source:
            pyrage.decrypt_io(source, sink, [identity])
    except (FileNotFoundError, pyrage.DecryptError) as fault:
        raise NotOpened(closed.name) from fault
    except OSError as fault:
        if fault.errno is not None:
            raise
        raise NotOpened(closed.name) from fault  # so pyrage says "decryption error"


def _made(case_id: int) -> CaseKey:
    identity = pyrage.x25519.Identity.generate()
    key, _is_new = CaseKey.objects.get_or_create(
        case_id=case_id,
        defaults={
            "recipient": str(identity.to_public()),
            "identity": str(identity),
            "made_at": timezone.now(),
        },
    )
    return key
