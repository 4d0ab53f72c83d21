"""The demo chain's settings: every store of the practice world on the sandboxes, people of each role."""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.config import Config
from connectors.sandbox import World
from connectors.sandbox.state import Store
from connectors.sandbox.vendors import online_settings_of, settings_of

MANAGERS = {"pine": ("U0MORGAN",)}
"""Managers of one store alone; the group in [roles] decides at all of them."""


def settings_text(urls: Mapping[str, str], folder: Path, port: int) -> str:
    """A pointsman.toml. `urls`: vendor to sandbox address; `folder`: where the database goes; `port`: the bot's own."""
    head = f"""\
database = "sqlite:///{folder}/pointsman.db"
[slack]
bot_token = "${{SLACK_BOT_TOKEN}}"
app_token = "${{SLACK_APP_TOKEN}}"
signing_secret = "${{SLACK_SIGNING_SECRET}}"
escalation_channel = "C0SUPPORT"
[server]
port = {port}
[roles]
manager = ["S0MANAGERS"]
support = ["S0SUPPORT"]
regional = ["U0AVERY"]
admin = ["U0AVERY"]
[security]
key = "{secrets.token_hex(32)}"
"""
    return head + stores_text(urls)


def stores_text(urls: Mapping[str, str]) -> str:
    """The stores' tables alone."""
    return "".join(_store_text(store, urls) for store in _stores().values())


def _store_text(store: Store, urls: Mapping[str, str]) -> str:
    pos, loyalty = settings_of(store, urls)
    online = online_settings_of(store, urls)
    own = {
        "id": store.id,
        "name": store.name,
        "channel": f"C0{store.id.upper()}",
        "nicknames": [store.id],
        "area_code": "303",
        "read_only": False,
        "managers": list(MANAGERS.get(store.id, ())),
    }
    return (
        _table("[[stores]]", own)
        + _table("[stores.pos]", pos)
        + _table("[stores.loyalty]", loyalty)
        + (_table("[stores.online]", online) if online is not None else "")
    )


def _table(head: str, values: Mapping[str, Any]) -> str:
    """A table of plain values, which TOML writes as JSON does."""
    return "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in values.items()), ""])


@cache
def _stores() -> Mapping[str, Store]:
    """Of any world: addresses and keys are the same in all of them."""
    return World.seeded().stores


def demo_config(urls: Mapping[str, str]) -> Config:
    """The same settings as values, for work that needs neither Slack nor a database file."""
    values = tomllib.loads(settings_text(urls, Path(), 0))
    values["slack"] = {"bot_token": "unused"}
    return Config.model_validate(values)
