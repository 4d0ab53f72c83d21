"""What kinds of fixes are given and give back: grounds, offers, forms, previews, checks. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.errors import BadInput
from bot.words import Words
from connectors.contract import (
    Balance,
    Capabilities,
    Customer,
    LinkNature,
    Member,
    Redemption,
    Sale,
    Support,
    WriteEvidence,
)

Proof = WriteEvidence


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class BadFields(BadInput):
    """What was typed cannot be used; `fields` names each field ("points", "comment", …) and says what would be."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__(" ".join(str(w) for w in fields.values()), f"bad fields: {', '.join(fields)}")
        self.fields = dict(fields)


class Grounds(Value):
    """Plain values of a diagnosis that a fix may stand on; what could not be told, or nobody named, is None or empty.

    customer: the POS's record that the question is about. member: the provider's record that holds, or should get, the
    points. reached: the member that the register leads to now. stored: the loyalty id that the POS record stores (None
    also where it stores none). balance: of `member`. enrolment: "member", "contact", "none". phones, emails: those that
    the customer says are theirs today (E.164; lower case). points: a suggested change, where the question named one.
    others: other live POS records of the same person; mergeable: the one of them to bring together with `customer`.
    unattached: a sale without a customer. receipt: the sale of the receipt that the question names. missed: the sale
    that earned nothing at the provider.
    redemption: the points spent that are asked back; redemptions: all of theirs, None where the provider lists none.
    due: what that sale earns by the provider's rules; points_per_dollar: what a dollar counts for where it tells none,
    by our own policy. pos_*, program_*: the vendors, by id and as people call them.
    """

    customer: Customer | None = None
    member: Member | None = None
    reached: Member | None = None
    stored: str | None = None
    balance: Balance | None = None
    enrolment: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    points: int | None = None
    others: tuple[Customer, ...] = ()
    mergeable: Customer | None = None
    unattached: Sale | None = None
    receipt: Sale | None = None
    missed: Sale | None = None
    redemption: Redemption | None = None
    redemptions: tuple[Redemption, ...] | None = None
    due: Decimal | None = None
    points_per_dollar: Decimal = Decimal(1)
    pos: Capabilities
    program: Capabilities
    pos_vendor: str = ""
    program_vendor: str = ""
    pos_title: str = ""
    program_title: str = ""

    @property
    def nature(self) -> LinkNature | None:
        """What ties the register's customers to this provider's members; None where the register does not say."""
        return self.pos.links.get(self.program_vendor)


class Offer(Value):
    """A fix as it is stored. about: who gains (POS id, or the member where there is none). offer: ids only.

    shown: what people see (personal data; kept encrypted). people: phones and e-mails of the customer, for the
    beneficiary rule. minds: what the connector says to mind before it is done.
    """

    kind: str
    about: str
    offer: dict[str, Any]
    shown: dict[str, Any]
    expected: dict[str, Any]
    people: tuple[str, ...] = ()
    minds: tuple[str, ...] = ()

    def stored_offer(self) -> dict[str, Any]:
        """`offer` with its mode."""
        return {**self.offer, "mode": "act"}

    def stored_shown(self) -> dict[str, Any]:
        """`shown` with what the connector says."""
        return {**self.shown, **({"minds": list(self.minds)} if self.minds else {})}


class Guided(Offer):
    """A fix that no API can make: asked for, decided, and then done by a person by these steps (the connector's, or
    ours, with the places of `Support.steps`). why: what is in the way. reads_back: the API can confirm it afterwards;
    where not, it is done on the word of whoever did it."""

    steps: tuple[str, ...]
    why: tuple[str, ...] = ()
    reads_back: bool = False

    def stored_offer(self) -> dict[str, Any]:
        return {**self.offer, "mode": "guided", "reads_back": self.reads_back}

    def stored_shown(self) -> dict[str, Any]:
        return {**super().stored_shown(), "steps": list(self.steps), "why": list(self.why)}


class Impossible(Offer):
    """A fix that this pair of systems has no way for: why, and then a person takes over."""

    why: tuple[str, ...] = ()

    def stored_offer(self) -> dict[str, Any]:
        return {**self.offer, "mode": "none"}

    def stored_shown(self) -> dict[str, Any]:
        return {**super().stored_shown(), "why": list(self.why)}


def offered(support: Support, **common: Any) -> Offer:
    """The offer as the connector declares its operation: by API, by a person with its steps, or not at all."""
    if support.mode == "api":
        minds = (*common.pop("minds", ()), *((support.why,) if support.why else ()))
        return Offer(**common, minds=minds)
    why = (support.why,) if support.why else ()
    if support.mode == "guided":
        return Guided(**common, steps=support.steps, why=why, reads_back=support.reads_back)
    return Impossible(**common, why=why)


class Choice(Value):
    """One of the answers to a field; `id` becomes the parameter."""

    id: str
    label: Words


class Field(Value):
    """One input. name: the parameter, and in errors the field. input: one line, several lines, or one of `choices`.

    initial: what stands there already, or the chosen id. longest: characters.
    """

    name: str
    label: Words
    input: Literal["line", "lines", "choice"] = "line"
    hint: Words | None = None
    placeholder: str = ""
    initial: Words | None = None
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    longest: int = 500


class Form(Value):
    """What is asked before a fix is submitted: with `fields` a modal, without a yes or no beside the button.

    title: at most 24 characters in a modal. intro: names the consequence. submit: the button that asks for it.
    button: on the card; None: the kind's own name.
    """

    title: Words
    intro: tuple[Words, ...]
    submit: Words
    fields: tuple[Field, ...] = ()
    button: Words | None = None


class Line(Value):
    """One labelled line of what a decider reads; values masked, as everywhere in a channel."""

    label: Words
    text: Words


class Preview(Value):
    """What a decider reads: before and after, texts that are written, and what to mind. would_send: the write itself.

    side_effects: tiers, lifetime points, texts and e-mails that the provider sends, what is written in which note.
    """

    lines: tuple[Line, ...]
    would_send: Words
    side_effects: tuple[Words, ...] = ()
    irreversible: bool = False


class Trust(Value):
    """How far what a vendor shows after a write is to be believed. settle_s: seconds until a read-back without the
    change counts. absence_is_proof: whether "not there" then means that it was not applied."""

    settle_s: float
    absence_is_proof: bool


def of_a_value(where: Capabilities) -> Trust:
    """Of a value that was set: reading the old one back is proof, once the settling time is over."""
    return Trust(settle_s=where.settle_s, absence_is_proof=True)


def of_a_row(program: Capabilities) -> Trust:
    """Of a row in a history: proof only where the provider shows all of them."""
    return Trust(settle_s=program.settle_s, absence_is_proof=program.ledger_proves_absence)


CheckState = Literal["as_expected", "moved", "blocked", "done_already"]


class Check(Value):
    """The vendor's present state against what was decided on.

    moved: `expected`, `shown` and (where it changed too) `offer` are the fresh ones for a new proposal. blocked:
    `reason` says why, for staff. before: ids and plain numbers only, kept with the result.
    """

    state: CheckState
    expected: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    offer: dict[str, Any] | None = None
    reason: Words | None = None
    before: dict[str, Any] = {}


class ReadBack(Value):
    """What the vendor shows afterwards. confirmed None: nothing can be told. values: ids and plain numbers only.

    running: the vendor says that it is still at it, and is asked again, rarer each time. failed: it says that it gave
    up and changed nothing. reason: why not confirmed; with `confirmed`, what people should know all the same.
    """

    confirmed: bool | None
    running: bool = False
    failed: bool = False
    values: dict[str, Any] = {}
    reason: Words | None = None
