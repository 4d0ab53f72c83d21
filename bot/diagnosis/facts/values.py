"""What facts return beside the connectors' own records. Points are Decimal, money is dollars, times are UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from bot.diagnosis.models import Value
from connectors.contract import Customer, LinkKind, Member, Sale

Mode = Literal["api", "guided", "none"]
"""By API, by a person with our steps, or not at all."""


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


class Pair(Value):
    """A store's register and provider (their vendors), what ties them, and what can be asked of them by API.

    link: "stored", an id on the register's profile; "derived", whoever its phone leads to; "shared", the provider keeps
    the register's own id or e-mail; "none", no API shows one. lookup: a person mends the stored id by a lookup on the
    register's screens. native: one vendor is both. nightly: balances are last night's. The modes are those of fixes.
    """

    pos: str
    program: str
    link: LinkKind = "derived"
    lookup: bool = False
    native: bool = False
    nightly: bool = False
    finds: bool = True
    finds_by_phone: bool = True
    finds_by_email: bool = True
    finds_by_source: bool = True
    shows_balance: bool = True
    shows_history: bool = True
    shows_expiry: bool = True
    shows_redemptions: bool = False
    shows_tier: bool = False
    shows_sales: bool = True
    merge: Mode = "none"
    attach: Mode = "none"
    adjust: Mode = "api"
    enroll: Mode = "none"
    record: Mode = "none"
    refund: Mode = "none"


class Link(Value):
    """Which member the register's profile leads to.

    stored: the loyalty id on the profile, where the register keeps one. phone: the number that was followed, where the
    link is derived from it. member: whom that leads to; None also where the provider cannot be asked by its own id.
    gone: the stored id was looked up, and the provider has no such member.
    """

    kind: LinkKind = "derived"
    stored: str | None = None
    phone: str | None = None
    member: Member | None = None
    gone: bool = False

    @property
    def member_id(self) -> str | None:
        """The id it leads to: the stored one, else the member's."""
        return self.stored or (self.member.id if self.member else None)


class Searched(Value):
    """By what the provider was searched for the person. en, es: the same in words, for sentences."""

    phone: bool = False
    email: bool = False
    source: bool = False
    other: bool = False

    @property
    def anything(self) -> bool:
        """Whether there was anything that the provider can be asked by."""
        return self.phone or self.email or self.source or self.other

    @property
    def en(self) -> str:
        """Like "phone, e-mail or register number"."""
        return _listed(self, ("phone", "e-mail", "register number", "loyalty number"), "or")

    @property
    def es(self) -> str:
        """The same in Spanish."""
        return _listed(self, ("teléfono", "correo", "número de caja", "número de lealtad"), "o")


def _listed(searched: Searched, words: tuple[str, str, str, str], last: str) -> str:
    asked = (searched.phone, searched.email, searched.source, searched.other)
    named = [word for word, was in zip(words, asked, strict=True) if was]
    return f" {last} ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


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
