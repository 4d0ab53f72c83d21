"""Signs of misuse, computed from what we keep ourselves. They are shown to whoever decides, and refuse nothing: each
has innocent explanations, which a person can ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases.models import Proposal, Reason
from bot.cases.tables import proposals
from bot.config import SignsPolicy

CODES: Final = (
    "same_pair",
    "round_after_refund",
    "redeemed_soon",
    "reward_used",
    "staff_beneficiary",
    "contact_changed",
)
_CONTACT: Final = ("relink", "correct_contact")
_GIVEN_BACK: Final = "refund_redemption"
_MOST: Final = 500


class Past(BaseModel):
    """An earlier change that somebody asked for. `asked_at` always; `sent_at` once it went to the vendor."""

    model_config = ConfigDict(frozen=True)
    kind: str
    requester: str
    customer_ref: str | None
    points: Decimal | None
    asked_at: datetime
    sent_at: datetime | None
    undo_of: str | None


class Clues(BaseModel):
    """What the case's evidence tells: when sales were returned or voided; the provider's rows of points added by hand
    and of points redeemed. staff: references of the phones and e-mails of everybody who is listed as staff."""

    model_config = ConfigDict(frozen=True)
    refunds: tuple[datetime, ...] = ()
    added: tuple[datetime, ...] = ()
    redeemed: tuple[datetime, ...] = ()
    staff: frozenset[str] = frozenset()


class Scene(BaseModel):
    """One proposal among what came before it."""

    model_config = ConfigDict(frozen=True)
    proposal: Proposal
    past: tuple[Past, ...]
    clues: Clues
    rules: SignsPolicy
    now: datetime

    def within(self, moment: datetime | None, days: int) -> bool:
        """Whether `moment` lies within the last `days`."""
        return moment is not None and self.now - timedelta(days=days) <= moment <= self.now

    def theirs(self, *kinds: str) -> list[Past]:
        """Earlier changes for this customer, of these kinds (none named: of any)."""
        ref = self.proposal.customer_ref
        return [p for p in self.past if ref is not None and p.customer_ref == ref and (not kinds or p.kind in kinds)]


def signs(
    proposal: Proposal, past: Sequence[Past], clues: Clues, *, rules: SignsPolicy, now: datetime
) -> tuple[Reason, ...]:
    """Everything that should be looked at before this is approved, in a fixed order; `past` without the proposal.

    Of an undo only who gains is looked at: it takes back what was looked at before.
    """
    scene = Scene(proposal=proposal, past=tuple(past), clues=clues, rules=rules, now=now)
    looks = (_staff_beneficiary,) if proposal.undo_of is not None else _LOOKS
    return tuple(reason for look in looks for reason in look(scene))


def _same_pair(scene: Scene) -> Iterator[Reason]:
    days = scene.rules.same_pair_days
    earlier = [
        p
        for p in scene.theirs()
        if p.requester == scene.proposal.requester and p.undo_of is None and scene.within(p.asked_at, days)
    ]
    if len(earlier) >= scene.rules.same_pair_times:
        values = {"times": str(len(earlier)), "days": str(days)}
        text = f"The same person asked for changes for this customer {len(earlier)} times before, in {days} days."
        yield Reason(code="same_pair", text=text, values=values)


def _round_after_refund(scene: Scene) -> Iterator[Reason]:
    points, days = scene.proposal.points, scene.rules.refund_days
    if points is None or points <= 0 or points % scene.rules.round_to or scene.proposal.kind == _GIVEN_BACK:
        return  # what a reward cost is a round sum, and goes back because of a return
    given_back = [p.sent_at for p in scene.theirs(_GIVEN_BACK)]
    if any(scene.within(moment, days) for moment in (*scene.clues.refunds, *given_back)):
        values = {"points": f"{points:,f}", "days": str(days)}
        text = f"{points:,f} is a round sum, and this customer had a refund or a return within {days} days."
        yield Reason(code="round_after_refund", text=text, values=values)


def _redeemed_soon(scene: Scene) -> Iterator[Reason]:
    window = timedelta(hours=scene.rules.redeemed_hours)
    ours = [p.sent_at for p in scene.theirs() if p.sent_at is not None and (p.points or 0) > 0]
    added = [moment for moment in (*scene.clues.added, *ours) if scene.within(moment, scene.rules.same_pair_days)]
    if any(timedelta() <= spent - moment <= window for moment in added for spent in scene.clues.redeemed):
        hours = f"{scene.rules.redeemed_hours:g}"
        text = f"Points that were added by hand lately were redeemed within {hours} hours."
        yield Reason(code="redeemed_soon", text=text, values={"hours": hours})


def _reward_used(scene: Scene) -> Iterator[Reason]:
    if scene.proposal.kind != _GIVEN_BACK:
        return
    chosen = scene.proposal.parameters.get("redemption")
    used = any(r.get("used") for r in scene.proposal.shown.get("redemptions") or () if r.get("id") == chosen)
    days = scene.rules.refund_days
    if used and not any(scene.within(moment, days) for moment in scene.clues.refunds):
        text = f"This reward was used at the register, and no return or void is on record within {days} days."
        yield Reason(code="reward_used", text=text, values={"days": str(days)})


def _staff_beneficiary(scene: Scene) -> Iterator[Reason]:
    if scene.clues.staff & scene.proposal.customer_refs:
        yield Reason(code="staff_beneficiary", text="This customer is a member of staff.")


def _contact_changed(scene: Scene) -> Iterator[Reason]:
    days, points = scene.rules.contact_days, scene.proposal.points
    changed = any(scene.within(p.sent_at, days) for p in scene.theirs(*_CONTACT) if p.undo_of is None)
    if changed and points is not None and points > 0:
        text = f"This customer's phone or e-mail was changed within the last {days} days."
        yield Reason(code="contact_changed", text=text, values={"days": str(days)})


_LOOKS: Final[tuple[Callable[[Scene], Iterator[Reason]], ...]] = (
    _same_pair,
    _round_after_refund,
    _redeemed_soon,
    _reward_used,
    _staff_beneficiary,
    _contact_changed,
)


def past_of(conn: sa.Connection, proposal: Proposal, *, now: datetime, days: int) -> list[Past]:
    """What was asked for lately for this customer, whoever asked; newest first, at most 500."""
    c = proposals.c
    columns = (c.kind, c.requester, c.customer_ref, c.points, c.submitted_at, c.sending_since, c.undo_of)
    where = (
        c.id != proposal.id,
        c.store_id == proposal.store_id,
        c.customer_ref == proposal.customer_ref,
        c.submitted_at >= now - timedelta(days=days),
    )
    rows = conn.execute(sa.select(*columns).where(*where).order_by(c.submitted_at.desc()).limit(_MOST))
    names = ("kind", "requester", "customer_ref", "points", "asked_at", "sent_at", "undo_of")
    return [Past(**dict(zip(names, row, strict=True))) for row in rows]


def clues_of(evidence: Mapping[str, Mapping[str, Any]], staff: frozenset[str]) -> Clues:
    """From the newest evidence of a case (fact to the JSON of an Evidence). What nobody can read tells nothing."""
    sales = _rows((evidence.get("recent_sales") or {}).get("value"))
    ledger = (evidence.get("ledger") or {}).get("value")
    entries = _rows(ledger.get("entries")) if isinstance(ledger, Mapping) else []
    return Clues(
        refunds=_moments(s for s in sales if s.get("is_return") or s.get("is_void")),
        added=_moments(e for e in entries if e.get("kind") == "adjust" and _number(e.get("points")) > 0),
        redeemed=_moments(e for e in entries if e.get("kind") == "redeem"),
        staff=staff,
    )


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _moments(rows: Iterator[Mapping[str, Any]]) -> tuple[datetime, ...]:
    found = []
    for row in rows:
        try:
            moment = datetime.fromisoformat(str(row.get("at")))
        except ValueError:
            continue
        if moment.tzinfo is not None:
            found.append(moment)
    return tuple(found)


def _number(raw: Any) -> Decimal:
    try:
        return Decimal(str(raw))
    except InvalidOperation:
        return Decimal(0)
