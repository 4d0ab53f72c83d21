"""Merging two profiles: what is known beforehand, and what reading both tells afterwards. Pure.

Treez does not say which profile it keeps, nor what becomes of the loyalty id: so nothing is called done that was not
read back, and what may be lost is said before anybody approves.
"""

from __future__ import annotations

from connectors.contract import Customer, MergePreview, MergeState, WriteEvidence


def preview(survivor: Customer, absorbed: Customer) -> MergePreview:
    """What would stay, what may be lost, and what forbids it."""
    return MergePreview(
        survivor_id=survivor.id,
        absorbed_id=absorbed.id,
        blockers=_blockers(survivor, absorbed),
        kept=tuple(_facts(survivor)),
        lost=tuple(f"{fact} (what becomes of it Treez does not say)" for fact in _facts(absorbed)),
    )


def _blockers(survivor: Customer, absorbed: Customer) -> tuple[str, ...]:
    if survivor.id == absorbed.id:
        return ("it is one and the same profile",)
    found = [f"profile {one.id} is not in use any more" for one in (survivor, absorbed) if not one.live]
    if survivor.birth_date and absorbed.birth_date and survivor.birth_date != absorbed.birth_date:
        found.append("the two profiles have different birth dates")
    return tuple(found)


def _facts(customer: Customer) -> list[str]:
    link = customer.links.get("alpineiq")
    named = (("name", customer.name), ("phone", customer.phone), ("e-mail", customer.email), ("loyalty id", link))
    return [f"{what} {value}" for what, value in named if value]


def body(preview: MergePreview, *, destination_survives: bool) -> dict[str, str]:
    """The request, by which of the two this store's trial has shown to stay."""
    source, destination = preview.absorbed_id, preview.survivor_id
    if not destination_survives:
        source, destination = destination, source
    return {"sourceCustomerId": source, "destinationCustomerId": destination}


def reference(preview: MergePreview) -> str:
    """What `state` is asked by: both ids."""
    return f"{preview.survivor_id}<{preview.absorbed_id}"


def ids(reference: str) -> tuple[str, str]:
    """The survivor's and the absorbed id of a reference."""
    survivor, _, absorbed = reference.partition("<")
    return survivor, absorbed


def state(reference: str, survivor: Customer | None, absorbed: Customer | None) -> MergeState:
    """How far it is, from the two profiles as they are; None: not found."""
    wanted, other = ids(reference)
    if _went_into(survivor, other, absorbed):
        return MergeState(state="done", reference=reference, survivor_id=wanted)
    if _went_into(absorbed, wanted, survivor):
        reason = "Treez kept the other of the two profiles"
        return MergeState(state="done", reference=reference, survivor_id=other, reason=reason)
    if survivor and absorbed and survivor.live and absorbed.live:
        return MergeState(state="failed", reference=reference, reason="both profiles are still in use")
    return MergeState(state="running", reference=reference)


def _went_into(kept: Customer | None, gone_id: str, gone: Customer | None) -> bool:
    """Whether one is not in use any more, and either of them says that the other one took it in."""
    if kept is None or not kept.live or (gone is not None and gone.live):
        return False
    return gone_id in kept.merged_from or (gone is not None and gone.merged_into == kept.id)


def evidence(state: MergeState) -> WriteEvidence:
    """What the state proves of a merge whose outcome was unknown."""
    return "applied" if state.state == "done" else "absent" if state.state == "failed" else "cannot_tell"
