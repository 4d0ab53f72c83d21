"""pointsman.toml as values: one model a table; those below `[policy]` are in `bot.config_policy`. Loading, `${NAME}`
and line numbers are in `bot.config_file`.

Every description below becomes a row of docs/settings.md.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from bot.config_policy import (
    CLOCK,
    AdjustPolicy,
    BreakGlass,
    BulkPolicy,
    ContactPolicy,
    KindPolicy,
    MergePolicy,
    Policy,
    SignsPolicy,
    Table,
)

__all__ = [
    "DAYS",
    "AdjustPolicy",
    "BreakGlass",
    "BulkPolicy",
    "Config",
    "ContactPolicy",
    "Day",
    "Hours",
    "KindPolicy",
    "MergePolicy",
    "Policy",
    "Retention",
    "Roles",
    "Security",
    "ServerSettings",
    "SignsPolicy",
    "SlackSettings",
    "StaffMember",
    "Store",
    "Table",
    "VendorSettings",
    "Zone",
]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f'"{name}" is no time zone; write one like "America/Denver"') from None
    return name


SHORTEST_KEY: Final = 32


def key_parts(text: str) -> tuple[str, ...]:
    """The parts of a text of keys, without blanks around them: its lines where there are several, which may end with a
    comma, else what stands between commas."""
    lines = tuple(part for line in text.split("\n") if (part := line.strip().rstrip(",")))
    return lines if len(lines) > 1 else tuple(part.strip() for part in text.split(",") if part.strip())


def _enough(text: str) -> bool:
    return len(text) >= SHORTEST_KEY


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError("too short: use 32 characters or more")
    return key


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Zone = Annotated[str, AfterValidator(_known_zone)]


class SlackSettings(Table):
    bot_token: SecretStr = Field(description="The bot's token (xoxb-…).")
    app_token: SecretStr | None = Field(
        None, description="The app-level token (xapp-…); when set, Socket Mode is used."
    )
    signing_secret: SecretStr | None = Field(None, description="Checks the signature of Slack's requests over HTTP.")
    api_url: str = Field(
        "https://slack.com/api/", description="Slack's Web API; the environment's SLACK_API_URL overrides."
    )
    escalation_channel: str | None = Field(None, description="Channel id of support, where cases are handed over.")


class ServerSettings(Table):
    host: str = Field("127.0.0.1", description="Address to listen on for health, metrics and Slack's HTTP events.")
    port: int = Field(3000, ge=0, le=65535, description="Its port; 0 takes a free one.")


class Roles(Table):
    """User ids (U…, W…) or user-group ids (S…). Everybody else is a budtender."""

    manager: tuple[str, ...] = Field((), description="May approve at every store.")
    support: tuple[str, ...] = Field((), description="Take escalated cases and settle unknown outcomes.")
    regional: tuple[str, ...] = Field((), description="May approve everywhere, also where a store has no manager.")
    admin: tuple[str, ...] = Field((), description="May break glass: approve alone, with a reason.")


class Security(Table):
    key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        description="32 characters or more; references (HMAC) and encryption at rest are derived from it. While it is "
        "replaced: NEW,OLD, the newest first, between commas or on lines of their own (`pointsman key rotate`)."
    )
    audit_heads: str | None = Field(
        None, description="A file, best on another disk, to which each signed head of the audit trail is added too."
    )

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that `key` holds, the newest first. One alone is the text as it stands, blanks and all; so is a text
        of which some part is too short for a key."""
        text = self.key.get_secret_value()
        parts = key_parts(text)
        return parts if len(parts) > 1 and all(map(_enough, parts)) else (text,)

    @property
    def key_readings(self) -> tuple[str, ...]:
        """What else `key` may mean: one key that has a comma or a line's end in it. A text goes on opening what it
        opened before several keys could be given."""
        text = self.key.get_secret_value()
        parts = key_parts(text)
        if not all(map(_enough, parts)):
            return ()
        tails = (text[found.end() :] for found in re.finditer(r"[,\n]", text))
        forms = (text, *tails, *parts, *(f"{part}\n" for part in parts))
        return tuple(dict.fromkeys(form for form in forms if _enough(form) and form not in self.keys))


class StaffMember(Table):
    """For the beneficiary rule: a staff member's own phone and e-mail are kept only as HMAC references."""

    user: str = Field(description="Slack user id.")
    phone: str | None = Field(None, description="Their own number as a customer.")
    email: str | None = Field(None, description="Their own e-mail as a customer.")


class Hours(Table):
    """When a store's staff work. Closing at or before opening means after midnight."""

    opens: Annotated[str, StringConstraints(pattern=CLOCK)] = Field(description="Like 08:30, in the store's time.")
    closes: Annotated[str, StringConstraints(pattern=CLOCK)] = Field(description="Like 22:00.")
    days: tuple[Day, ...] = Field(DAYS, min_length=1, description="Days on which it opens.")


class Retention(Table):
    personal_days: int = Field(
        90, ge=1, description="Days after which questions, evidence and changes lose what is personal; decisions stay."
    )


class VendorSettings(BaseModel):
    """`vendor` names the connector; the rest is validated by that connector's own settings model."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)
    vendor: str = Field(description="The connector's name; its own settings stand beside it.")

    def own(self) -> dict[str, Any]:
        """The vendor's keys, without `vendor`."""
        return dict(self.model_extra or {})

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return [("vendor", self.vendor)]  # the rest may hold keys


class Store(Table):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")] = Field(
        description="Short name, used by --store and in records; do not change it later."
    )
    name: str = Field(description="As staff call it.")
    channel: str = Field(description="Channel id of the store's staff.")
    timezone: Zone = Field("America/Denver", description="For the times that staff read.")
    area_code: Annotated[str, StringConstraints(pattern=r"^[2-9]\d{2}$")] | None = Field(
        None, description="Put before phones typed with seven digits; without it the full number is asked."
    )
    hours: Hours | None = Field(None, description="When its staff work; unset: changes are asked for at any time.")
    nicknames: tuple[str, ...] = Field((), description="Other names of the store in questions.")
    read_only: bool = Field(True, description="Fixes only show what would be sent.")
    managers: tuple[str, ...] = Field((), description="User ids that approve at this store only.")
    playbooks: str | None = Field(None, description="A folder of playbooks that add to or override the built-in ones.")
    pos: VendorSettings
    loyalty: VendorSettings
    online: VendorSettings | None = Field(None, description="The web shop, where it is a system of its own.")


class Config(Table):
    database: str = Field(
        "sqlite:///pointsman.db", description="sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DB."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines are written.")
    slack: SlackSettings
    server: ServerSettings = ServerSettings()
    roles: Roles = Roles()
    security: Security
    policy: Policy = Policy()
    retention: Retention = Retention()
    staff: tuple[StaffMember, ...] = ()
    stores: tuple[Store, ...] = Field(min_length=1)

    def store(self, store_id: str) -> Store:
        """The store with this id. Raises KeyError."""
        for store in self.stores:
            if store.id == store_id:
                return store
        raise KeyError(store_id)
