"""What stands before every vendor's sandbox: the Host check, faults, and the request log. Plain ASGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.sandbox.faults import Fault
from connectors.sandbox.world import Request, World

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CONTROL = "/_sandbox/"
BODY = "sandbox.body"


class Vendor(Protocol):
    """What the gate must know of one vendor's sandbox. The scope carries the request's whole body as BODY."""

    name: str

    @property
    def app(self) -> ASGIApp:
        """The vendor's API."""

    def store_of(self, scope: Scope) -> str | None:
        """The store whose credentials the request carries."""

    def is_write(self, scope: Scope) -> bool:
        """Whether the request may change something."""

    def denied(self) -> Response:
        """The vendor's answer to wrong credentials."""

    def throttled(self, retry_after: float | None) -> Response:
        """The vendor's answer to too many requests."""


@runtime_checkable
class NamesOperations(Protocol):
    """A vendor whose every call has the same path (GraphQL). Fulfilled beside `Vendor`."""

    def path_of(self, scope: Scope) -> str:
        """The path with the operation's name behind it: what faults are aimed at, and what the request log shows."""


class Gate:
    """Wraps one vendor's sandbox and the control API into one ASGI application."""

    def __init__(self, world: World, vendor: Vendor, control: ASGIApp) -> None:
        self._world = world
        self._vendor = vendor
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Lifespan messages never come here: the servers run without them."""
        if not _from_loopback(scope):
            await PlainTextResponse("This sandbox answers to loopback names only.", 403)(scope, receive, send)
            return
        if scope["path"].startswith(CONTROL):
            await self._control(scope, receive, send)
            return
        body = await _body_of(receive)
        scope, receive = {**scope, BODY: body}, _again(body, receive)
        store = self._vendor.store_of(scope)
        path = self._vendor.path_of(scope) if isinstance(self._vendor, NamesOperations) else scope["path"]
        fault = self._world.take_fault(
            vendor=self._vendor.name, store=store, path=path, write=self._vendor.is_write(scope)
        )
        noted = False

        def note(status: int | None) -> None:
            """Before the answer leaves: whoever has the answer must find the request in the log."""
            nonlocal noted
            noted = True
            self._world.saw(
                Request(
                    at=self._world.now(),
                    vendor=self._vendor.name,
                    store=store,
                    method=scope["method"],
                    path=path,
                    status=status,
                    fault=fault.kind if fault else None,
                )
            )

        async def noting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                note(message["status"])
            await send(message)

        try:
            await self._serve(scope, receive, noting_send, fault)
        finally:
            if not noted:
                note(None)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, fault: Fault | None) -> None:
        app = self._vendor.app
        if fault is None:
            await app(scope, receive, send)
        elif fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
            await app(scope, receive, send)
        elif fault.kind == "timeout":
            await _hold(receive)
        elif fault.kind == "cut_before":
            await _cut(send)
        elif fault.kind in ("cut_after", "timeout_after"):
            await _captured(app, scope, receive)
            await (_cut(send) if fault.kind == "cut_after" else _hold(receive))
        elif fault.kind in ("wrong_types", "unknown_fields"):
            change = _retyped if fault.kind == "wrong_types" else _with_unknown
            status, body = await _captured(app, scope, receive)
            await _changed(status, body, change)(scope, receive, send)
        else:
            await self._answer(fault)(scope, receive, send)

    def _answer(self, fault: Fault) -> Response:
        if fault.kind == "throttle":
            return self._vendor.throttled(fault.retry_after)
        if fault.kind == "denied":
            return self._vendor.denied()
        if fault.kind == "garbage":
            return PlainTextResponse("<html><body>It works!</body></html>{", 200, media_type="application/json")
        headers = {"Retry-After": f"{fault.retry_after:g}"} if fault.retry_after is not None else None
        return Response(status_code=fault.code, headers=headers)


def _from_loopback(scope: Scope) -> bool:
    """A page in a browser must not reach the sandbox by another name, nor from another origin."""
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    origin = headers.get("origin")
    names = [urlsplit(f"//{headers.get('host', '')}").hostname]
    if origin is not None:
        names.append(urlsplit(origin).hostname)
    return all(name in _LOOPBACK for name in names)


async def _body_of(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever really comes."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _hold(receive: Receive) -> None:
    """No answer, until the caller hangs up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(send: Send) -> None:
    """Promise a body, send a part of it, and end: the server then closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"512")]})
    await send({"type": "http.response.body", "body": b'{"', "more_body": True})


async def _captured(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, bytes]:
    """Run the application and keep its answer."""
    status, parts = 0, []

    async def keep(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, keep)
    return status, b"".join(parts)


def _changed(status: int, body: bytes, change: Callable[[Any], Any]) -> Response:
    if body:
        body = json.dumps(change(json.loads(body))).encode()
    return Response(body, status, media_type="application/json")


def _retyped(value: Any) -> Any:
    """The same JSON with every number a text and every list of objects an object."""
    if isinstance(value, dict):
        return {k: _retyped(v) for k, v in value.items()}
    if isinstance(value, list):
        return {str(n): _retyped(v) for n, v in enumerate(value)}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"about {value}"
    return value


def _with_unknown(value: Any) -> Any:
    """The same JSON with fields nobody knows, on every level."""
    if isinstance(value, dict):
        return {**{k: _with_unknown(v) for k, v in value.items()}, "xExperimental": {"nested": [1, None]}}
    if isinstance(value, list):
        return [_with_unknown(v) for v in value]
    return value
