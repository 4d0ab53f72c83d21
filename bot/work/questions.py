"""The way of one question: every stored arrival is understood, and opens a case or goes on with one.

`handle` reads the stored truth first and may be run again from the start at any moment. What people press is in
`case_clicks` and `support_clicks`, replies in a thread in `follow_ups`, the looking itself in `looking`; this is the
one door to all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.cases import Case, CaseState, case_store, inbox, reading, writing
from bot.understanding import Entities, only_thanks
from bot.work.case_clicks import (
    answer,
    choices_of,
    choose,
    close,
    escalate,
    named_phones,
    not_this,
    pick_phone,
    pick_points,
    rate,
    say_whose,
    supply,
)
from bot.work.follow_ups import asks_anew, follow_up, takes_up_again, thread_case
from bot.work.house import House
from bot.work.looking import (
    area_code_of,
    diagnose_case,
    diagnosis_of,
    found_in,
    look,
    neighbours,
    present,
    show,
    store_names,
    understood,
)
from bot.work.moving import pick_store
from bot.work.ports import Notice, Person
from bot.work.stores import EVERYWHERE, store_of
from bot.work.support_clicks import claim, hand_on, relabel, resolve
from bot.work.told import Arrival, Told, customer_of

__all__ = [
    "JOBS",
    "Arrival",
    "Told",
    "answer",
    "choices_of",
    "choose",
    "claim",
    "close",
    "diagnose_case",
    "diagnosis_of",
    "escalate",
    "hand_on",
    "handle",
    "named_phones",
    "neighbours",
    "not_this",
    "pick_phone",
    "pick_points",
    "pick_store",
    "present",
    "rate",
    "relabel",
    "resolve",
    "say_whose",
    "supply",
    "why_not",
]


def handle(house: House, inbox_key: str) -> None:
    """The job `question`: do what one arrival asks, or refuse kindly, or leave people's talk alone."""
    with reading(house.engine) as conn:
        row = inbox.read(conn, house.vault, inbox_key)
    if row is None or row.payload is None or row.handled_at is not None:
        return
    arrival = Arrival.model_validate(row.payload)
    case_id = _do(house, inbox_key, arrival)
    with writing(house.engine) as conn:
        inbox.mark_handled(conn, inbox_key, now=house.clock(), case_id=case_id)


def _do(house: House, inbox_key: str, arrival: Arrival) -> str | None:
    """The id of the case that was opened or touched."""
    person = house.presenter.person(arrival.team, arrival.user)
    notice = why_not(person)
    if notice is not None:
        if arrival.source != "thread":  # mere talk in a thread is nobody's question
            _say(house, arrival, person, notice)
        return None
    earlier = thread_case(house, arrival)
    if earlier is not None and follow_up(house, earlier, arrival, person.actor):
        return earlier.id
    again = earlier is not None and takes_up_again(house, earlier, arrival.text, by=arrival.user)
    another = earlier is not None and not again and asks_anew(house, earlier, arrival)
    if arrival.source == "thread" and not again and not another:
        return None
    if not again and only_thanks(arrival.text):
        _say(house, arrival, person, "thanked")
        return earlier.id if earlier is not None else None
    if (
        not again
        and earlier is not None
        and arrival.thread_ts
        and understood(house, arrival.text, earlier.store_id).decision == "none"
    ):
        _say(house, arrival, person, "empty")
        return earlier.id
    case, opened = _open_case(house, inbox_key, arrival, person, earlier, again=again)
    if opened or case.state is CaseState.NEW:
        look(house, case.id)
    else:
        show(house, case.id)
    return case.id


def _say(house: House, arrival: Arrival, person: Person, notice: Notice) -> None:
    house.presenter.notice(
        notice,
        channel=arrival.channel,
        thread_ts=arrival.thread_ts or arrival.ts or "",
        user_id=arrival.user,
        language=person.language,
    )


def why_not(person: Person) -> Notice | None:
    """None for those who may ask. Guests, strangers, and people who work in no store may not ask about customers."""
    if person.is_stranger:
        return "stranger"
    actor = person.actor
    if actor.is_guest:
        return "guest"
    return None if actor.stores or actor.manages or actor.roles & EVERYWHERE else "no_store"


def _open_case(
    house: House, inbox_key: str, arrival: Arrival, person: Person, earlier: Case | None, *, again: bool
) -> tuple[Case, bool]:
    """The case of this arrival, understood as far as its words go, and whether it is new.

    again: it asks the same as the earlier one, and goes on from what was told there.
    """
    channel, thread_ts, asked_ts = _place(house, inbox_key, arrival)
    store_id = _store_of(house, arrival, person) or (earlier.store_id if earlier is not None else None)
    match = understood(house, arrival.text, store_id)
    unclear = CaseState.CHOOSING if match.decision == "choose" else CaseState.UNMATCHED
    inherited = customer_of(found_in(house, earlier)) if earlier is not None else Entities()
    if earlier is not None and again:
        was, playbook = Told.of(earlier.private), earlier.playbook
        told = was.again(arrival.text, area_code=area_code_of(house, earlier), stores=store_names(house))
    else:
        playbook = match.candidates[0].playbook if match.decision == "answer" else None
        was_called = Told.of(earlier.private).called if earlier is not None else ()
        told = Told(texts=(arrival.text,), inherited=inherited, called=was_called)
    with writing(house.engine) as conn:
        case, opened = case_store.open_case(
            conn,
            house.vault,
            team_id=arrival.team,
            channel=channel,
            thread_ts=thread_ts,
            asked_ts=asked_ts,
            asker=arrival.user,
            now=house.clock(),
            state=CaseState.NEW if playbook else unclear,
            store_id=store_id,
            language=person.language,
            private=told.model_dump(mode="json"),
            match={"candidates": [c.model_dump() for c in match.candidates[:5]], "margin": match.margin},
            playbook=playbook,
        )
        inbox.remember_case(conn, inbox_key, case.id)
    return case, opened


def _place(house: House, inbox_key: str, arrival: Arrival) -> tuple[str, str, str]:
    """(channel, thread, asking message): where it was typed, or where it is answered if it was no message to us."""
    if arrival.source not in ("command", "shortcut", "modal"):
        asked = arrival.ts or ""
        return arrival.channel, arrival.thread_ts or asked, asked
    place = house.presenter.anchor(
        inbox_key, channel=arrival.channel, ts=arrival.ts, asker=arrival.user, text=arrival.text
    )
    in_thread = arrival.thread_ts if place.asked_ts == arrival.ts else None
    return place.channel, in_thread or place.thread_ts, place.asked_ts


def _store_of(house: House, arrival: Arrival, person: Person) -> str | None:
    """From the channel; else as chosen or named, if the person belongs there; else the person's only store."""
    named = Told(texts=(arrival.text,)).entities(area_code=None, stores=store_names(house)).store
    return store_of(house, person, channel=arrival.channel, wanted=(arrival.store, *named))


JOBS: Final[Mapping[str, Callable[[House, str], None]]] = {
    "question": handle,
    "diagnose": diagnose_case,
    "present": present,
}
