"""The first second: what asks something of us is stored, with its durable work, before Slack is acknowledged.

This is a *global* middleware, because Bolt acknowledges an event before its listener runs. When the store cannot take
it, the error leaves the middleware, Slack gets no 200 and sends it again. Talk that nobody addressed to us passes
through, unread and unstored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_bolt import BoltResponse
from slack_bolt.middleware import Middleware
from slack_bolt.request import BoltRequest

from bot.cases import case_store, inbox, reading
from bot.slack.files import says_bulk, sheets, wanted_kind
from bot.slack.text import plain
from bot.slack.views.modals import typed_value
from bot.understanding import asks_why
from bot.work import receive
from bot.work.bulk_files import KIND as LIST
from bot.work.bulk_files import ListArrival
from bot.work.house import House
from bot.work.questions import Arrival

SHORTCUT: Final = "look_into_this"
QUESTION_MODAL: Final = "question"
COMMAND: Final = "/points"
_SPOKEN: Final = frozenset({None, "file_share", "thread_broadcast"})
"""Subtypes of messages that a person typed just now; edits, joins and bots' messages are others."""
_SUBCOMMAND: Final = re.compile(r"^[a-z][a-z_-]{0,19}$", re.IGNORECASE)
HELP: Final = frozenset({"", "help", "?", "ayuda"})
Body = Mapping[str, Any]
Stored = tuple[str, str, Arrival | ListArrival]
"""(unique key, kind, what is kept)."""


class Intake(Middleware):
    """The middleware of one house."""

    def __init__(self, house: House) -> None:
        self._house = house

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Store what is addressed to us, then let Bolt acknowledge. Raises WorkUnavailable when it cannot be stored."""
        req.context["known_case"] = self.known_case(req.body)
        arrived = None if req.context["known_case"] else self.arrival(req.body)
        if arrived is not None:
            key, kind, arrival = arrived
            stored = receive(self._house, key=key, kind=kind, payload=arrival.model_dump(mode="json"))
            if not stored and isinstance(arrival, Arrival) and kind == "shortcut":
                self._ask_again(key, req.body, arrival)
        return next()

    def known_case(self, body: Body) -> str | None:
        """The case that a message under our shortcut opened already: the listener shows the way there."""
        if body.get("type") != "message_action" or body.get("callback_id") != SHORTCUT:
            return None
        with reading(self._house.engine) as conn:
            known = case_store.case_asked(
                conn,
                self._house.vault,
                team_id=body["team"]["id"],
                channel=body["channel"]["id"],
                asked_ts=body["message"]["ts"],
            )
        return known.id if known is not None else None

    def arrival(self, body: Body) -> Stored | None:
        """(unique key, kind, what is kept); None for what is not a question to us."""
        match body.get("type"):
            case "event_callback":
                event = body["event"]
                return _with_file(event, self._message(body, event))
            case "message_action" if body.get("callback_id") == SHORTCUT:
                return _with_file(body["message"], _shortcut(body))
            case "view_submission" if body["view"].get("callback_id") == QUESTION_MODAL:
                return _modal(body)
        return _command(body) if body.get("command") == COMMAND else None

    def _asks_for_many(self, event: Body) -> bool:
        """In a store's channel, a file with words like "bulk adjust" is meant for us without a mention."""
        channels = {store.channel for store in self._house.config.stores}
        return event.get("channel") in channels and says_bulk(str(event.get("text") or ""))

    def _message(self, body: Body, event: Body) -> tuple[str, str, Arrival] | None:
        kind, team, channel = event.get("type"), str(body.get("team_id")), event.get("channel")
        if kind not in ("message", "app_mention") or event.get("subtype") not in _SPOKEN or not channel:
            return None
        if event.get("bot_id") or not event.get("user"):
            return None
        thread_ts = event.get("thread_ts")
        if kind == "app_mention" or self._mentions_us(body, event):
            source = "dm" if event.get("channel_type") == "im" else "mention"
        elif event.get("channel_type") == "im":
            source = "dm"
        elif thread_ts and self._in_our_thread(team, channel, thread_ts):
            source = "thread"
        elif event.get("files") and (self._asks_for_many(event) or self._in_a_lists_thread(team, channel, thread_ts)):
            source = "mention"
        else:
            return None
        arrival = Arrival(
            source=source,
            team=team,
            channel=channel,
            user=event["user"],
            text=plain(str(event.get("text") or "")),
            ts=event["ts"],
            thread_ts=thread_ts,
        )
        return f"message:{team}:{channel}:{event['ts']}", "question", arrival

    def _mentions_us(self, body: Body, event: Body) -> bool:
        """The `message` twin of a mention counts as the mention: either may come first."""
        ours = [a.get("user_id") for a in body.get("authorizations") or [] if a.get("is_bot")]
        return any(f"<@{one}" in str(event.get("text") or "") for one in ours if one)

    def _in_our_thread(self, team: str, channel: str, thread_ts: str) -> bool:
        with reading(self._house.engine) as conn:
            found = case_store.case_in_thread(
                conn, self._house.vault, team_id=team, channel=channel, thread_ts=thread_ts
            )
        return found is not None

    def _in_a_lists_thread(self, team: str, channel: str, thread_ts: str | None) -> bool:
        """Where a file was sent to us before, a better one needs no mention."""
        with reading(self._house.engine) as conn:
            first = inbox.read(conn, self._house.vault, f"message:{team}:{channel}:{thread_ts}")
        return first is not None and first.kind == LIST

    def _ask_again(self, key: str, body: Body, arrival: Arrival) -> None:
        """The message came by before, as talk that led to nothing; now somebody asks for it."""
        with reading(self._house.engine) as conn:
            row = inbox.read(conn, self._house.vault, key)
        if row is not None and row.handled_at is not None and row.case_id is None:
            payload = arrival.model_dump(mode="json")
            receive(self._house, key=_trigger_key(body, arrival.team), kind="shortcut", payload=payload)


