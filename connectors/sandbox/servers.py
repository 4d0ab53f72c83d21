"""Every vendor's sandbox on its own loopback port, served by one thread."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import uvicorn

from connectors.registry import vendor_modules
from connectors.sandbox.control import control_app
from connectors.sandbox.courier import Courier
from connectors.sandbox.gate import Gate, Vendor
from connectors.sandbox.world import World

_START_S = 5.0


class _Server(uvicorn.Server):
    """Ends when told, instead of looking every tenth of a second whether it was."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait to be told."""
        await self.told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which gives what is under way a tenth of a second, but only while there is something."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(20):
            await asyncio.sleep(0.005)
            if not self.server_state.connections and not self.server_state.tasks:
                break


def _listener(host: str, port: int) -> socket.socket:
    """A listening socket that names its protocol: only then does asyncio switch off Nagle's delay (40 ms a call)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


def sandbox_names() -> tuple[str, ...]:
    """Every vendor that is served, in the order of their names."""
    return tuple(sorted(kind.name for module in vendor_modules("sandbox") for kind in module.SANDBOXES))


class _NoComplaintOfCuts(logging.Filter):
    """Connections are cut on purpose here; the server's error about it would only mislead."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "without completing response" not in record.getMessage()


class SandboxServers:
    """Serves `world`: `with SandboxServers(World.seeded()) as servers: servers.urls["dutchie"]`.

    ports: a fixed port for a vendor; absent or 0 takes a free one. `urls` and `world` are known before `start`.
    messages_to: an address below which the vendors' messages go, as `<address>/<vendor>/<store>`; without it none do.
    """

    def __init__(
        self,
        world: World,
        *,
        ports: Mapping[str, int] | None = None,
        host: str = "127.0.0.1",
        messages_to: str | None = None,
    ) -> None:
        if host not in ("127.0.0.1", "localhost"):
            raise ValueError("a sandbox listens on loopback only")
        self.world = world
        self.courier = Courier(world, messages_to) if messages_to is not None else None
        self.urls: dict[str, str] = {}
        self._sockets: dict[str, socket.socket] = {}
        self._quiet = _NoComplaintOfCuts()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._servers: list[_Server] = []
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._vendors: tuple[Vendor, ...] = tuple(
            kind(world) for module in vendor_modules("sandbox") for kind in module.SANDBOXES
        )
        for vendor in self._vendors:
            listener = _listener(host, (ports or {}).get(vendor.name, 0))
            self._sockets[vendor.name] = listener
            self.urls[vendor.name] = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def start(self) -> Self:
        """Begin to answer; returns once every port does."""
        logging.getLogger("uvicorn.error").addFilter(self._quiet)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_S):
            raise RuntimeError("the sandbox servers did not start")
        if self.courier is not None:
            self.courier.start()
        return self

    def stop(self) -> None:
        """Stop answering, cutting whatever is still under way. May be called twice."""
        if self.courier is not None:
            self.courier.stop()
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            for server in self._servers:
                self._loop.call_soon_threadsafe(server.told.set)
            self._thread.join(_START_S)
        for listener in self._sockets.values():
            listener.close()
        logging.getLogger("uvicorn.error").removeFilter(self._quiet)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            runner.run(self._serve())

    async def _serve(self) -> None:
        control = control_app(self.world)
        listeners = []
        for vendor in self._vendors:
            config = uvicorn.Config(
                Gate(self.world, vendor, control),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                timeout_keep_alive=60,
            )
            server = _Server(config)
            self._servers.append(server)
            listeners.append(asyncio.create_task(server.serve(sockets=[self._sockets[vendor.name]])))
        while not all(server.started for server in self._servers):
            await asyncio.sleep(0.001)
        self._ready.set()
        await asyncio.gather(*listeners)
