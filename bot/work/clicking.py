"""One press or reply on a case: who may, and the change, its audit row and the queued work in one short transaction, on
the way to the acknowledgement. Refusals are NotAllowed or TooLate with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.cases import Actor, Case, CaseState, Deed, audit, authorize, case_store, labels
from bot.errors import NotAllowed, TooLate
from bot.understanding import masked
from bot.work.house import House
from bot.work.intake import ack_transaction
from bot.work.told import Told


@dataclass(frozen=True)
class Click:
    """One press, inside its transaction."""

    house: House
    conn: sa.Connection
    case: Case
    actor: Actor

    @property
    def told(self) -> Told:
        return Told.of(self.case.private)

    def change(self, deed: str, *, job: str | None = None, **changes: Any) -> Case:
        """Write the case and the audit row; queue `job` for it. Raises TooLate when somebody was quicker."""
        now = self.house.clock()
        changed = case_store.change_case(self.conn, self.house.vault, self.case, now=now, **changes)
        if changed is None:
            raise TooLate("Somebody pressed something here just before you. Please look again.", "late: case changed")
        detail = {"state": changed.state.value, "playbook": changed.playbook}
        if "store_id" in changes:
            detail |= {"store": changed.store_id, "from_store": self.case.store_id}
        audit.append(
            self.conn, actor=self.actor.user_id, deed=f"case.{deed}", subject=self.case.id, detail=detail, now=now
        )
        if job is not None:
            self.house.work.enqueue(self.conn, job, f"{changed.id}#{changed.version}")
        return changed

    def label(self, kind: labels.LabelKind, playbook: str | None) -> None:
        """Keep the masked question as an example of what people chose or rejected."""
        text = masked(self.told.texts[0]) if self.told.texts else ""
        row = labels.Label(
            case_id=self.case.id,
            kind=kind,
            playbook=playbook,
            masked_text=text,
            actor=self.actor.user_id,
            at=self.house.clock(),
        )
        labels.add_label(self.conn, row)


@contextmanager
def clicked(house: House, case_id: str, actor: Actor) -> Iterator[Click]:
    """The case inside its transaction, once this person may touch it. Raises NotAllowed, TooLate."""
    with ack_transaction(house) as conn:
        try:
            case = case_store.get_case(conn, house.vault, case_id)
        except KeyError as error:
            raise TooLate("That is no longer there. Ask me again and I will look.", f"gone {case_id}") from error
        check_may_touch(house, case, actor)
        yield Click(house, conn, case, actor)


def check_may_touch(house: House, case: Case, actor: Actor) -> None:
    """The store's people, and those who work for every store; before the store is known, the asker. Raises NotAllowed
    for others."""
    if case.store_id is None and actor.user_id == case.asker and not actor.is_guest:
        return
    check(house, actor, Deed.ASK, case.store_id)


def check(house: House, actor: Actor, deed: Deed, store_id: str | None) -> None:
    """Raises NotAllowed, with the rule's own sentence."""
    verdict = authorize(actor, deed, None, store_id=store_id, policy=house.config.policy, now=house.clock())
    if not verdict.allowed:
        raise NotAllowed(verdict.sentence, verdict.reasons[0].code)


def still_open(click: Click) -> None:
    """Raises TooLate for a closed case."""
    if click.case.state is CaseState.CLOSED:
        raise TooLate("This case is closed already. Ask me again and I will look.", "closed")


def looked_into(case: Case) -> CaseState:
    """The state of a case while it is looked into again: one that support has stays with them."""
    return CaseState.ESCALATED if case.state is CaseState.ESCALATED else CaseState.NEW
