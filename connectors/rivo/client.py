"""Rivo as a `LoyaltyProgram`: one Shopify shop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import (
    Balance,
    BatchLine,
    BatchResult,
    Identity,
    Ledger,
    Member,
    MemberTier,
    Operation,
    Redemption,
    Reward,
    Tier,
    WriteEvidence,
)
from connectors.errors import NotFound, Rejected, Unreachable, Unsupported
from connectors.rivo import api
from connectors.rivo.capabilities import REFUND_BY_HAND, capabilities_of
from connectors.rivo.mapping import (
    attributes,
    entries_from,
    legible,
    member_from,
    member_tier_from,
    mentions,
    points_of,
    redemption_from,
    reward_from,
    tier_from,
)
from connectors.rivo.settings import RivoSettings
from connectors.transport import Link, Transport
from connectors.values import Row, moment, number

_SKEW = timedelta(minutes=10)
# A row that was taken back inside the window may itself be this much older.
_TAKEN_BACK_AFTER = timedelta(days=30)
_REFERENCE = re.compile(r"\s*\(ref [^)]*\)\s*$")
_WHOLE = "Rivo keeps whole points only"


class Rivo:
    """Fulfils `connectors.contract.LoyaltyProgram`, and the parts of tiers, rewards, redemptions and batches."""

    vendor = api.VENDOR

    def __init__(self, link: Link, settings: RivoSettings) -> None:
        self._link = link
        self._settings = settings
        self.capabilities = capabilities_of(settings)

    def identify(self) -> Identity:
        """Rivo does not name the shop of a key; the list of tiers shows that the key is good."""
        api.listed(self._link, api.TIERS)
        return Identity(account="not named by Rivo")

    # -- members ------------------------------------------------------------------------------------------------------

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """The one customer with this e-mail or Shopify id. Raises Unsupported for a phone."""
        asked = [value for value in (phone, email, source_id) if value]
        if len(asked) != 1:
            raise ValueError("exactly one of phone, email and source_id")
        if phone:
            raise Unsupported(api.VENDOR, "Rivo cannot be asked by phone", detail="find_member")
        try:
            member = self.member(asked[0].lower())
        except NotFound:
            return []
        same = member.email == email.lower() if email else member.id == source_id
        return [member] if same else []

    def member(self, member_id: str) -> Member:
        """The customer by the Shopify id, which is Rivo's own id too."""
        member = member_from(self._customer(member_id))
        if member is None:
            raise api.unreadable(api.CUSTOMER.operation)
        return member

    def balance(self, member: Member) -> Balance:
        """The points tally, read anew."""
        points = points_of(self._customer(member.id))
        if points is None:
            raise api.unreadable(api.CUSTOMER.operation)
        return Balance(points=points)

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """The history; rows nobody can read are left out and make it not readable."""
        rows, whole = self._history(member_id, since - _TAKEN_BACK_AFTER)
        entries = sorted((e for row in rows for e in entries_from(row)), key=lambda e: e.at)
        return Ledger(
            entries=tuple(e for e in entries if since <= e.at <= until),
            readable=all(legible(row) for row in rows) and (whole or _newest_first(rows)),
            since=None if whole else max(since, *_times(rows)[-1:]),
        )

    # -- points -------------------------------------------------------------------------------------------------------

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """One signed change. Staff see the whole note, the customer sees it without our reference."""
        form = {
            "customer_identifier": member_id,
            "source": "manual",
            "points_amount": str(_whole(points)),
            "internal_note": note,
            "skip_email": "false" if self._settings.email_customers else "true",
        }
        if comment := _REFERENCE.sub("", note):
            form["external_note"] = comment
        row = api.confirmed(self._link.call(api.ADJUST, form=form), api.ADJUST)
        if number(attributes(row).get("points_diff")) != points:
            raise api.unconfirmed(api.ADJUST)

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """Look for the operation id in the notes of the history.

        "absent" is said only of a history that was read back to `since` and whose every row could be read: then the
        row would have been seen. An empty history proves nothing.
        """
        try:
            rows, whole = self._history(member_id, since - _SKEW)
        except NotFound:
            return "cannot_tell"
        if any(mentions(row, operation_id) for row in rows):
            return "applied"
        return "absent" if whole and rows and all(legible(row) for row in rows) else "cannot_tell"

    def adjust_batch(self, lines: Sequence[BatchLine]) -> Sequence[BatchResult]:
        """Up to ten changes. A line is done when the answer shows its note; whatever else it says proves nothing.

        How Rivo refuses a batch of which some lines are good is not documented, so a refusal is an unknown outcome.
        """
        if not 0 < len(lines) <= self.capabilities.batch_limit:
            raise ValueError(f"a batch has 1 to {self.capabilities.batch_limit} lines")
        good = [line for line in lines if line.points == line.points.to_integral_value()]
        done: set[str] = set()
        if good:
            try:
                answer = self._link.call(api.ADJUST_BATCH, body={"points_events": [_line(line) for line in good]})
            except (Rejected, NotFound):
                raise api.unconfirmed(api.ADJUST_BATCH) from None
            data = answer.get("data") if isinstance(answer, dict) else None
            rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
            done = {line.note for line in good if any(mentions(row, line.note) for row in rows)}
        return [_result(line, line in good, done) for line in lines]

    # -- tiers, rewards, redemptions ----------------------------------------------------------------------------------

    def tiers(self) -> Sequence[Tier]:
        """The levels, lowest threshold first."""
        rows = api.listed(self._link, api.TIERS)
        found = [tier for row in rows if (tier := tier_from(row))]
        if len(found) < len(rows):
            raise api.unreadable(api.TIERS.operation)
        return sorted(found, key=lambda tier: tier.threshold or Decimal(0))

    def member_tier(self, member_id: str) -> MemberTier:
        """The customer's level now."""
        return member_tier_from(self._customer(member_id))

    def rewards(self) -> Sequence[Reward]:
        """The shop's rewards; those that Rivo gives by itself are marked."""
        rows = [row for page in api.pages(self._link, api.REWARDS) for row in page]
        return [reward for row in rows if (reward := reward_from(row))]

    def redemptions(self, member_id: str, *, since: datetime, until: datetime) -> Sequence[Redemption]:
        """The customer's redemptions of the window."""
        rows = [row for page in api.pages(self._link, api.REDEMPTIONS, customer=member_id) for row in page]
        found = [one for row in rows if (one := redemption_from(row)) and one.at and since <= one.at <= until]
        return sorted(found, key=lambda one: one.at or since)

    def find_redemption(self, reference: str) -> Redemption:
        """By id or discount code, among the shop's. Raises Unreachable where the list is too long to be sure."""
        wanted, last = reference.strip().lower(), 0
        for page in api.pages(self._link, api.REDEMPTIONS):
            last = len(page)
            for row in page:
                found = redemption_from(row)
                if found and wanted in (found.id, (found.code or "").lower()):
                    return found
        if last == api.PAGE:
            raise Unreachable(api.VENDOR, "Rivo has too many redemptions to search", detail="points_redemptions")
        raise NotFound(api.VENDOR, "Rivo has no such redemption", detail="points_redemptions")

    def refund_redemption(self, redemption_id: str, *, operation_id: str) -> None:
        """Give the points back and void the code; Rivo does it once, however often it is told."""
        if not self._settings.refund_route:
            raise Unsupported(api.VENDOR, REFUND_BY_HAND.why, detail=Operation.REFUND_REDEMPTION)
        endpoint = api.refund_endpoint(self._settings.refund_route)
        row = api.confirmed(self._link.call(endpoint, path={"id": redemption_id}), endpoint)
        if moment(attributes(row).get("refunded_at")) is None:
            raise api.unconfirmed(endpoint)

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _customer(self, identifier: str) -> Row:
        return api.one(self._link, api.CUSTOMER, path={"identifier": identifier})

    def _history(self, member_id: str, since: datetime) -> tuple[list[Row], bool]:
        """Rows at least back to `since`, and whether there are really no more of them.

        No order is documented, so reading stops early only while the rows themselves come newest first.
        """
        rows: list[Row] = []
        size = 0
        for page in api.pages(self._link, api.EVENTS, customer=member_id):
            rows, size = rows + page, len(page)
            if _newest_first(rows) and _times(rows)[-1] < since:
                return rows, True
        return rows, size < api.PAGE


