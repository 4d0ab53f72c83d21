"""What can be wrong with a row, as stable codes; what they say to staff stands in strings.yml, under `bulk.row.`"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.words import Words

CODES: Final = (
    # found by reading the file
    "no_person",
    "bad_phone",
    "bad_email",
    "bad_points",
    "unclear_number",
    "zero_points",
    "fraction",
    "formula",
    "spreadsheet_number",
    "ragged",
    "too_long",
    "duplicate",
    "conflict",
    "too_many",
    # found by asking the register and the provider
    "unknown_customer",
    "several_customers",
    "contradiction",
    "not_a_member",
    "already_member",
    "not_findable",
    "needs_email",
    "hidden",
    "below_zero",
    "no_change",
    "customer_week",
    "under_way",
    "beneficiary",
    # found when it was carried out
    "moved",
    "tampered",
    "rejected",
    "erased",
    "stopped",
    "not_there",
    "cannot_tell",
)


class Problem(BaseModel):
    """Why a row is not used. number: the line's place in the file, the headings being 1. also: another row's number."""

    model_config = ConfigDict(frozen=True)
    code: str
    number: int
    also: int | None = None


def sentence(code: str, language: str = "en") -> str:
    """What the code says to staff. Raises KeyError for a code that nobody named."""
    return Words.of(f"bulk.row.{code}").said(language)
