"""Messages of ours in Slack: each posted once, found again after a crash, and edited at most every few seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cases import posts, reading, writing
from bot.slack.blocks import MESSAGE_BLOCKS, Block
from bot.work.house import House

log = logging.getLogger(__name__)

Message = tuple[str, list[Block]]
"""(complete fallback text, blocks)."""
Render = Callable[[], Message]

EDIT_EVERY_S = 3.0
"""Slack's rule: one chat.update a message in three seconds."""
_EVENT = "pointsman_post"
_ABANDONED = timedelta(seconds=20)
"""A claim older than this without a message belongs to a process that died between claim and answer."""
_SLOT_WAIT_S = 0.2


@dataclass
class _Edits:
    """When a message was edited last, what it shows, and whether somebody waits to edit it already."""

    last: float = 0.0
    shows: Message | None = None
    waiting: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class Poster:
    """Posts and edits for one process; safe from several threads."""

    def __init__(self, client: WebClient, house: House, *, edit_every_s: float = EDIT_EVERY_S) -> None:
        self._client = client
        self._house = house
        self._every = edit_every_s
        self._edits: dict[tuple[str, str], _Edits] = {}
        self._lock = threading.Lock()

    def show(self, subject: str, channel: str, thread_ts: str | None, render: Render) -> str:
        """Post `subject` if it was never posted, else edit it; returns its ts.

        Raises SlackApiError when Slack refuses; nothing is then remembered, so that it may be tried again.
        """
        with writing(self._house.engine) as conn:
            mine = posts.claim_post(conn, subject=subject, channel=channel, now=self._house.clock())
        if mine:
            return self._post(subject, channel, thread_ts, render)
        post = self._settled(subject, thread_ts)
        if post is None:
            return self._post(subject, channel, thread_ts, render)
        self._edit(post.channel, str(post.ts), render)
        return str(post.ts)

    def once(self, subject: str, channel: str, thread_ts: str | None, render: Render) -> str:
        """Post `subject` unless it was posted; never edits. Returns its ts."""
        found = self.where(subject)
        if found is not None and found.ts is not None:
            return found.ts
        return self.show(subject, channel, thread_ts, render)

    def upload(
        self,
        subject: str,
        channel: str,
        thread_ts: str | None,
        *,
        name: str,
        content: Callable[[], bytes],
        comment: str,
    ) -> None:
        """Post a file once, with a comment. `name` must be this subject's alone: it is found by that after a crash.

        Raises SlackApiError when Slack refuses; nothing is then remembered, so that it may be tried again.
        """
        with writing(self._house.engine) as conn:
            mine = posts.claim_post(conn, subject=subject, channel=channel, now=self._house.clock())
        if not mine and self._settled(subject, thread_ts, name=name) is not None:
            return
        try:
            answer = self._client.files_upload_v2(
                channel=channel, thread_ts=thread_ts, filename=name, content=content(), initial_comment=comment
            )
        except SlackApiError as error:
            log.error("Slack refused %s: %s", subject, explain(error))
            with writing(self._house.engine) as conn:
                posts.release_post(conn, subject=subject)
            raise
        with writing(self._house.engine) as conn:
            posts.posted(conn, subject=subject, ts=str(answer["files"][0]["id"]))

    def edit(self, subject: str, render: Render) -> None:
        """Edit `subject` where it was posted; nothing otherwise."""
        found = self.where(subject)
        if found is not None and found.ts is not None:
            self._edit(found.channel, found.ts, render)

    def where(self, subject: str) -> posts.Post | None:
        """The post, or None."""
        with reading(self._house.engine) as conn:
            return posts.get_post(conn, subject)

    def under(self, prefix: str) -> list[posts.Post]:
        """All posts whose subject starts so."""
        with reading(self._house.engine) as conn:
            return list(posts.posts_under(conn, prefix))

    def _settled(self, subject: str, thread_ts: str | None, *, name: str = "") -> posts.Post | None:
        """The post once it has a ts. A claim that a dead process left is looked for in the thread, a file by its name;
        None: it never got there, and the caller posts."""
        while True:
            post = self.where(subject)
            if post is None or post.ts is not None:
                return post
            if self._house.clock() - post.posted_at > _ABANDONED:
                break
            time.sleep(_SLOT_WAIT_S)
        ts = self._find(subject, post.channel, thread_ts, name=name)
        if ts is None:
            return None
        with writing(self._house.engine) as conn:
            posts.posted(conn, subject=subject, ts=ts)
        return self.where(subject)

    def _find(self, subject: str, channel: str, thread_ts: str | None, *, name: str) -> str | None:
        """A message of ours that carries the subject, or the file, posted but not remembered."""
        if thread_ts is not None:
            answer = self._client.conversations_replies(
                channel=channel, ts=thread_ts, include_all_metadata=True, limit=100
            )
        else:
            answer = self._client.conversations_history(channel=channel, include_all_metadata=True, limit=100)
        for message in answer.get("messages") or []:
            if (message.get("metadata") or {}).get("event_payload", {}).get("subject") == subject:
                return str(message["ts"])
            if name and any(file.get("name") == name for file in message.get("files") or []):
                return str(message["ts"])
        return None

    def _post(self, subject: str, channel: str, thread_ts: str | None, render: Render) -> str:
        message = render()
        try:
            answer = self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                text=message[0],
                blocks=message[1][:MESSAGE_BLOCKS],
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": _EVENT, "event_payload": {"subject": subject}},
            )
        except SlackApiError as error:
            log.error("Slack refused %s: %s", subject, explain(error))
            with writing(self._house.engine) as conn:
                posts.release_post(conn, subject=subject)
            raise
        ts, where = str(answer["ts"]), str(answer["channel"])
        with writing(self._house.engine) as conn:
            posts.posted(conn, subject=subject, ts=ts, channel=where)
        edits = self._of(where, ts)
        with edits.lock:
            edits.last, edits.shows = time.monotonic(), message
        return ts

    def _of(self, channel: str, ts: str) -> _Edits:
        with self._lock:
            if len(self._edits) > 5000:  # a restart's worth of memory, never a growing one
                self._edits = {key: e for key, e in self._edits.items() if e.waiting}
            return self._edits.setdefault((channel, ts), _Edits())

    def _edit(self, channel: str, ts: str, render: Render) -> None:
        """Edit, after waiting for the message's turn.

        Who comes while another waits leaves it to that one, which renders only when its turn comes and so shows both.
        """
        edits = self._of(channel, ts)
        with edits.lock:
            if edits.waiting:
                return
            pause = edits.last + self._every - time.monotonic()
            edits.waiting = pause > 0
        if pause > 0:
            time.sleep(pause)
        with edits.lock:
            edits.waiting = False
            message = render()
            if message == edits.shows:
                return
            edits.shows = message
            try:
                self._update(channel, ts, message)
            finally:
                edits.last = time.monotonic()  # Slack counts from when it got there, which was before it answered

    def _update(self, channel: str, ts: str, message: Message) -> None:
        try:
            self._client.chat_update(channel=channel, ts=ts, text=message[0], blocks=message[1][:MESSAGE_BLOCKS])
        except SlackApiError as error:
            self._of(channel, ts).shows = None
            if error.response.get("error") in ("message_not_found", "cant_update_message"):
                log.warning("A message of ours in %s was taken away; it is not edited any more", channel)
                return
            log.error("Slack refused an edit in %s: %s", channel, explain(error))
            raise


def explain(error: SlackApiError) -> str:
    """Slack's error with the pointers it gives; no payload, which may be personal."""
    details = (error.response.get("response_metadata") or {}).get("messages") or error.response.get("errors") or []
    needed = error.response.get("needed")
    return " ".join(str(part) for part in (error.response.get("error"), needed or "", *details) if part)
