"""What the app's manifest allows: scopes, events, commands, shortcuts. Without a manifest everything is allowed."""

from __future__ import annotations

from pathlib import Path

from bot.desk.model import Json
from bot.yaml_file import read_yaml

EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "file_shared": "files:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}


class Manifest:
    """A view on the parsed manifest; `None` stands for an app that may do everything."""

    def __init__(self, content: Json | None) -> None:
        self.content = content
        features = (content or {}).get("features", {})
        settings = (content or {}).get("settings", {})
        self.commands: list[Json] = features.get("slash_commands", [])
        self.shortcuts: list[Json] = features.get("shortcuts", [])
        self.home_tab = bool(features.get("app_home", {}).get("home_tab_enabled", content is None))
        self.interactivity = bool(settings.get("interactivity", {}).get("is_enabled", content is None))
        self.socket_mode = bool(settings.get("socket_mode_enabled", content is None))
        self._scopes = frozenset((content or {}).get("oauth_config", {}).get("scopes", {}).get("bot", []))
        self._events = frozenset(settings.get("event_subscriptions", {}).get("bot_events", []))

    @classmethod
    def read(cls, path: Path | None) -> Manifest:
        """The manifest in a YAML or JSON file; None: everything is allowed. Raises OSError if the file is not there."""
        return cls(None if path is None else read_yaml(path))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The bot's scopes, sorted."""
        return tuple(sorted(self._scopes))

    def lacks(self, any_of: tuple[str, ...]) -> bool:
        """Whether none of these scopes was granted; no scopes needed is never lacking."""
        return self.content is not None and bool(any_of) and not self._scopes.intersection(any_of)

    def hears(self, event: str) -> bool:
        """Whether the app subscribed to this event and has its scope. `event` as in bot_events, e.g. message.im."""
        if self.content is None:
            return True
        scope = EVENT_SCOPES.get(event)
        return event in self._events and (scope is None or scope in self._scopes)

    def command(self, name: str) -> Json | None:
        """The slash command's entry; None if the app has no such command."""
        if self.content is None:
            return {"command": name, "should_escape": True}
        return next((c for c in self.commands if c["command"] == name), None)

    def shortcut(self, callback_id: str, type_: str) -> Json | None:
        """The shortcut's entry; None if the app has no such shortcut."""
        if self.content is None:
            return {"callback_id": callback_id, "type": type_}
        return next((s for s in self.shortcuts if s["callback_id"] == callback_id and s["type"] == type_), None)
