"""How a change ended, in words: stored as data, so that everybody reads it in their own language."""

from __future__ import annotations

from typing import Any

from bot.words import Words
from connectors import REGISTRY
from connectors.errors import VendorError

NOTHING_SENT = Words.of("outcome.nothing_sent")


def outcome(*said: Words | None, **more: Any) -> dict[str, Any]:
    """What goes into a proposal's result: `outcome`, in English, for logs and the audit; `said`, for everybody."""
    found = [one for one in said if one is not None]
    text = " ".join(str(one) for one in found)
    return {"outcome": text, "said": [one.model_dump(mode="json") for one in found], **more}


def trouble(error: VendorError) -> Words:
    """What was wrong with a vendor: its own clause in English, the kind of trouble in other languages."""
    connector = REGISTRY.get(error.vendor)
    title = connector.title if connector is not None else error.vendor
    return Words.known(f"{error.reason.rstrip('.')}.", f"trouble.{error.code}", vendor=title)
