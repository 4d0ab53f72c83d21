"""A small server that shows the page with given messages, views and events: also ones the real desk would refuse.

The page is exercised against the real `DeskServer` elsewhere; here stands what cannot come from there (unknown blocks,
a broken line, an answer of choice), and what is drawn only to be looked at.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

import bot.desk

STATIC = Path(bot.desk.__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
BOT = {"user_id": "U0POINTSMAN", "bot_id": "B0POINTSMAN", "app_id": "A0POINTSMAN", "name": "Pointsman"}
RILEY = {"id": "U0RILEY", "name": "riley", "real_name": "Riley", "title": "Budtender at Pine Street", "blurb": ""}
MORGAN = {"id": "U0MORGAN", "name": "morgan", "real_name": "Morgan", "title": "Manager at Pine Street", "blurb": ""}


def message(text: str, *, user: str = "U0POINTSMAN", ts: float | None = None, **more: Any) -> dict[str, Any]:
    """A message as the desk gives it; `ts` in seconds, now when left out."""
    stamp = f"{time.time() if ts is None else ts:.6f}"
    return {
        "channel": "C0PINE", "ts": stamp, "thread_ts": None, "user": user, "bot": user == "U0POINTSMAN", "text": text,
        "blocks": [], "edited": None, "ephemeral_to": None, "reactions": [], "reply_count": 0, "reply_users": [],
        "latest_reply": None, "attachments": [], "files": [],
    } | more  # fmt: skip


class _Policy:
    """Every answer carries the strict Content-Security-Policy: inline script or style would show as an error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(event: Any) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = [*event["headers"], (b"content-security-policy", POLICY.encode())]
            await send(event)

        await self.app(scope, receive, sending)


class Gallery:
    """Start with `with Gallery() as gallery:`; then `gallery.url`, `gallery.emit(...)`, `gallery.posted`."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.stack: list[dict[str, Any]] = []
        self.home: dict[str, Any] | None = None
        self.world: dict[str, Any] | None = None
        self.events: list[dict[str, Any]] = []
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.up = True
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    # -- what tests do ------------------------------------------------------------------------------------------------

    def emit(self, kind: str, **fields: Any) -> None:
        """One event to every open page, at once."""
        self.events.append({"seq": len(self.events) + 1, "type": kind, **fields})

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        """A new message, stored and sent as an event."""
        one = message(text, **more)
        self.messages.append(one)
        self.emit("message", message=one)
        return one

    # -- the server ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> Gallery:
        routes = [
            Route("/", self._page),
            Route("/desk/state", self._state),
            Route("/desk/events", self._events),
            Route("/desk/world", self._world),
            Route("/desk/{verb:path}", self._post, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        app = _Policy(Starlette(routes=routes))
        config = uvicorn.Config(app, port=self._port, log_level="error", timeout_graceful_shutdown=0)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)

    async def _page(self, _: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def _state(self, request: Request) -> Response:
        me = MORGAN if request.query_params.get("person") == "U0MORGAN" else RILEY
        members = ["U0RILEY", "U0MORGAN"]
        room = {"is_im": False, "members": members, "bot_in": True}
        channels = [
            {**room, "id": "C0PINE", "name": "pine-street", "private": False, "topic": "The Pine Street shop"},
            {**room, "id": "C0SUPPORT", "name": "loyalty-support", "private": True, "topic": ""},
            {
                "id": "D0ME",
                "name": "Pointsman",
                "is_im": True,
                "private": True,
                "members": members,
                "bot_in": True,
                "topic": "",
            },
        ]
        by_channel = {c["id"]: [m for m in self.messages if m["channel"] == c["id"]] for c in channels}
        state = {
            "seq": len(self.events), "team": {"id": "T0HARBOR", "name": "Harbor Green"}, "me": me, "bot": BOT,
            "people": [RILEY, MORGAN], "user_groups": [], "channels": channels, "messages": by_channel, "statuses": [],
            "views": {"home": self.home, "stack": self.stack}, "refusals": [], "failures": [],
            "commands": [{"command": "/points", "description": "Ask about points", "usage_hint": "[question]"}],
            "shortcuts": [{"name": "Look into this", "type": "message", "callback_id": "look", "description": ""}],
            "tries": [], "delivery": {"mode": "http", "connected": True},
            "world_url": "/desk/world" if self.world else None,
        }  # fmt: skip
        return JSONResponse(state)

    async def _events(self, request: Request) -> Response:
        if not self.up:
            return Response(status_code=503)
        since = int(request.query_params.get("since", "0"))

        async def lines() -> AsyncIterator[bytes]:
            at = since
            while self.up and not self._server.should_exit:
                for event in self.events[at:]:
                    at = event["seq"]
                    yield f"id: {at}\ndata: {json.dumps(event)}\n\n".encode()
                await asyncio.sleep(0.02)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def _world(self, _: Request) -> Response:
        return JSONResponse(self.world or {"error": "no_world"}, status_code=200 if self.world else 404)

    async def _post(self, request: Request) -> Response:
        verb, body = request.path_params["verb"], await request.json()
        self.posted.append((verb, body))
        return JSONResponse(self.answers.get(verb, {"delivered": True}))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
