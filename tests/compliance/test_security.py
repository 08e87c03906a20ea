"""Headers on every answer, and log lines without values."""

import logging

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from compliance.security import (
    ADMIN_PAGES,
    PAGES,
    FormatterWithoutValues,
    GZipPages,
    SecurityHeaders,
)


@pytest.mark.django_db
def test_admin_page_carries_the_admin_policy(client):
    answer = client.get("/login/")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == ADMIN_PAGES
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_page_outside_the_admin_evaluates_nothing(client):
    answer = client.get("/language/setlang/")
    assert answer.headers["Content-Security-Policy"] == PAGES
    assert "unsafe-eval" not in PAGES
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_view_keeps_a_policy_of_its_own(rf):
    own = {"Content-Security-Policy": "sandbox", "Cache-Control": "no-cache"}
    request = rf.get("/")
    request.resolver_match = None
    answer = SecurityHeaders(lambda _: HttpResponse(headers=own))(request)
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_files_are_not_packed_and_pages_are(rf):
    request = rf.get("/", headers={"accept-encoding": "gzip"})
    file = GZipPages(lambda _: StreamingHttpResponse([b"x" * 999]))(request)
    page = GZipPages(lambda _: HttpResponse(b"x" * 999))(request)
    assert "Content-Encoding" not in file.headers
    assert page.headers["Content-Encoding"] == "gzip"


def line(record: logging.LogRecord) -> str:
    return FormatterWithoutValues("{levelname} {message}", style="{").format(record)


def look_up(name: str) -> None:
    try:
        {}[name]
    except KeyError as fault:
        raise ValueError(name + " again") from fault


def test_log_line_says_where_and_what_kind_but_not_the_value():
    name = "alice"
    with pytest.raises(ValueError, match="alice") as caught:
        look_up(name)
    told = (caught.type, caught.value, caught.tb)
    text = line(logging.LogRecord("x", 40, "p", 1, "It broke", (), told))
    assert "alice" not in text
    assert "in look_up" in text
    assert "builtins.KeyError" in text
    assert text.endswith("builtins.ValueError")


def test_line_of_a_failed_task_leaves_the_exception_out():
    told = {"name": "t", "exc": "ValueError('alice')", "kwargs": "{'alice'}"}
    record = logging.LogRecord("x", 40, "p", 1, "%(name)s: %(exc)s", (told,), None)
    assert line(record) == "ERROR t: "
