"""The whole house with the practice chain's keys, through answers, failures and forged messages: no
credential is in a log line, a table (also decrypted), the metrics, doctor's output, or anything Slack was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cli.doctor_vendors import vendor_findings
from connectors.sandbox import Fault
from connectors.transport import Transport
from tests.secrets_hunt import credentials, everything_logged, stored
from tests.slack.floor import Floor, shop_floor
from tests.trained import built_in_library

ASKED = {
    "pine-street": ("riley", "customer says 500 points, pos shows 200, 303-555-0149"),
    "elm-street": ("sam", "loyalty id lookup shows another id, app says 640 register 30, 303-555-0171"),
    "fir-lane": ("sam", "wallet could not be found for 303-555-0172"),
    "ash-court": ("sam", "Greta Moss 303-555-0181 greta.moss@example.com lost 150 points since the weekend"),
    "bay-road": ("sam", "303-555-0185 gitta.blau@example.com sees no points"),
    "ivy-way": ("sam", "303-555-0182 has 200 points less than last week"),
    "yew-street": ("sam", "customer sees 70 points at the register, she has 260 in the app, 303-555-0181"),
    "koa-boulevard": ("sam", "bought something an hour ago and the points did not move, 303-555-0131"),
}
REFUSED = ("pine-street", "ash-court")
"""Where it is asked once more, by keys that the vendors refuse."""


def ask(floor: Floor, channels: Iterable[str]) -> None:
    asked = []
    for channel in channels:
        who, text = ASKED[channel]
        asked.append((channel, floor.desk.say(who, channel, f"<@U0POINTSMAN> {text}")))
    for channel, ts in asked:
        floor.card(channel, ts, lambda text: bool(text), timeout=30)


def seen_from_outside(floor: Floor) -> Iterator[str]:
    """Metrics, doctor's findings, and every message in Slack."""
    yield httpx.get(f"{floor.service.url}/metrics").text
    with Transport(paced=False) as transport:
        for store in floor.house.config.stores:
            yield from map(repr, vendor_findings(store, transport, lambda _: built_in_library()))
    yield repr(floor.house.config)
    for channel in ASKED:
        yield from map(repr, said_in(floor, channel))


def said_in(floor: Floor, channel: str) -> Iterator[Any]:
    for message in floor.desk.messages(channel):
        yield vars(message) if hasattr(message, "__dict__") else message
        yield from floor.desk.messages(channel, message.ts)


def test_no_credential_is_anywhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with everything_logged() as logged, shop_floor(tmp_path, chain=True) as floor:
        ask(floor, ASKED)
        floor.world.fault(Fault("denied"))
        ask(floor, REFUSED)
        floor.world.clear_faults()
        for path in ("shopify/ash", "rivo/ash", "treez/elm"):
            httpx.post(f"{floor.service.url}/webhooks/{path}", content=b"{}", headers={"authorization": "Bearer x"})
        text = "\n".join((*seen_from_outside(floor), *stored(floor.house)))
        hidden = credentials(floor.house.config)
    shown = "\n".join((text, *logged.lines, *capfd.readouterr()))
    assert len(hidden) > 20
    assert "Owen" in text, "what was looked through holds what was found"
    assert [where for where, secret in hidden.items() if secret in shown] == []
