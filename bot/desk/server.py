"""The practice desk as one server on a loopback port: page, desk API, Slack's Web API, Socket Mode."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
from collections.abc import Mapping, Sequence
from email import message_from_bytes
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.clock import Clock, system_clock
from bot.desk import web_api, web_chat, web_files
from bot.desk.acts import Acts
from bot.desk.api import DeskApi, desk_refused
from bot.desk.delivery import ACK_SECONDS, RETRY_SECONDS
from bot.desk.gate import Gate
from bot.desk.handles import Handles
from bot.desk.herald import Herald
from bot.desk.manifest import Manifest
from bot.desk.modals import Modals
from bot.desk.model import WorkspaceData
from bot.desk.practice import Practice
from bot.desk.refusals import DeskRefusal, SlackRefusal
from bot.errors import ConfigError

STATIC = Path(__file__).with_name("static")
_START_SECONDS = 10.0


class _Uvicorn(uvicorn.Server):
    """Ends when told, without waiting long for open connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told = asyncio.Event()

    async def main_loop(self) -> None:
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


class DeskServer(Handles):
    """A practice workspace that is running. Use as a context manager, or start() and stop().

    `delivery` "http" needs `request_url` (loopback). `manifest` None: the app may do everything. `retry_seconds`:
    waits before each retry of an event; `ack_seconds`: how long the bot has. Addresses are known before start().
    Raises bot.errors.ConfigError for a request URL elsewhere, OSError if the port is taken.
    """

    def __init__(
        self,
        workspace: WorkspaceData,
        *,
        manifest: Path | None = None,
        delivery: Literal["socket", "http"] = "socket",
        request_url: str | None = None,
        signing_secret: str | None = None,
        world_urls: Mapping[str, str] | None = None,
        port: int = 0,
        clock: Clock = system_clock,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        ack_seconds: float = ACK_SECONDS,
        enforce_rates: bool = True,
    ) -> None:
        if (delivery == "http") != (request_url is not None):
            raise ConfigError("Give the practice desk a request URL for HTTP, and none for Socket Mode.")
        self.signing_secret = signing_secret or secrets.token_hex(16)
        practice = Practice(
            workspace,
            manifest=Manifest.read(manifest),
            request_url=request_url,
            signing_secret=self.signing_secret,
            clock=clock,
            retry_seconds=retry_seconds,
            ack_seconds=ack_seconds,
            enforce_rates=enforce_rates,
        )
        self._listener = socket.create_server(("127.0.0.1", port))
        practice.addresses.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        acts = Acts(practice, Herald(practice))
        modals = Modals(practice, acts)
        super().__init__(practice, acts, modals)
        self._api = DeskApi(practice, acts, modals, world_urls or {})
        self._uvicorn: _Uvicorn | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.practice.addresses.base

    @property
    def api_url(self) -> str:
        """The Web API's base for the bot's api_url; ends with /api/."""
        return self.practice.addresses.api

    @property
    def bot_token(self) -> str:
        """The only bot token this desk takes."""
        return self.practice.tokens.bot

    @property
    def app_token(self) -> str:
        """The only app-level token this desk takes."""
        return self.practice.tokens.app

    def start(self) -> Self:
        """Begin to answer; returns once it does."""
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise ConfigError("The practice desk did not start.")
        return self

    def stop(self) -> None:
        """Stop delivering and answering. May be called twice."""
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self.practice.courier.close()
            self._loop.call_soon_threadsafe(self._end)
            self._thread.join(_START_SECONDS)
        self._listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _end(self) -> None:
        self._api.end_streams()
        if self._uvicorn is not None:
            self._uvicorn.told.set()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            runner.run(self._serve())

    async def _serve(self) -> None:
        config = uvicorn.Config(self._application(), lifespan="off", log_config=None, access_log=False)
        self._uvicorn = _Uvicorn(config)
        serving = asyncio.create_task(self._uvicorn.serve(sockets=[self._listener]))
        while not self._uvicorn.started and not serving.done():
            await asyncio.sleep(0.001)
        self._ready.set()
        await serving

    def _application(self) -> Starlette:
        app = Starlette(
            routes=[
                Route("/", _page),
                Route("/archives/{rest:path}", _page),
                Route("/api/{method}", web_api.endpoint, methods=["GET", "POST"]),
                Route("/response/{key}", self._respond, methods=["POST"]),
                Route("/upload/{file_id}", self._upload, methods=["POST"]),
                Route("/files-pri/{key}/{name:path}", self._download, methods=["GET"]),
                WebSocketRoute("/socket/{ticket}", self.practice.hub.serve),
                *self._api.routes(),
                Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
            ],
            middleware=[Middleware(Gate)],
            exception_handlers={DeskRefusal: desk_refused},
        )
        app.state.practice = self.practice
        return app

    async def _respond(self, request: Request) -> Response:
        """A response_url: 200 ok, or 404 with Slack's error."""
        args = await web_api.arguments(request)
        args.pop("token", None)
        try:
            await run_in_threadpool(web_chat.answer_response_url, self.practice, request.path_params["key"], args)
        except SlackRefusal as refusal:
            self.practice.workspace.refuse("response_url", refusal.error, refusal.messages, args)
            return JSONResponse(refusal.answer(), 404 if refusal.error.endswith("_url") else 400)
        return PlainTextResponse("ok")

    async def _upload(self, request: Request) -> Response:
        """The bytes of a file, raw or as a form's only file."""
        file_id = request.path_params["file_id"]
        content = await _posted_bytes(request)
        found = web_files.store_bytes(self.practice, file_id, content)
        return PlainTextResponse(f"OK - {len(content)}") if found else PlainTextResponse("not found", 404)

    async def _download(self, request: Request) -> Response:
        """A file by its private URL; who may not have it is led to a page to sign in, as Slack does."""
        key, authorization = request.path_params["key"], request.headers.get("authorization", "")
        file = web_files.download(self.practice, key, authorization)
        if file is None:
            return RedirectResponse(f"{self.url}/?redir={quote(request.url.path, safe='')}", 302)
        return Response(file.content, media_type=file.kind[0])


async def _posted_bytes(request: Request) -> bytes:
    raw, kind = await request.body(), request.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return raw
    whole = message_from_bytes(b"content-type: " + kind.encode("latin-1") + b"\r\n\r\n" + raw)
    files = [part for part in whole.walk() if part.get_filename() is not None]
    content = files[0].get_payload(decode=True) if files else b""
    return content if isinstance(content, bytes) else b""


async def _page(_request: Request) -> Response:
    return FileResponse(STATIC / "index.html")
