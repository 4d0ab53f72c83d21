"""A file that somebody sent: what is kept of it, and how far it is, before it is a list."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from bot.bulk import Kind, Mode, Question
from bot.words import Words

KIND: Final = "list"
"""The kind of these arrivals in the inbox."""


class ListArrival(BaseModel):
    """What the inbox keeps of a file that somebody sent, and of each answer about it.

    origin: the key of the first arrival. file: its id in Slack; name: as sent; size: bytes; more: how many further
    files came with it. kind: what the words beside it say it is for. store, mode, texts, chosen: answers so far;
    chosen: field to heading as it stands in the file.
    """

    model_config = ConfigDict(frozen=True)
    origin: str
    team: str
    channel: str
    user: str
    ts: str
    thread_ts: str | None = None
    file: str
    name: str
    size: int = 0
    more: int = 0
    kind: Kind | None = None
    store: str | None = None
    mode: Mode | None = None
    texts: bool | None = None
    chosen: dict[str, str] = {}


class FileState(BaseModel):
    """How far the file is, for people: being read; something is asked; or it cannot be used, and why.

    question: `store`, `texts`, or one of the file's own; key: the stored id that its buttons carry. why: what is wrong.
    """

    model_config = ConfigDict(frozen=True)
    state: Literal["reading", "asking", "problem", "broken"]
    question: Question | None = None
    key: str = ""
    why: Words | None = None


READING: Final = FileState(state="reading")
BROKEN: Final = FileState(state="broken")
