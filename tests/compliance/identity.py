"""A small identity provider on this machine, by the words of OpenID Connect."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from django.test import Client

CLIENT, SECRET = "candor", "between us two"


class Provider:
    """Knows one person at a time; keeps what it was asked, so that tests can look."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.person: dict[str, object] = {}
        self.codes: dict[str, str] = {}  # code -> the challenge it was given for
        self.asked: dict[str, str] = {}

    @property
    def app(self) -> dict[str, object]:
        """A site's settings for it, as compliance.settings has them."""
        return {
            "provider_id": "sso",
            "name": "Single sign-on",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": self.address, "oauth_pkce_enabled": True},
        }

    def consents(self, client: Client) -> object:
        """Go from the sign-in to the provider and back, as a browser would."""
        sent = client.get("/accounts/oidc/sso/login/")
        way = urlsplit(sent.url)
        assert f"{way.scheme}://{way.netloc}" == self.address
        self.asked = {name: one[0] for name, one in parse_qs(way.query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = self.asked["code_challenge"]
        return client.get(
            "/accounts/oidc/sso/login/callback/",
            {"code": code, "state": self.asked["state"]},
        )

    def configuration(self) -> dict[str, object]:
        """What the provider publishes of itself."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """A token for a code, once, to who holds the verifier and the secret."""
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        known = self.codes.pop(form.get("code", ""), None)
        if known != challenge or form.get("client_secret") != SECRET:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "open sesame", "token_type": "Bearer"}


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider, listening on this machine alone."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self.answer(200, made.configuration())
            elif self.headers.get("Authorization") == "Bearer open sesame":
                self.answer(200, made.person)
            else:
                self.answer(401, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(*made.token({k: v[0] for k, v in parse_qs(body).items()}))

        def answer(self, status: int, data: dict[str, object]) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
