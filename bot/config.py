"""pointsman.toml as values: one model a table. Loading, `${NAME}` and line numbers are in `bot.config_file`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints


def _known_zone(name: str) -> str:
    ZoneInfo(name)
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class Table(BaseModel):
    """Unknown keys are errors; values are immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SlackSettings(Table):
    bot_token: SecretStr
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: str = "https://slack.com/api/"
    escalation_channel: str | None = None


class ServerSettings(Table):
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)


class Roles(Table):
    """User ids (U…, W…) or user-group ids (S…). Everybody else is a budtender."""

    manager: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    regional: tuple[str, ...] = ()
    admin: tuple[str, ...] = ()


class Security(Table):
    """key: at least 32 characters; references (HMAC) and encryption at rest are derived from it."""

    key: SecretStr


class AdjustPolicy(Table):
    """Points, as absolute values of one adjustment."""

    second_approver_above: Decimal = Decimal(500)
    refuse_above: Decimal = Decimal(5000)
    undo_days: int = 7
    per_customer_week: Decimal = Decimal(5000)
    per_requester_day: Decimal = Decimal(5000)
    per_store_day: Decimal = Decimal(20000)


class RelinkPolicy(Table):
    manager_at_second_change_in_days: int = 30


class Policy(Table):
    adjust_points: AdjustPolicy = AdjustPolicy()
    relink: RelinkPolicy = RelinkPolicy()
    expires_hours: float = 4
    remind_minutes: float = 15


class StaffMember(Table):
    """For the beneficiary rule: a staff member's own phone and e-mail are kept only as HMAC references."""

    user: str
    phone: str | None = None
    email: str | None = None


class VendorSettings(BaseModel):
    """`vendor` names the connector; the rest is validated by that connector's own settings model."""

    model_config = ConfigDict(frozen=True, extra="allow")
    vendor: str

    def own(self) -> dict[str, Any]:
        """The vendor's keys, without `vendor`."""
        return dict(self.model_extra or {})


class Store(Table):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    name: str
    channel: str
    timezone: Zone = "America/Denver"
    area_code: Annotated[str, StringConstraints(pattern=r"^[2-9]\d{2}$")] | None = None
    nicknames: tuple[str, ...] = ()
    read_only: bool = True
    managers: tuple[str, ...] = ()
    playbooks: str | None = None
    pos: VendorSettings
    loyalty: VendorSettings


class Config(Table):
    database: str = "sqlite:///pointsman.db"
    log_format: Literal["text", "json"] = "text"
    slack: SlackSettings
    server: ServerSettings = ServerSettings()
    roles: Roles = Roles()
    security: Security
    policy: Policy = Policy()
    staff: tuple[StaffMember, ...] = ()
    stores: tuple[Store, ...] = Field(min_length=1)

    def store(self, store_id: str) -> Store:
        """The store with this id. Raises KeyError."""
        return next(s for s in self.stores if s.id == store_id)
