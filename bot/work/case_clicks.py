"""What staff press or reply on a case of theirs. Refusals are NotAllowed, TooLate or BadInput with a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Literal

import sqlalchemy as sa

from bot.cases import Actor, Case, CaseState, Proposal, ProposalState, proposal_store, reading
from bot.errors import BadInput, TooLate
from bot.understanding import entities
from bot.words import Words
from bot.work import proposals
from bot.work.clicking import Click, clicked, looked_into, still_open
from bot.work.house import House
from bot.work.looking import area_code_of, store_names
from bot.work.offering import withdraw
from bot.work.told import Reading, Told, is_local
from bot.work.twice import UNDER_WAY, has_asked

_WAITS = frozenset({ProposalState.SUBMITTED})
_LONGEST_REPLY = 12_000
_NEAR = 0.1
"""A choice is worth showing from this share of the best one's score."""
Rating = Literal["helpful", "not_helpful"]


def choose(house: House, case_id: str, playbook: str, actor: Actor, *, reply: str = "") -> None:
    """Say which kind of question it is, and look into it (also once more).

    A person's pick is kept as an example; with `reply`, the question said again in other words, it is not.
    """
    with clicked(house, case_id, actor) as click:
        if playbook not in house.library(click.case.store_id).playbooks:
            raise BadInput("I do not know that kind of question any more. Ask me again and I will look.", "gone")
        still_open(click)
        told = click.told
        if click.case.playbook != playbook and not reply:
            click.label("chosen", playbook)
        more = _with(house, click.case, reply) if reply else told
        private = more.but(run=told.run + 1, need=None, looked_up=None)
        click.change(
            "choose", job="diagnose", playbook=playbook, state=looked_into(click.case), diagnosis=None, private=private
        )


def supply(
    house: House, case_id: str, text: str, actor: Actor, *, phone: str | None = None, short: bool = False
) -> None:
    """A person adds what was missing: free text with a phone, e-mail or receipt; or, as `phone`, picks one of several.

    short: a number without area code will do, the card then asks for the rest. Raises BadInput when the text names
    nothing that can be used.
    """
    with clicked(house, case_id, actor) as click:
        still_open(click)
        told = click.told
        more = told.model_copy(update={"phone": phone})
        if phone is None:
            _check_useful(house, click.case, text, short=short)
            more = _with(house, click.case, text)
        private = more.but(run=told.run + 1, need=None)
        known = click.case.playbook is not None  # else it is kept, and the choices stay open
        state = looked_into(click.case) if known else click.case.state
        left = _left_behind(click, more)
        click.change("supply", job="diagnose", state=state, private=private, diagnosis=None, **left)


def _left_behind(click: Click, more: Told) -> dict[str, None]:
    """What goes where the case turns to another customer: the offers for the one before, and who that was. Raises
    TooLate where it stays with that one."""
    if sum(more.turns.values()) == sum(click.told.turns.values()):
        return {}
    if stays(click.conn, click.house, click.case):
        raise _other_customer()
    withdraw(click.house, click.conn, click.case.id)
    return {"customer_ref": None}


def stays(conn: sa.Connection, house: House, case: Case) -> bool:
    """Whether a case stays with its customer: support has it, or a change was asked for in it."""
    if case.state is CaseState.ESCALATED:
        return True
    return has_asked(proposal_store.proposals_of_case(conn, house.vault, case.id))


def _other_customer() -> TooLate:
    error = TooLate("This stays with the customer it began with. Ask me anew about the other one.", "other_customer")
    error.words = Words.of("refused.other_customer")
    return error


def _with(house: House, case: Case, *texts: str, another: bool | None = None) -> Told:
    """What was told about the case, and these texts. another: whether the first turns to another customer, where
    somebody said so; the others then go on with it."""
    told, area_code, stores = Told.of(case.private), area_code_of(house, case), store_names(house)
    for text in texts:
        told = told.adding(text[:_LONGEST_REPLY], area_code=area_code, stores=stores, another=another)
        another = None if another is None else False
    return told


