"""Everything one practice desk holds together: the workspace, the app's manifest, tickets, deliveries, addresses."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.clock import Clock, system_clock
from bot.desk.delivery import Courier, HttpTransport, Transport
from bot.desk.manifest import Manifest
from bot.desk.model import WorkspaceData
from bot.desk.rates import Rates
from bot.desk.socket_mode import SocketHub
from bot.desk.tickets import Tickets
from bot.desk.workspace import Workspace


@dataclass
class Addresses:
    """Where the desk is reached; `base` is known once it listens."""

    base: str = "http://127.0.0.1"

    @property
    def api(self) -> str:
        """The Web API's base, as an app's api_url."""
        return f"{self.base}/api/"

    def response(self, key: str) -> str:
        """A response_url."""
        return f"{self.base}/response/{key}"

    def socket(self, key: str) -> str:
        """A one-use WebSocket URL."""
        return f"ws{self.base.removeprefix('http')}/socket/{key}?app_id=practice"

    def upload(self, file_id: str) -> str:
        """Where a file's bytes go."""
        return f"{self.base}/upload/{file_id}"


@dataclass(frozen=True)
class Tokens:
    """The desk's own tokens; it takes no others, so that a real one never meets it."""

    bot: str = field(default_factory=lambda: f"xoxb-practice-{secrets.token_hex(8)}")
    app: str = field(default_factory=lambda: f"xapp-practice-{secrets.token_hex(8)}")


class Practice:
    """The parts, wired; started and stopped by `server.DeskServer`."""

    def __init__(
        self,
        data: WorkspaceData,
        *,
        manifest: Manifest,
        request_url: str | None,
        signing_secret: str,
        clock: Clock = system_clock,
        retry_seconds: Sequence[float],
        ack_seconds: float,
        enforce_rates: bool,
    ) -> None:
        self.workspace = Workspace(data, clock)
        self.manifest = manifest
        self.clock = clock
        self.tickets = Tickets(clock)
        self.rates = Rates(clock, enforced=enforce_rates)
        self.addresses = Addresses()
        self.tokens = Tokens()
        self.hub = SocketHub(self.workspace, self.tickets, ack_seconds)
        self.mode = "socket" if request_url is None else "http"
        transport: Transport = self.hub
        if request_url is not None:
            transport = HttpTransport(request_url, signing_secret, clock, ack_seconds)
        self.courier = Courier(self.workspace, transport, retry_seconds)
