"""pointsman.toml as values: one model a table. Loading, `${NAME}` and line numbers are in `bot.config_file`.

Every description below becomes a row of docs/settings.md.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator


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


_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Zone = Annotated[str, AfterValidator(_known_zone)]


class Table(BaseModel):
    """Unknown keys are errors; values are immutable; no error quotes what was given, which may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


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
        description="32 characters or more; references (HMAC) and encryption at rest are derived from it."
    )
    audit_heads: str | None = Field(
        None, description="A file, best on another disk, to which each signed head of the audit trail is added too."
    )


class KindPolicy(Table):
    """What holds for one kind of change. Undos are not counted."""

    may_ask: Literal["staff", "manager"] = Field(
        "staff", description='Who may ask: the store\'s "staff", or only a "manager" (also regional, support, admin).'
    )
    approvals: int = Field(1, ge=0, le=5, description="Signatures of others before anything is sent.")
    senior_roles: tuple[Literal["regional", "support"], ...] = Field(
        (), description='When not empty, one of the signatures must come from one of these: "regional", "support".'
    )
    times_per_requester_day: int | None = Field(30, ge=1, description="How often one person may ask in 24 hours.")
    times_per_customer_week: int | None = Field(5, ge=1, description="How often for one customer in 7 days.")
    times_per_store_day: int | None = Field(200, ge=1, description="How often at one store in 24 hours.")
    cooling_off_minutes: float = Field(
        0, ge=0, description="Minutes after such a change until the same customer can have the next one; 0: none."
    )

    @model_validator(mode="after")
    def _seniors_need_a_signature(self) -> Self:
        if self.senior_roles and not self.approvals:
            raise ValueError("`senior_roles` without `approvals`: nobody would be asked")
        return self


class ContactPolicy(KindPolicy):
    """A customer's phone or e-mail."""

    approvals: int = Field(0, ge=0, le=5, description="Signatures of others before anything is sent.")
    manager_at_second_change_in_days: int = Field(
        30, ge=0, description="A second change of one customer's contact within these days needs a manager."
    )


class AdjustPolicy(KindPolicy):
    """Points, as absolute values of one adjustment; sums run over all kinds that move points."""

    second_approver_above: Decimal = Field(
        Decimal(500), ge=0, description="Points above which `quorum` people approve."
    )
    quorum: int = Field(2, ge=1, le=5, description="How many people approve above that.")
    senior_roles: tuple[Literal["regional", "support"], ...] = Field(
        ("regional",), description="Who has to be among the signers above `senior_above`."
    )
    senior_above: Decimal | None = Field(
        None, ge=0, description="Points above which one signature must come from `senior_roles`; unset: never."
    )
    refuse_above: Decimal = Field(Decimal(5000), gt=0, description="Points above which an adjustment is refused.")
    undo_days: int = Field(7, ge=0, description="Days in which an adjustment can be undone.")
    per_customer_week: Decimal = Field(Decimal(5000), gt=0, description="Points for one customer in 7 days.")
    per_requester_day: Decimal = Field(Decimal(5000), gt=0, description="Points asked for by one person in 24 hours.")
    per_store_day: Decimal = Field(Decimal(20000), gt=0, description="Points at one store in 24 hours.")
    times_per_customer_week: int | None = Field(None, ge=1, description="How often for one customer in 7 days.")
    times_per_requester_day: int | None = Field(None, ge=1, description="How often one person may ask in 24 hours.")

    @model_validator(mode="after")
    def _a_quorum_is_no_less(self) -> Self:
        if self.quorum < self.approvals:
            raise ValueError("`quorum` is smaller than `approvals`: more points would need fewer people")
        return self


class PurchasePolicy(AdjustPolicy):
    """Points of a purchase that the provider missed; sums run over all kinds that move points."""

    points_per_dollar: Decimal = Field(
        Decimal(1),
        gt=0,
        description="Points that a dollar of a purchase counts for in these limits, where the provider is told of the "
        "purchase and does not tell how many points it gives. Such a purchase always needs a signature.",
    )


class MergePolicy(KindPolicy):
    """Joining two profiles, which nothing undoes."""

    approvals: int = Field(2, ge=0, le=5, description="Signatures of others before anything is sent.")
    senior_roles: tuple[Literal["regional", "support"], ...] = Field(
        ("regional", "support"), description="One of the signatures must come from one of these."
    )