def set_aside(house: House, case_id: str, text: str, actor: Actor) -> None:
    """A reply that may be about another customer: it waits until somebody says whose it is."""
    with clicked(house, case_id, actor) as click:
        still_open(click)
        told = click.told
        private = told.but(aside=(*told.aside, text[:_LONGEST_REPLY]), need="whose", run=told.run + 1)
        click.change("set_aside", job="present", state=CaseState.NEEDS, private=private)


def say_whose(house: House, case_id: str, actor: Actor, *, another: bool, more: Sequence[str] = ()) -> None:
    """Whether the replies that wait are about another customer; `more`: what was said with it. Raises BadInput; TooLate
    where the case stays with its customer, and what waited is about another."""
    with clicked(house, case_id, actor) as click:
        still_open(click)
        if not click.told.aside:
            raise BadInput("That was answered already. Say in the thread which customer you mean.", "gone")
        refused = another and stays(click.conn, house, click.case)
        told = click.told if refused else _with(house, click.case, *click.told.aside, *more, another=another)
        private = told.but(aside=(), run=told.run + 1, need=None)
        state = looked_into(click.case)
        left = {} if refused else _left_behind(click, told)
        deed = "whose_refused" if refused else "whose"
        click.change(deed, job="diagnose", state=state, private=private, diagnosis=None, **left)
    if refused:
        raise _other_customer()


def _check_useful(house: House, case: Case, text: str, *, short: bool) -> None:
    named = entities(text, area_code=area_code_of(house, case))
    if named.email or named.order_id or named.loyalty_id:
        return
    if case.playbook is not None and (named.claimed_points or named.observed_points or named.points_delta):
        return
    told = Told.of(case.private)
    if short and told.whose(text, area_code=area_code_of(house, case), stores=store_names(house)) == "another":
        return
    if not named.phone:
        text = "I cannot find a phone number, e-mail or receipt number in that. Ten digits, like 303-555-0142."
        raise BadInput(text, "no_phone")
    if is_local(named.phone[0]) and not short:
        raise BadInput("That number is too short. I need it with area code, like 303-555-0142.", "short_phone")


def pick_phone(house: House, case_id: str, nth: int, actor: Actor) -> None:
    """Of several numbers, the one on the register's profile. Raises BadInput when there is no such one."""
    with clicked(house, case_id, actor) as click:
        phones = named_phones(house, click.case)
    if not 0 <= nth < len(phones):
        raise BadInput("I do not have that number any more. Please type it here.", "gone")
    supply(house, case_id, "", actor, phone=phones[nth])


def named_phones(house: House, case: Case) -> tuple[str, ...]:
    """The numbers that the case's texts name, in a stable order."""
    return Told.of(case.private).unpicked().entities(area_code=area_code_of(house, case), stores={}).phone


def pick_points(house: House, case_id: str, nth: int, actor: Actor) -> None:
    """Whose points the unclear numbers are: the nth of `readings`; past the last, none of these. Raises BadInput."""
    with clicked(house, case_id, actor) as click:
        offered = click.told.choices()
    if 0 <= nth < len(offered) and offered[nth].delta is not None:
        _take_back_old(house, case_id, actor)
    with clicked(house, case_id, actor) as click:
        still_open(click)
        told = click.told
        offered = told.choices()
        if told.need != "which_points" or not 0 <= nth <= len(offered):
            raise BadInput("That was answered already. Say in the thread what the register shows.", "gone")
        picked = offered[nth] if nth < len(offered) else Reading()
        if told.unsure is None:
            private = told.but(points=picked, run=told.run + 1, need=None)
        else:
            amended = told.amended | picked.by_entity()
            private = told.but(amended=amended, unsure=None, run=told.run + 1, need=None)
        click.change("points", job="diagnose", state=looked_into(click.case), private=private, diagnosis=None)


