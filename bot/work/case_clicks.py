"""What people press or reply on a case. Each is one short transaction on the way to the acknowledgement: the change,
its audit row and the queued work commit together. Refusals are NotAllowed, TooLate or BadInput with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from bot.cases import Actor, Case, CaseState, Deed, audit, authorize, case_store, labels
from bot.errors import BadInput, NotAllowed, TooLate
from bot.understanding import entities, masked
from bot.work.house import House
from bot.work.intake import ack_transaction
from bot.work.told import Reading, Told, is_local, readings

_LONGEST_REPLY = 12_000
_NEAR = 0.1
"""A choice is worth showing from this share of the best one's score."""
Rating = Literal["helpful", "not_helpful"]


@dataclass(frozen=True)
class _Click:
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
def _click(house: House, case_id: str, actor: Actor) -> Iterator[_Click]:
    with ack_transaction(house) as conn:
        try:
            case = case_store.get_case(conn, house.vault, case_id)
        except KeyError as error:
            raise TooLate("That is no longer there. Ask me again and I look afresh.", f"gone {case_id}") from error
        check_may_touch(house, case, actor)
        yield _Click(house, conn, case, actor)


def check_may_touch(house: House, case: Case, actor: Actor) -> None:
    """The store's people, and those who work for every store; before the store is known, the asker. Raises NotAllowed
    for others."""
    if case.store_id is None and actor.user_id == case.asker and not actor.is_guest:
        return
    _check(house, actor, Deed.ASK, case.store_id)


def _check(house: House, actor: Actor, deed: Deed, store_id: str | None) -> None:
    verdict = authorize(actor, deed, None, store_id=store_id, policy=house.config.policy, now=house.clock())
    if not verdict.allowed:
        raise NotAllowed(verdict.sentence, verdict.reasons[0].code)


def _open(click: _Click) -> None:
    if click.case.state is CaseState.CLOSED:
        raise TooLate("This case is closed already. Ask me again and I look afresh.", "closed")


def _looking(case: Case) -> CaseState:
    """A case that support has stays with them while it is looked into again."""
    return CaseState.ESCALATED if case.state is CaseState.ESCALATED else CaseState.NEW


def choose(house: House, case_id: str, playbook: str, actor: Actor, *, reply: str = "") -> None:
    """Say which kind of question it is, and look into it (also once more).

    A person's pick is kept as an example; with `reply`, the question said again in other words, it is not.
    """
    with _click(house, case_id, actor) as click:
        if playbook not in house.library(click.case.store_id).playbooks:
            raise BadInput("I do not know that kind of question any more. Ask me again and I look afresh.", "gone")
        _open(click)
        told = click.told
        if click.case.playbook != playbook and not reply:
            click.label("chosen", playbook)
        texts = (*told.texts, reply[:_LONGEST_REPLY]) if reply else told.texts
        private = told.but(texts=texts, run=told.run + 1, need=None, looked_up=None)
        click.change(
            "choose", job="diagnose", playbook=playbook, state=_looking(click.case), diagnosis=None, private=private
        )


def supply(
    house: House, case_id: str, text: str, actor: Actor, *, phone: str | None = None, short: bool = False
) -> None:
    """A person adds what was missing: free text with a phone, e-mail or receipt; or, as `phone`, picks one of several.

    short: a number without area code will do, the card then asks for the rest. Raises BadInput when the text names
    nothing that can be used.
    """
    with _click(house, case_id, actor) as click:
        _open(click)
        told = click.told
        if phone is not None:
            private = told.but(phone=phone, run=told.run + 1, need=None)
        else:
            _check_useful(house, click.case, text, short=short)
            texts = (*told.texts, text[:_LONGEST_REPLY])
            private = told.but(texts=texts, phone=None, run=told.run + 1, need=None)
        known = click.case.playbook is not None  # else it is kept, and the choices stay open
        state = _looking(click.case) if known else click.case.state
        click.change("supply", job="diagnose", state=state, private=private, diagnosis=None)


