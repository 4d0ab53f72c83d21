"""Settings of who may do what: the tables below `[policy]`. Every description becomes a row of docs/settings.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

CLOCK: Final = r"^([01]\d|2[0-3]):[0-5]\d$"
"""A time of day."""


class Table(BaseModel):
    """Unknown keys are errors; values are immutable; no error quotes what was given, which may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


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
    digest_at: Annotated[str, StringConstraints(pattern=CLOCK)] = Field(
        "06:00", description="When yesterday's exceptions go to support, in the first store's time."
    )

    def of(self, kind: str) -> KindPolicy:
        """The rules of a kind; one without a table of its own is held by the defaults."""
        found = getattr(self, kind, None)
        return found if isinstance(found, KindPolicy) else KindPolicy()
