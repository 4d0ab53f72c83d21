"""A customer's erasure as one deed: found by phone, e-mail or the register's id; a dry run first; on record without
a name."""

from __future__ import annotations

import re
from datetime import datetime

import phonenumbers
import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases import Vault, audit, erasure, open_database, open_vault, reading, snapshots, writing
from bot.cases.database import is_current, overwrite_erased
from bot.clock import Clock, system_clock
from bot.config import Config
from bot.errors import BadInput, NotAllowed
from bot.work.grounds import about_reference, contact_reference
from bot.work.queue import prepare

_ROUNDS = 3
"""How often at most it is looked for: once, and again while something comes in."""
_DIGITS = re.compile(r"\d")
_NUMBER = re.compile(r"\d[\d\s().+-]*")
"""Digits as people and systems write a phone number, with what may stand between them."""


class Person(BaseModel):
    """Who is to be forgotten: at least one of these. phone: as typed; customer: the register's id."""

    model_config = ConfigDict(frozen=True)
    phone: str | None = None
    email: str | None = None
    customer: str | None = None


def erase_customer(
    config: Config, person: Person, *, by: str, really: bool = False, clock: Clock = system_clock
) -> erasure.Found:
    """What is kept of a customer; with `really`, it is forgotten, and an audit row says so by references alone. Works
    beside a running `serve`: everything is read without holding a writer up, and looked through once more at the end,
    in case something came in meanwhile. Again, it finds nothing.

    Raises BadInput for a phone or e-mail that is none, NotAllowed while a change of theirs is under way.
    """
    engine = open_database(config.database, pool_size=2)
    names = _names(person)
    try:
        if not is_current(engine):
            prepare(config.database)
        with reading(engine) as conn:
            vault = open_vault(conn, config.security.keys, config.security.key_readings)
        refs, about = _references(config, vault, person)

        def looked() -> erasure.Found:
            with reading(engine) as conn:
                return erasure.find(conn, vault, refs=refs, about=about, names=names)

        first = found = looked()
        for nth in range(_ROUNDS if really else 0):
            if nth and found.nothing:
                break
            with writing(engine) as conn:
                _forget(conn, vault, found, person)
                _put_on_record(conn, found, refs | about, by=by, now=clock())
            found = looked()
        if really:
            overwrite_erased(engine, *erasure.TABLES)
        return first
    finally:
        engine.dispose()


def _forget(conn: sa.Connection, vault: Vault, found: erasure.Found, person: Person) -> None:
    going = erasure.under_way(conn, found)
    if going:
        ids = ", ".join(going)
        raise NotAllowed(f"A change for this customer is under way: {ids}. Decide it or let it end first.")
    erasure.erase(conn, found)
    for customer in {*found.customers, *([person.customer.strip()] if person.customer is not None else [])}:
        snapshots.erase_customer(conn, vault, customer)


def _put_on_record(conn: sa.Connection, found: erasure.Found, refs: frozenset[str], *, by: str, now: datetime) -> None:
    detail = {"refs": sorted(refs), "cases": len(found.cases), "changes": len(found.proposals)}
    detail |= {"rows": len(found.rows)} if found.rows else {}
    audit.append(conn, actor=by[:40], deed="customer.erase", subject=min(refs), detail=detail, now=now)


def _references(config: Config, vault: Vault, person: Person) -> tuple[frozenset[str], frozenset[str]]:
    """The contact references, and those of the customer at each store."""
    refs = set()
    if person.phone is not None:
        refs.add(contact_reference(vault, _e164(person.phone)))
    if person.email is not None:
        if "@" not in person.email.strip("@ "):
            raise BadInput(f'"{person.email}" is not an e-mail address.')
        refs.add(contact_reference(vault, person.email))
    about = {
        about_reference(vault, store.id, f"{side}:{person.customer.strip()}")
        for store in config.stores
        for side in ("pos", "member")
        if person.customer is not None
    }
    if not refs and not about:
        raise BadInput("Say who: --phone, --email or --customer.")
    return frozenset(refs), frozenset(about)


def _e164(phone: str) -> str:
    try:
        parsed = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise BadInput(f'"{phone}" is not a phone number with area code.')
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _names(person: Person) -> erasure.Names:
    """Whether a text holds the phone, however it is written, or the e-mail. An id alone is too short to look for."""
    digits = "".join(_DIGITS.findall(_e164(person.phone)))[-10:] if person.phone is not None else None
    email = person.email.strip().lower() if person.email is not None else None

    def names(text: str) -> bool:
        numbers = ("".join(_DIGITS.findall(found)) for found in _NUMBER.findall(text)) if digits is not None else ()
        if any(str(digits) in number for number in numbers):
            return True
        return email is not None and email in text.lower()

    return names
