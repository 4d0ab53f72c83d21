"""What facts return beside the connectors' own records. Points are Decimal, money is dollars, times are UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from bot.diagnosis.models import Value
from connectors.contract import Customer, Member, Sale


class Said(Value):
    """What the question names. Phones are E.164; points are what the customer claims and what staff saw."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    claimed: Decimal | None = None
    observed: Decimal | None = None
    delta: Decimal | None = None
    receipts: tuple[str, ...] = ()
    loyalty_ids: tuple[str, ...] = ()

    @property
    def phone(self) -> str | None:
        """The first phone of the question."""
        return self.phones[0] if self.phones else None

    @property
    def anybody(self) -> bool:
        """Whether the question names somebody who can be looked up."""
        return bool(self.phones or self.emails or self.receipts or self.loyalty_ids)


class Link(Value):
    """Which member the register's phone leads to. Derived: the register itself stores no loyalty id."""

    phone: str | None = None
    member: Member | None = None

    @property
    def member_id(self) -> str | None:
        return self.member.id if self.member else None


class Duplicate(Value):
    """Another live profile of the same person in the register, with the member and points it leads to."""

    profile: Customer
    member: Member | None = None
    points: Decimal | None = None


class SystemStatus(Value):
    """Whether a system answered. code: the vendor error's code when it did not."""

    answers: bool
    reason: str = ""
    code: str = ""


Standing = Literal["posted", "waiting", "late", "elsewhere", "before"]
"""posted: in the ledger. Else waiting: younger than a day; late: older; elsewhere: rung up on another profile;
before: made before the person joined."""


class Posting(Value):
    """One sale that should have earned, beside the provider's ledger. points: what it earned there, if it is there."""

    sale: Sale
    standing: Standing
    points: Decimal | None = None
    hours_ago: Decimal


class Postings(Value):
    """The sales of the last seven days beside the ledger, by standing; voided, returned and zero sales left out."""

    posted: tuple[Posting, ...] = ()
    waiting: tuple[Posting, ...] = ()
    late: tuple[Posting, ...] = ()
    elsewhere: tuple[Posting, ...] = ()
    before: tuple[Posting, ...] = ()


Enrolment = Literal["member", "contact", "none"]
