"""Bring two records of one person together in the register. Nothing undoes it: it is previewed by the vendor first,
confirmed by typing a name, signed by two, and what is sent is what was previewed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cases import Proposal, mask_email, mask_phone
from bot.effects.contacts import CONTACTS, leave_note, masked
from bot.effects.guiding import minds
from bot.effects.values import (
    BadFields,
    Check,
    Field,
    Form,
    Grounds,
    Impossible,
    Line,
    Offer,
    Preview,
    Proof,
    ReadBack,
    Trust,
    of_a_value,
    offered,
)
from bot.words import Words
from connectors.contract import (
    Customer,
    LoyaltyProgram,
    MergePreview,
    Merges,
    MergeState,
    Operation,
    PointOfSale,
    part,
)
from connectors.errors import NotFound

KIND = "merge_customers"
REPEATABLE = False
_PHONE = re.compile(r"\+?\d[\d ()-]{8,}\d")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@,;]+")
_FACT = re.compile(r"(name|phone|e-mail|loyalty id) (.+?)( \(what becomes of it Treez does not say\))?")
_FACTS = {"name": "name", "phone": "phone", "e-mail": "email", "loyalty id": "link"}


def offer(grounds: Grounds) -> Offer | None:
    """The customer's record takes in the other one; None without two live records of one person."""
    customer, other = grounds.customer, grounds.mergeable or next(iter(grounds.others), None)
    if customer is None or other is None or not customer.live or not other.live or customer.id == other.id:
        return None
    member = grounds.member
    records = (customer, other, *((member,) if member is not None else ()))
    return offered(
        grounds.pos.of(Operation.MERGE_CUSTOMERS),
        kind=KIND,
        about=f"pos:{customer.id}",
        offer={"customer": customer.id, "other": other.id, "found": other.id, "member": member.id if member else None},
        shown={"name": customer.name, "stays": _shown(customer), "goes": _shown(other)},
        expected={},
        people=tuple(p for one in records for p in (one.phone, one.email) if p),
    )


def _shown(one: Customer) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "phone": one.phone, "email": one.email}


def prepare(made: Offer, pos: PointOfSale) -> Offer:
    """The offer with the vendor's own preview: which of the two stays, what is kept; impossible where the vendor names
    what forbids it. Raises VendorError."""
    if type(made) is not Offer:
        return made
    found = _vendor(pos).preview_merge(made.offer["customer"], made.offer["other"])
    if found.blockers:
        fields = made.model_dump(include=set(Offer.model_fields))
        return Impossible(**fields, why=found.blockers)
    return made.model_copy(update=_as_previewed(found, made.offer, made.shown))


def _as_previewed(found: MergePreview, offer: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """`offer`, `shown` and `expected` with the vendor's choice of who stays."""
    stays, goes = shown["stays"], shown["goes"]
    if found.survivor_id != stays["id"]:
        stays, goes = goes, stays
    preview = found.model_dump(mode="json")
    return {
        "offer": {**offer, "customer": stays["id"], "other": goes["id"], "found": goes["id"]},
        "shown": {**shown, "name": stays["name"], "stays": stays, "goes": goes, "preview": preview},
        "expected": {"survivor": stays["id"]},
    }


def _vendor(pos: PointOfSale) -> Merges:
    return part(pos, Merges, Operation.MERGE_CUSTOMERS)  # type: ignore[type-abstract]


def form(proposal: Proposal) -> Form:
    """Which one stays, and its name to be typed, so that nobody merges by a slip of the thumb."""
    name = str(proposal.shown["stays"]["name"])
    field = Field(
        name="name",
        label=Words.of("form.merge.name", name=name),
        hint=Words.of("form.merge.hint"),
        longest=120,
    )
    return Form(
        title=Words.of("fix.merge_customers"),
        intro=(Words.of("form.merge.text", stays=_who(proposal, "stays"), goes=_who(proposal, "goes")),),
        submit=Words.of("form.ask"),
        fields=(field,),
    )


def _who(proposal: Proposal, which: str) -> Words:
    """A record in a few masked words."""
    one = proposal.shown[which]
    contacts = [masked(contact, one[contact]) for contact in CONTACTS if one[contact]]
    about = ", ".join([str(one["id"]), *contacts])
    return Words.raw(f"{one['name']} ({about})")


def words(proposal: Proposal) -> Words:
    """Which goes into which."""
    stays, goes = proposal.shown["stays"], proposal.shown["goes"]
    return Words.of("what.merge", name=str(goes["name"]), stays=str(stays["id"]), goes=str(goes["id"]))


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """name: of the record that stays, however it is capitalised or spaced. Raises BadFields."""
    wanted, typed = str(proposal.shown["stays"]["name"]), str(parameters.get("name") or "")
    if not typed.strip() or _folded(typed) != _folded(wanted):
        raise BadFields({"name": Words.of("field.survivor", name=wanted)})
    return {"name": wanted}


def _folded(name: str) -> str:
    return "".join(name.split()).casefold()


def preview(proposal: Proposal) -> Preview:
    """Who stays, what is kept, what may be lost, and that nothing undoes it."""
    found = _previewed(proposal)
    lines = [
        Line(label=Words.of("line.merge.stays"), text=_who(proposal, "stays")),
        Line(label=Words.of("line.merge.goes"), text=_who(proposal, "goes")),
    ]
    if found is not None and found.kept:
        lines.append(Line(label=Words.of("line.merge.kept"), text=_joined(found.kept)))
    if found is not None and found.lost:
        lines.append(Line(label=Words.of("line.merge.lost"), text=_joined(found.lost)))
    said = minds(proposal)
    return Preview(
        lines=tuple(lines),
        side_effects=said or (Words.of("mind.merge.points"),),
        would_send=Words.of("send.merge", other=str(proposal.offer["other"]), customer=str(proposal.offer["customer"])),
        irreversible=True,
    )


def _previewed(proposal: Proposal) -> MergePreview | None:
    stored = proposal.shown.get("preview")
    return None if stored is None else MergePreview.model_validate(stored)


def _joined(facts: tuple[str, ...]) -> Words:
    """What the vendor says of a record, masked: "name Dana Ortiz, phone (•••) •••-0142"."""
    told = [_fact(fact) for fact in facts]
    out = told[0]
    for one in told[1:]:
        out = Words.of("list", first=out, rest=one)
    return out


def _fact(fact: str) -> Words:
    safe = _EMAIL.sub(lambda m: mask_email(m.group()), _PHONE.sub(lambda m: mask_phone(m.group()), fact))
    known = _FACT.fullmatch(safe)
    if known is None:
        return Words.vendor(safe.replace("{", "(").replace("}", ")"))
    what, value, _ = known.groups()
    return Words.of(f"merge.{_FACTS[what]}", value=value)


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """Both records are live, and the vendor would still do what was previewed."""
    gone = _gone_already(proposal, pos)
    if gone is not None:
        return gone
    as_it_is = Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)
    if proposal.guided:
        return as_it_is
    found = _vendor(pos).preview_merge(proposal.offer["customer"], proposal.offer["other"])
    if found.blockers:
        why = Words.vendor("; ".join(found.blockers).replace("{", "(").replace("}", ")"))
        return Check(state="blocked", reason=Words.of("check.merge.forbidden", why=why))
    if found == _previewed(proposal):
        return as_it_is
    fresh = _as_previewed(found, proposal.offer, proposal.shown)
    return Check(state="moved", **fresh, reason=Words.of("check.merge.moved"))


