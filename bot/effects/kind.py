"""What a kind of fix is: a module with these few names. Only vendors are spoken to here; marks, retries and signatures
are kept by `bot.work`, which calls these in order: offer, validate, check, carry_out, reconcile or read_back, undo."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from bot.cases import Proposal
from bot.errors import BadInput
from connectors.contract import Balance, Capabilities, Customer, LoyaltyProgram, Member, PointOfSale, WriteEvidence

Proof = WriteEvidence


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class BadFields(BadInput):
    """What was typed cannot be used; `fields` names each field ("points", "comment", …) and says what would be."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()), f"bad fields: {', '.join(fields)}")
        self.fields = dict(fields)


class Grounds(Value):
    """Plain values of a diagnosis that a fix may stand on.

    customer: the POS's record that the question is about. member: the provider's record that holds, or should get, the
    points. reached: the member that the POS phone leads to now. balance: of `member`. phones: the numbers that the
    customer says are theirs today, E.164. points: a suggested change, where the question named one.
    """

    customer: Customer | None = None
    member: Member | None = None
    reached: Member | None = None
    balance: Balance | None = None
    phones: tuple[str, ...] = ()
    points: int | None = None
    pos: Capabilities
    program: Capabilities


class Offer(Value):
    """A fix as it is stored. about: who gains (POS id, or the member where there is none). offer: ids only.

    shown: what people see (personal data; kept encrypted). people: phones and e-mails of the customer, for the
    beneficiary rule. steps: set for a guided fix, that a person carries out.
    """

    kind: str
    about: str
    offer: dict[str, Any]
    shown: dict[str, Any]
    expected: dict[str, Any]
    people: tuple[str, ...] = ()


class Guided(Offer):
    """A fix that no API can make: steps for a person, then we read back."""

    steps: tuple[str, ...]


class Preview(Value):
    """What a decider reads. before/after: plain values, phones unmasked (mask before showing in a channel)."""

    before: str
    after: str
    side_effects: tuple[str, ...] = ()
    would_send: str = ""


CheckState = Literal["as_expected", "moved", "blocked", "done_already"]


class Check(Value):
    """The vendor's present state against what was decided on.

    moved: `expected` and `shown` are the fresh ones for a new proposal. blocked: `reason` says why, for staff.
    before: ids and plain numbers only, kept with the result.
    """

    state: CheckState
    expected: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    reason: str = ""
    before: dict[str, Any] = {}


class ReadBack(Value):
    """What the vendor shows afterwards. confirmed None: nothing can be told. values: ids and plain numbers only."""

    confirmed: bool | None
    values: dict[str, Any] = {}
    reason: str = ""


class Kind(Protocol):
    """The names that each module of a kind has. What asks vendors may raise `connectors.errors.VendorError`."""

    KIND: str
    REPEATABLE: bool
    """Whether sending the same again, after it was not seen applied, cannot do it twice."""

    def offer(self, grounds: Grounds) -> Offer | None:
        """The fix on these grounds; a `Guided` where no API can do it; None where it makes no sense."""

    def validate(self, proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters in the one form that is frozen. Raises BadFields."""

    def preview(self, proposal: Proposal) -> Preview:
        """Before, after, side effects, and what exactly would be sent."""

    def check(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
        """Look at the vendor again, at the click and just before the effect."""

    def carry_out(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
        """The one write. Raises Rejected and the like when nothing was done, UnknownOutcome when nobody can say."""

    def reconcile(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
        """Whether the write sent after `since` is there, by its operation id or by the value it set."""

    def read_back(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
        """What the vendor shows now, for "done"."""

    def aftercare(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
        """Best effort, once it is done: a note on the profile, without personal data."""

    def settle_s(self, pos: PointOfSale, program: LoyaltyProgram) -> float:
        """Seconds until a read-back that does not show the change is to be believed."""

    def proves_absence(self, pos: PointOfSale, program: LoyaltyProgram) -> bool:
        """Whether "absent" is proof that it was not applied."""

    def undo(self, proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
        """The opposite fix with its parameters, as of a done proposal; None where there is none by API."""

    def where_to_look(self, proposal: Proposal) -> str:
        """For a person, when the outcome is unknown: where to look, and for what."""
