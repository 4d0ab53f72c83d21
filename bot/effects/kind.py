"""What a kind of fix is: a module with these few names. Only vendors are spoken to here; marks, retries and signatures
are kept by `bot.work`, which calls these in order: offer, form, validate, check, carry_out, reconcile or read_back,
undo.

A guided fix goes the same way, except that a person carries it out: offer, form, validate, check, the signatures, then
the steps (`bot.effects.guiding`), and read_back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.cases import Proposal
from bot.effects.values import (
    BadFields,
    Check,
    CheckState,
    Choice,
    Field,
    Form,
    Grounds,
    Guided,
    Impossible,
    Line,
    Offer,
    Preview,
    Proof,
    ReadBack,
    Trust,
    offered,
)
from bot.words import Words
from connectors.contract import LoyaltyProgram, PointOfSale

__all__ = [
    "BadFields",
    "Check",
    "CheckState",
    "Choice",
    "Field",
    "Form",
    "Grounds",
    "Guided",
    "Impossible",
    "Kind",
    "Line",
    "Offer",
    "Preview",
    "Proof",
    "ReadBack",
    "Trust",
    "offered",
]


class Kind(Protocol):
    """The names that each module of a kind has. What asks vendors may raise `connectors.errors.VendorError`."""

    KIND: str
    REPEATABLE: bool
    """Whether sending the same again, after it was not seen applied, cannot do it twice."""

    def offer(self, grounds: Grounds) -> Offer | None:
        """The fix on these grounds: `Guided` or `Impossible` where the connector says so; None where it makes no
        sense."""

    def form(self, proposal: Proposal) -> Form:
        """What is asked before it is submitted, naming the consequence."""

    def words(self, proposal: Proposal) -> Words:
        """The change as a phrase, masked: "+50 points", "the register's phone from … to …"."""

    def validate(self, proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters in the one form that is frozen. Raises BadFields."""

    def preview(self, proposal: Proposal) -> Preview:
        """Before, after, side effects, and what exactly would be sent."""

    def check(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
        """Look at the vendor again, at the click and just before the effect."""

    def carry_out(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> ReadBack | None:
        """The one write. Raises Rejected and the like when nothing was done, UnknownOutcome when nobody can say.

        Returns the vendor's own answer where that is all the proof there can be; None where it is read back."""

    def reconcile(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
        """Whether the write sent after `since` is there, by its operation id or by the value it set."""

    def read_back(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
        """What the vendor shows now, for "done"; also after a person did it by hand."""

    def aftercare(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
        """Best effort, once it is done: a note on the profile, without personal data."""

    def trust(self, proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
        """How far a read-back is to be believed."""

    def undo(self, proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
        """The opposite fix with its parameters, as of a done proposal; None where there is none. Parameters that are
        texts of ours come as `Words`, to be said in the case's language."""

    def where_to_look(self, proposal: Proposal) -> Words:
        """For a person, when the outcome is unknown: where to look, and for what."""
