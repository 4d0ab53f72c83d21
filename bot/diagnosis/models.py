"""The result of a diagnosis: JSON-safe values, stored with the case, rendered by Slack, the terminal and the packet."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["yes", "no", "unknown"]


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Evidence(Value):
    """One fact as it was found. Exactly one of `value` (JSON, None is a value: "there is none") and `failure` counts.

    failure: a short plain clause why it could not be told; `failure_code` is a vendor error's code, "not_answered",
    "unsupported", "needs" (a fact it builds on could not be told) or "budget" (no time left).
    """

    fact: str
    value: Any = None
    failure: str | None = None
    failure_code: str | None = None
    source: str
    at: datetime
    took_ms: int = 0

    @property
    def known(self) -> bool:
        return self.failure is None


class Conclusion(Value):
    """One finding, weighed. Its sentences are rendered (masked, escaped for Slack's mrkdwn) only when it holds."""

    finding: str
    verdict: Verdict
    why_unknown: tuple[str, ...] = ()
    tell: str = ""
    say: str = ""
    wait: str = ""
    guide: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()


class Option(Value):
    id: str
    label: str


class Ask(Value):
    """A question only a person can answer. `where`: where to look. Options become buttons `answer:<fact>:<option>`."""

    fact: str
    question: str
    where: str = ""
    options: tuple[Option, ...]


class Row(Value):
    """One line of the evidence table. Empty string: that side has no such value."""

    label: str
    pos: str = ""
    provider: str = ""
    customer_said: str = ""


class NotTold(Value):
    """A check that could not be made, and why, for staff."""

    what: str
    why: str


class Diagnosis(Value):
    """One run over a playbook. `waiting_for` set: the conclusion may still change when a person answers.

    cause: the first finding that holds; also: later ones that hold too. Both empty: nothing held, and `guidance` says
    what a person can check (sentences rendered like a finding's), before support takes over.
    """

    playbook: str
    evidence: dict[str, Evidence]
    conclusions: tuple[Conclusion, ...]
    cause: str | None
    also: tuple[str, ...] = ()
    waiting_for: Ask | None = None
    guidance: tuple[str, ...] = ()
    table: tuple[Row, ...] = ()
    not_told: tuple[NotTold, ...] = ()
    took_ms: int = 0
    critical_path_ms: int = 0

    def conclusion(self, finding: str) -> Conclusion:
        return next(c for c in self.conclusions if c.finding == finding)
