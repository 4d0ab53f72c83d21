"""Socket Mode: one-use WebSocket URLs, hello, envelopes, acknowledgements, disconnects."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import uuid
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NoAnswer
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.desk.delivery import ACK_SECONDS, Answer, Outgoing
from bot.desk.tickets import Tickets
from bot.desk.workspace import Workspace

MAX_CONNECTIONS = 10


class _Connection:
    def __init__(self, socket: WebSocket, loop: asyncio.AbstractEventLoop) -> None:
        self.socket = socket
        self.loop = loop
        self.outbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self.leaving = False

    def send(self, message: dict[str, Any] | None) -> None:
        """From any thread; None closes the connection."""
        self.loop.call_soon_threadsafe(self.outbox.put_nowait, message)


class SocketHub:
    """The open connections of the app; a Transport. Envelopes go to the connections in turn."""

    def __init__(self, workspace: Workspace, tickets: Tickets, ack_seconds: float = ACK_SECONDS) -> None:
        self._workspace = workspace
        self._tickets = tickets
        self._ack_seconds = ack_seconds
        self._lock = threading.Lock()
        self._connections: list[_Connection] = []
        self._waiting: dict[str, Future[Any]] = {}
        self._turn = itertools.count()
        self.opened = 0

    @property
    def connected(self) -> int:
        """How many connections are open."""
        with self._lock:
            return sum(not connection.leaving for connection in self._connections)

    def attempt(self, outgoing: Outgoing, number: int, reason: str) -> Answer:
        """See Transport. Without a connection the answer is connection_failed."""
        envelope_id = str(uuid.uuid4())
        answered: Future[Any] = Future()
        with self._lock:
            staying = [connection for connection in self._connections if not connection.leaving]
            if not staying:
                return Answer(ok=False, reason="connection_failed")
            connection = staying[next(self._turn) % len(staying)]
            self._waiting[envelope_id] = answered
        envelope = {
            "envelope_id": envelope_id,
            "type": outgoing.kind,
            "payload": outgoing.payload,
            "accepts_response_payload": outgoing.kind != "events_api",
        }
        if outgoing.kind == "events_api":
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        connection.send(envelope)
        try:
            return Answer(ok=True, body=answered.result(self._ack_seconds))
        except CancelledError:
            return Answer(ok=False, reason="connection_failed")
        except NoAnswer:
            return Answer(ok=False, reason="http_timeout")
        finally:
            with self._lock:
                self._waiting.pop(envelope_id, None)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go (warning: it may stay); others are closed at once."""
        with self._lock:
            connections = list(self._connections)
            for connection in connections:
                connection.leaving = connection.leaving or reason != "warning"
        for connection in connections:
            connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-practice"}})
            if reason != "warning":
                connection.send(None)

    def close(self) -> None:
        """Close every connection, waiting for nobody's answer."""
        with self._lock:
            connections = list(self._connections)
            for connection in connections:
                connection.leaving = True
            for answered in self._waiting.values():
                answered.cancel()
        for connection in connections:
            connection.send(None)

    async def serve(self, socket: WebSocket) -> None:
        """The endpoint behind the URLs of apps.connections.open."""
        if not self._tickets.use_socket(socket.path_params["ticket"]):
            await socket.close(4403)
            return
        await socket.accept()
        connection = _Connection(socket, asyncio.get_running_loop())
        if not self._enter(connection):
            await socket.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await socket.close()
            return
        writer = asyncio.create_task(self._write(connection))
        try:
            while True:
                self._take(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._leave(connection)
            writer.cancel()

    def _enter(self, connection: _Connection) -> bool:
        with self._lock:
            if len(self._connections) >= MAX_CONNECTIONS:
                return False
            self.opened += 1
            count = len(self._connections) + 1
            connection.outbox.put_nowait(
                {
                    "type": "hello",
                    "num_connections": count,
                    "connection_info": {"app_id": self._workspace.bot.app_id},
                    "debug_info": {"host": "applink-practice", "approximate_connection_time": 18060},
                }
            )
            self._connections.append(connection)
        self._workspace.feed.publish("delivery", {"connected": True})
        return True

    def _leave(self, connection: _Connection) -> None:
        with self._lock:
            self._connections.remove(connection)
            left = len(self._connections)
        self._workspace.feed.publish("delivery", {"connected": left > 0})

    async def _write(self, connection: _Connection) -> None:
        while (message := await connection.outbox.get()) is not None:
            await connection.socket.send_text(json.dumps(message))
        await connection.socket.close()

    def _take(self, text: str) -> None:
        """An acknowledgement: {envelope_id, payload?}. What answers nothing we sent is ignored, as Slack does."""
        try:
            message = json.loads(text)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        with self._lock:
            answered = self._waiting.pop(str(message.get("envelope_id")), None)
        if answered is not None and not answered.cancelled():
            answered.set_result(message.get("payload"))
