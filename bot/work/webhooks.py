"""Messages from vendors: verified, stored with their work before the answer, and then cases are looked into anew.

A message only says whose facts have moved. Nothing in it is believed beyond that: what is true now is read from the
vendor by the next diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Literal

import sqlalchemy as sa

from bot.cases import Case, CaseState, case_store, inbox, reading, writing
from bot.cases.tables import cases as cases_table
from bot.errors import WorkUnavailable
from bot.work.grounds import about_reference
from bot.work.house import House
from bot.work.intake import ack_transaction
from bot.work.looking import diagnosis_of, found_in
from bot.work.queue import subject_of
from bot.work.told import Told
from connectors import REGISTRY
from connectors.contract import WebhookNotice
from connectors.errors import Denied

KIND: Final = "webhook"
RECENT: Final = timedelta(minutes=30)
"""Cases asked within this time are looked into anew."""
AT_MOST_EVERY: Final = timedelta(minutes=1)
_MARGIN: Final = timedelta(seconds=1)
_SETTLED: Final = (CaseState.WAITING, CaseState.ANSWERED)
Outcome = Literal["new", "known", "nobody", "forged"]
Read = Callable[[Mapping[str, str], bytes], WebhookNotice]


def is_message(key: str) -> bool:
    """Whether an inbox key is that of a vendor's message."""
    return key.startswith(f"{KIND}:")


def receive_message(house: House, vendor: str, store_id: str, headers: Mapping[str, str], raw: bytes) -> Outcome:
    """Take in what was sent to the store's address for a vendor: "new" is stored and its work queued, in one
    transaction; "known" came before. "nobody": no such store, or its vendor sends none; "forged": not the vendor's.

    headers: names in lower case. Raises WorkUnavailable when it cannot be stored, and the connector's Rejected when it
    is genuine and cannot be read.
    """
    read = _reader(house, vendor, store_id)
    if read is None:
        return "nobody"
    try:
        notice = read(headers, raw)
    except Denied:
        return "forged"
    # Hashed: a vendor's id may be long, or hold what job keys give a meaning. Under a key before it was another.
    key, *before = (f"{KIND}:{store_id}:{ref}" for ref in house.vault.refs(notice.key))
    payload = {"store": store_id, "notice": notice.model_dump(mode="json")}
    with ack_transaction(house) as conn:
        known = inbox.holds(conn, before)
        if known or not inbox.keep(conn, house.vault, key=key, kind=KIND, payload=payload, now=house.clock()):
            return "known"
        house.work.enqueue(conn, "webhook", key)
    return "new"


def _reader(house: House, vendor: str, store_id: str) -> Read | None:
    """How the store's system of this vendor reads a message; a vendor that is both is read as the register."""
    store = next((s for s in house.config.stores if s.id == store_id), None)
    connector = REGISTRY.get(vendor)
    if store is None or connector is None or connector.read_webhook is None:
        return None
    for side, model in ((store.pos, connector.pos_settings), (store.loyalty, connector.loyalty_settings)):
        if side.vendor == vendor and model is not None:
            return partial(connector.read_webhook, model.model_validate(side.own()))
    return None


def handle_message(house: House, key: str) -> None:
    """The job `webhook`, key `<inbox key>`: every recent case about whom the message names is stale now, and those that
    wait or were answered are looked into anew."""
    with reading(house.engine) as conn:
        row = inbox.read(conn, house.vault, key)
    if row is None or row.payload is None or row.handled_at is not None:
        return
    notice = WebhookNotice.model_validate(row.payload["notice"])
    concerned = [] if notice.test else _concerned(house, row.payload["store"], notice)
    with writing(house.engine) as conn:
        for case_id in concerned:
            _renew(house, conn, case_id)
        inbox.mark_handled(conn, key, now=house.clock())


def _concerned(house: House, store_id: str, notice: WebhookNotice) -> list[str]:
    """Open cases of the last half hour about the customer, or the sale, that the message names."""
    where = (
        cases_table.c.store_id == store_id,
        cases_table.c.created_at >= house.clock() - RECENT,
        cases_table.c.state.in_([s.value for s in (*_SETTLED, CaseState.ESCALATED)]),
    )
    with reading(house.engine) as conn:
        ids = conn.execute(sa.select(cases_table.c.id).where(*where)).scalars().all()
        recent = [case_store.get_case(conn, house.vault, case_id) for case_id in ids]
    return [case.id for case in recent if _is_about(house, case, notice)]


def _is_about(house: House, case: Case, notice: WebhookNotice) -> bool:
    named = {f"pos:{i}" for i in notice.customer_ids} | {f"member:{i}" for i in notice.member_ids}
    if case.customer_ref in {about_reference(house.vault, str(case.store_id), about) for about in named}:
        return True
    asked = found_in(house, case)
    told = {*asked.phone, *asked.email, *asked.order_id, *_found(case)}
    return not told.isdisjoint((*named, *notice.phones, *notice.emails, *notice.sale_ids))


def _found(case: Case) -> Iterator[str]:
    """Whom the last diagnosis came upon."""
    diagnosis = diagnosis_of(case)
    for fact, kind in (("customer", "pos"), ("member", "member")):
        evidence = diagnosis.evidence.get(fact) if diagnosis is not None else None
        if evidence is not None and evidence.known and evidence.value:
            yield f"{kind}:{evidence.value['id']}"
            yield from filter(None, (evidence.value.get("phone"), evidence.value.get("email")))


def _renew(house: House, conn: sa.Connection, case_id: str) -> None:
    """What was found is stale at once; looking anew waits until a minute has passed since the last time."""
    case = case_store.get_case(conn, house.vault, case_id)
    woken, now = Told.of(case.private).woken_at, house.clock()
    if case.state in _SETTLED and (woken is None or now - woken >= AT_MOST_EVERY):
        _look_anew(house, conn, case, now)
        return
    _change(house, conn, case, now, looked_up=None)
    if case.state in _SETTLED and woken is not None:
        # One key for all messages of that minute: the last of them is seen by the one run after it.
        house.work.enqueue(conn, "wake", _wake_key(case.id, woken), delay=woken + AT_MOST_EVERY - now + _MARGIN)


def wake(house: House, key: str) -> None:
    """The job `wake`: look into a case anew, unless that was done after the message that asked for it."""
    with writing(house.engine) as conn:
        case = case_store.get_case(conn, house.vault, subject_of(key))
        woken = Told.of(case.private).woken_at
        if case.state in _SETTLED and woken is not None and _wake_key(case.id, woken) == key:
            _look_anew(house, conn, case, house.clock())


def _wake_key(case_id: str, woken: datetime) -> str:
    return f"{case_id}#after{int(woken.timestamp())}"


def _look_anew(house: House, conn: sa.Connection, case: Case, now: datetime) -> None:
    run = Told.of(case.private).run + 1
    version = _change(house, conn, case, now, looked_up=None, run=run, woken_at=now)
    house.work.enqueue(conn, "diagnose", f"{case.id}#{version}")


def _change(house: House, conn: sa.Connection, case: Case, now: datetime, **told: Any) -> int:
    """The case's new version. Raises WorkUnavailable when somebody changed it meanwhile; the job is tried again."""
    private = Told.of(case.private).but(**told)
    changed = case_store.change_case(conn, house.vault, case, now=now, private=private)
    if changed is None:
        raise WorkUnavailable("Somebody changed this just now.", f"case {case.id} changed under a vendor's message")
    return changed.version


JOBS: Final[Mapping[str, Callable[[House, str], None]]] = {"webhook": handle_message, "wake": wake}
