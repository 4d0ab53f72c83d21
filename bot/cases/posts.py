"""What was posted where. A row without `ts` says "about to post": after a crash one looks before posting again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases.sql import insert_once
from bot.cases.tables import posts


class Post(BaseModel):
    """One message of ours. ts: None between the claim and the answer of Slack."""

    model_config = ConfigDict(frozen=True)
    subject: str
    channel: str
    ts: str | None
    posted_at: datetime


def claim_post(conn: sa.Connection, *, subject: str, channel: str, now: datetime) -> bool:
    """Take the right to post `subject`; False when somebody has posted it or is about to."""
    return insert_once(conn, posts, {"subject": subject, "channel": channel, "posted_at": now})


def posted(conn: sa.Connection, *, subject: str, ts: str, channel: str | None = None) -> None:
    """Remember where `subject` stands; `channel` where it was addressed to a person and landed in a conversation."""
    where = {"ts": ts} if channel is None else {"ts": ts, "channel": channel}
    conn.execute(posts.update().where(posts.c.subject == subject).values(**where))


def release_post(conn: sa.Connection, *, subject: str) -> None:
    """Give the right back, when Slack refused the post for certain."""
    conn.execute(posts.delete().where(posts.c.subject == subject, posts.c.ts.is_(None)))


def get_post(conn: sa.Connection, subject: str) -> Post | None:
    """Where `subject` was posted, or None."""
    row = conn.execute(sa.select(posts).where(posts.c.subject == subject)).mappings().first()
    return None if row is None else Post(**row)


def posts_under(conn: sa.Connection, prefix: str) -> Sequence[Post]:
    """All posts whose subject starts with `prefix` (`decision:P_…`), oldest first."""
    query = sa.select(posts).where(posts.c.subject.startswith(prefix, autoescape=True)).order_by(posts.c.posted_at)
    return [Post(**row) for row in conn.execute(query).mappings()]
