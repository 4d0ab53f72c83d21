"""pointsman.toml as values: one model a table. Loading, `${NAME}` and line numbers are in `bot.config_file`.

Every description below becomes a row of docs/settings.md.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f'"{name}" is no time zone; write one like "America/Denver"') from None
    return name


def _long_enough(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 32:
        raise ValueError("too short: use 32 characters or more")
    return key


Zone = Annotated[str, AfterValidator(_known_zone)]


class Table(BaseModel):
    """Unknown keys are errors; values are immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    admin: tuple[str, ...] = Field((), description="Break-glass.")


class Security(Table):
    key: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        description="32 characters or more; references (HMAC) and encryption at rest are derived from it."
    )


class AdjustPolicy(Table):
    """Points, as absolute values of one adjustment."""

    second_approver_above: Decimal = Field(Decimal(500), ge=0, description="Points above which two people approve.")
    refuse_above: Decimal = Field(Decimal(5000), gt=0, description="Points above which an adjustment is refused.")
    undo_days: int = Field(7, ge=0, description="Days in which an adjustment can be undone.")
    per_customer_week: Decimal = Field(Decimal(5000), gt=0, description="Points for one customer in 7 days.")
    per_requester_day: Decimal = Field(Decimal(5000), gt=0, description="Points asked for by one person in 24 hours.")
    per_store_day: Decimal = Field(Decimal(20000), gt=0, description="Points at one store in 24 hours.")


class RelinkPolicy(Table):
    manager_at_second_change_in_days: int = Field(
        30, ge=0, description="A second change of one customer's phone within these days needs a manager."
    )


class Policy(Table):
    adjust_points: AdjustPolicy = AdjustPolicy()
    relink: RelinkPolicy = RelinkPolicy()
    expires_hours: float = Field(4, gt=0, description="Hours until an undecided proposal expires.")
    remind_minutes: float = Field(15, gt=0, description="Minutes until the first reminder; later ones come rarer.")


class StaffMember(Table):
    """For the beneficiary rule: a staff member's own phone and e-mail are kept only as HMAC references."""

    user: str = Field(description="Slack user id.")
    phone: str | None = Field(None, description="Their own number as a customer.")
    email: str | None = Field(None, description="Their own e-mail as a customer.")


class VendorSettings(BaseModel):
    """`vendor` names the connector; the rest is validated by that connector's own settings model."""

    model_config = ConfigDict(frozen=True, extra="allow")
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
    nicknames: tuple[str, ...] = Field((), description="Other names of the store in questions.")
    read_only: bool = Field(True, description="Fixes only show what would be sent.")
    managers: tuple[str, ...] = Field((), description="User ids that approve at this store only.")
    playbooks: str | None = Field(None, description="A folder of playbooks that add to or override the built-in ones.")
    pos: VendorSettings
    loyalty: VendorSettings


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
    staff: tuple[StaffMember, ...] = ()
    stores: tuple[Store, ...] = Field(min_length=1)

    def store(self, store_id: str) -> Store:
        """The store with this id. Raises KeyError."""
        for store in self.stores:
            if store.id == store_id:
                return store
        raise KeyError(store_id)
