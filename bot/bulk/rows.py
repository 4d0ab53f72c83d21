"""One row of a file as values, or what is wrong with it. Nothing of a refused row is kept but its number and code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, ConfigDict

from bot.bulk.columns import Kind, Mode
from bot.bulk.problems import Problem

LONGEST: Final = 300
"""Characters of a cell that is used."""
LONGEST_NOTE: Final = 120
_ACTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_SIGNS: Final = str.maketrans({"−": "-", "–": "-", "—": "-", "＋": "+", "\u00a0": " ", "\u202f": " ", "’": "'"})
_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d+|\d{1,3}(?P<mark>[ ,.'])\d{3}(?:(?P=mark)\d{3})*)"
    r"(?:(?P<point>[.,])(?P<part>\d{1,2}))?",
    re.ASCII,
)
_MOST_DIGITS: Final = 9
_POWER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_PHONE: Final = re.compile(r"[+(]?[\d][\d\s().+/-]*(?:\s*(?:x|ext\.?)\s*\d+)?|\([\d][\d\s().+/-]*", re.ASCII)
_ID: Final = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_WORDS: Final = ("first_name", "last_name", "reason", "comment", "email", "customer", "member")
"""Cells that never begin with a sign."""
_MARKUP: Final = str.maketrans("", "", "<>")


class Row(BaseModel):
    """A row that can be used. points: what the file says: a signed change, or in mode "set" the balance wanted.

    number: its place in the file, the headings being 1. phone: E.164. email: lower case. key: whom it names, as far as
    the file tells: two rows with the same key are the same person.
    """

    model_config = ConfigDict(frozen=True)
    number: int
    phone: str | None = None
    email: str | None = None
    customer: str | None = None
    member: str | None = None
    points: Decimal | None = None
    first_name: str = ""
    last_name: str = ""
    reason: str = ""
    comment: str = ""

    @property
    def key(self) -> str:
        """The strongest name the row has for the person."""
        for kind, value in (("member", self.member), ("customer", self.customer), ("email", self.email)):
            if value:
                return f"{kind}:{value}"
        return f"phone:{self.phone}"


class _Bad(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_row(
    number: int,
    cells: Sequence[str],
    at: Mapping[str, int],
    *,
    width: int,
    kind: Kind,
    mode: Mode,
    area_code: str | None,
    decimal_comma: bool = False,
) -> Row | Problem:
    """The row's values, or the first thing that is wrong with it. decimal_comma: whether whoever wrote the file writes
    1,5 for one and a half."""
    if any(cell.strip() for cell in cells[width:]):
        return Problem(code="ragged", number=number)
    raw = {field: cells[place] if place < len(cells) else "" for field, place in at.items()}
    if any(len(value) > LONGEST for value in raw.values()):
        return Problem(code="too_long", number=number)
    try:
        values = {field: _clean(value) for field, value in raw.items()}
        if any(values.get(field, "").startswith(_ACTS) for field in _WORDS):
            raise _Bad("formula")
        points = _points(values.get("points", ""), mode, decimal_comma) if kind == "adjust_points" else None
        return _row(number, values, points, area_code)
    except _Bad as bad:
        return Problem(code=bad.code, number=number)


def _row(number: int, values: Mapping[str, str], points: Decimal | None, area_code: str | None) -> Row:
    phone, email = values.get("phone", ""), values.get("email", "")
    customer, member = _identifier(values.get("customer", "")), _identifier(values.get("member", ""))
    if "@" in values.get("customer", "") and not email:  # Rivo's customer_identifier may be an e-mail
        email = values["customer"]
    if not (phone or email or customer or member):
        raise _Bad("no_person")
    return Row(
        number=number,
        phone=_phone(phone, area_code) if phone else None,
        email=_email(email) if email else None,
        customer=customer,
        member=member,
        points=points,
        first_name=values.get("first_name", ""),
        last_name=values.get("last_name", ""),
        reason=values.get("reason", "").translate(_MARKUP),
        comment=values.get("comment", "").translate(_MARKUP)[:LONGEST_NOTE],
    )


def _clean(cell: str) -> str:
    """Without what cannot be seen and without surrounding space; a tab at the beginning stays, to be noticed."""
    seen = "".join(c for c in cell if unicodedata.category(c) != "Cf" and c != "\0")
    if seen.startswith(("\t", "\r")) and seen.strip():
        raise _Bad("formula")
    text = " ".join(unicodedata.normalize("NFC", seen).split())
    return text[1:] if text.startswith("'") else text  # a spreadsheet's mark of text; what it hides is looked at


def _points(text: str, mode: Mode, decimal_comma: bool) -> Decimal:
    said = text.translate(_SIGNS).strip()
    if _POWER.fullmatch(said):
        raise _Bad("spreadsheet_number")
    parts = _NUMBER.fullmatch(said)
    if parts is None or (parts["mark"] and parts["mark"] == parts["point"]):
        raise _Bad("formula" if text.startswith(_ACTS) and not re.fullmatch(r"[+\-\d\s.,]*", said) else "bad_points")
    digits = re.sub(r"\D", "", parts["whole"])
    if _is_unclear(parts, digits, decimal_comma):
        raise _Bad("unclear_number")
    if len(digits) > _MOST_DIGITS:
        raise _Bad("too_many")
    found = Decimal(f"{parts['sign']}{digits}.{parts['part'] or 0}")
    if not found and mode == "add":
        raise _Bad("zero_points")
    if found < 0 and mode == "set":
        raise _Bad("bad_points")
    return found


def _is_unclear(parts: re.Match[str], digits: str, decimal_comma: bool) -> bool:
    """Whether it may be one and a bit as well as a thousand: 1.200 where 1.5 is one and a half, 1,200 where 1,5 is."""
    once = parts["mark"] in (",", ".") and len(digits) <= 6 and not parts["point"]
    return once and (digits.startswith("0") or (parts["mark"] == ",") == decimal_comma)


def _phone(text: str, area_code: str | None) -> str:
    if _POWER.fullmatch(text):
        raise _Bad("spreadsheet_number")
    if not _PHONE.fullmatch(text):
        raise _Bad("formula" if text.startswith(_ACTS) else "bad_phone")
    digits = re.sub(r"\D", "", text)
    if len(digits) == 7 and area_code:
        text = area_code + digits
    found = _e164(text)
    if found is None:
        raise _Bad("bad_phone")
    return found


def _e164(text: str) -> str | None:
    try:
        parsed = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    parsed.extension = None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    name, at, host = text.rpartition("@")
    if not at or not _host_is_good(host.lower()):
        raise _Bad("bad_email")
    try:
        found = validate_email(f"{name}@example.com", check_deliverability=False)
    except EmailNotValidError:
        raise _Bad("bad_email") from None
    return f"{found.local_part}@{host}".lower()


@lru_cache(maxsize=4096)
def _host_is_good(host: str) -> bool:
    """Once for each host: a file has many people and few hosts."""
    try:
        validate_email(f"someone@{host}", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _identifier(text: str) -> str | None:
    """None for a cell that holds none: people also write names into a column called "customer"."""
    if _POWER.fullmatch(text):
        raise _Bad("spreadsheet_number")
    return text if _ID.fullmatch(text) and any(c.isdigit() for c in text) else None
