"""The whole house with the practice chain's keys, through answers, failures and forged messages: no
credential is in a log line, a table (also decrypted), the metrics, doctor's output, or anything Slack was given."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot.cases.tables import metadata
from bot.cli.doctor_vendors import vendor_findings
from bot.playbook import BUILT_IN, load_library
from connectors import REGISTRY
from connectors.sandbox import Fault
from connectors.transport import Transport
from tests.slack.floor import Floor, shop_floor

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
FAULTS = (None, Fault("denied"))


def credentials(floor: Floor) -> dict[str, str]:
    """Every secret of every store's settings, as it is and as headers carry it, by where it stands."""
    found = {}
    for store in floor.house.config.stores:
        for side, given in (("pos", store.pos), ("loyalty", store.loyalty)):
            model = REGISTRY[given.vendor].settings_for(side)  # type: ignore[arg-type]
            assert model
            for name, value in model.model_validate(given.own()):
                if isinstance(value, SecretStr):
                    secret = value.get_secret_value()
                    where = f"{store.id}.{side}.{name}"
                    found[where] = secret[:40] if name == "private_key" else secret
                    found[f"{where} (basic)"] = base64.b64encode(f"{secret}:".encode()).decode()[:24]
    own = floor.house.config
    found["slack.bot_token"] = own.slack.bot_token.get_secret_value()
    found["security.key"] = own.security.key.get_secret_value()
    return found


def stored(floor: Floor) -> Iterator[str]:
    """Every value of every table, the engine's too, and what the encrypted ones hold."""
    everything = sa.MetaData()
    everything.reflect(floor.house.engine)
    ours = set(metadata.tables)
    with floor.house.engine.connect() as conn:
        for table in everything.sorted_tables:
            for row in conn.execute(sa.select(table)):
                for value in row:
                    yield repr(value)
                    if isinstance(value, bytes) and table.name in ours and value[:1] == b"g":
                        yield json.dumps(floor.house.vault.decrypt(value))


def ask_everywhere(floor: Floor) -> None:
    asked = [
        (channel, floor.desk.say(who, channel, f"<@U0POINTSMAN> {text}")) for channel, (who, text) in ASKED.items()
    ]
    for channel, ts in asked:
        floor.card(channel, ts, lambda text: bool(text), timeout=30)


class Keep(logging.Handler):
    """Every log line of ours and of the libraries, with all that hangs on it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("uvicorn"):
            self.lines.append(f"{self.format(record)} {vars(record)}")


@pytest.fixture
def logged() -> Iterator[Keep]:
    keep, root = Keep(), logging.getLogger()
    before = root.level
    root.addHandler(keep)
    root.setLevel(logging.DEBUG)
    yield keep
    root.removeHandler(keep)
    root.setLevel(before)


def seen_from_outside(floor: Floor) -> Iterator[str]:
    """Metrics, doctor's findings, and every message in Slack."""
    yield httpx.get(f"{floor.service.url}/metrics").text
    library = load_library([BUILT_IN])
    for store in floor.house.config.stores:
        yield from map(repr, vendor_findings(store, Transport(paced=False), lambda _: library))
    yield repr(floor.house.config)
    for channel in ASKED:
        yield from map(repr, said_in(floor, channel))


def said_in(floor: Floor, channel: str) -> Iterator[Any]:
    for message in floor.desk.messages(channel):
        yield vars(message) if hasattr(message, "__dict__") else message
        yield from floor.desk.messages(channel, message.ts)


def test_no_credential_is_anywhere(tmp_path: Path, logged: Keep, capfd: pytest.CaptureFixture[str]) -> None:
    with shop_floor(tmp_path, chain=True) as floor:
        for fault in FAULTS:
            floor.world.clear_faults()
            if fault is not None:
                floor.world.fault(fault)
            ask_everywhere(floor)
        floor.world.clear_faults()
        for path in ("shopify/ash", "rivo/ash", "treez/elm"):
            httpx.post(f"{floor.service.url}/webhooks/{path}", content=b"{}", headers={"authorization": "Bearer x"})
        text = "\n".join((*seen_from_outside(floor), *stored(floor)))
        hidden = credentials(floor)
    shown = "\n".join((text, *logged.lines, *capfd.readouterr()))
    assert len(hidden) > 20
    assert "Owen" in text, "what was looked through holds what was found"
    assert [where for where, secret in hidden.items() if secret in shown] == []
