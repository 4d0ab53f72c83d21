"""E-mail addresses, order numbers and loyalty ids in a text."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

from bot.understanding.found import Found

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")

_SPACED_EMAIL = re.compile(
    r"(?<![\w.+%-])(?=[\w.+%-]*[\d._])(?P<local>[\w.+%-]{2,64})(?:[ ]@[ ]?|@[ ]|[ ]at[ ])"
    r"(?P<domain>[\w-]{1,63}\.[a-z]{2,12})\b",
    re.IGNORECASE,
)
"""Written apart, an address is read only where the part before has a dot, a digit or the like: "sam @example.com" may
be two things."""

_LOYALTY_LABEL = (
    r"(?:loyalty|lealtad|member|miembro|socio|membership|wallet|billetera|rewards?|contact|persona"
    r"|aiq|alpine(?:[ ]?iq)?|spring[ ]?big|treez)"
)
_SHAPE = r"(?=[a-z_-]{0,12}\d)[a-z0-9][a-z0-9_-]{3,39}"
_LOYALTY = re.compile(
    rf"""
    (?<![\w-])(?P<hex>(?=[a-f]{{0,31}}\d)[0-9a-f]{{32}})(?![\w-])
  | (?<![\w-]){_LOYALTY_LABEL}(?:[ ]+(?:id(?:['’]?s)?|identifier|no\.|num(?:ber)?|n[uú]mero|\#)|\#)
        [ :#]{{0,3}}(?:is[ ]|es[ ])?
        (?P<labelled>{_SHAPE})(?![\w-])
  | (?<![\w-])(?:id|n[uú]mero)[ ](?:de[ ])(?:la[ ])?{_LOYALTY_LABEL}[ :#]{{0,3}}(?:es[ ])?(?P<spanish>{_SHAPE})(?![\w-])
  | (?<![\w-])(?P<prefixed>(?!aiq:[0-9a-f]{{32}}\b)(?:aiq|loy|lid|mbr|mem|sb|trz|wal)[_:-][a-z0-9]{{3,40}})(?![\w-])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ORDER_WORD = (
    r"(?:orders?|ordr|ord|receipts?|rec(?:ie|i|e)pts?|rcpt|tickets?|tiket|transactions?|transacci[oó]n(?:es)?|txn|trx|invoice|sale"
    r"|recibos?|pedidos?|ordene?s?|ventas?|compra|folio)"
)
_NUMBER = r"(?=[a-z-]{0,5}\d)[a-z0-9][a-z0-9-]{3,19}"
_ORDER = re.compile(
    rf"""(?<![\w-]){_ORDER_WORD}[ ]?(?:id|number|num|no\.?|nbr|n[uú]mero|\#)?[ ]?(?:is|was|es|de)?[ :#]{{0,3}}
    (?P<first>{_NUMBER})(?![\w-])(?![.,]\d)(?![ ]?(?:dollars|bucks)\b)
    (?P<more>(?:[ ]?(?:,|and|y|&|\+)[ ]?\#?(?:\d{{5,12}})(?![\w-]))*)""",
    re.IGNORECASE | re.VERBOSE,
)
_HASHED = re.compile(rf"(?<![\w#])\#(?P<number>\d{{3,12}})(?=(?:[ ][a-z]+)?[ ]{_ORDER_WORD}\b)", re.IGNORECASE)
"""The word may come after: "#1042 shopify order"."""
_MAY_BE_POINTS = re.compile(r"\d{1,4}")
_POINTS_AFTER = re.compile(r"[ ]?(?:points?|pts?|puntos|ptos)\b", re.IGNORECASE)
_PHONE_LIKE = re.compile(r"1?\d{3}-?\d{3}-?\d{4}|\d{3}-\d{4}")
_LONG_NUMBER = re.compile(r"\d{5,12}")


def emails(text: str) -> list[Found]:
    """E-mail addresses in lower case, those that `email-validator` takes; nobody is asked whether they exist."""
    found = []
    for match in _EMAIL.finditer(text):
        written = match.group().strip(".'-")
        start = match.start() + match.group().index(written)
        if address := _address(written):
            found.append(Found(start, start + len(written), address))
    for match in _SPACED_EMAIL.finditer(text):
        if address := _address(f"{match['local']}@{match['domain']}"):
            found.append(Found(match.start(), match.end(), address))
    return sorted(found, key=lambda one: one.start)


def _address(written: str) -> str | None:
    """The address in lower case, or None where it is none."""
    try:
        return validate_email(written, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def loyalty_ids(text: str) -> list[Found]:
    """Loyalty ids in lower case: 32 hexadecimal digits, a known prefix, or whatever follows the words for one.

    A "loyalty number" that looks like a phone is left to the phones: many programs use the phone as the number.
    """
    found = []
    for match in _LOYALTY.finditer(text):
        group = str(match.lastgroup)
        if group in ("labelled", "spanish") and _PHONE_LIKE.fullmatch(match[group]):
            continue
        found.append(Found(match.start(group), match.end(group), match[group].lower()))
    return found


def order_ids(text: str) -> list[Found]:
    """Order and receipt numbers after a word for one ("receipt 5512064", "orders 5512061 and 5512064")."""
    found = []
    for match in _ORDER.finditer(text):
        if re.fullmatch(r"[2-9]\d{2}-\d{4}|[2-9]\d{2}-[2-9]\d{2}-\d{4}", match["first"]):
            continue
        bare = "#" not in match.group() and _MAY_BE_POINTS.fullmatch(match["first"])
        if bare and _POINTS_AFTER.match(text, match.end("first")):
            continue
        found.append(Found(match.start("first"), match.end("first"), match["first"].lower()))
        for more in _LONG_NUMBER.finditer(match["more"]):
            at = match.start("more")
            found.append(Found(at + more.start(), at + more.end(), more.group()))
    taken = {one.start for one in found}
    hashed = [Found(one.start("number"), one.end("number"), one["number"]) for one in _HASHED.finditer(text)]
    return sorted([*found, *(one for one in hashed if one.start not in taken)], key=lambda one: one.start)
