"""Who may speak to the desk: only this machine, under a loopback name, and pages only from the desk itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.desk.delivery import is_loopback

_PAGE_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


def allowed(headers: Headers) -> bool:
    """Host must be a loopback name (any port); Origin, where a browser sends one, exactly that host and port."""
    host = headers.get("host", "")
    if not is_loopback(urlsplit(f"//{host}").hostname):
        return False
    origin = headers.get("origin")
    return origin is None or origin == f"http://{host}"


class Gate:
    """ASGI middleware over everything, WebSockets too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 403, or pass on and add headers against framing and sniffing."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if not allowed(Headers(scope=scope)):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4403})
                return
            body = {"error": "forbidden", "message": "The desk answers only this machine."}
            await JSONResponse(body, 403)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_PAGE_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