def _with_file(message: Body, stored: tuple[str, str, Arrival] | None) -> Stored | None:
    """A message that brings a list is kept as one. Words alone, or beside a picture, stay a question."""
    found = sheets(message.get("files") or (), str(message.get("text") or ""))
    if stored is None or not found:
        return stored
    key, _, said = stored
    arrival = ListArrival(
        origin=key,
        team=said.team,
        channel=said.channel,
        user=said.user,
        ts=said.ts or "",
        thread_ts=said.thread_ts,
        file=str(found[0]["id"]),
        name=str(found[0].get("name") or "")[:200],
        size=int(found[0].get("size") or 0),
        more=len(found) - 1,
        kind=wanted_kind(said.text),
    )
    return key, LIST, arrival


def _shortcut(body: Body) -> tuple[str, str, Arrival]:
    message, channel = body["message"], body["channel"]["id"]
    team, ts = body["team"]["id"], message["ts"]
    arrival = Arrival(
        source="shortcut",
        team=team,
        channel=channel,
        user=body["user"]["id"],
        text=plain(str(message.get("text") or "")),
        ts=ts,
        thread_ts=message.get("thread_ts"),
    )
    return f"message:{team}:{channel}:{ts}", "shortcut", arrival


def _command(body: Body) -> tuple[str, str, Arrival] | None:
    text = plain(str(body.get("text") or ""))
    if subcommand(text) is not None:
        return None
    team = str(body["team_id"])
    arrival = Arrival(source="command", team=team, channel=body["channel_id"], user=body["user_id"], text=text)
    return _trigger_key(body, team), "command", arrival


def subcommand(text: str) -> str | None:
    """What after `/points` is no question: "help", "why", or one word that we do not know; None for a question."""
    word = text.strip()
    if word.casefold() in HELP:
        return "help"
    if asks_why(word):
        return "why"
    return word if _SUBCOMMAND.match(word) else None


def _modal(body: Body) -> tuple[str, str, Arrival] | None:
    state = body["view"]["state"]
    text = typed_value(state, "text")
    if not text:
        return None
    team, user_id = body["team"]["id"], body["user"]["id"]
    store = typed_value(state, "store") or None
    arrival = Arrival(source="modal", team=team, channel=user_id, user=user_id, text=text, store=store)
    return _trigger_key(body, team), "view", arrival


def _trigger_key(body: Body, team: str) -> str:
    """Unique for one press or command; a view without a trigger has its own id and hash."""
    trigger = body.get("trigger_id") or f"{body['view']['id']}.{body['view'].get('hash', '')}"
    return f"trigger:{team}:{trigger}"
