"""Replies in a thread that Pointsman is in: what they add to the case, if anything. Talk among people is left alone."""

from __future__ import annotations

import re
from datetime import timedelta

from rapidfuzz import fuzz, process, utils

from bot.cases import Actor, Case, CaseState, case_store, reading
from bot.errors import BadInput, NotAllowed, TooLate
from bot.understanding import (
    asks,
    asks_why,
    correction,
    entities,
    goes_on,
    moved_to,
    never_mind,
    of_their_own,
    surely_never_mind,
    takes_back,
)
from bot.work import case_clicks
from bot.work.clicking import check_may_touch
from bot.work.house import House
from bot.work.looking import area_code_of, diagnosis_of, store_names, understood
from bot.work.moving import pick_store
from bot.work.told import Arrival, Told
from bot.work.turning import (
    is_anothers,
    is_talk,
    is_theirs,
    leads_on,
    may_be_elsewhere,
    moves,
    says_whose,
    sets_aside,
    whose_of,
)
from bot.work.twice import UNDER_WAY
from bot.work.whose import CONTACT, POINTS, leads_to_somebody, named_in

_LAST_FOUR = re.compile(r"\d{4}(?!\d)")
_ALIKE = 84
"""How alike (of 100) a reply must be to an option's label to count as that answer."""
_LATELY = timedelta(minutes=30)


def thread_case(house: House, arrival: Arrival) -> Case | None:
    """The case that this message may belong to: that of its thread; in a direct message also the asker's latest, while
    it waits for something or the message is about it (people answer below, not in the thread)."""
    if arrival.ts is None:
        return None
    with reading(house.engine) as conn:
        if arrival.thread_ts is not None:
            return case_store.case_in_thread(
                conn, house.vault, team_id=arrival.team, channel=arrival.channel, thread_ts=arrival.thread_ts
            )
        if arrival.source != "dm":
            return None
        latest = case_store.cases_of(conn, house.vault, arrival.user, limit=1)
    here = [c for c in latest if c.channel == arrival.channel and house.clock() - c.updated_at < _LATELY]
    names = store_names(house)
    about_it = (
        asks_why(arrival.text)
        or never_mind(arrival.text)
        or moved_to(arrival.text, stores=names) is not None
        or (leads_to_somebody(arrival.text, names) and understood(house, arrival.text, None).decision != "answer")
    )
    return next((c for c in here if about_it or c.state in (CaseState.NEEDS, CaseState.WAITING)), None)


def follow_up(house: House, case: Case, arrival: Arrival, actor: Actor) -> bool:
    """Use a reply for the case; False when it says nothing to it.

    Somebody who may not touch the case, or comes too late, changes nothing: the reply is then people's talk.
    """
    try:
        return _used(house, case, arrival, actor)
    except (NotAllowed, TooLate, BadInput):
        return False


def _used(house: House, case: Case, arrival: Arrival, actor: Actor) -> bool:
    text = arrival.text
    if case.asked_ts == arrival.ts:  # the question itself, handled a second time
        return False
    if asks_why(text):
        check_may_touch(house, case, actor)
        house.presenter.tell_why(case.id, user_id=actor.user_id)
        return True
    if case.state is CaseState.CLOSED:
        return False
    if never_mind(text):
        return _lets_be(house, case, text, actor)
    if moves(house, case, text, actor):
        return True
    if _wants_else(house, case, arrival) or is_anothers(house, case, text, actor.user_id):
        return False
    uses = (says_whose, _picks, _answers, sets_aside, _says_what_it_is, _puts_right, _adds)
    return any(use(house, case, text, actor) for use in uses)


def _lets_be(house: House, case: Case, text: str, actor: Actor) -> bool:
    """Close the case. While a fact is asked for or a change is under way, "all good" may be said of anything."""
    if not is_theirs(case, actor):
        return False
    if surely_never_mind(text) or not _under_way(house, case):
        case_clicks.close(house, case.id, actor)
    else:
        _answers(house, case, text, actor)
    return True


def _under_way(house: House, case: Case) -> bool:
    return case.state is CaseState.WAITING or bool(case_clicks.requests_in(house, case, UNDER_WAY))


def _wants_else(house: House, case: Case, arrival: Arrival) -> bool:
    """Whether a message is clearly another kind of question: a mention that does not go on with what was said, or
    whoever asks for a change of points ("also add 50 points to her") where none was asked for."""
    if case.playbook is None:
        return False
    text, area_code = arrival.text, area_code_of(house, case)
    known = Told.of(case.private).entities(area_code=area_code, stores={})
    change = bool(entities(text, area_code=area_code).points_delta) and not known.points_delta
    goes = leads_on(house, text) and whose_of(house, case, text) != "another"
    mentioned = arrival.source == "mention" and case.state is not CaseState.NEEDS and not goes
    if correction(text) is not None or not (change or mentioned):
        return False
    match = understood(house, text, case.store_id)
    return match.decision == "answer" and match.candidates[0].playbook != case.playbook


def takes_up_again(house: House, case: Case, text: str, *, by: str | None = None) -> bool:
    """Whether a message asks the same as a case of its thread that ended, of somebody or something that it did not
    name: "what about her other number 303-555-0199?"; or whether its asker (`by`) turns to somebody else. Another case
    then begins where that one did. What support has stays with them, and a change with its customer: neither goes over
    to anybody else."""
    if by is not None and is_anothers(house, case, text, by):
        return True
    if case.playbook is None or case.state not in (CaseState.CLOSED, CaseState.ESCALATED):
        return False
    stores = store_names(house)
    if by == case.asker and leads_to_somebody(text, stores) and whose_of(house, case, text) != "this":
        return True
    if by == case.asker and may_be_elsewhere(house, case, text):
        return True
    if case.state is not CaseState.CLOSED or not goes_on(text):
        return False
    area_code = area_code_of(house, case)
    named = entities(text, area_code=area_code)
    known = Told.of(case.private).entities(area_code=area_code, stores={})
    return any(set(getattr(named, key)) - set(getattr(known, key)) for key in CONTACT)


