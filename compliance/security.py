"""What every answer carries, and what no log line does.

* A page runs no script but the site's own files. The admin's theme evaluates the
  expressions in its attributes, so its pages allow that and nothing more.
* A view that sets a stricter policy of its own (a served file) keeps it.
* Pages aren't kept by caches: they show what is known about people.
* A log line says where something broke and of which kind, never with what value.
"""

import logging
import re
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'{eval}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PAGES = POLICY.format(eval="")
ADMIN_PAGES = POLICY.format(eval=" 'unsafe-eval'")


class SecurityHeaders:
    """Sets the content security policy and forbids caching, where a view hasn't."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers on."""
        response = self.get_response(request)
        match = request.resolver_match
        in_admin = match is not None and "admin" in match.namespaces
        response.headers.setdefault(
            "Content-Security-Policy", ADMIN_PAGES if in_admin else PAGES
        )
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class GZipPages(GZipMiddleware):
    """Packs pages, and leaves files alone: packets are packed already, and large."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Pack what is held in memory whole."""
        if response.streaming:
            return response
        return super().process_response(request, response)


ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


# A row's token in an address (cases.admin.addresses): Django logs the paths it refuses.
TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{32}(?=/)")


class FormatterWithoutValues(logging.Formatter):
    """Prints where an exception came from and its kind, but not what it says.

    Nor which row was asked for: who reads logs could tell a request that they can't see
    by a token that no page of theirs has.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line; Celery's own lines carry the exception's text among their words."""
        if isinstance(record.args, dict) and "exc" in record.args:
            told: dict[str, Any] = {
                "exc": "",
                "args": "",
                "kwargs": "",
                "traceback": "",
            }
            record.args = {**record.args, **told}
        record.exc_text = None  # whatever another formatter has left there
        return TOKEN.sub("…", super().format(record))

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - logging's name
        """Frames and kinds of the whole chain, oldest first."""
        lines = []
        fault = ei[1]
        while fault is not None:
            frames = traceback.format_list(traceback.extract_tb(fault.__traceback__))
            kind = type(fault)
            lines.append("".join(frames) + f"{kind.__module__}.{kind.__qualname__}")
            fault = fault.__cause__ or fault.__context__
        return "\n".join(reversed(lines))
