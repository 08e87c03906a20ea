"""Files of a case at rest: closed by its own key (age), opened by who needs them.

One key a case, made with its first file. Its secret half lies sealed by the site's keys
(``cases.keys``), so that it is rotated with all else, and a copy of the files, or of
the database, opens nothing. Without the case's key nobody can open its files.

A file passes through in pieces. What comes out first may be of a file that is broken
further on: whoever opens one believes it only once it has ended.
Source: https://age-encryption.org/v1
"""

import fcntl
import os
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyrage
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import agefile
from cases.exceptions import KeyGone, NotOpened
from cases.growing import growing
from cases.models import Case, CaseKey

_AT_ONCE = 1 << 20  # as large as a pipe may be


class Closing:
    """A file that is closed for somebody while it is written, whole or not at all.

    A context manager, which begins anew each time it is entered. What is written goes
    through a pipe to a thread that closes it: the plain bytes are on no disk.
    """

    def __init__(self, closed: Path, recipient: str) -> None:
        self._closed = closed
        self._recipient = pyrage.x25519.Recipient.from_str(recipient)

    def __enter__(self) -> Self:
        """Begin the file."""
        self._fault: Exception | None = None
        self._stack = ExitStack()
        self._out = self._stack.enter_context(growing(self._closed))
        reading, writing = os.pipe()
        # In large turns: the two threads take the interpreter from each other.
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _AT_ONCE)
        self._pipe = os.fdopen(writing, "wb", buffering=_AT_ONCE)
        self._thread = threading.Thread(target=self._work, args=[reading], daemon=True)
        self._thread.start()
        return self

    def write(self, data: bytes, /) -> int:
        """Take a piece.

        Raises:
            OSError: it can't be written.
        """
        return self._pipe.write(data)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the whole file its name, or leave nothing.

        Raises:
            OSError: it couldn't be written.
        """
        with self._stack:
            with suppress(BrokenPipeError):  # then the thread says why
                self._pipe.close()
            self._thread.join()
            if self._fault:  # a broken pipe is only how it showed
                raise OSError(_("The file couldn't be closed.")) from self._fault
            if error:
                raise error

    def _work(self, reading: int) -> None:
        with os.fdopen(reading, "rb", buffering=_AT_ONCE) as source:
            try:
                pyrage.encrypt_io(source, self._out, [self._recipient])
            except (OSError, pyrage.EncryptError) as fault:
                self._fault = fault


def closing(closed: Path, *, case_id: int) -> Closing:
    """A file to be written closed for the case, whose key is made if it has none."""
    return Closing(closed, _made(case_id).recipient)


def close(plain: Path, closed: Path, *, case_id: int) -> None:
    """Write the file anew, closed for the case, whole or not at all.

    The case's key is made where it has none yet.
    """
    with plain.open("rb") as source, growing(closed) as out:
        recipient = pyrage.x25519.Recipient.from_str(_made(case_id).recipient)
        pyrage.encrypt_io(source, out, [recipient])


def pour(closed: Path, sink: Any, *, case: Case) -> None:
    """Put the plain bytes of a closed file into ``sink.write``, in small pieces.

    Raises:
        KeyGone: the case has no key.
        NotOpened: the file is missing, broken, or another key closed it.
        OSError: the machine's own fault, such as a full disk: it says nothing of the
            file.
    """
    identity = pyrage.x25519.Identity.from_str(_key(case).identity)
    try:
        with closed.open("rb") as source:
            pyrage.decrypt_io(source, sink, [identity])
    except (FileNotFoundError, pyrage.DecryptError) as fault:
        raise NotOpened(closed.name) from fault
    except OSError as fault:
        if fault.errno is not None:
            raise
        raise NotOpened(closed.name) from fault  # so pyrage says "decryption error"


def piece(closed: Path, start: int, length: int, *, case: Case) -> bytes:
    """Plain bytes out of the middle of a closed file, without opening the rest.

    Whoever calls knows by a hash that they are those of the file that was closed.

    Raises:
        KeyGone: the case has no key.
        NotOpened: the file is missing, broken there, or another key closed it.
        OSError: the machine's own fault, as of ``pour``.
    """
    key = _key(case)
    try:
        with closed.open("rb") as source:
            return agefile.stretch(source, key.identity, start, length)
    except (FileNotFoundError, agefile.NoAgeFileError) as fault:
        raise NotOpened(closed.name) from fault


def _key(case: Case) -> CaseKey:
    try:
        return case.key  # asked once for all the files that are read of a case
    except CaseKey.DoesNotExist:
        raise KeyGone(
            _("The key of this request is gone: its records can't be opened any more.")
        ) from None


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
