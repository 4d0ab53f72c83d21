"""Kinds of fixes, one module each: what is offered, checked, sent and read back at the vendors. The one door."""

from bot.effects import adjust_points, enroll, record_purchase, refund_redemption, relink
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
)

KINDS: dict[str, Kind] = {
    kind.KIND: kind for kind in (relink, adjust_points, refund_redemption, enroll, record_purchase)
}
"""By the name that playbooks use in `fix`. A kind that is not here has no effect yet; its playbook guides."""

ONCE: dict[str, str] = {refund_redemption.KIND: "redemption", record_purchase.KIND: "receipt"}
"""Kinds that are done once for one thing, and the parameter that names it."""

__all__ = [
    "KINDS",
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
    "obstacles",
    "steps",
]
