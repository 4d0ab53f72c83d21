"""Alpine IQ as a `LoyaltyProgram`: one account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from connectors.alpineiq import api
from connectors.alpineiq.capabilities import capabilities_of
from connectors.alpineiq.extras import AccountExtras
from connectors.alpineiq.mapping import entry_from, has_note, member_from, mentions, phones_of
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.contract import Balance, Identity, Ledger, Member, WriteEvidence
from connectors.errors import NotFound, VendorError
from connectors.transport import Transport
from connectors.values import Row, email, national, number, text

_PAGE = 100
_MOST_PAGES = 5
_SKEW = timedelta(minutes=10)
# A row of the change is dated when it was made; older rows of the timeline show whether its rows can be read at all.
_AFTER = timedelta(days=7)
_BEFORE = timedelta(days=365)


class AlpineIq(AccountExtras):
    """Fulfils `connectors.contract.LoyaltyProgram`, and the parts that its capabilities declare."""

    def __init__(self, account: api.Account, settings: AlpineIqSettings) -> None:
        self._account = account
        self._settings = settings
        self.capabilities = capabilities_of(settings)

    def identify(self) -> Identity:
        """The account's number and its stores, which only the right key and number show."""
        names = [store.name for store in self.stores()]
        return Identity(account=self._account.uid, location=", ".join(name for name in names if name))

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """The vendor's search matches loosely; what does not match exactly is left out here."""
        asked = [value for value in (phone, email, source_id) if value]
        if len(asked) != 1:
            raise ValueError("exactly one of phone, email and source_id")
        term = national(phone) if phone else asked[0]
        found = self._search(term, _exactly(phone, email, source_id))
        members = {member.id: member for row in found if (member := member_from(row))}
        if found and not members:
            raise api.unreadable(api.SEARCH.operation)
        return self._with_enrolment(list(members.values()), term)

    def member(self, member_id: str) -> Member:
        """The contact in full."""
        data = self._account.call(api.CONTACT, path={"contact": member_id})
        member = member_from(data) if isinstance(data, dict) else None
        if member is None:
            raise api.unreadable(api.CONTACT.operation)
        return self._with_enrolment([member], member_id)[0]

    def balance(self, member: Member) -> Balance:
        """The wallet's points, by phone, else by e-mail; a contact with neither has only its own record."""
        body = {"phone": national(member.phone)} if member.phone else {"email": member.email} if member.email else None
        if body is None:
            return self._recorded(member.id)
        try:
            data = self._account.call(api.WALLET, body=body)
        except NotFound:
            return self._recorded(member.id)
        points = number(data.get("loyaltyPoints")) if isinstance(data, dict) else None
        if points is None:
            raise api.unreadable(api.WALLET.operation)
        return Balance(points=points, hidden=data.get("hidePointsInWallet") is True)

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """The timeline; rows nobody can read are left out and make it not readable."""
        rows = self._timeline(member_id, since, until)
        entries = [entry for row in rows if (entry := entry_from(row))]
        inside = sorted((e for e in entries if since <= e.at <= until), key=lambda e: e.at)
        return Ledger(entries=tuple(inside), readable=len(entries) == len(rows))

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """One signed change with its one note."""
        value = int(points) if points == points.to_integral_value() else float(points)
        self._account.call(api.ADJUST, path={"contact": member_id}, body={"value": value, "note": note})

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """Look for the operation id in the account's adjustments and in the contact's timeline.

        "absent" is said only if the timeline answered with rows that can be read and have a place for the note:
        then the row would have been seen. An empty or unreadable history, or one source that fails, proves nothing.
        """
        sources: tuple[Callable[[], list[Row]], ...] = (
            lambda: self._adjustments(since - _SKEW, since + _AFTER),
            lambda: self._timeline(member_id, since - _BEFORE, since + _AFTER),
        )
        seen: list[list[Row]] = []
        for source in sources:
            try:
                rows = source()
            except VendorError:
                continue
            if any(mentions(row, operation_id) for row in rows):
                return "applied"
            seen.append(rows)
        if len(seen) < len(sources) or not self._settings.ledger_proves_absence:
            return "cannot_tell"
        timeline = seen[-1]
        legible = bool(timeline) and all(entry_from(row) and has_note(row) for row in timeline)
        return "absent" if legible else "cannot_tell"

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _search(self, term: str, matches: Callable[[Row], bool]) -> list[Row]:
        found: list[Row] = []
        for page in range(_MOST_PAGES):
            params = {"search": term, "limit": str(_PAGE), "start": str(page * _PAGE)}
            data = self._account.call(api.SEARCH, path={}, params=params)
            if data is not None and not isinstance(data, dict):
                raise api.unreadable(api.SEARCH.operation)
            rows = api.rows(data.get("results") if data else None, api.SEARCH.operation)
            found += [row for row in rows if matches(row)]
            if len(rows) < _PAGE:
                break
        return found

    def _with_enrolment(self, members: list[Member], term: str) -> list[Member]:
        """Say of each whether it is enrolled: points prove it, else the search limited to members tells."""
        proven = self._settings.points_prove_membership
        open_ids = {m.id for m in members if not (proven and m.balance)}
        enrolled: set[str] = set()
        if open_ids:
            rows = self._search(f"is:member {term}", lambda row: text(row.get("contactID")) in open_ids)
            enrolled = {text(row.get("contactID")) for row in rows}
        return [m.model_copy(update={"enrolled": m.id not in open_ids or m.id in enrolled}) for m in members]

    def _recorded(self, member_id: str) -> Balance:
        points = self.member(member_id).balance
        if points is None:
            raise api.unreadable(api.CONTACT.operation)
        return Balance(points=points)

    def _timeline(self, member_id: str, since: datetime, until: datetime) -> list[Row]:
        params = {"start": str(int(since.timestamp())), "end": str(int(until.timestamp()) + 1)}
        data = self._account.call(api.TIMELINE, path={"contact": member_id}, params=params)
        if data is not None and not isinstance(data, dict):
            raise api.unreadable(api.TIMELINE.operation)
        return api.rows(data.get("events") if data else None, api.TIMELINE.operation)

    def _adjustments(self, since: datetime, until: datetime) -> list[Row]:
        path = {"start": str(int(since.timestamp())), "end": str(int(until.timestamp()))}
        return api.rows(self._account.call(api.ADJUSTMENTS, path=path), api.ADJUSTMENTS.operation)


def open_alpineiq(settings: AlpineIqSettings, transport: Transport) -> AlpineIq:
    """A store's loyalty account, over the shared transport."""
    key = settings.api_key.get_secret_value()
    account = api.open_account(transport, base_url=settings.base_url, uid=settings.uid, api_key=key)
    return AlpineIq(account, settings)


def _exactly(phone: str | None, wanted_email: str | None, source_id: str | None) -> Callable[[Row], bool]:
    if phone:
        return lambda row: phone in phones_of(row)
    if wanted_email:
        return lambda row: email(row.get("email")) == wanted_email.lower()
    return lambda row: text(row.get("srcID")) == source_id
