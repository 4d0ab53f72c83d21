"""The HTTP below the transport: one client, with its connections, for each vendor's address, and one exchange."""

from __future__ import annotations

import ssl
import threading
import time
from functools import cache

import httpx

from connectors.answers import body_of, lost
from connectors.deadlines import remaining
from connectors.dialect import Dialect, Endpoint
from connectors.tries import NotNow


class Wire:
    """Connections, kept and used again. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: dict[str, httpx.Client] = {}

    def client(self, base_url: str) -> httpx.Client:
        """The one for this address. Making the first takes a moment, which no call should have to wait for."""
        with self._lock:
            client = self._clients.get(base_url)
            if client is None:
                client = self._clients[base_url] = httpx.Client(
                    verify=_tls(),
                    limits=httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=30),
                    follow_redirects=False,
                    trust_env=False,
                )
            return client

    def exchange(
        self, base_url: str, dialect: Dialect, endpoint: Endpoint, request: httpx.Request
    ) -> tuple[int, httpx.Headers, bytes]:
        """Send and take in the whole body, inside the time that is left: status, headers, body. Raises VendorError."""
        left = remaining()
        if left is not None and left <= 0:
            raise NotNow(dialect.vendor, f"there was no time left to ask {dialect.title}", detail="deadline")
        own = dialect.connect_s + dialect.read_s
        ends_at = time.monotonic() + (own if left is None else min(own, left))
        request.extensions["timeout"] = httpx.Timeout(
            _least(dialect.read_s, left), connect=_least(dialect.connect_s, left)
        ).as_dict()
        try:
            response = self.client(base_url).send(request, stream=True)
            try:
                return response.status_code, response.headers, body_of(response, ends_at)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The vendor's error must not carry httpx's, which holds the request with its credentials.
            kind = type(error)
        raise lost(dialect, endpoint, kind)

    def close(self) -> None:
        """Give back every connection."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            client.close()


@cache
def _tls() -> ssl.SSLContext:
    """One for the process: reading the certificates takes longer than a call."""
    return httpx.create_ssl_context(trust_env=False)


def _least(own: float, left: float | None) -> float:
    return own if left is None else min(own, left)
