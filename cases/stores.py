"""Where signed documents lie: a directory or an S3-compatible bucket.

Both are Django's storages, and both refuse a name that is there already: a document
that was put out is never overwritten. A bucket decides that itself by a
conditional put; for a server that has none the name is looked up before.

``open_bucket`` is how everything in Candor reaches a bucket, files of records too. A
bucket that doesn't answer costs ``PATIENCE`` and a few tries, and what it said is never
passed on: only the kind of error is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.deconstruct import deconstructible
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from cases.exceptions import BucketUnavailable

PATIENCE = timedelta(seconds=10)  # for one request, and for all tries of one
TRIES_AGAIN = 2
KEYS = ("access_key_id", "secret_access_key")  # of settings.S3
_NO_SUCH_FEATURE = "501 Not Implemented"  # the library has no kind for it


def is_bucket(address: str) -> bool:
    """Whether an address leads to a bucket."""
    return address.startswith("s3://")


def split(address: str) -> tuple[str, str]:
    """The bucket of ``s3://bucket/folder/name``, and the rest without slashes about.

    Raises:
        ValueError: it names no bucket.
    """
    found = urlsplit(address)
    if found.scheme != "s3" or not found.netloc or found.query or found.fragment:
        raise ValueError("it should look like s3://bucket/folder")
    return found.netloc, unquote(found.path).strip("/")


def connection() -> dict[str, Any]:
    """How buckets are reached: the site's settings, and no patience without end."""
    endpoint = settings.S3["endpoint"]
    return {
        **({"endpoint": endpoint} if endpoint else {}),
        **{name: settings.S3[name] for name in ("region", *KEYS)},
        "client_options": {
            # The start is refused where that is another machine (compliance/checks.py).
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": PATIENCE / 2,
            "timeout": PATIENCE,
        },
        "retry_config": {"max_retries": TRIES_AGAIN, "retry_timeout": PATIENCE},
    }


def open_bucket(address: str) -> S3Store:
    """The store below ``s3://bucket/folder``; it connects when it is first used.

    Raises:
        ValueError: it names no bucket.
    """
    bucket, folder = split(address)
    return S3Store(bucket, prefix=folder or None, **connection())


@contextmanager
def in_words() -> Iterator[None]:
    """Say what a bucket's refusal is without its own words.

    Raises:
        BucketUnavailable: it can't be reached, or won't have us.
        FileExistsError: the name is taken.
        FileNotFoundError: there is no such name, or no such bucket.
    """
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError("There is nothing of that name.") from None
    except AlreadyExistsError:
        raise FileExistsError("That name is there already.") from None
    except BaseError as error:
        kind = type(error).__name__
        raise BucketUnavailable(f"The bucket doesn't answer ({kind}).") from None


class WrittenOnce(Storage):
    """Refuses a name that is there, where Django would think of another one."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself.

        Raises:
            FileExistsError: it is there already.
        """
        if self.exists(name):
            raise FileExistsError("That name is there already.")
        return name


@deconstructible
class Folder(WrittenOnce, FileSystemStorage):
    """A directory."""


@deconstructible
class Bucket(WrittenOnce):
    """A bucket, or a folder of one; nothing in it is changed or removed by us."""

    def __init__(self, address: str) -> None:
        self._address = address

    @cached_property
    def objects(self) -> S3Store:
        """The store itself."""
        return open_bucket(self._address)

    def exists(self, name: str) -> bool:
        """Whether a document of this name is there.

        Raises:
            BucketUnavailable: nobody can say.
        """
        try:
            with in_words():
                obstore.head(self.objects, name)
        except FileNotFoundError:
            return False
        return True

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """No folders, and the names of all documents.

        Raises:
            BucketUnavailable: it can't be reached, or there is no such bucket.
        """
        try:
            with in_words():
                found = obstore.list(self.objects, path or None)
                return [], [one["path"] for some in found for one in some]
        except FileNotFoundError:
            raise BucketUnavailable("There is no such bucket.") from None

    def _open(self, name: str, mode: str = "rb") -> File:
        with in_words():
            return ContentFile(bytes(obstore.get(self.objects, name).bytes()), name)

    def _save(self, name: str, content: File) -> str:
        data = content.read()
        with in_words():
            try:
                obstore.put(self.objects, name, data, mode="create")
            except BaseError as error:
                if _NO_SUCH_FEATURE not in str(error):
                    raise
                # ``get_available_name`` has seen that the name is free.
                obstore.put(self.objects, name, data)
        return name