def _check_useful(house: House, case: Case, text: str, *, short: bool) -> None:
    area_code = house.config.store(case.store_id).area_code if case.store_id else None
    named = entities(text, area_code=area_code)
    if named.email or named.order_id or named.loyalty_id:
        return
    if Told.of(case.private).need == "which_points" and (named.claimed_points or named.observed_points):
        return
    if not named.phone:
        text = "I cannot find a phone number, e-mail or receipt number in that. Ten digits, like 303-555-0142."
        raise BadInput(text, "no_phone")
    if is_local(named.phone[0]) and not short:
        raise BadInput("That number is too short. I need it with area code, like 303-555-0142.", "short_phone")


def pick_phone(house: House, case_id: str, nth: int, actor: Actor) -> None:
    """Of several numbers, the one on the register's profile. Raises BadInput when there is no such one."""
    with _click(house, case_id, actor) as click:
        phones = named_phones(house, click.case)
    if not 0 <= nth < len(phones):
        raise BadInput("I do not have that number any more. Please type it here.", "gone")
    supply(house, case_id, "", actor, phone=phones[nth])


def named_phones(house: House, case: Case) -> tuple[str, ...]:
    """The numbers that the case's texts name, in a stable order."""
    area_code = house.config.store(case.store_id).area_code if case.store_id else None
    return Told.of(case.private).unpicked().entities(area_code=area_code, stores={}).phone


def pick_points(house: House, case_id: str, nth: int, actor: Actor) -> None:
    """Whose points the unclear numbers are: the nth of `readings`; past the last, none of these. Raises BadInput."""
    with _click(house, case_id, actor) as click:
        _open(click)
        told = click.told
        offered = readings(told.unclear())
        if told.need != "which_points" or not 0 <= nth <= len(offered):
            raise BadInput("That was answered already. Say in the thread what the register shows.", "gone")
        picked = offered[nth] if nth < len(offered) else Reading()
        private = told.but(points=picked, run=told.run + 1, need=None)
        click.change("points", job="diagnose", state=_looking(click.case), private=private, diagnosis=None)


def pick_store(house: House, case_id: str, store_id: str, actor: Actor) -> None:
    """The store that the question is about; the person must belong there. Raises NotAllowed, BadInput."""
    if all(store.id != store_id for store in house.config.stores):
        raise BadInput("I do not know that store.", "gone")
    _check(house, actor, Deed.ASK, store_id)
    with _click(house, case_id, actor) as click:
        _open(click)
        told = click.told
        private = told.but(run=told.run + 1, need=None)
        click.change(
            "store", job="diagnose", store_id=store_id, state=_looking(click.case), private=private, diagnosis=None
        )


def answer(house: House, case_id: str, fact: str, option: str, actor: Actor) -> None:
    """A person answers an asked fact; a new run reuses what was looked up lately."""
    with _click(house, case_id, actor) as click:
        _open(click)
        told = click.told
        private = told.but(answers={**told.answers, fact: option}, run=told.run + 1)
        click.change("answer", job="diagnose", private=private)


def not_this(house: House, case_id: str, actor: Actor) -> None:
    """It is another kind of question: the choices open again, without what was rejected."""
    with _click(house, case_id, actor) as click:
        _open(click)
        case, told = click.case, click.told
        shown = [case.playbook] if case.playbook else choices_of(case, told)
        for playbook in shown:
            click.label("not_this", playbook)
        rejected = (*told.rejected, *(p for p in shown if p not in told.rejected))
        rest = choices_of(case, told.model_copy(update={"rejected": rejected}))
        click.change(
            "not_this",
            job="present",
            state=CaseState.CHOOSING if case.playbook and rest else CaseState.UNMATCHED,
            playbook=None,
            diagnosis=None,
            private=told.but(rejected=rejected, need=None, run=told.run + 1),
        )


