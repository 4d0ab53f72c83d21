"""A case goes over to another store, because somebody said so: by a reply, or by picking the store.

A store decides who may see and approve, the limits, and which systems are asked; so a case moves only where nothing of
the old store stays behind in it. In a store's own channel it never does: everybody there reads along, and the other
store's people, who would have to decide, do not. Refusals are NotAllowed or TooLate, with what to do instead.
"""

from __future__ import annotations

from typing import Any

from bot.cases import Actor, Case, CaseState, Deed, ProposalState, authorize, proposal_store
from bot.errors import BadInput, NotAllowed, TooLate
from bot.words import Words
from bot.work import proposals
from bot.work.clicking import Click, check, clicked, looked_into, still_open
from bot.work.house import House
from bot.work.looking import store_names, understood
from bot.work.offering import withdraw
from bot.work.told import Told
from bot.work.twice import UNDER_WAY

_CHANGED = frozenset({ProposalState.DONE, ProposalState.UNDONE})


def pick_store(house: House, case_id: str, store_id: str | None, actor: Actor) -> None:
    """The store that the question is about, for the first time or another one; None: another, which is then asked
    unless this person belongs to only one more. The person must belong there. Raises NotAllowed, TooLate, BadInput."""
    if store_id is not None and all(store.id != store_id for store in house.config.stores):
        raise BadInput("I do not know that store.", "gone")
    with clicked(house, case_id, actor) as click:
        still_open(click)
        case = click.case
        waiting = [] if case.store_id in (None, store_id) else _may_leave(click, store_id)
    target = store_id if store_id is not None else _only_other(house, case, actor)
    if target is not None:
        check(house, actor, Deed.ASK, target)
    if target is not None and target == case.store_id:
        return
    for one in waiting:
        proposals.cancel(house, one, actor)
    with clicked(house, case_id, actor) as click:
        still_open(click)
        if click.case.store_id is not None:
            if _may_leave(click, store_id):
                raise TooLate("Somebody asked for a change here just now. Please look again.", "late: a change came")
            withdraw(house, click.conn, case_id)
        _move(click, target)


def _may_leave(click: Click, store_id: str | None) -> list[str]:
    """The requests that the person has to take back first. Raises NotAllowed or TooLate where the case has to stay."""
    house, case = click.house, click.case
    here = house.config.store(str(case.store_id))
    if any(store.channel == case.channel for store in house.config.stores):
        error = NotAllowed(
            "This is the channel of one store, so what is asked here stays with it. Ask in the other store's channel, "
            "or in a direct message to me, and name the store.",
            "store_channel",
        )
        there = Words.raw(house.config.store(store_id).name) if store_id else Words.of("refused.that_store")
        error.words = Words.of("refused.store_channel", store=here.name, there=there)
        raise error
    waiting: list[str] = []
    for one in proposal_store.proposals_of_case(click.conn, house.vault, case.id):
        mine = one.state is ProposalState.SUBMITTED and one.requester == click.actor.user_id
        if one.state in _CHANGED or (one.state in UNDER_WAY and not mine):
            late = TooLate("Something was changed here at that store already. Ask me anew.", "store_changed")
            late.words = Words.of("refused.store_changed", store=here.name)
            raise late
        if mine:
            waiting.append(one.id)
    return waiting


def _only_other(house: House, case: Case, actor: Actor) -> str | None:
    """The one other store where this person may ask; None where there are several. Raises NotAllowed where none."""
    others = [
        store.id
        for store in house.config.stores
        if store.id != case.store_id
        and authorize(actor, Deed.ASK, None, store_id=store.id, policy=house.config.policy, now=house.clock()).allowed
    ]
    if not others:
        text = "This belongs to another store's team. Join its channel, or ask somebody there."
        raise NotAllowed(text, "other_store")
    return others[0] if len(others) == 1 else None


def _move(click: Click, store_id: str | None) -> None:
    """Write it; everything is then looked up anew. What people told of the customer stays, what they answered about
    the store's settings does not."""
    house, case, told = click.house, click.case, click.told
    area_code = house.config.store(store_id).area_code if store_id is not None else None
    found = told.unpicked().entities(area_code=area_code, stores=store_names(house))
    private = told.but(
        run=told.run + 1,
        need=None,
        phone=told.phone if told.phone in found.phone else None,
        answers={},
        looked_up=None,
        called=(),
    )
    changes: dict[str, Any] = {"store_id": store_id, "private": private, "diagnosis": None, "customer_ref": None}
    if case.playbook is None:
        changes["state"] = case.state
    elif case.playbook not in house.library(store_id).playbooks:  # the other store has playbooks of its own
        changes |= _understood_there(house, told, store_id)
    else:
        changes["state"] = looked_into(case)
    click.change("store", job="diagnose", **changes)


def _understood_there(house: House, told: Told, store_id: str | None) -> dict[str, Any]:
    """The question by the playbooks of that store."""
    match = understood(house, told.texts[0] if told.texts else "", store_id)
    clear = match.decision == "answer"
    return {
        "playbook": match.candidates[0].playbook if clear else None,
        "match": {"candidates": [c.model_dump() for c in match.candidates[:5]], "margin": match.margin},
        "state": CaseState.NEW if clear else CaseState.CHOOSING if match.decision == "choose" else CaseState.UNMATCHED,
    }
