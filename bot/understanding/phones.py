"""Phone numbers in a text, by `phonenumbers`, with the ways staff write local ones."""

from __future__ import annotations

import re

import phonenumbers

from bot.understanding.found import Found, just_before

_GAP = r"(?:[ \t.\-‐–/_]{0,2}|[ ][.\-‐–/][ ])"
_EXTENSION = r"(?:[ \t]*,?[ \t]*(?:x|ext\.?|extension|extensi[oó]n)[ \t]*\d{1,6}(?!\d))?"
_NOT_CUT = r"(?!\.\d)"
_NOT_POINTS = r"(?![ ]?(?:points?|pts?|puntos|ptos)\b)"
_NOT_INSIDE = r"(?<![\w.+¦$-])(?<!(?<!\d{4}),)"
"""Not the end of a longer number; but a comma right after four digits stands between two phones."""
_NATIONAL = re.compile(
    rf"{_NOT_INSIDE}(?P<country>(?:\+?1){_GAP})?(?P<open>[(\[{{])?(?P<area>[2-9]\d\d)[)\]}}]?(?P<first>{_GAP})"
    rf"(?P<exchange>[2-9]\d\d)(?P<second>{_GAP})(?P<line>\d{{4}})(?![\d%]){_NOT_CUT}{_EXTENSION}",
    re.IGNORECASE,
)
_LOCAL = re.compile(
    rf"{_NOT_INSIDE}(?P<exchange>[2-9]\d\d)(?:(?P<second>[ .\-‐–])(?P<line>\d{{4}})|(?P<row>\d{{4}}){_NOT_POINTS})"
    rf"(?![\d%]){_NOT_CUT}{_EXTENSION}",
    re.IGNORECASE,
)
_ABROAD = re.compile(r"(?<![\w¦])\+(?!1\D?[2-9])\d[\d \t.()\-]{6,18}\d(?!\d)")
# Before these, three digits and a local number are points and a phone: "pos shows 240 555-0142".
_AMOUNT_BEFORE = re.compile(
    r"(?:\b(?:says?|shows?|showing|has|had|have|see|only|with|dice|tiene|muestra|salen?|aparecen?|add|be)[ \t]+"
    r"|(?:^|[^\d\s.)-]\s*)\d{1,4}[ ]?(?:/|-?>|→|vs?\b|or\b)[ ]?)$",
    re.IGNORECASE,
)
_PHONE_WORD = re.compile(r"(?:phone|number|cell?|tel[eé]fono|n[uú]mero|#|call)\W{0,3}(?:is|es)?\W{0,3}$", re.IGNORECASE)
_RECEIPTS = re.compile(
    r"\b(?:order|receipt|rec(?:ie|i|e)pt|rcpt|ticket|recibo|pedido|orden|sale|transaction|venta|id)s?\b", re.IGNORECASE
)


def phones(text: str, *, area_code: str | None = None) -> list[Found]:
    """Phone numbers in E.164, or bare digits where a number of seven digits has no `area_code` to go with it.

    An extension is read as part of the number and dropped. Seven digits in a row are a phone only where the text names
    no receipt or id, for they look alike.
    """
    found: list[Found] = []
    for match in _ABROAD.finditer(text):
        number = _e164(match.group())
        if number:
            found.append(Found(match.start(), match.end(), number))
    for match in _NATIONAL.finditer(text):
        if _overlaps(match, found) or _is_amount_and_local(match, text):
            continue
        number = _e164(f"+1{match['area']}{match['exchange']}{match['line']}")
        if number:
            found.append(Found(match.start(), match.end(), number))
    may_be_receipt = bool(_RECEIPTS.search(text))
    for match in _LOCAL.finditer(text):
        if _overlaps(match, found) or (match["row"] and may_be_receipt):
            continue
        if match["second"] == " " and match["exchange"] != "555" and not _stands_alone(match, text):
            continue
        digits = match["exchange"] + (match["line"] or match["row"])
        found.append(Found(match.start(), match.end(), (area_code and _e164(f"+1{area_code}{digits}")) or digits))
    return found


def _e164(written: str) -> str | None:
    """The number in E.164, or None where no such number could exist."""
    try:
        number = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _overlaps(match: re.Match[str], found: list[Found]) -> bool:
    return any(match.start() < one.end and one.start < match.end() for one in found)


def _is_amount_and_local(match: re.Match[str], text: str) -> bool:
    """Whether "240 555-0142" is rather an amount and a local number: written apart, after "shows" and the like."""
    apart = match["first"] == " " and match["second"] not in ("", " ") and not match["open"] and not match["country"]
    return apart and bool(_AMOUNT_BEFORE.search(just_before(text, match.start())))


def _stands_alone(match: re.Match[str], text: str) -> bool:
    """Whether "867 5309" is set apart by a word for phones, so that it is not two amounts."""
    return bool(_PHONE_WORD.search(just_before(text, match.start())))
