"""Kinds of fixes, one module each: what is offered, checked, sent and read back at the vendors. The one door."""

from collections.abc import Callable

from bot.effects import (
    adjust_points,
    attach_order,
    clear_link,
    correct_contact,
    enroll,
    merge_customers,
    record_purchase,
    refund_redemption,
    relink,
)
from bot.effects.guiding import obstacles, steps
from bot.effects.kind import (
    BadFields,
    Check,
    Choice,
    Field,
    Form,
    Grounds,
    Guided,
    Impossible,
    Kind,
    Line,
    Offer,
    Preview,
    ReadBack,
    Trust,
)
from connectors.contract import PointOfSale

KINDS: dict[str, Kind] = {
    kind.KIND: kind
    for kind in (
        relink,
        clear_link,
        correct_contact,
        adjust_points,
        refund_redemption,
        enroll,
        merge_customers,
        attach_order,
        record_purchase,
    )
}
"""By the name that playbooks use in `fix`. A kind that is not here has no effect yet; its playbook guides."""

LOOKS_FIRST: dict[str, Callable[[Offer, PointOfSale], Offer]] = {merge_customers.KIND: merge_customers.prepare}
"""Kinds whose offer is completed by asking the register what it would do; may raise VendorError."""

ONCE: dict[str, str] = {refund_redemption.KIND: "redemption", record_purchase.KIND: "receipt"}
"""Kinds that are done once for one thing, and the parameter that names it."""

__all__ = [
    "KINDS",
    "LOOKS_FIRST",
    "ONCE",
    "BadFields",
    "Check",
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
    "ReadBack",
    "Trust",
    "obstacles",
    "steps",
]
