"""What a vendor really has: each operation by API, guided by a person, or not at all, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from connectors.contract.base import Model
from connectors.contract.operations import Operation
from connectors.contract.records import EntryKind


class Support(Model):
    """Whether one operation exists.

    supported: by API. why: one sentence for staff: what is missing, or what to know. steps: where a person can do it on
    the vendor's screens, exactly how, in order; `str.format` fields `{name} {customer_id} {member_id} {phone} {email}
    {points} {target} {found_id}` are filled in by whoever shows them. reads_back: the API can confirm what the person
    did.
    """

    supported: bool
    why: str = ""
    steps: tuple[str, ...] = ()
    reads_back: bool = False

    @property
    def mode(self) -> Literal["api", "guided", "none"]:
        """By API, by a person with our steps, or not at all."""
        return "api" if self.supported else "guided" if self.steps else "none"


def by_api(*operations: Operation) -> dict[Operation, Support]:
    """These operations, by API."""
    return dict.fromkeys(operations, Support(supported=True))


def minding(operation: Operation, why: str) -> dict[Operation, Support]:
    """This operation, by API, and what to mind: whoever decides on it reads it first."""
    return {operation: Support(supported=True, why=why)}


def missing(why: str) -> Support:
    """No API, and nothing a person could be guided through."""
    return Support(supported=False, why=why)


def guided(why: str, *steps: str, reads_back: bool = False) -> Support:
    """No API; a person does it by these steps."""
    return Support(supported=False, why=why, steps=steps, reads_back=reads_back)


LinkKind = Literal["stored", "derived", "shared", "none"]
FindKey = Literal["phone", "email", "source_id", "name", "name_and_birth_date", "licence", "medical_id", "external_id"]


class LinkNature(Model):
    """What ties a customer of this register to a member of one provider.

    kind: "stored", an id on the customer's record (`field`); "derived", the member that `follows` leads to; "shared",
    the provider keeps the register's own id; "none", nothing any API shows. writable: "api", "guided" (a person, by the
    steps of SET_LINK) or "no". relink: one sentence: what putting it right consists of.
    """

    kind: LinkKind
    readable: bool
    writable: Literal["api", "guided", "no"]
    relink: str
    field: str = ""
    follows: tuple[FindKey, ...] = ()


class HumanCheck(Model):
    """A setting that matters and that no API shows: a person looks. covers: ids of the domain's facts.

    inferred: what may be concluded without looking, as likely; empty: nothing.
    """

    setting: str
    where: str
    covers: tuple[str, ...]
    inferred: str = ""


class Capabilities(Model):
    """The honest matrix of one connector.

    settle_s: seconds after a write until a read-back may be trusted (Dutchie: changes show after 1-5 minutes).
    ledger_proves_absence: whether "the ledger has no such row" is proof that a write did not happen.
    ledger_shows: kinds of rows its history can show; a kind not in it proves nothing by being absent.
    finds_by: what records are looked up by; another criterion raises Unsupported.
    links: of a register, by provider's vendor. repeatable: operations that, sent twice with the same operation id,
    cannot be done twice. batch_limit: rows of one ADJUST_BATCH. checks: settings of this vendor that no API shows.
    per_minute: calls a minute that our own pace allows for an account; 0: not the same for all calls. whole_points:
    points with a fraction are refused.
    """

    operations: Mapping[Operation, Support]
    settle_s: float
    ledger_proves_absence: bool = False
    ledger_shows: frozenset[EntryKind] = frozenset()
    finds_by: frozenset[FindKey] = frozenset(("phone", "email"))
    links: Mapping[str, LinkNature] = {}
    repeatable: frozenset[Operation] = frozenset()
    batch_limit: int = 0
    per_minute: int = 0
    whole_points: bool = False
    checks: tuple[HumanCheck, ...] = ()

    def of(self, operation: Operation) -> Support:
        """The declared support; an operation that is not named is unsupported."""
        return self.operations.get(operation, Support(supported=False, why="This system has no such operation."))
