"""What cards are made of, written short."""

from __future__ import annotations

from typing import Any

from bot.slack.strings import speaker
from bot.words import Words
from tests.slack.views.samples import CLOCK

EN, ES = speaker("en"), speaker("es")


def button(text: str, action_id: str, value: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": text, "emoji": True},
        "action_id": action_id,
        "value": value,
        **more,
    }


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def context(*texts: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": t} for t in texts]}


def row(*texts: str) -> list[dict[str, str]]:
    return [{"type": "raw_text", "text": t} for t in texts]


CLOSING = {
    "type": "actions",
    "block_id": "closing",
    "elements": [
        button("Hand to support", "escalate", "C_1"),
        button("Not this", "not_this", "C_1"),
        button("👍", "helpful", "C_1", accessibility_label="Helpful"),
        button("👎", "not_helpful", "C_1", accessibility_label="Not helpful"),
    ],
}


FOOTER = context(f"Pine St · checked Dutchie POS, Alpine IQ at {CLOCK}")


def actions_of(blocks: list[dict[str, Any]]) -> list[str]:
    return [e["action_id"] for b in blocks if b["type"] == "actions" for e in b["elements"]]


GUIDED: dict[str, Any] = {
    "mode": "guided",
    "why": (Words.raw("the register has no such call"),),
    "steps": (Words.raw("Open the <profile>."), Words.raw("Save.")),
}