def asks_anew(house: House, case: Case, arrival: Arrival) -> bool:
    """Whether the asker goes on in the thread with another question about the same customer: "when do her points
    expire?", or asks for a change: "also take 40 points off". It must mean another playbook clearly, and name nobody;
    else it is people's talk."""
    if arrival.source != "thread" or arrival.user != case.asker or case.playbook is None:
        return False
    if not asks(arrival.text) and not _wants_else(house, case, arrival):
        return False
    named = named_in(arrival.text, area_code=area_code_of(house, case), stores=store_names(house))
    if named.phone or named.email or named.loyalty_id or named.customer_name:
        return False
    match = understood(house, arrival.text, case.store_id)
    return match.decision == "answer" and match.candidates[0].playbook != case.playbook


def _picks(house: House, case: Case, text: str, actor: Actor) -> bool:
    """One of two phones, or a store by name."""
    need = Told.of(case.private).need
    if need == "store":
        named = entities(text, stores=store_names(house)).store
        if named:
            pick_store(house, case.id, named[0], actor)
        return bool(named)
    if need == "which_phone":
        ends = _LAST_FOUR.findall(text)
        hits = [n for n, phone in enumerate(case_clicks.named_phones(house, case)) if phone[-4:] in ends]
        if len(hits) == 1:
            case_clicks.pick_phone(house, case.id, hits[0], actor)
            return True
    return False


def _answers(house: House, case: Case, text: str, actor: Actor) -> bool:
    """The asked fact, in the words of one of its options."""
    diagnosis = diagnosis_of(case)
    if case.state is not CaseState.WAITING or diagnosis is None or diagnosis.waiting_for is None:
        return False
    ask = diagnosis.waiting_for
    labels = {option.id: option.label for option in ask.options}
    best = process.extract(text, labels, scorer=fuzz.ratio, processor=utils.default_process, limit=2)
    if not best or best[0][1] < _ALIKE or (len(best) > 1 and best[1][1] == best[0][1]):
        return False
    case_clicks.answer(house, case.id, ask.fact, best[0][2], actor)
    return True


def _puts_right(house: House, case: Case, text: str, actor: Actor) -> bool:
    """Points said again: "no, 1200" for the ones that were named, whose is asked where it could be either side's;
    "actually the app says 1200" says so itself."""
    if case.playbook is None or case.state is CaseState.ESCALATED or not is_theirs(case, actor):
        return False
    area_code = area_code_of(house, case)
    named = entities(text, area_code=area_code)
    known = Told.of(case.private).entities(area_code=area_code, stores={})
    if actor.user_id != case.asker and (of_their_own(text) or whose_of(house, case, text) == "another"):
        return False
    sides = {key: getattr(known, key)[0] for key in POINTS if len(getattr(known, key)) == 1}
    if (goes_on(text) or takes_back(text)) and any(
        set(getattr(named, key)) - set(getattr(known, key)) for key in POINTS
    ):
        case_clicks.supply(house, case.id, text, actor, short=True)
        return True
    said = correction(text, old=list(sides.values()), ids=[*known.phone, *known.order_id, area_code or ""])
    meant = [key for key, value in sides.items() if said and said.instead_of in (None, abs(value))]
    if said is None or not meant or said.number in map(abs, sides.values()):
        return False
    number = -said.number if len(meant) == 1 and sides[meant[0]] < 0 else said.number
    case_clicks.put_right(house, case.id, number, actor, sides=meant)
    return True


def _adds(house: House, case: Case, text: str, actor: Actor) -> bool:
    """A phone, e-mail, loyalty id or receipt that the case did not have; or whose points a number was, where asked."""
    if is_talk(house, case, text):
        return False
    told = Told.of(case.private)
    area_code = area_code_of(house, case)
    named = entities(text, area_code=area_code)
    known = told.entities(area_code=area_code, stores={})
    another = whose_of(house, case, text) == "another"
    if another and (case.state is CaseState.ESCALATED or actor.user_id != case.asker):
        return False
    if actor.user_id != case.asker and of_their_own(text):
        return False
    phones = set(named.phone) - set(known.phone)
    orders = set(named.order_id) - set(known.order_id) if told.need == "order" or case.playbook else set()
    contacts = phones | set(named.email) - set(known.email) | set(named.loyalty_id) - set(known.loyalty_id)
    points = told.need == "which_points" and bool(named.claimed_points or named.observed_points)
    if not contacts and not orders and not points and not (another and leads_to_somebody(text, store_names(house))):
        return False
    case_clicks.supply(house, case.id, text, actor, short=True)
    return True


def _says_what_it_is(house: House, case: Case, text: str, actor: Actor) -> bool:
    """An unclear question said again, clearly this time."""
    if case.state not in (CaseState.UNMATCHED, CaseState.CHOOSING):
        return False
    match = understood(house, text, case.store_id)
    if match.decision != "answer":
        return False
    case_clicks.choose(house, case.id, match.candidates[0].playbook, actor, reply=text)
    return True
