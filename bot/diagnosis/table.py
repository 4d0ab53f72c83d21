"""The evidence as a small table: what the register says, what the provider says, what the customer said.

Cells are plain text: phones and e-mails masked, nothing escaped. Whoever shows them escapes for their own medium.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from bot.cases.masks import mask_email, mask_phone
from bot.diagnosis.catalogue import Catalogue
from bot.diagnosis.facts.values import Link, Said
from bot.diagnosis.models import Evidence, NotTold, Row
from bot.diagnosis.rendering import NOTHING, ago, day, masked, moment, money, number, points, shortened, there
from bot.playbook.kleene import Unknown
from connectors.contract import Balance, Customer, Member, Sale

T = TypeVar("T")

TABLE_FACTS = ("said", "customer", "member", "link", "balance", "pos_status", "provider_status")
"""Facts that every diagnosis gathers: for the table, and for the fixes."""

_LABELS = {
    "en": {
        "points": "Points",
        "phone": "Phone",
        "email": "E-mail",
        "name": "Name",
        "member": "Member",
        "sale": "Last sale",
        "other": "Phone leads to",
        "stored": "Stored loyalty id",
        "as of": "as of",
        "yes": "yes",
        "no": "no",
        "hidden": "hidden in the wallet",
        "since": "since",
        "someone": "somebody else",
        "nobody": "nobody",
        "untold": "could not tell",
    },
    "es": {
        "points": "Puntos",
        "phone": "Teléfono",
        "email": "Correo",
        "name": "Nombre",
        "member": "Miembro",
        "sale": "Última venta",
        "other": "El teléfono lleva a",
        "stored": "Número de lealtad guardado",
        "as of": "al",
        "yes": "sí",
        "no": "no",
        "hidden": "ocultos en la billetera",
        "since": "desde el",
        "someone": "otra persona",
        "nobody": "nadie",
        "untold": "no se pudo ver",
    },
}


class _Values:
    """Facts by name; an unknown one is None, and `untold` where the table should say so."""

    def __init__(self, values: Mapping[str, Any], words: Mapping[str, str]) -> None:
        self._values = values
        self._words = words

    def get(self, name: str, kind: type[T]) -> T | None:
        found = self._values.get(name)
        return found if isinstance(found, kind) else None

    def untold(self, name: str) -> str:
        return self._words["untold"] if isinstance(self._values.get(name), Unknown) else ""


def rows(values: Mapping[str, Any], *, now: datetime, language: str) -> tuple[Row, ...]:
    """The table of a run; rows that tell nothing are left out, and all of it where nobody was named. `now` carries the
    zone in which days and times are said."""
    words = _LABELS["es" if language == "es" else "en"]
    known = _Values(values, words)
    said = known.get("said", Said) or Said()
    if not said.anybody:
        return ()
    customer, member = known.get("customer", Customer), known.get("member", Member)
    no_pos, no_provider = known.untold("customer"), known.untold("member")
    table = [
        _points(known, said, words, now, language),
        Row(
            label=words["phone"],
            pos=_phone(customer.phone) if customer else no_pos,
            provider=_phone(member.phone) if member else no_provider,
            customer_said=", ".join(mask_phone(p) for p in said.phones),
        ),
        *_emails(customer, member, said, words, (no_pos, no_provider)),
        Row(
            label=words["name"],
            pos=masked(customer.name) if customer else no_pos,
            provider=masked(member.name) if member else no_provider,
            customer_said=masked(", ".join(said.names)),
        ),
        _membership(customer, member, words, now, language),
        *_link(known, member, words, language),
        *_sale(values, words, now, language),
    ]
    mute = {"", NOTHING, words["untold"]}
    if all(r.provider in mute for r in table):  # why nobody answered there is told once, beside the table
        table = [r.model_copy(update={"provider": ""}) for r in table]
    return tuple(r for r in table if {r.pos, r.provider, r.customer_said} - {"", NOTHING})


def _phone(phone: str | None) -> str:
    return mask_phone(phone) if phone else NOTHING


def _email(email: str | None) -> str:
    return mask_email(email) if email else NOTHING


def _emails(
    customer: Customer | None, member: Member | None, said: Said, words: Mapping[str, str], untold: tuple[str, str]
) -> Iterator[Row]:
    """Where both sides have the same one and nobody spoke of it, it tells nothing."""
    if customer and member and customer.email == member.email and not said.emails:
        return
    yield Row(
        label=words["email"],
        pos=_email(customer.email) if customer else untold[0],
        provider=_email(member.email) if member else untold[1],
        customer_said=", ".join(mask_email(e) for e in said.emails),
    )


def _points(known: _Values, said: Said, words: Mapping[str, str], now: datetime, language: str) -> Row:
    """A figure that is not live carries the moment it was true."""
    balance = known.get("balance", Balance)
    provider = known.untold("balance")
    if balance is not None:
        provider = words["hidden"] if balance.hidden else number(balance.points)
        if balance.as_of is not None:
            provider += f" ({words['as of']} {moment(there(balance.as_of, now), language)})"
    return Row(
        label=words["points"], pos=_number(said.observed), provider=provider, customer_said=_number(said.claimed)
    )


def _number(value: Decimal | None) -> str:
    return "" if value is None else number(value)


def _membership(
    customer: Customer | None, member: Member | None, words: Mapping[str, str], now: datetime, language: str
) -> Row:
    """Tag and tier on the register's side; member since on the provider's."""
    pos = provider = ""
    if customer is not None and customer.is_member is not None:
        pos = ", ".join(filter(None, [words["yes" if customer.is_member else "no"], customer.tier]))
    if member is not None and member.enrolled is not None:
        provider = words["yes" if member.enrolled else "no"]
        if member.enrolled and member.joined_at:
            joined = there(member.joined_at, now)
            provider += f", {words['since']} {day(joined, language)} {joined.year}"
    return Row(label=words["member"], pos=pos, provider=provider)


def _link(known: _Values, member: Member | None, words: Mapping[str, str], language: str) -> Iterator[Row]:
    """Where the register's profile leads, only when that is not the person's own record."""
    link = known.get("link", Link)
    if link is None or (link.phone is None and link.stored is None):
        return
    if link.member_id == (member.id if member else None):
        return
    where = words["nobody"]
    if link.member is not None:
        where = words["someone"]
        if link.member.balance is not None:
            where += f", {points(link.member.balance, language)}"
    elif link.stored is not None and not link.gone:
        where = words["untold"] if member is None else words["someone"]
    if link.stored is not None:
        yield Row(label=words["stored"], pos=shortened(masked(link.stored)), provider=where)
    else:
        yield Row(label=words["other"], pos=_phone(link.phone), provider=where)


def _sale(values: Mapping[str, Any], words: Mapping[str, str], now: datetime, language: str) -> Iterator[Row]:
    recent = values.get("recent_sales")
    if not isinstance(recent, tuple):
        return
    last = max((s for s in recent if isinstance(s, Sale) and not s.is_return), key=lambda s: s.at, default=None)
    if last is not None:
        yield Row(label=words["sale"], pos=f"{money(last.total)}, {ago(last.at, now, language)}")


_CODES_ES = {
    "unreachable": "no respondió",
    "throttled": "pidió esperar un momento",
    "denied": "rechazó la clave de la tienda",
    "budget": "no alcanzó el tiempo",
    "not_answered": "nadie ha podido mirar todavía",
    "error": "algo falló de nuestro lado",
}
_UNSHOWN = {
    "en": "{system} does not show it to me; a person has to look there",
    "es": "{system} no me lo muestra; tiene que mirarlo una persona",
}


_STANDS_IN = {
    "enrolment": frozenset(("stated_members", "member_candidates", "member", "link", "searched")),
    "balance_seen": frozenset(("balance",)),
    "history_seen": frozenset(("ledger",)),
    "sale_seen": frozenset(("ledger",)),
    "redemption_seen": frozenset(("redemptions",)),
}
"""What a person's answer stands in for: once it is given, nothing is missing."""


