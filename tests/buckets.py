"""A local S3: moto's, on a port of this machine, in a thread of the tests' own."""

import threading
from contextlib import contextmanager
from itertools import count

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    create_backend_app,
)
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

KEYS = {"access_key_id": "tests", "secret_access_key": "only"}
NOWHERE = "http://127.0.0.1:9"  # the port that throws everything away
FORBIDDEN = ("403 Forbidden", [("Content-Length", "0")])
NOT_HERE = ("501 Not Implemented", [("Content-Length", "0")])


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_args):
        """Say nothing."""


class LocalS3:
    """It notes the names that were asked for, and can lack conditional puts."""

    def __init__(self):
        self.asked = []
        self.has_conditional_puts = True
        self.refused = ""
        self._numbers = count(1)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server(
            "127.0.0.1", 0, self, threaded=True, request_handler=_Quiet
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __call__(self, environ, start_response):
        self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if "HTTP_IF_NONE_MATCH" in environ and not self.has_conditional_puts:
            start_response(*NOT_HERE)
            return []
        if self.refused and environ["PATH_INFO"].endswith(self.refused):
            start_response(*FORBIDDEN)
            return []
        return self._moto(environ, start_response)

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self):
        """The site's settings of S3 that lead here."""
        address = f"http://127.0.0.1:{self._server.server_port}"
        return {"endpoint": address, "region": "us-east-1", **KEYS}

    def bucket(self):
        """A new and empty bucket's name."""
        name = f"bucket-{next(self._numbers)}"
        assert Client(self).put(f"/{name}").status_code == 200
        return name

    @contextmanager
    def refusing(self, ending):
        """For a while it gives nobody the objects whose names end like this."""
        self.refused = ending
        yield
        self.refused = ""

    @contextmanager
    def without_conditional_puts(self):
        """For a while it is one of the servers that have none."""
        self.has_conditional_puts = False
        yield
        self.has_conditional_puts = True