def put_right(house: House, case_id: str, number: int, actor: Actor, *, sides: Sequence[str]) -> None:
    """Points said again. sides: the entities that they may replace; of several it is asked which. A look that is going
    on is overtaken: it would answer for the old number."""
    if "points_delta" in sides and len(sides) == 1:
        _take_back_old(house, case_id, actor)
    with clicked(house, case_id, actor) as click:
        still_open(click)
        told = click.told
        if len(sides) > 1:
            private = told.but(unsure=abs(number), unsure_of=tuple(sides), run=told.run + 1, need="which_points")
            click.change("put_right", job="present", state=CaseState.NEEDS, private=private)
        else:
            private = told.but(amended=told.amended | {sides[0]: number}, unsure=None, run=told.run + 1, need=None)
            click.change("put_right", job="diagnose", state=looked_into(click.case), private=private, diagnosis=None)


def _take_back_old(house: House, case_id: str, actor: Actor) -> None:
    """A change that waits with the old number is taken back by whoever asked for it, to be asked for anew. Raises
    TooLate where it is somebody else's: what deciders read must stay true."""
    with clicked(house, case_id, actor) as click:
        waiting = [p for p in requests_in(house, click.case, _WAITS) if p.kind == "adjust_points"]
    for other in waiting:
        if other.requester != actor.user_id:
            error = TooLate("A change of points is under way in this case.", "points_under_way")
            error.words = Words.of("refused.points_under_way", who=f"<@{other.requester}>")
            raise error
    _take_back(house, waiting, actor)


def requests_in(house: House, case: Case, states: Collection[ProposalState]) -> list[Proposal]:
    """The case's proposals in these states, oldest first."""
    with reading(house.engine) as conn:
        return [p for p in proposal_store.proposals_of_case(conn, house.vault, case.id) if p.state in states]


def _take_back(house: House, waiting: Iterable[Proposal], actor: Actor) -> None:
    """Take back those of them that this person asked for; one that was decided meanwhile goes its way."""
    for one in waiting:
        if one.requester == actor.user_id:
            with suppress(TooLate):
                proposals.cancel(house, one.id, actor)


def answer(house: House, case_id: str, fact: str, option: str, actor: Actor) -> None:
    """A person answers an asked fact; a new run reuses what was looked up lately."""
    with clicked(house, case_id, actor) as click:
        still_open(click)
        told = click.told
        private = told.but(answers={**told.answers, fact: option}, run=told.run + 1)
        click.change("answer", job="diagnose", private=private)


def not_this(house: House, case_id: str, actor: Actor) -> None:
    """It is another kind of question: the choices open again, without what was rejected."""
    with clicked(house, case_id, actor) as click:
        still_open(click)
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
    with clicked(house, case_id, actor) as click:
        told = click.told
        click.label(rating, click.case.playbook)
        click.change(rating, job="present", private=told.but(ratings={**told.ratings, actor.user_id: rating}))


def escalate(house: House, case_id: str, actor: Actor) -> None:
    """Hand the case to support with everything collected; a closed one too while a change of it goes on. Raises TooLate
    when it is there already."""
    with clicked(house, case_id, actor) as click:
        if click.case.state is CaseState.ESCALATED:
            raise TooLate("This is with support already. They answer here.", "escalated")
        if all(p.state not in UNDER_WAY for p in proposal_store.proposals_of_case(click.conn, house.vault, case_id)):
            still_open(click)
        private = click.told.but(resolved_by=None)
        click.change("escalate", job="present", state=CaseState.ESCALATED, escalated_at=house.clock(), private=private)


def close(house: House, case_id: str, actor: Actor) -> None:
    """Never mind: nothing more is asked or done here. What this person asked for and nobody decided yet is taken back;
    what others asked for waits on."""
    with clicked(house, case_id, actor) as click:
        waiting = [] if click.case.state is CaseState.CLOSED else requests_in(house, click.case, _WAITS)
    _take_back(house, waiting, actor)
    with clicked(house, case_id, actor) as click:
        if click.case.state is CaseState.CLOSED:
            return
        told = click.told
        click.change("close", job="present", state=CaseState.CLOSED, private=told.but(need=None, run=told.run + 1))
