"""A file that somebody sent: fetched, understood as far as it can be, what is unclear asked, then made a list.

Each answer is stored like any arrival, with everything known so far, before it is acknowledged; so nothing is lost, and
nobody has to send the file again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from bot.bulk import MOST_BYTES, BadFile, Question, Sheet, read_file
from bot.cases import Actor, Deed, authorize, inbox, reading, writing
from bot.errors import BadInput, NotAllowed, TooLate
from bot.words import Words
from bot.work.bulk_files import BROKEN, KIND, READING, FileState, ListArrival
from bot.work.bulk_plan import plan_bulk
from bot.work.house import House
from bot.work.intake import receive
from bot.work.ports import Person
from bot.work.questions import why_not
from bot.work.stores import store_of


def is_list(house: House, key: str) -> bool:
    """Whether this arrival is a file."""
    with reading(house.engine) as conn:
        row = inbox.read(conn, house.vault, key)
    return row is not None and row.kind == KIND


def handle(house: House, key: str) -> None:
    """The job `question` of an arrival that is a file: read it, ask what is unclear, or have it looked up."""
    with reading(house.engine) as conn:
        row = inbox.read(conn, house.vault, key)
    if row is None or row.payload is None or row.handled_at is not None:
        return
    arrival = ListArrival.model_validate(row.payload)
    person = house.presenter.person(arrival.team, arrival.user)
    notice = why_not(person)
    if notice is not None:
        thread = arrival.thread_ts or arrival.ts
        house.presenter.notice(
            notice, channel=arrival.channel, thread_ts=thread, user_id=arrival.user, language=person.language
        )
    else:
        _go_on(house, key, arrival, person)
    with writing(house.engine) as conn:
        inbox.mark_handled(conn, key, now=house.clock())


def _go_on(house: House, key: str, arrival: ListArrival, person: Person) -> None:
    presenter = house.presenter
    presenter.show_file(arrival, READING)
    try:
        question = _understood(house, key, arrival, person)
    except (BadInput, NotAllowed) as error:
        code = re.split(r"[:\s]", error.operator, maxsplit=1)[0]
        why = error.words or Words.known(error.staff, f"refused.{code}")
        presenter.show_file(arrival, FileState(state="problem", why=why))
        return
    if question is not None:
        presenter.show_file(arrival, FileState(state="asking", question=question, key=key))


def _understood(house: House, key: str, arrival: ListArrival, person: Person) -> Question | None:
    """What has to be asked next; None once the list is made, which shows itself from then on."""
    if arrival.more:
        raise BadFile("one_file")
    if arrival.size > MOST_BYTES:
        raise BadFile("too_large", most=str(MOST_BYTES // 1_000_000))
    store_id = store_of(house, person, channel=arrival.channel, wanted=(arrival.store,))
    if store_id is None:
        return Question(code="column", field="store", options=tuple(s.id for s in house.config.stores))
    data = house.presenter.fetch(arrival.file, most=MOST_BYTES)
    sheet = read_file(data, arrival.name, kind=arrival.kind, mode=arrival.mode, chosen=arrival.chosen)
    if sheet.questions:
        return sheet.questions[0]
    if sheet.kind == "enroll" and arrival.texts is None:
        return Question(code="column", field="texts", options=("yes", "no"))
    _plan(house, arrival, sheet, person.actor, store_id)
    return None


def _plan(house: House, arrival: ListArrival, sheet: Sheet, actor: Actor, store_id: str) -> None:
    plan_bulk(
        house,
        sheet,
        actor,
        store_id=store_id,
        source=arrival.origin,
        channel=arrival.channel,
        thread_ts=arrival.thread_ts or arrival.ts,
        texts=bool(arrival.texts),
    )


def answer(house: House, key: str, field: str, option: str, actor: Actor) -> None:
    """A person answers what was asked about a file. option: a store's id, a mode, yes or no, or for a column its
    heading as it stands in the file. The file is then read again, as durable work.

    Raises NotAllowed for whoever may not ask there, TooLate when it was erased, BadInput for no such option.
    """
    with reading(house.engine) as conn:
        row = inbox.read(conn, house.vault, key)
    if row is None or row.payload is None or row.kind != KIND:
        raise TooLate("That is no longer there. Send the file again.", f"gone {key}")
    arrival = ListArrival.model_validate(row.payload)
    _check_may_answer(house, arrival, actor, option if field == "store" else arrival.store)
    told = arrival.model_copy(update=_answered(arrival, field, option))
    answers = {"store": told.store, "mode": told.mode, "texts": told.texts, **told.chosen}
    given = "&".join(f"{name}={value}" for name, value in sorted(answers.items()) if value is not None)
    fresh = f"{arrival.origin}?{sha256(given.encode()).hexdigest()[:32]}"
    receive(house, key=fresh, kind=KIND, payload=told.model_dump(mode="json"))


def _answered(arrival: ListArrival, field: str, option: str) -> Mapping[str, Any]:
    if field == "store":
        return {"store": option}
    if field == "mode" and option in ("add", "set"):
        return {"mode": option}
    if field == "texts" and option in ("yes", "no"):
        return {"texts": option == "yes"}
    if not option:
        raise BadInput("I do not know that choice any more. Send the file again.", "gone")
    return {"chosen": {**arrival.chosen, field: option}}


def _check_may_answer(house: House, arrival: ListArrival, actor: Actor, store_id: str | None) -> None:
    """Whoever sent it, while they belong to the store that is meant."""
    if actor.user_id != arrival.user:
        raise NotAllowed(f"Only <@{arrival.user}>, who sent the file, can say that.", "not_yours")
    if store_id is None:
        return
    if all(store.id != store_id for store in house.config.stores):
        raise BadInput("I do not know that store.", "gone")
    verdict = authorize(actor, Deed.ASK, None, store_id=store_id, policy=house.config.policy, now=house.clock())
    if not verdict.allowed:
        raise NotAllowed(verdict.sentence, verdict.reasons[0].code)


def broken(house: House, key: str) -> bool:
    """Say in its thread that a file could not be worked on after all; False when the arrival is no file."""
    with reading(house.engine) as conn:
        row = inbox.read(conn, house.vault, key)
    if row is None or row.kind != KIND or row.payload is None:
        return False
    house.presenter.show_file(ListArrival.model_validate(row.payload), BROKEN)
    return True


__all__ = [
    "KIND",
    "FileState",
    "ListArrival",
    "answer",
    "broken",
    "handle",
    "is_list",
]
