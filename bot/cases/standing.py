"""What a rule looks at: who acts, on what, when, after what, and how the store and the house stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from bot.cases.models import Actor, History, Proposal, Reason
from bot.config import DAYS, Hours, Policy


class Standing(BaseModel):
    """The state of the store and the house that the rules look at besides people.

    balance: the member's points now, if known. hours: when the store's staff work, in `timezone`; None: not said.
    """

    model_config = ConfigDict(frozen=True)
    read_only: bool = True
    paused: bool = False
    balance: Decimal | None = None
    timezone: str = "UTC"
    hours: Hours | None = None


class Refused(Exception):
    """Ends the rules at the first that says no; never leaves this room. values: the figures in the sentence, for other
    languages."""

    def __init__(self, code: str, text: str, **values: str) -> None:
        super().__init__(code)
        self.reason = Reason(code=code, text=text, values=values)


Notes = Iterator[Reason]


class View:
    """One question, as the rules see it."""

    def __init__(
        self,
        actor: Actor,
        proposal: Proposal | None,
        store_id: str | None,
        policy: Policy,
        now: datetime,
        history: History,
        standing: Standing,
    ) -> None:
        self.actor = actor
        self.given = proposal
        self.store_id = proposal.store_id if proposal is not None else store_id
        self.policy = policy
        self.now = now
        self.history = history
        self.standing = standing

    @property
    def proposal(self) -> Proposal:
        """Raises ValueError for a deed that has none."""
        if self.given is None:
            raise ValueError("this deed needs a proposal")
        return self.given

    @property
    def outside_hours(self) -> bool:
        """Whether it is (or was) asked for while the store's staff do not work; when it is decided does not matter."""
        if self.standing.hours is None or self.given is None:
            return False
        asked = self.given.submitted_at or self.now
        return not at_work(self.standing.hours, asked.astimezone(ZoneInfo(self.standing.timezone)))


def at_work(hours: Hours, moment: datetime) -> bool:
    """Whether `moment`, in the store's time, lies within the hours; a day that ends after midnight is one day."""
    clock, today = f"{moment:%H:%M}", DAYS[moment.weekday()]
    if hours.opens < hours.closes:
        return today in hours.days and hours.opens <= clock < hours.closes
    yesterday = DAYS[(moment - timedelta(days=1)).weekday()]
    return (today in hours.days and clock >= hours.opens) or (yesterday in hours.days and clock < hours.closes)
