"""What the kinds that move points share before anything is sent: who is offered it, numbers and texts as people type
them, and what a decider reads. What then stands at the provider is in `point_rows`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bot.cases import Proposal
from bot.effects.guiding import minds, plain, signed
from bot.effects.values import BadFields, Field, Grounds, Guided, Line, Offer, Preview, offered
from bot.words import Words
from connectors.contract import Operation, Support

LONGEST_COMMENT = 120
LONGEST_REASON = 500
_SPACES = str.maketrans({"−": "-", "–": "-", "—": "-", " ": None, ",": None, "\u00a0": None})
REFERENCE = re.compile(r"[\w.#/-]{2,60}", re.ASCII)
"""How a receipt or a redemption is named in the provider's note."""
_NUMBER = re.compile(r"[+-]?\d{1,7}(\.\d{1,2})?", re.ASCII)
_NO_MARKUP = str.maketrans("", "", "<>")


# -- what is offered ---------------------------------------------------------------------------------------------------


def offered_to(
    grounds: Grounds,
    support: Support,
    kind: str,
    *,
    offer: Mapping[str, Any],
    shown: Mapping[str, Any],
    unseen: bool = False,
) -> Offer | None:
    """The offer to whoever the points are for, from their balance now.

    None where nobody is found, or, by API, where the points cannot be seen. Where a person does it, a balance that is
    not live is only shown: whoever asks reads the figure of now. unseen: also by API the balance does not matter.
    """
    member, customer, balance = grounds.member, grounds.customer, grounds.balance
    by_api = support.mode == "api"
    if member is None and (customer is None or by_api or grounds.program.of(Operation.FIND_MEMBER).supported):
        return None
    live = balance is not None and not balance.hidden and balance.as_of is None
    if (member is not None and member.enrolled is False) or (by_api and not live and not unseen):
        return None
    known = (member, customer)
    people = [value for one in known if one is not None for value in (one.phone, one.email)]
    made = offered(
        support,
        kind=kind,
        about=f"pos:{customer.id}" if customer is not None else f"member:{member.id if member else ''}",
        offer={
            "member": member and member.id,
            "customer": customer and customer.id,
            **({"whole": True} if grounds.program.whole_points else {}),
            **offer,
        },
        shown={
            "name": next(one.name for one in known if one is not None),
            "phone": next((one.phone for one in reversed(known) if one is not None and one.phone), None),
            "email": next((one.email for one in reversed(known) if one is not None and one.email), None),
            "figure": plain(balance.points) if balance is not None and not balance.hidden and not live else None,
            **shown,
        },
        expected={"balance": plain(balance.points)} if balance is not None and live and not unseen else {},
        people=tuple(p for p in people if p),
    )
    return made.model_copy(update={"reads_back": made.reads_back and live}) if isinstance(made, Guided) else made


def balance_of(proposal: Proposal) -> Decimal | None:
    """The balance that the change starts from: the provider's, else as somebody read it and typed it here."""
    raw = proposal.expected.get("balance", proposal.parameters.get("now"))
    return None if raw is None else Decimal(str(raw))


# -- what is typed -----------------------------------------------------------------------------------------------------


def parsed(raw: Any) -> Decimal | None:
    """Points as typed ("+50", "−40", "1,000"), not zero and with at most two decimals; None for anything else."""
    text = str(raw if raw is not None else "").translate(_SPACES)
    return (Decimal(text) or None) if _NUMBER.fullmatch(text) else None


def clean(raw: Any) -> str:
    """What somebody typed, on one line and without markup."""
    return " ".join(str(raw if raw is not None else "").translate(_NO_MARKUP).split())


def asked_before(proposal: Proposal) -> Mapping[str, Any]:
    """What was typed for this change before it had to be offered anew."""
    return proposal.parameters or proposal.shown.get("asked") or {}


def intro(proposal: Proposal) -> Words:
    """The balance, as far as anybody knows, and that somebody decides."""
    if "balance" in proposal.expected:
        return Words.of("form.adjust_points.balance", balance=proposal.expected["balance"])
    figure = proposal.shown.get("figure")
    return Words.of("form.points.figure", figure=figure) if figure else Words.of("form.points.unseen")


