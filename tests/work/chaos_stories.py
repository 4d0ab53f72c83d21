"""What is carried out while processes die: each kind of change, at a store of the practice chain whose systems take it.

A story is a few values: how the change is asked for and agreed, what is put back before it is told again, and how often
the vendor's world shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from connectors.sandbox import World
from connectors.sandbox.faults import FaultKind
from tests.work import chaos_world as at
from tests.work.chaos_world import Ask, Fresh, Shown

METAFIELD = {"provider": "rivo", "namespace": "loyalty", "key": "member_id", "writable": True}
SETTINGS: dict[str, dict[str, Any]] = {
    "pine": {"loyalty": {"ledger_proves_absence": True}},
    "ash": {"pos": {"link_metafield": METAFIELD}},
}
"""What the stores' settings say besides: that Shopify keeps a loyalty id of ours, and that a history is whole."""


@dataclass(frozen=True)
class Story:
    """One change, and what goes wrong while it is carried out.

    subject: stories with the same one take turns. ask: agreed by everybody, ready to be sent (`by_hand`: done by a
    person, who presses Done). shown: how often the vendor shows it. fresh: the world as it was before. later: time that
    the vendor takes, passed. what: is different from the kind's first story. fault: hits the first write, at `vendor`.
    sent: the request that must not be made twice, where the vendor would not show it.
    """

    kind: str
    store: str
    subject: str
    ask: Ask
    shown: Shown
    fresh: Fresh = lambda shop, seed: None
    later: Callable[[World], None] = lambda world: None
    what: str = ""
    fault: FaultKind | None = None
    vendor: str = ""
    sent: str = ""
    by_hand: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.what}" if self.what else self.kind


_KLARA = {"phone": "+13035550185", "email": "klara.voigt@example.com"}
_FRITZ = {"phone": "+13035550186"}
_ILKA = {"phone": "+13035550187", "email": "ilka.senn@example.com"}


EACH = (
    Story("relink", "pine", "dana", at.relink, at.phone_set, at.old_phone, vendor="dutchie"),
    Story("clear_link", "ash", "nadia", at.clear, at.id_set, lambda shop, _: at.dead_id(shop.world), vendor="shopify"),
    Story(
        "correct_contact",
        "ash",
        "emil",
        at.contact(phone="+13035550174", email="emil.new@example.com"),
        at.email_at_register,
        at.old_email("ash", 4574),
        vendor="shopify",
    ),
    Story("adjust_points", "pine", "0153", at.adjust("+13035550153"), at.rows, vendor="alpineiq"),
    Story("refund_redemption", "ash", "klara", at.refund, at.refunded, vendor="rivo"),
    Story(
        "enroll",
        "yew",
        "cleo",
        at.enroll,
        at.members,
        at.nobody_there,
        vendor="springbig",
        sent="springbig POST /pos/v1/members",
    ),
    Story(
        "merge_customers",
        "ash",
        "rosa",
        at.merge("Rosa Vance", phone="+13035550170", email="rosa.vance@example.com"),
        at.merged,
        at.two_again(4570, 4571),
        at.half_a_minute,
        vendor="shopify",
    ),
    Story("attach_order", "ash", "joel", at.attach, at.attached, at.nobodys, vendor="shopify"),
    Story(
        "record_purchase",
        "yew",
        "fritz",
        at.purchase("yew", 5598601, **_FRITZ),
        at.visits,
        vendor="springbig",
        sent="springbig POST /pos/v1/visits",
    ),
)
"""Each kind once, with nothing in its way."""

_BY_KIND = {story.kind: story for story in EACH}


def _also(kind: str, what: str, **changes: Any) -> Story:
    """The story of a kind, differently."""
    return replace(_BY_KIND[kind], what=what, **changes)


OTHERS = (
    _also(
        "adjust_points", "cut before it was booked", subject="0149", ask=at.adjust("+13035550149"), fault="cut_before"
    ),
    _also("adjust_points", "cut after it was booked", subject="0156", ask=at.adjust("+13035550156"), fault="cut_after"),
    _also("adjust_points", "answered with 503", subject="0164", ask=at.adjust("+13035550164"), fault="status"),
    _also("adjust_points", "taken back", subject="0167", ask=at.taken_back("+13035550167")),
    _also(
        "adjust_points",
        "taken back, cut after it was booked",
        subject="0146",
        ask=at.taken_back("+13035550146"),
        fault="cut_after",
    ),
    _also("relink", "cut after it was saved", fault="cut_after"),
    _also("relink", "taken back", ask=at.relinked_back),
    _also(
        "relink",
        "by a stored id",
        store="ash",
        subject="joel",
        ask=at.stored_id,
        shown=at.id_set,
        fresh=at.set_id(4572, "4573"),
    ),
    _also(
        "relink",
        "by hand",
        store="elm",
        subject="owen",
        ask=at.linked_by_hand,
        shown=at.link_set,
        fresh=at.old_link,
        by_hand=True,
    ),
    _also("correct_contact", "cut after it was saved", fault="cut_after"),
    _also(
        "correct_contact",
        "at the provider",
        store="yew",
        subject="fritz",
        ask=at.contact(**_FRITZ, email="fritz.oberon@example.com"),
        shown=at.email_at_provider,
        fresh=at.old_email("yew", 4986),
    ),
    _also("refund_redemption", "by a row", store="pine", subject="0165", ask=at.refund_row, shown=at.rows),
    _also("refund_redemption", "cut after it was refunded", fault="cut_after"),
    _also("enroll", "cut before it was saved", fault="cut_before"),
    _also("enroll", "cut after it was saved", fault="cut_after"),
    _also("merge_customers", "cut after it began", fault="cut_after"),
    _also(
        "merge_customers",
        "at Treez",
        store="elm",
        subject="vera",
        ask=at.merge("Vera Novak", phone="+13035550176", email="vera.novak@example.com"),
        fresh=at.two_again(4606, 4607),
    ),
    _also("attach_order", "cut after it was saved", fault="cut_after"),
    _also("record_purchase", "cut after it was booked", fault="cut_after"),
    _also(
        "record_purchase",
        "by a row",
        store="bay",
        subject="ilka",
        ask=at.purchase("bay", 5781087, **_ILKA),
        shown=at.rows,
        sent="",
    ),
    _also(
        "record_purchase",
        "by a row, cut after it was booked",
        store="bay",
        subject="ilka",
        ask=at.purchase("bay", 5781087, **_ILKA),
        shown=at.rows,
        sent="",
        vendor="smile",
        fault="cut_after",
    ),
)
"""The same kinds another way, taken back, by hand, or with a vendor that fails at the first write."""

STORIES = (*EACH, *OTHERS)