def choices_of(case: Case, told: Told) -> list[str]:
    """The playbooks the matcher found near, best first, without those people rejected; three at most."""
    found = (case.match or {}).get("candidates", [])
    floor = max((c["score"] for c in found), default=0.0) * _NEAR
    near = [c["playbook"] for c in found if c["score"] > floor]
    return [p for p in near if p not in told.rejected][:3]


def rate(house: House, case_id: str, rating: Rating, actor: Actor) -> None:
    """Helpful or not, once a person and case."""
    with _click(house, case_id, actor) as click:
        told = click.told
        click.label(rating, click.case.playbook)
        click.change(rating, job="present", private=told.but(ratings={**told.ratings, actor.user_id: rating}))


def escalate(house: House, case_id: str, actor: Actor) -> None:
    """Hand the case to support with everything collected. Raises TooLate when it is there already."""
    with _click(house, case_id, actor) as click:
        if click.case.state is CaseState.ESCALATED:
            raise TooLate("This is with support already. They answer here.", "escalated")
        _open(click)
        click.change("escalate", job="present", state=CaseState.ESCALATED, escalated_at=house.clock())


def close(house: House, case_id: str, actor: Actor) -> None:
    """Never mind: nothing more is asked or done here."""
    with _click(house, case_id, actor) as click:
        if click.case.state is CaseState.CLOSED:
            return
        told = click.told
        click.change("close", job="present", state=CaseState.CLOSED, private=told.but(need=None, run=told.run + 1))


def claim(house: House, case_id: str, actor: Actor) -> None:
    """Support takes an escalated case. Raises NotAllowed; TooLate naming who has it."""
    _check(house, actor, Deed.CLAIM, None)
    with _click(house, case_id, actor) as click:
        if click.case.claimed_by is not None:
            raise TooLate(f"<@{click.case.claimed_by}> has taken this already.", "claimed")
        if click.case.state is not CaseState.ESCALATED:
            raise TooLate("This case is not with support any more.", "closed")
        click.change("claim", job="present", claimed_by=actor.user_id)


def hand_on(house: House, case_id: str, actor: Actor) -> None:
    """Support passes the packet to a vendor's desk; the case stays theirs. Raises NotAllowed, TooLate."""
    _check(house, actor, Deed.CLAIM, None)
    with _click(house, case_id, actor) as click:
        _open(click)
        private = click.told.but(handed_on_by=actor.user_id)
        click.change("hand_on", job="present", private=private, claimed_by=click.case.claimed_by or actor.user_id)


def relabel(house: House, case_id: str, playbook: str | None, actor: Actor) -> None:
    """Support says which question it really was; None: one that no playbook answers. It is kept as an example, and a
    case that is still open is looked into again as that. Raises NotAllowed, BadInput, TooLate."""
    _check(house, actor, Deed.CLAIM, None)
    with _click(house, case_id, actor) as click:
        case, told = click.case, click.told
        if playbook is not None and playbook not in house.library(case.store_id).playbooks:
            raise BadInput("I do not know that kind of question any more. Please choose again.", "gone")
        if case.playbook is not None and case.playbook != playbook:
            click.label("not_this", case.playbook)
        click.label("relabelled", playbook)
        private = told.but(relabelled_by=actor.user_id, relabelled_as=playbook)
        if playbook in (None, case.playbook) or case.state is CaseState.CLOSED:
            click.change("relabel", job="present", private=private)
            return
        private |= {"run": told.run + 1, "need": None, "looked_up": None}
        click.change(
            "relabel", job="diagnose", playbook=playbook, state=_looking(case), diagnosis=None, private=private
        )


def resolve(house: House, case_id: str, actor: Actor) -> None:
    """Support says it is solved. Raises NotAllowed, TooLate."""
    _check(house, actor, Deed.CLAIM, None)
    with _click(house, case_id, actor) as click:
        _open(click)
        click.change(
            "resolve", job="present", state=CaseState.CLOSED, private=click.told.but(resolved_by=actor.user_id)
        )
