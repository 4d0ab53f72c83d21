"""Slack's text, both ways: what people typed as plain text, and plain values as mrkdwn."""

from __future__ import annotations

import html
import re
from datetime import datetime
from decimal import Decimal

_ANGLE = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"&lt;(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)&gt;")
_LONG_ID = re.compile(r"\b[0-9a-f]{24,}\b")
_SPACES = re.compile(r"[ \t]{2,}")


def escape(text: str) -> str:
    """Make foreign text harmless in mrkdwn: `&`, `<` and `>` only, as Slack asks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def told(text: str) -> str:
    """A sentence of ours in mrkdwn: whatever it quotes is harmless, and the people and groups it names are mentions."""
    return _MENTION.sub(r"<\1>", escape(text))


def unescape(text: str) -> str:
    """The inverse of `escape`, for places that show text as it is (table cells, plain_text)."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def clip(text: str, limit: int) -> str:
    """At most `limit` characters; a cut is shown by an ellipsis and never leaves half an escape (`&am`)."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    half = cut.rfind("&", max(0, len(cut) - 5))
    if half >= 0 and ";" not in cut[half:]:
        cut = cut[:half]
    return cut.rstrip() + "…"


def plain(message: str) -> str:
    """What a person typed, as plain text.

    Slack sends links, phones, mails and mentions in angle brackets and the rest escaped. A link, phone or mail becomes
    its label, a channel its name; mentions of people and of everybody are left out.
    """

    def word(match: re.Match[str]) -> str:
        inside = match.group(1)
        target, _, label = inside.partition("|")
        if inside.startswith(("@", "!")):
            return " "
        if inside.startswith("#"):
            return f"#{label}" if label else " "
        return label or target.removeprefix("tel:").removeprefix("mailto:")

    text = html.unescape(_ANGLE.sub(word, message))
    return _SPACES.sub(" ", text).strip()


def short_ids(text: str) -> str:
    """Long hexadecimal ids by their ends; who has to compare one on a screen finds it whole in the steps."""
    return _LONG_ID.sub(lambda m: f"{m.group()[:4]}…{m.group()[-4:]}", text)


def user(user_id: str) -> str:
    """A mention of one person, which notifies them."""
    return f"<@{user_id}>"


def who(ids: tuple[str, ...]) -> str:
    """Mentions of people (U…, W…) and user groups (S…), separated by commas."""
    return ", ".join(f"<!subteam^{i}>" if i.startswith("S") else user(i) for i in ids)


def clock_time(moment: datetime) -> str:
    """A time that each reader sees in their own zone; the fallback is UTC."""
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment:%H:%M} UTC>"


def day_and_time(moment: datetime) -> str:
    """A date and time that each reader sees in their own zone; the fallback is UTC."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def points(amount: Decimal) -> str:
    """1,234 or 12.5: no zeros that say nothing."""
    whole = amount.quantize(Decimal("0.01")).normalize()
    return f"{whole:,f}"


def signed(amount: Decimal) -> str:
    """+50 or -40."""
    return f"+{points(amount)}" if amount > 0 else points(amount)


def age(since: datetime, now: datetime) -> str:
    """How old, in one short word: 5 min, 3 h, 2 d."""
    minutes = max(1, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
