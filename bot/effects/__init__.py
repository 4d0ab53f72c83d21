"""Kinds of fixes, one module each: what is offered, checked, sent and read back at the vendors. The one door."""

from bot.effects import adjust_points, relink
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

KINDS: dict[str, Kind] = {relink.KIND: relink, adjust_points.KIND: adjust_points}
"""By the name that playbooks use in `fix`. A kind that is not here has no effect yet; its playbook guides."""

__all__ = [
    "KINDS",
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
