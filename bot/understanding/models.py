"""What understanding returns: plain values, no behaviour beyond reading them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Decision = Literal["answer", "choose", "none"]


class Candidate(BaseModel):
    """One playbook that the text may mean.

    score: 0..1, the probability that the text is that playbook's question rather than chatter. Of two playbooks that a
    question fits equally well both score high; the margin tells them apart.
    """

    model_config = ConfigDict(frozen=True)
    playbook: str
    score: float


class Match(BaseModel):
    """The matcher's answer; candidates come best first.

    margin: 0..1, how much likelier the first playbook is than the second, all playbooks and chatter considered.

    decision: "answer" with the first; "choose" among the first few (close call); "none" (chatter, or unknown).
    """

    model_config = ConfigDict(frozen=True)
    candidates: tuple[Candidate, ...]
    margin: float
    decision: Decision


class Entities(BaseModel):
    """What a question names. Each is a tuple in the order of the text; empty when absent.

    phone: E.164, or bare digits where the number is local (7 digits). points: ints. The rest: lower-case strings,
    except customer_name, which keeps the writer's letters here.
    """

    model_config = ConfigDict(frozen=True)
    phone: tuple[str, ...] = ()
    email: tuple[str, ...] = ()
    customer_name: tuple[str, ...] = ()
    order_id: tuple[str, ...] = ()
    claimed_points: tuple[int, ...] = ()
    observed_points: tuple[int, ...] = ()
    points_delta: tuple[int, ...] = ()
    loyalty_id: tuple[str, ...] = ()
    store: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    pos: tuple[str, ...] = ()

    def as_contract(self) -> dict[str, object]:
        """The CLI's shape: absent keys left out, one value bare, several as a list, strings in lower case."""
        out: dict[str, object] = {}
        for key, values in self.model_dump().items():
            lowered = [v.lower() if isinstance(v, str) else v for v in values]
            if lowered:
                out[key] = lowered[0] if len(lowered) == 1 else lowered
        return out


class Reason(BaseModel):
    """Words that stand together in the text, and how much the strongest spoke for one playbook rather than another."""

    model_config = ConfigDict(frozen=True)
    words: str
    weight: float


class Repair(BaseModel):
    """What was written, and what it was taken for: a slip mended, slang or another language put in our words."""

    model_config = ConfigDict(frozen=True)
    written: str
    meant: str


class Because(BaseModel):
    """Why `playbook` came first: what spoke for it (`pro`) and for the second, `over` (`contra`), as the text goes."""

    model_config = ConfigDict(frozen=True)
    playbook: str
    over: str | None
    pro: tuple[Reason, ...]
    contra: tuple[Reason, ...]
    repaired: tuple[Repair, ...]
