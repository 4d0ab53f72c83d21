"""The manifest is valid by Slack's schema and asks for nothing that is not used."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from bot.slack.intake import COMMAND, SHORTCUT
from bot.slack.listeners.register import ASK_SHORTCUT
from bot.yaml_file import read_yaml

MANIFEST = read_yaml(Path(__file__).resolve().parents[2] / "manifest.yml")


def test_it_is_valid_by_slacks_own_schema() -> None:
    folder = os.environ.get("POINTSMAN_SPECS")
    if not folder:
        pytest.skip("POINTSMAN_SPECS is not set: Slack's manifest schema is not at hand")
    schema = json.loads((Path(folder) / "slack-manifest.schema.json").read_text(encoding="utf-8"))
    assert [e.message for e in jsonschema.Draft7Validator(schema).iter_errors(MANIFEST)] == []


def test_it_asks_for_exactly_what_is_used() -> None:
    assert MANIFEST["oauth_config"]["scopes"] == {
        "bot": [
            "app_mentions:read",
            "assistant:write",
            "channels:history",
            "channels:read",
            "chat:write",
            "commands",
            "files:read",
            "files:write",
            "groups:history",
            "groups:read",
            "im:history",
            "reactions:write",
            "usergroups:read",
            "users:read",
        ]
    }


def test_every_door_has_a_listener() -> None:
    features, settings = MANIFEST["features"], MANIFEST["settings"]
    assert [c["command"] for c in features["slash_commands"]] == [COMMAND]
    assert [(s["type"], s["callback_id"]) for s in features["shortcuts"]] == [
        ("message", SHORTCUT),
        ("global", ASK_SHORTCUT),
    ]
    assert settings["event_subscriptions"]["bot_events"] == [
        "app_home_opened",
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
    ]
    assert settings["socket_mode_enabled"] is True
