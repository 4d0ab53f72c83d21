"""What a person's Home shows, read from the stored truth: decisions that wait for them, their questions, the queue."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cases import (
    Actor,
    Deed,
    Proposal,
    ProposalState,
    Role,
    authorize,
    can_sign,
    case_store,
    proposal_store,
    reading,
)
from bot.slack.lists import Lists
from bot.slack.reader import Reader
from bot.slack.views.home import Decision, Desk
from bot.work.house import House


def desk_of(house: House, reader: Reader, lists: Lists, actor: Actor) -> Desk:
    """A person's desk. A decision waits for whoever's signature would count now, of whatever kind it is; an
    administrator also sees those that they could only decide alone, in an emergency."""
    vault = house.vault
    with reading(house.engine) as conn:
        own = case_store.cases_of(conn, vault, actor.user_id)
        waiting = proposal_store.proposals_in(conn, vault, [ProposalState.SUBMITTED])
        queue = case_store.escalated_cases(conn, vault) if Role.SUPPORT in actor.roles else None
    return Desk(
        cases=[reader.view(case, full=False) for case in own],
        decisions=_decisions(house, reader, actor, waiting),
        lists=lists.waiting_for(actor),
        decides=bool(actor.manages or actor.roles - {Role.BUDTENDER}),
        queue=None if queue is None else [reader.view(case, full=False) for case in queue],
    )


def _decisions(house: House, reader: Reader, actor: Actor, waiting: Sequence[Proposal]) -> list[Decision]:
    found = []
    for proposal in sorted(waiting, key=lambda p: p.submitted_at or p.created_at):
        signs, alone = can_sign(actor, proposal, house.config.policy), may_decide_alone(house, proposal, actor)
        if signs or alone:
            case = reader.view(reader.case(proposal.case_id), full=False)
            found.append(Decision(fix=reader.fix(proposal), case=case, signs=signs, alone=alone))
    return found


def may_decide_alone(house: House, proposal: Proposal, actor: Actor) -> bool:
    """Whether this person may break the glass over it, as far as people go; amounts are judged at the click."""
    if Role.ADMIN not in actor.roles:
        return False
    verdict = authorize(
        actor,
        Deed.BREAK_GLASS,
        proposal,
        store_id=proposal.store_id,
        policy=house.config.policy,
        now=house.clock(),
    )
    return verdict.allowed
