"""What support presses on a case they were handed. Refusals are NotAllowed, TooLate or BadInput with a sentence."""

from __future__ import annotations

from bot.cases import Actor, CaseState, Deed
from bot.errors import BadInput, TooLate
from bot.work.clicking import check, clicked, looked_into, still_open
from bot.work.house import House


def claim(house: House, case_id: str, actor: Actor) -> None:
    """Support takes an escalated case. Raises NotAllowed; TooLate naming who has it."""
    check(house, actor, Deed.CLAIM, None)
    with clicked(house, case_id, actor) as click:
        if click.case.claimed_by is not None:
            raise TooLate(f"<@{click.case.claimed_by}> has taken this already.", "claimed")
        if click.case.state is not CaseState.ESCALATED:
            raise TooLate("This case is not with support any more.", "closed")
        click.change("claim", job="present", claimed_by=actor.user_id)


def hand_on(house: House, case_id: str, actor: Actor) -> None:
    """Support passes the packet to a vendor's desk; the case stays theirs. Raises NotAllowed, TooLate."""
    check(house, actor, Deed.CLAIM, None)
    with clicked(house, case_id, actor) as click:
        still_open(click)
        private = click.told.but(handed_on_by=actor.user_id)
        click.change("hand_on", job="present", private=private, claimed_by=click.case.claimed_by or actor.user_id)


def relabel(house: House, case_id: str, playbook: str | None, actor: Actor) -> None:
    """Support says which question it really was; None: one that no playbook answers. It is kept as an example, and a
    case that is still open is looked into again as that. Raises NotAllowed, BadInput, TooLate."""
    check(house, actor, Deed.CLAIM, None)
    with clicked(house, case_id, actor) as click:
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
            "relabel", job="diagnose", playbook=playbook, state=looked_into(case), diagnosis=None, private=private
        )


def resolve(house: House, case_id: str, actor: Actor) -> None:
    """Support says it is solved. Raises NotAllowed, TooLate."""
    check(house, actor, Deed.CLAIM, None)
    with clicked(house, case_id, actor) as click:
        still_open(click)
        click.change(
            "resolve", job="present", state=CaseState.CLOSED, private=click.told.but(resolved_by=actor.user_id)
        )