class BulkPolicy(AdjustPolicy):
    """Lists of changes. Points are the list's total: every point that it gives or takes."""

    may_ask: Literal["staff", "manager"] = Field(
        "manager", description='Who may ask: the store\'s "staff", or only a "manager" (also regional, support, admin).'
    )
    approvals: int = Field(2, ge=0, le=5, description="Signatures of others before anything is sent.")
    second_approver_above: Decimal = Field(Decimal(0), ge=0, description="Points above which `quorum` people approve.")
    refuse_above: Decimal = Field(Decimal(1_000_000), gt=0, description="Points above which a list is refused.")
    per_requester_day: Decimal = Field(
        Decimal(1_000_000), gt=0, description="Points asked for in lists by one person in 24 hours."
    )
    per_store_day: Decimal = Field(Decimal(2_000_000), gt=0, description="Points in lists at one store in 24 hours.")
    per_customer_week: Decimal = Field(
        Decimal(5000),
        gt=0,
        description="Points for one customer in 7 days, single changes included; else the row is left out.",
    )
    row_refuse_above: Decimal = Field(Decimal(5000), gt=0, description="Points above which a row is left out.")
    times_per_requester_day: int | None = Field(
        10, ge=1, description="How many lists one person may ask for in 24 hours."
    )
    times_per_store_day: int | None = Field(20, ge=1, description="How many lists at one store in 24 hours.")
    most_rows: int = Field(100_000, ge=1, le=1_000_000, description="Rows of one list.")
    expires_hours: float = Field(24, gt=0, description="Hours until a list that nobody decided on expires.")


class BreakGlass(Table):
    """One person of roles.admin approves alone, with a reason; support is told at once, and it is reviewed next day."""

    enabled: bool = Field(True, description="Whether it can be done at all; it also takes somebody in roles.admin.")
    reason_at_least: int = Field(20, ge=1, le=200, description="Letters that the reason must have.")


class SignsPolicy(Table):
    """Signs of misuse that are shown to whoever decides. They refuse nothing by themselves."""

    same_pair_times: int = Field(
        2, ge=1, description="Earlier requests of one person for one customer from which on it is said; and within:"
    )
    same_pair_days: int = Field(30, ge=1, description="these days.")
    round_to: int = Field(50, ge=1, description="A multiple of this many points is a round sum.")
    refund_days: int = Field(7, ge=1, description="Days after a refund or a return in which a round sum is said.")
    redeemed_hours: float = Field(
        24, gt=0, description="Hours within which points that were added and then redeemed are said."
    )
    contact_days: int = Field(7, ge=1, description="Days after a change of phone or e-mail in which points are said.")


class Policy(Table):
    adjust_points: AdjustPolicy = AdjustPolicy()
    refund_redemption: AdjustPolicy = AdjustPolicy()
    record_purchase: PurchasePolicy = PurchasePolicy()
    relink: ContactPolicy = ContactPolicy()
    correct_contact: ContactPolicy = ContactPolicy()
    clear_link: KindPolicy = KindPolicy()
    enroll: KindPolicy = KindPolicy()
    attach_order: KindPolicy = KindPolicy()
    merge_customers: MergePolicy = MergePolicy()
    bulk: BulkPolicy = BulkPolicy()
    break_glass: BreakGlass = BreakGlass()
    signs: SignsPolicy = SignsPolicy()
    expires_hours: float = Field(4, gt=0, description="Hours until an undecided proposal expires.")
    remind_minutes: float = Field(15, gt=0, description="Minutes until the first reminder; later ones come rarer.")
    outside_hours: Literal["allow", "note", "extra_approval", "refuse"] = Field(
        "extra_approval", description="What is asked for outside a store's `hours`, where they are set."
    )
    unlisted_staff: Literal["note", "refuse"] = Field(
        "note",
        description="Who is not in `[[staff]]`: say that nothing was checked, or let them neither ask nor decide.",
    )
    digest_at: Annotated[str, StringConstraints(pattern=_CLOCK)] = Field(
        "06:00", description="When yesterday's exceptions go to support, in the first store's time."
    )

    def of(self, kind: str) -> KindPolicy:
        """The rules of a kind; one without a table of its own is held by the defaults."""
        found = getattr(self, kind, None)
        return found if isinstance(found, KindPolicy) else KindPolicy()


class StaffMember(Table):
    """For the beneficiary rule: a staff member's own phone and e-mail are kept only as HMAC references."""

    user: str = Field(description="Slack user id.")
    phone: str | None = Field(None, description="Their own number as a customer.")
    email: str | None = Field(None, description="Their own e-mail as a customer.")


class Hours(Table):
    """When a store's staff work. Closing at or before opening means after midnight."""

    opens: Annotated[str, StringConstraints(pattern=_CLOCK)] = Field(description="Like 08:30, in the store's time.")
    closes: Annotated[str, StringConstraints(pattern=_CLOCK)] = Field(description="Like 22:00.")
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