def open_rivo(settings: RivoSettings, transport: Transport) -> Rivo:
    """A shop's program, over the shared transport."""
    key = settings.api_key.get_secret_value()
    return Rivo(api.open_link(transport, base_url=settings.base_url, api_key=key), settings)


def _whole(points: Decimal) -> int:
    if points != points.to_integral_value():
        raise Rejected(api.VENDOR, _WHOLE, detail="adjust_points: a fraction")
    return int(points)


def _line(line: BatchLine) -> dict[str, Any]:
    values = {
        "customer_identifier": line.member_id,
        "source": "manual",
        "points_amount": int(line.points),
        "internal_note": line.note,
    }
    comment = line.comment or _REFERENCE.sub("", line.note)
    return {**values, "external_note": comment} if comment else values


def _result(line: BatchLine, sent: bool, done: set[str]) -> BatchResult:
    if not sent:
        return BatchResult(member_id=line.member_id, state="rejected", reason=_WHOLE)
    return BatchResult(member_id=line.member_id, state="done" if line.note in done else "unknown")


def _times(rows: Sequence[Row]) -> list[datetime]:
    return [at for row in rows if (at := moment(attributes(row).get("applied_at")))]


def _newest_first(rows: Sequence[Row]) -> bool:
    times = _times(rows)
    return 0 < len(rows) == len(times) and times == sorted(times, reverse=True)
