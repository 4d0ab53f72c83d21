"""Give back the points of a reward that was spent, once for one redemption: by the provider's own refund where it has
one that cannot be done twice, else by an adjustment that names the redemption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cases import Proposal
from bot.effects import point_rows, points
from bot.effects.guiding import plain, signed
from bot.effects.values import (
    Check,
    Choice,
    Field,
    Form,
    Grounds,
    Line,
    Offer,
    Preview,
    Proof,
    ReadBack,
    Trust,
    of_a_row,
    of_a_value,
)
from bot.words import Words
from connectors.contract import (
    KeepsRedemptions,
    LoyaltyProgram,
    Operation,
    PointOfSale,
    Redemption,
    RefundsRedemptions,
    part,
)

KIND = "refund_redemption"
REPEATABLE = False
_KNOWN = timedelta(days=90)
"""How far back the provider's redemptions are looked through."""


def offer(grounds: Grounds) -> Offer | None:
    """The member's redemptions that were not given back, for one of them to be chosen; where the provider lists none,
    one to be named. None where there is nobody to get the points, or nothing was spent."""
    program = grounds.program
    likely = grounds.redemption
    spent = _choices(grounds.redemptions or ([likely] if likely is not None else ()))
    if grounds.redemptions is not None and not spent:
        return None
    own, adjusts = program.of(Operation.REFUND_REDEMPTION), program.of(Operation.ADJUST_POINTS)
    support = own if own.mode == "api" or (own.mode == "guided" and adjusts.mode != "api") else adjusts
    return points.offered_to(
        grounds,
        support,
        KIND,
        offer={"way": "refund" if support is own and own.mode == "api" else "adjust", "adjusts": adjusts.supported},
        shown={"redemptions": spent, "likely": likely.id if likely is not None else None},
    )


def _choices(listed: Iterable[Redemption]) -> list[dict[str, Any]]:
    """Those that were not given back, newest first."""
    spent = [r for r in listed if r.refunded_at is None]
    return [_choice(r) for r in sorted(spent, key=_moment, reverse=True)]


def _moment(one: Redemption) -> str:
    return "" if one.at is None else one.at.isoformat()


def _choice(one: Redemption) -> dict[str, Any]:
    """A redemption as it is chosen. points: None where the provider does not tell them."""
    return {
        "id": one.id,
        "name": one.name or one.code or one.id,
        "points": None if one.points is None else plain(one.points),
        "at": _moment(one)[:10],
        "used": one.used_at is not None,
    }


def form(proposal: Proposal) -> Form:
    """Which redemption, its points where the provider does not tell them, a reason and a comment."""
    listed: list[dict[str, Any]] = proposal.shown.get("redemptions") or []
    number, *rest = points.fields(proposal, None, comment=Words.of("form.refund.comment_default"))
    told = bool(listed) and all(c["points"] is not None for c in listed)
    sole = listed[0]["id"] if len(listed) == 1 else None
    chosen = points.asked_before(proposal).get("redemption") or proposal.shown.get("likely") or sole
    which = Field(
        name="redemption",
        label=Words.of("form.refund.which"),
        input="choice" if listed else "line",
        hint=None if listed else Words.of("form.refund.which_hint"),
        choices=tuple(Choice(id=c["id"], label=_label(c)) for c in listed),
        initial=Words.raw(str(chosen)) if chosen else None,
        longest=60,
    )
    amount = number.model_copy(
        update={
            "label": Words.of("form.refund.points"),
            "hint": Words.of("form.refund.points_hint"),
            "placeholder": "200",
        }
    )
    return Form(
        title=Words.of("fix.refund_redemption"),
        intro=(points.intro(proposal), Words.of("form.refund.once")),
        submit=Words.of("form.ask"),
        fields=(which, *(() if told else (amount,)), *rest),
    )


def _label(choice: Mapping[str, Any]) -> Words:
    if choice["points"] is None:
        return Words.of("form.refund.choice_unpriced", at=Words.day(choice["at"]), name=choice["name"])
    return Words.of("form.refund.choice", at=Words.day(choice["at"]), name=choice["name"], points=choice["points"])


def words(proposal: Proposal) -> Words:
    """+200 points of redemption 24186700."""
    if proposal.points is None:
        return Words.of("fix.refund_redemption")
    return Words.of(
        "what.refund_redemption", points=signed(proposal.points), redemption=proposal.parameters["redemption"]
    )


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """redemption: one of those shown, else a number or code; points: those of the redemption, else as typed, more than
    0; now: only where no API tells the balance; reason: ours; comment: the provider's. Of an undo the points are less
    than 0.

    Raises BadFields.
    """
    errors: dict[str, Words] = {}
    listed = {c["id"]: c for c in proposal.shown.get("redemptions") or ()}
    chosen = points.clean(parameters.get("redemption")) or (next(iter(listed)) if len(listed) == 1 else "")
    if listed and chosen not in listed:
        errors["redemption"] = Words.of("field.redemption_choose")
    elif not points.REFERENCE.fullmatch(chosen):
        errors["redemption"] = Words.of("field.redemption")
    told = listed.get(chosen, {}).get("points") if proposal.undo_of is None else None
    typed = parameters if told is None else {**parameters, "points": told}
    return {"redemption": chosen, **points.frozen(proposal, typed, errors, given="field.refund_points")}


