"""Replies that turn a case to another customer or another store, and what is asked where that is not sure."""

from __future__ import annotations

from bot.cases import Actor, Case, CaseState, Role, reading
from bot.errors import BadInput, NotAllowed, TooLate
from bot.understanding import another_or_same, entities, goes_on, moved_to
from bot.work import case_clicks
from bot.work.house import House
from bot.work.looking import area_code_of, store_names, understood
from bot.work.moving import pick_store
from bot.work.told import Told
from bot.work.whose import CONTACT, POINTS, Whose, leads_to_somebody, named_in


def is_theirs(case: Case, actor: Actor) -> bool:
    """Whether this person asked, or looks after it: others' words about it are talk."""
    return actor.user_id in (case.asker, case.claimed_by) or Role.SUPPORT in actor.roles


def whose_of(house: House, case: Case, text: str) -> Whose:
    """Which customer a reply to a case is about."""
    return Told.of(case.private).whose(text, area_code=area_code_of(house, case), stores=store_names(house))


def leads_on(house: House, text: str) -> bool:
    """Whether a reply asks the same as before, of the same customer or of another."""
    return goes_on(text) or leads_to_somebody(text, store_names(house))


def is_talk(house: House, case: Case, text: str) -> bool:
    """Beside an answered case a sentence that is a clear question by itself is people's talk about somebody else: who
    means it mentions us. "What about her other number …?" goes on with the case, whatever else it may mean."""
    return (
        case.state in (CaseState.ANSWERED, CaseState.ESCALATED)
        and not leads_on(house, text)
        and understood(house, text, case.store_id).decision == "answer"
    )


def is_anothers(house: House, case: Case, text: str, by: str) -> bool:
    """Whether the asker turns to another customer, or maybe, beside a case that stays with its own: that is then a
    case of its own. by: who speaks."""
    if case.playbook is None or case.state is CaseState.CLOSED or by != case.asker:
        return False
    read = whose_of(house, case, text)
    if read == "this" or is_talk(house, case, text):
        return False
    led = leads_to_somebody(text, store_names(house))
    with reading(house.engine) as conn:
        return (led or read == "another") and case_clicks.stays(conn, house, case)


def says_whose(house: House, case: Case, text: str, actor: Actor) -> bool:
    """Whether replies that wait are about another customer: "yes, another one", "no, same", or that one's phone."""
    told = Told.of(case.private)
    if not told.aside or not is_theirs(case, actor):
        return False
    area_code = area_code_of(house, case)
    named = named_in(text, area_code=area_code, stores=store_names(house))
    said = another_or_same(text)
    contacts = {one for key in CONTACT for one in getattr(named, key)}
    if said is None and not contacts:
        if any(getattr(named, key) for key in POINTS):
            case_clicks.set_aside(house, case.id, text, actor)
            return True
        return False
    known = told.entities(area_code=area_code, stores={})
    same = contacts and contacts <= {one for key in CONTACT for one in getattr(known, key)}
    another = said == "another" if said is not None else not same
    try:
        case_clicks.say_whose(house, case.id, actor, another=another, more=[text] if contacts else [])
    except TooLate as error:
        house.presenter.refused(case.id, error, user_id=actor.user_id)
    return True


def sets_aside(house: House, case: Case, text: str, actor: Actor) -> bool:
    """What may be about another customer, points and all: it is asked whose it is, and nothing is lost."""
    if case.playbook is None or case.state is CaseState.ESCALATED or not is_theirs(case, actor):
        return False
    led = leads_to_somebody(text, store_names(house))
    if is_talk(house, case, text) or whose_of(house, case, text) != "open":
        return False
    named = entities(text, area_code=area_code_of(house, case))
    if not led and not any(getattr(named, key) for key in (*POINTS, *CONTACT)):
        return False
    case_clicks.set_aside(house, case.id, text, actor)
    return True


def moves(house: House, case: Case, text: str, actor: Actor) -> bool:
    """The question is about another store: "no, the other store". Where it cannot be, the person is told what to do."""
    moved = moved_to(text, stores=store_names(house)) if case.store_id is not None else None
    if moved is None or moved.store == case.store_id or not is_theirs(case, actor):
        return False
    try:
        pick_store(house, case.id, moved.store, actor)
    except (NotAllowed, TooLate, BadInput) as error:
        house.presenter.refused(case.id, error, user_id=actor.user_id)
    return True


def may_be_elsewhere(house: House, case: Case, text: str) -> bool:
    """Whether it names another store for a case of no store's own channel."""
    moved = moved_to(text, stores=store_names(house))
    away = moved is not None and moved.store not in (None, case.store_id)
    return away and all(store.channel != case.channel for store in house.config.stores)
