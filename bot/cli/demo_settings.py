"""The demo chain's settings: two stores on the sandboxes, people of each role."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

from bot.config import Config

STORES = (
    # id, name, Alpine IQ account, manager of this store alone
    ("pine", "Harbor Green - Pine St", "4242", "U0MORGAN"),
    ("oak", "Harbor Green - Oak Ave", "4343", None),
)


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
[security]
key = "{secrets.token_hex(32)}"
"""
    return head + stores_text(urls)


def stores_text(urls: Mapping[str, str]) -> str:
    """The stores' tables alone."""
    return "".join(
        f"""\
[[stores]]
id = "{store}"
name = "{name}"
channel = "C0{store.upper()}"
nicknames = ["{store}"]
area_code = "303"
read_only = false
managers = [{f'"{manager}"' if manager else ""}]
[stores.pos]
vendor = "dutchie"
base_url = "{urls["dutchie"]}"
api_key = "sandbox-{store}-pos"
[stores.loyalty]
vendor = "alpineiq"
base_url = "{urls["alpineiq"]}"
uid = "{uid}"
api_key = "sandbox-{store}-loyalty"
ledger_proves_absence = true
"""
        for store, name, uid, manager in STORES
    )


def demo_config(urls: Mapping[str, str]) -> Config:
    """The same settings as values, for work that needs neither Slack nor a database file."""
    values = tomllib.loads(settings_text(urls, Path(), 0))
    values["slack"] = {"bot_token": "unused"}
    return Config.model_validate(values)