def about(proposal: Proposal) -> str:
    """How the provider's note names the redemption."""
    return f"redemption {proposal.parameters.get('redemption', '')}"


def preview(proposal: Proposal) -> Preview:
    """The balance before and after, the redemption, and what the customer may notice."""
    chosen = next(
        (c for c in proposal.shown.get("redemptions") or () if c["id"] == proposal.parameters.get("redemption")), None
    )
    label = Words.raw(str(proposal.parameters.get("redemption", "–"))) if chosen is None else _label(chosen)
    refund = proposal.offer["way"] == "refund"
    made = points.preview(
        proposal,
        Line(label=Words.of("line.redemption"), text=label),
        effects=(Words.of("mind.refund.code"),) if refund and proposal.undo_of is None else (),
        send=Words.of("send.refund_redemption", redemption=str(proposal.parameters.get("redemption")))
        if refund
        else None,
    )
    return made if proposal.offer["adjusts"] or proposal.guided else made.model_copy(update={"irreversible": True})


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The redemption was not given back, neither by the provider nor by a row that names it; the balance is what was
    decided on. Of an undo the balance alone counts."""
    wrong = _wrong(proposal, program) if proposal.undo_of is None else None
    return wrong or point_rows.check(proposal, program)


def _wrong(proposal: Proposal, program: LoyaltyProgram) -> Check | None:
    if program.capabilities.of(Operation.READ_REDEMPTIONS).supported:
        listed = _redemptions(proposal, program)
        found = next((r for r in listed if r.id == proposal.parameters["redemption"]), None)
        if found is None:
            return _choose(proposal, listed)
        if found.refunded_at is not None:
            day = Words.day(f"{found.refunded_at:%Y-%m-%d}")
            return Check(state="blocked", reason=Words.of("check.refund.given_back_at", day=day))
        if found.points is not None and found.points != proposal.points:
            have = plain(found.points)
            return Check(state="blocked", reason=Words.of("check.refund.other_points", points=have))
    rows = point_rows.history(proposal, program)
    if rows is not None and point_rows.named(rows, about(proposal)) > 0:
        return Check(state="blocked", reason=Words.of("check.refund.given_back"))
    return None


def _choose(proposal: Proposal, listed: Sequence[Redemption]) -> Check:
    """No such redemption: one of those that there are is to be chosen."""
    spent = _choices(listed)
    if not spent:
        return Check(state="blocked", reason=Words.of("check.refund.none"))
    shown = {**proposal.shown, "redemptions": spent}
    return Check(state="moved", expected=proposal.expected, shown=shown, reason=Words.of("check.refund.choose"))


def _redemptions(proposal: Proposal, program: LoyaltyProgram) -> Sequence[Redemption]:
    """The member's, around the day of the one that was chosen where that is known: some providers answer for the whole
    account, and it is asked at every click."""
    since, until = proposal.created_at - _KNOWN, proposal.created_at + _KNOWN
    chosen = next(
        (c for c in proposal.shown.get("redemptions") or () if c["id"] == proposal.parameters["redemption"]), None
    )
    if chosen is not None and chosen["at"]:
        day = datetime.fromisoformat(chosen["at"]).replace(tzinfo=UTC)
        since, until = day - timedelta(days=1), day + timedelta(days=2)
    keeper = part(program, KeepsRedemptions, Operation.READ_REDEMPTIONS)  # type: ignore[type-abstract]
    return keeper.redemptions(proposal.offer["member"], since=since, until=until)


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write: the provider's refund, or the adjustment that names the redemption."""
    if proposal.offer["way"] == "refund":
        refunder = part(program, RefundsRedemptions, Operation.REFUND_REDEMPTION)  # type: ignore[type-abstract]
        refunder.refund_redemption(proposal.parameters["redemption"], operation_id=proposal.operation_id)
    else:
        point_rows.send(proposal, program, about(proposal))


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By the redemption's own mark, or by our row in the history."""
    if proposal.offer["way"] != "refund":
        return point_rows.reconcile(proposal, program, since)
    listed = _redemptions(proposal, program)
    found = next((r for r in listed if r.id == proposal.parameters["redemption"]), None)
    if found is None:
        return "cannot_tell"
    return "absent" if found.refunded_at is None else "applied"


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """Confirmed by the redemption's mark or by our row."""
    return point_rows.read_back(proposal, program, reconcile(proposal, pos, program, since))


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """Nothing: the provider's own record says it."""


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of the redemption's own mark, where a refund cannot be done twice; else, and of its undo, of our row."""
    if proposal.offer["way"] == "refund" and Operation.REFUND_REDEMPTION in program.capabilities.repeatable:
        return of_a_value(program.capabilities)
    return of_a_row(program.capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """A counter-entry that names the redemption; a refund itself cannot be called back, and its code stays void."""
    if not proposal.offer["adjusts"] and not proposal.guided:
        return None
    made = point_rows.undo(proposal, Words.of("undo.refund_redemption"))
    if made is None:
        return None
    opposite, parameters = made
    return opposite.model_copy(update={"offer": {**opposite.offer, "way": "adjust"}}), parameters


def where_to_look(proposal: Proposal) -> Words:
    """The redemption, or our row."""
    if proposal.offer["way"] != "refund":
        return point_rows.where_to_look(proposal)
    return Words.of(
        "look.redemption", member=str(proposal.offer["member"]), redemption=str(proposal.parameters["redemption"])
    )
