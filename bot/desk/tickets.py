"""What Slack hands out for a short time: trigger ids (3 seconds, one use) and response URLs (30 minutes, five uses)."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.desk.refusals import SlackRefusal

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass
class Trigger:
    person: str
    given: datetime
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseTicket:
    """Where a response_url leads: a channel, the person who acted, and the message that was acted on (if any)."""

    person: str
    channel: str
    given: datetime
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Gives and takes them. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseTicket] = {}
        self._sockets: set[str] = set()

    def trigger(self, person: str, view_id: str | None = None) -> str:
        """A new trigger id; `view_id` is the modal it came from, if any."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        with self._lock:
            self._triggers[trigger_id] = Trigger(person, self._clock(), view_id)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Raises SlackRefusal invalid_trigger_id, exchanged_trigger_id or expired_trigger_id."""
        with self._lock:
            trigger = self._triggers.get(trigger_id)
            if trigger is None:
                raise SlackRefusal("invalid_trigger_id")
            if trigger.used:
                raise SlackRefusal("exchanged_trigger_id")
            if self._clock() - trigger.given > TRIGGER_LIFE:
                raise SlackRefusal("expired_trigger_id")
            trigger.used = True
            return trigger

    def response(self, person: str, channel: str, message_ts: str | None = None, thread_ts: str | None = None) -> str:
        """The secret part of a new response URL."""
        key = secrets.token_urlsafe(18)
        with self._lock:
            self._responses[key] = ResponseTicket(person, channel, self._clock(), message_ts, thread_ts)
        return key

    def use_response(self, key: str) -> ResponseTicket:
        """Raises SlackRefusal expired_url (unknown or older than 30 minutes) or used_url (a sixth use)."""
        with self._lock:
            ticket = self._responses.get(key)
            if ticket is None or self._clock() - ticket.given > RESPONSE_LIFE:
                raise SlackRefusal("expired_url")
            if ticket.uses >= RESPONSE_USES:
                raise SlackRefusal("used_url")
            ticket.uses += 1
            return ticket

    def socket(self) -> str:
        """The secret part of a new WebSocket URL."""
        key = secrets.token_urlsafe(18)
        with self._lock:
            self._sockets.add(key)
        return key

    def use_socket(self, key: str) -> bool:
        """True the first time for a URL that was given."""
        with self._lock:
            if key not in self._sockets:
                return False
            self._sockets.remove(key)
            return True
