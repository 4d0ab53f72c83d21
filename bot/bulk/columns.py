"""What a column is: by the names that Rivo, BrandLift and we use, also misspelt, with a margin; else it is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz

Kind = Literal["adjust_points", "enroll"]
Mode = Literal["add", "set"]

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "email": (
        *("email", "e mail", "email address", "customer email", "mail"),
        *("correo", "correo electronico", "correo del cliente"),
    ),
    "phone": (
        *("phone", "phone number", "customer phone", "mobile", "mobile number", "mobile phone", "mobilephone"),
        *("cell", "cell phone", "cellphone", "telephone"),
        *("telefono", "numero de telefono", "telefono movil", "telefono celular", "celular", "movil"),
    ),
    "customer": (
        *("customer id", "customer identifier", "customer number", "customer", "shopify id", "pos id", "src id"),
        *("cliente", "id cliente", "id de cliente", "id del cliente", "numero de cliente"),
    ),
    "member": (
        *("member id", "member", "loyalty id", "contact id", "contactid", "persona id"),
        *("miembro", "id de miembro", "id de lealtad", "numero de socio"),
    ),
    "points": (
        *("points", "points balance", "points amount", "points change", "point", "amount", "value", "delta"),
        *("puntos", "saldo de puntos", "cantidad de puntos", "puntos a sumar"),
    ),
    "first_name": ("first name", "firstname", "given name", "nombre"),
    "last_name": ("last name", "lastname", "surname", "family name", "apellido", "apellidos"),
    "reason": ("internal note", "internal reason", "reason", "staff note", "motivo", "razon", "nota interna"),
    "comment": ("external note", "customer comment", "comment", "note", "comentario", "nota", "nota externa"),
}
"""Our fields, and every heading that is taken for one without asking."""
NOT_OURS: Final = (
    "birthdate",
    "birthday",
    "vip tier",
    "activation date",
    "credits balance",
    "credits amount",
    "credits",
    "source",
    "applied at",
    "approved at",
    "revoked at",
    "expires at",
    "order id",
    "custom action name",
    "earning rule id",
    "points purchases id",
    "name",
    "customer name",
    "store",
    "date",
    "nombre completo",
    "nombre del cliente",
    "tienda",
    "fecha",
    "fecha de nacimiento",
)
"""Headings of the vendors' files that we do not use: never guessed to be anything else."""
PEOPLE: Final = ("member", "customer", "email", "phone")
_BALANCE: Final = ("balance", "saldo", "total", "totales", "current", "actual", "actuales", "new", "nuevo", "nuevos")
"""Words in a heading under which a file may mean "set to" as well as "add"."""
_NEAR: Final = 80.0
_MARGIN: Final = 12.0
_DOUBTFUL: Final = 60.0


class Question(BaseModel):
    """What only the person who made the file knows. code: `column` or `mode`; field: what is to be filled (or "mode").

    options: headings as they stand in the file, or the modes.
    """

    model_config = ConfigDict(frozen=True)
    code: Literal["column", "mode"]
    field: str
    options: tuple[str, ...]


class Columns(BaseModel):
    """at: field to the column's place. ignored: headings that are not used. guessed: heading as written to the field it
    was taken for, where it was misspelt. questions: what has to be answered first."""

    model_config = ConfigDict(frozen=True)
    at: Mapping[str, int]
    ignored: tuple[str, ...] = ()
    guessed: Mapping[str, str] = {}
    questions: tuple[Question, ...] = ()


def plain(heading: str) -> str:
    """`E-Mail_Address ` as `e mail address`."""
    text = unicodedata.normalize("NFKD", heading.casefold())
    letters = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


def may_be_balance(heading: str) -> bool:
    """Whether points under this heading may be what people are to have, and not what they are to get: also where the
    word is misspelt."""
    return any(fuzz.ratio(word, one) >= _NEAR for word in plain(heading).split() for one in _BALANCE)


_EXACT: Final = {alias: field for field, aliases in FIELDS.items() for alias in aliases}


def columns_of(headings: Sequence[str], chosen: Mapping[str, str], kind: Kind | None) -> Columns:
    """Which column is what. chosen: answers, field to heading as it stands in the file; "" for none.

    A column that is almost named like a field is taken for it only when no other field is nearly as close.
    """
    sure, near, doubtful = _candidates(headings, chosen)
    at: dict[str, int] = {}
    guessed: dict[str, str] = {}
    questions = []
    for field in FIELDS:
        if field in chosen:
            if chosen[field]:
                at[field] = list(headings).index(chosen[field])
            continue
        exact, close = sure.get(field, []), near.get(field, [])
        found = exact or close
        if len(found) > 1:
            questions.append(Question(code="column", field=field, options=tuple(headings[n] for n in found)))
        elif found:
            at[field] = found[0]
            if not exact:
                guessed[headings[found[0]]] = field
    questions += _missing(headings, at, questions, doubtful, kind)
    used = set(at.values()) | {headings.index(o) for q in questions for o in q.options if o in headings}
    ignored = tuple(h for n, h in enumerate(headings) if n not in used and h.strip())
    return Columns(at=at, ignored=ignored, guessed=guessed, questions=tuple(questions))


Places = dict[str, list[int]]


def _candidates(headings: Sequence[str], chosen: Mapping[str, str]) -> tuple[Places, Places, Places]:
    """Places of columns for each field: named exactly, nearly so, and perhaps."""
    sure: Places = {}
    near: Places = {}
    doubtful: Places = {}
    for place, heading in enumerate(headings):
        name = plain(heading)
        if not name or heading in chosen.values() or name in NOT_OURS:
            continue
        if name in _EXACT:
            sure.setdefault(_EXACT[name], []).append(place)
            continue
        scores = sorted(((_score(name, aliases), field) for field, aliases in FIELDS.items()), reverse=True)
        (best, field), (second, _) = scores[0], scores[1]
        other = max(fuzz.ratio(name, alias) for alias in NOT_OURS)
        if best >= _NEAR and best - max(second, other) >= _MARGIN:
            near.setdefault(field, []).append(place)
        else:
            for score, maybe in scores:
                if score >= _DOUBTFUL:
                    doubtful.setdefault(maybe, []).append(place)
    return sure, near, doubtful


def _score(name: str, aliases: Sequence[str]) -> float:
    return max(fuzz.ratio(name, alias) for alias in aliases)


def _missing(
    headings: Sequence[str], at: Mapping[str, int], asked: Sequence[Question], doubtful: Places, kind: Kind | None
) -> list[Question]:
    """Questions about columns that are needed, not there by name, and perhaps there under another."""
    open_fields = {q.field for q in asked} | set(at)
    found = []
    if not open_fields & set(PEOPLE):
        field = next((f for f in ("email", "phone", "customer", "member") if f in doubtful), None)
        if field is not None:
            found.append(Question(code="column", field=field, options=_headings(headings, doubtful[field])))
    if "points" not in open_fields and kind != "enroll" and "points" in doubtful:
        found.append(Question(code="column", field="points", options=_headings(headings, doubtful["points"])))
    return found


def _headings(headings: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(headings[n] for n in places)