def _gone_already(proposal: Proposal, pos: PointOfSale) -> Check | None:
    """Where one of the two is not in use any more: merged by somebody else, or not there."""
    if _merged(proposal, pos) is not None:
        return Check(state="done_already")
    for name in ("customer", "other"):
        one = _read(pos, proposal.offer[name])
        if one is None or not one.live:
            return Check(state="blocked", reason=Words.of("check.merge.gone"))
    return None


def _read(pos: PointOfSale, customer_id: str) -> Customer | None:
    try:
        return pos.customer(customer_id)
    except NotFound:
        return None


def _merged(proposal: Proposal, pos: PointOfSale) -> str | None:
    """The id that stayed, where the register says that one record took in the other; None where it does not say so."""
    ids = (str(proposal.offer["customer"]), str(proposal.offer["other"]))
    found = {one: _read(pos, one) for one in ids}
    for stays, goes in (ids, ids[::-1]):
        kept, lost = found[stays], found[goes]
        named = kept is not None and goes in kept.merged_from
        if kept is not None and kept.live and (named or (lost is not None and lost.merged_into == stays)):
            return stays
    return None


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> ReadBack | None:
    """The one write, of exactly what was previewed; the vendor takes its own time for it."""
    found = _previewed(proposal)
    if found is None:
        raise NotFound(pos.vendor, "what would be merged was not previewed", detail=proposal.operation_id)
    return _told(_vendor(pos).merge(found, operation_id=proposal.operation_id))


def _told(state: MergeState) -> ReadBack:
    values = {"merge": state.reference, "customer": state.survivor_id}
    why = Words.vendor(f"{state.reason[:1].upper()}{state.reason[1:]}.") if state.reason else None
    if state.state == "done":
        return ReadBack(confirmed=True, values=values, reason=why)
    if state.state == "failed":
        return ReadBack(confirmed=False, failed=True, values=values, reason=why)
    return ReadBack(confirmed=None, running=True, values=values, reason=Words.of("read.merge.running"))


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By the two records: the other is gone into the one that stays, or both are there and idle."""
    found = _previewed(proposal)
    return "cannot_tell" if found is None else _vendor(pos).merge_evidence(found)


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """By the vendor's own word for it, where it gave one; else by the two records."""
    reference = (proposal.result.get("answer") or {}).get("merge")
    if reference is not None:
        return _told(_vendor(pos).merge_status(str(reference)))
    found = _previewed(proposal)
    if found is not None and not proposal.guided and reconcile(proposal, pos, program, since) == "applied":
        return ReadBack(confirmed=True, values={"customer": found.survivor_id})
    stayed = _merged(proposal, pos)
    if stayed is not None:
        kept_other = Words.of("read.merge.other") if stayed != proposal.offer["customer"] else None
        return ReadBack(confirmed=True, values={"customer": stayed}, reason=kept_other)
    return ReadBack(confirmed=False, reason=Words.of("read.merge.not_yet"))


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """A note on the record that stays, where the register takes one."""
    other = proposal.offer["other"]
    leave_note(proposal, pos, at, subject="Profiles merged", body=f"Profile {other} was merged into this one")


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of two records that are both in use and idle."""
    return of_a_value(pos.capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """None: nothing undoes a merge."""
    return None


def where_to_look(proposal: Proposal) -> Words:
    """Whether the other record is still there."""
    return Words.of("look.merge", customer=str(proposal.offer["customer"]), other=str(proposal.offer["other"]))