def fields(proposal: Proposal, suggested: Decimal | None, *, comment: Words) -> tuple[Field, ...]:
    """Signed points, the balance of now where no API tells it, a reason for us, and what the provider's note says."""
    asked = asked_before(proposal)
    number = parsed(asked.get("points")) or suggested
    points = Field(
        name="points",
        label=Words.of("form.points"),
        hint=Words.of("form.points_hint"),
        placeholder="+50",
        initial=Words.raw(signed(number)) if number else None,
        longest=12,
    )
    now = Field(
        name="now",
        label=Words.of("form.points_now"),
        hint=Words.of("form.points_now_hint"),
        placeholder="320",
        longest=12,
    )
    return (points, *(() if "balance" in proposal.expected else (now,)), *texts(proposal, comment=comment))


def texts(proposal: Proposal, *, comment: Words) -> tuple[Field, Field]:
    """The two texts of a change of points: why, for us, and what the provider's note says."""
    asked = asked_before(proposal)
    typed = {name: Words.raw(str(asked[name])) for name in ("reason", "comment") if asked.get(name)}
    return (
        Field(
            name="reason",
            label=Words.of("form.reason"),
            hint=Words.of("form.reason_hint"),
            initial=typed.get("reason"),
            input="lines",
            longest=LONGEST_REASON,
        ),
        Field(
            name="comment",
            label=Words.of("form.comment"),
            hint=Words.of("form.comment_hint"),
            initial=typed.get("comment", comment),
            longest=LONGEST_COMMENT,
        ),
    )


def checked(proposal: Proposal, parameters: Mapping[str, Any], errors: dict[str, Words]) -> dict[str, str]:
    """points, now (only where no API tells the balance), reason and comment, tidied; what is wrong goes to `errors`."""
    found = checked_texts(parameters, errors)
    points = parsed(parameters.get("points"))
    if points is None:
        errors["points"] = Words.of("field.points")
        return found
    if proposal.offer.get("whole") and points % 1:
        errors["points"] = Words.of("field.points_whole")
        return found
    found["points"] = plain(points)
    balance = proposal.expected.get("balance")
    if balance is None:
        typed = clean(parameters.get("now"))
        balance = found["now"] = "0" if typed in ("0", "+0", "-0") else plain(parsed(typed) or Decimal(-1))
        if Decimal(balance) < 0:
            errors["now"] = Words.of("field.points_now")
            return found
    if Decimal(balance) + points < 0:
        errors["points"] = Words.of("field.points_have", balance=plain(Decimal(balance)))
    return found


def frozen(
    proposal: Proposal, parameters: Mapping[str, Any], errors: dict[str, Words], *, given: str = ""
) -> dict[str, str]:
    """What `checked` gives. given: points are given by this kind, and taken only by its undo; else this is said.

    Raises BadFields with all `errors`."""
    found = checked(proposal, parameters, errors)
    if given and "points" in found and (Decimal(found["points"]) < 0) != (proposal.undo_of is not None):
        errors["points"] = Words.of(given)
    if errors:
        raise BadFields(errors)
    return found


def checked_texts(parameters: Mapping[str, Any], errors: dict[str, Words]) -> dict[str, str]:
    """reason and comment, tidied; what is wrong with them is added to `errors`."""
    said: dict[str, str] = {}
    for field, longest in (("reason", LONGEST_REASON), ("comment", LONGEST_COMMENT)):
        said[field] = clean(parameters.get(field))
        if not said[field]:
            errors[field] = Words.of("field.empty")
        elif len(said[field]) > longest:
            errors[field] = Words.of("field.too_long", longest=str(longest))
    return said


# -- what a decider reads ----------------------------------------------------------------------------------------------


def preview(proposal: Proposal, *extra: Line, effects: Iterable[Words] = (), send: Words | None = None) -> Preview:
    """The balance before and after, `extra`, the texts, and what the customer may notice."""
    before, points = balance_of(proposal), proposal.points or Decimal(0)
    known = before is not None
    change = Words.of("change", before=plain(before), after=plain(before + points)) if before is not None else None
    balance = (Line(label=Words.of("line.balance"), text=change),) if known and change else ()
    by_default = Words.of("send.adjust_points", points=signed(points), member=str(proposal.offer["member"] or "–"))
    return Preview(
        lines=(*balance, *extra, *text_lines(proposal)),
        side_effects=(
            Words.of("mind.points.note"),
            *effects,
            *((Words.of("mind.points.taken"),) if points < 0 else ()),
            *minds(proposal),
        ),
        would_send=send or by_default,
    )


def text_lines(proposal: Proposal) -> tuple[Line, ...]:
    """The reason and the comment, as deciders read them."""
    return tuple(
        Line(label=Words.of(f"line.{name}"), text=Words.raw(str(proposal.parameters[name])))
        for name in ("reason", "comment")
        if proposal.parameters.get(name)
    )