def not_told(
    evidence: Iterable[Evidence],
    catalogue: Catalogue,
    language: str,
    weighed: Collection[str],
    *,
    names: Mapping[str, str],
) -> tuple[NotTold, ...]:
    """The checks that could not be made; what merely builds on one of them is left out, and so is what a person has
    told instead.

    weighed: the facts that conclusions rest on. Of others, which only adorn a sentence, it is not told that a vendor
    has no such thing. names: what staff call the systems, by where a fact comes from.
    """
    given = list(evidence)
    answered = {e.fact for e in given if e.known and e.source == "staff"}
    instead = frozenset[str]().union(*(_STANDS_IN.get(name, frozenset()) for name in answered))
    found: list[NotTold] = []
    reasons: set[str] = set()
    for one in given:
        fact = catalogue.facts.get(one.fact)
        if one.failure is None or fact is None or one.failure_code == "needs" or one.fact in instead:
            continue
        why = one.failure
        if language == "es":
            why = _CODES_ES.get(one.failure_code or "", one.failure)
        if one.failure_code == "unsupported":
            if one.failure in reasons or one.fact not in weighed:
                continue
            reasons.add(one.failure)
            if one.source in names:
                why = _UNSHOWN["es" if language == "es" else "en"].format(system=names[one.source])
        found.append(NotTold(what=fact.shown.in_language(language), why=why))
    return tuple(found)
