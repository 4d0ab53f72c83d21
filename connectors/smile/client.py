"""Smile.io as a `LoyaltyProgram`: one shop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import (
    Balance,
    Enrolment,
    Identity,
    Ledger,
    Member,
    MemberTier,
    Operation,
    ProgramRules,
    Redemption,
    Reward,
    Tier,
    WriteEvidence,
)
from connectors.errors import Denied, NotFound, Rejected, Unsupported
from connectors.smile import api
from connectors.smile.capabilities import ENROLL_OFF, capabilities_of
from connectors.smile.mapping import (
    entry_from,
    member_from,
    member_tier_from,
    mentions,
    redemption_from,
    reward_from,
    rules_from,
    tier_from,
)
from connectors.smile.settings import SmileSettings
from connectors.transport import Endpoint, Link, Transport
from connectors.values import Row, identifier, number

_SKEW = timedelta(minutes=10)
_REFERENCE = re.compile(r"\s*\(ref [^)]*\)\s*$")
# A scope that is missing takes these away. What a key may write cannot be tried without writing.
_READS: dict[Endpoint, tuple[Operation, ...]] = {
    api.CUSTOMERS: (Operation.FIND_MEMBER, Operation.READ_BALANCE, Operation.READ_TIER),
    api.TRANSACTIONS: (Operation.READ_LEDGER,),
    api.FULFILLMENTS: (Operation.READ_REDEMPTIONS,),
    api.PRODUCTS: (Operation.READ_REWARDS,),
    api.TIERS: (Operation.READ_TIER, Operation.READ_PROGRAM),
    api.RULES: (Operation.READ_PROGRAM,),
    api.POINTS_SETTINGS: (Operation.READ_PROGRAM,),
}


class Smile:
    """Fulfils `connectors.contract.LoyaltyProgram`, and the parts of tiers, rules, rewards and enrolment."""

    vendor = api.VENDOR

    def __init__(self, link: Link, settings: SmileSettings) -> None:
        self._link = link
        self._settings = settings
        self.capabilities = capabilities_of(settings)

    def identify(self) -> Identity:
        """Smile does not name the shop of a key; each list is tried. Raises Denied when the key opens none."""
        allowed: dict[str, bool] = {}
        refused: Denied | None = None
        for endpoint in _READS:
            try:
                if not isinstance(self._link.call(endpoint), dict):
                    raise api.unreadable(endpoint.operation)
                allowed[endpoint.operation] = True
            except Denied as error:
                refused, allowed[endpoint.operation] = error, False
        if refused is not None and not any(allowed.values()):
            raise refused
        cannot = {o for endpoint, lost in _READS.items() if not allowed[endpoint.operation] for o in lost}
        return Identity(account="not named by Smile.io", allowed=allowed, cannot=frozenset(cannot))

    # -- members ------------------------------------------------------------------------------------------------------

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """Those with exactly this e-mail. Raises Unsupported for a phone or a Shopify id."""
        if len([value for value in (phone, email, source_id) if value]) != 1:
            raise ValueError("exactly one of phone, email and source_id")
        if not email:
            what = "by phone" if phone else "by a Shopify id"
            raise Unsupported(api.VENDOR, f"Smile.io cannot be asked {what}", detail="find_member")
        rows, _ = api.listed(self._link, api.CUSTOMERS, {"email": email.lower()})
        members = {m.id: m for row in rows if (m := member_from(row))}
        if rows and not members:
            raise api.unreadable(api.CUSTOMERS.operation)
        return [m for m in members.values() if m.email == email.lower()]

    def member(self, member_id: str) -> Member:
        """The customer by Smile's own id."""
        member = member_from(self._customer(member_id))
        if member is None:
            raise api.unreadable(api.CUSTOMER.operation)
        return member

    def balance(self, member: Member) -> Balance:
        """The points balance, read anew."""
        points = number(self._customer(member.id).get("points_balance"))
        if points is None:
            raise api.unreadable(api.CUSTOMER.operation)
        return Balance(points=points)

    def enroll(self, person: Enrolment, *, operation_id: str) -> str | None:
        """Create or update the identity under the Shopify id; the customer's id. Only where it is switched on."""
        if not self._settings.enroll_by_identity:
            raise Unsupported(api.VENDOR, ENROLL_OFF.why, detail=Operation.ENROLL)
        if not person.email or not person.source_id:
            raise Rejected(api.VENDOR, "Smile.io needs an e-mail and the Shopify id to enrol", detail="enroll")
        names = {"first_name": person.first_name, "last_name": person.last_name}
        identity = {"email": person.email, "distinct_id": person.source_id, **{k: v for k, v in names.items() if v}}
        answer = self._link.call(api.IDENTITY, body={"customer_identity": identity})
        made = answer.get("customer_identity") if isinstance(answer, dict) else None
        if not isinstance(made, dict) or identifier(made.get("id")) is None:
            raise api.unconfirmed(api.IDENTITY)
        return identifier(made.get("customer_id"))

    # -- points -------------------------------------------------------------------------------------------------------

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """The transactions of the window; those nobody can read are left out and make it not readable."""
        rows, whole = self._transactions(member_id, since)
        entries = [entry for row in rows if (entry := entry_from(row))]
        inside = sorted((e for e in entries if since <= e.at <= until), key=lambda e: e.at)
        return Ledger(entries=tuple(inside), readable=whole and len(entries) == len(rows))

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """One signed change. The shop sees the whole note, the customer sees it without our reference."""
        if points != points.to_integral_value():
            raise Rejected(api.VENDOR, "Smile.io keeps whole points only", detail="adjust_points: a fraction")
        change: dict[str, Any] = {
            "customer_id": _whole_id(member_id),
            "points_change": int(points),
            "internal_note": note,
        }
        if comment := _REFERENCE.sub("", note):
            change["description"] = comment
        answer = self._link.call(api.ADJUST, body={"points_transaction": change})
        made = answer.get("points_transaction") if isinstance(answer, dict) else None
        if not isinstance(made, dict) or number(made.get("points_change")) != points:
            raise api.unconfirmed(api.ADJUST)

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """Look for the operation id in the notes of the transactions since then.

        "absent" only where all of them were listed and each has a place for the note.
        """
        rows, whole = self._transactions(member_id, since - _SKEW)
        if any(mentions(row, operation_id) for row in rows):
            return "applied"
        return "absent" if whole and all("internal_note" in row for row in rows) else "cannot_tell"

    # -- tiers, rules, rewards ----------------------------------------------------------------------------------------

    def tiers(self) -> Sequence[Tier]:
        """The levels, lowest milestone first."""
        rows = api.rows(self._link.call(api.TIERS), "vip_tiers", api.TIERS.operation)
        found = [tier for row in rows if (tier := tier_from(row))]
        return sorted(found, key=lambda tier: tier.threshold or Decimal(0))

    def member_tier(self, member_id: str) -> MemberTier:
        """The customer's level now, and what the next one takes."""
        row = self._customer(member_id, {"include": "vip_status"})
        return member_tier_from(row.get("vip_status"), self.tiers())

    def program_rules(self) -> ProgramRules:
        """The name of the points, what earns, and the levels; Smile shows no expiry."""
        label = api.one(self._link.call(api.POINTS_SETTINGS), "points_settings", api.POINTS_SETTINGS.operation)
        rules, _ = api.listed(self._link, api.RULES)
        return rules_from(label, rules, self.tiers())

    def rewards(self) -> Sequence[Reward]:
        """What points can be spent on."""
        found: list[Row] = []
        for page in range(1, api.MOST_PAGES + 1):
            params = {"page": str(page), "page_size": str(api.PAGE)}
            rows = api.rows(self._link.call(api.PRODUCTS, params=params), "points_products", api.PRODUCTS.operation)
            found += rows
            if len(rows) < api.PAGE:
                break
        return [reward for row in found if (reward := reward_from(row))]

    def redemptions(self, member_id: str, *, since: datetime, until: datetime) -> Sequence[Redemption]:
        """The rewards that were given out in the window."""
        asked = {"customer_id": str(_whole_id(member_id)), "updated_at_min": _instant(since)}
        rows, _ = api.listed(self._link, api.FULFILLMENTS, asked)
        found = [one for row in rows if (one := redemption_from(row)) and one.at and since <= one.at <= until]
        return sorted(found, key=lambda one: one.at or since)

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _customer(self, member_id: str, params: dict[str, str] | None = None) -> Row:
        path = {"id": str(_whole_id(member_id))}
        return api.one(self._link.call(api.CUSTOMER, path=path, params=params), "customer", api.CUSTOMER.operation)

    def _transactions(self, member_id: str, since: datetime) -> tuple[list[Row], bool]:
        """All that changed since then; none is older than its last change."""
        asked = {"customer_id": str(_whole_id(member_id)), "updated_at_min": _instant(since)}
        return api.listed(self._link, api.TRANSACTIONS, asked)


def open_smile(settings: SmileSettings, transport: Transport) -> Smile:
    """A shop's program, over the shared transport."""
    key = settings.api_key.get_secret_value()
    return Smile(api.open_link(transport, base_url=settings.base_url, api_key=key), settings)


def _whole_id(member_id: str) -> int:
    """Smile's ids are numbers; anything else is nobody there. Raises NotFound."""
    if identifier(member_id) is None:
        raise NotFound(api.VENDOR, "Smile.io has no such record", detail="customer: not a number")
    return int(member_id)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
