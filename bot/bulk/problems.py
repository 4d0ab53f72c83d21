"""What can be wrong with a row, as stable codes with a sentence each for staff; the Spanish ones are in strings.yml."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

CODES: Final[dict[str, str]] = {
    # found by reading the file
    "no_person": "The row names nobody: it has no e-mail, phone or customer number.",
    "bad_phone": "The phone is not a number with area code.",
    "bad_email": "The e-mail is not an address.",
    "bad_points": "The points are not a number.",
    "zero_points": "The points are 0, so there is nothing to do.",
    "fraction": "The points have a fraction, and this provider keeps whole points only.",
    "formula": "A cell looks like a spreadsheet formula, so the row is not used.",
    "spreadsheet_number": "A spreadsheet shortened this number, like 3.04E+09. Format the column as text, save again.",
    "ragged": "The row has more cells than the headings; a separator may stand inside a cell.",
    "too_long": "A cell is too long. Perhaps a quotation mark is not closed before it.",
    "duplicate": "The same customer stands in an earlier row with the same points, so this one is left out.",
    "conflict": "The same customer stands in the file twice with different points, so neither row is used.",
    "too_many": "The points are more than one row may have.",
    # found by asking the register and the provider
    "unknown_customer": "Nobody with that e-mail, phone or number was found.",
    "several_customers": "Several customers were found, so it is not sure who is meant.",
    "contradiction": "The e-mail and the phone lead to different people.",
    "not_a_member": "The customer is no member of the loyalty program.",
    "already_member": "The customer is a member already.",
    "not_findable": "This provider cannot be asked by what the row has. Add an e-mail or a customer number.",
    "needs_email": "An e-mail is needed to enrol somebody at this provider.",
    "hidden": "The provider hides this customer's points, so nothing can be checked.",
    "below_zero": "The customer has fewer points than would be taken off.",
    "no_change": "The customer has exactly that many points already.",
    "customer_week": "The customer would get more points within a week than the rules allow.",
    "under_way": "Another change for this customer is waiting or under way.",
    "beneficiary": "This is your own account, so somebody else has to take care of it.",
    # found when it was carried out
    "moved": "The points changed since the list was checked, so nothing was sent.",
    "tampered": "The row was changed after it was approved, so nothing was sent.",
    "rejected": "The provider refused the change.",
    "erased": "The customer asked to be forgotten, so nothing was sent.",
    "stopped": "The list was stopped before this row, so nothing was sent.",
    "not_there": "It was sent and does not show. Look at the provider before anybody tries again.",
    "cannot_tell": "It was sent, and the provider does not tell whether it arrived. Look there first.",
}
"""Code to English sentence."""


class Problem(BaseModel):
    """Why a row is not used. number: the line's place in the file, the headings being 1. also: another row's number."""

    model_config = ConfigDict(frozen=True)
    code: str
    number: int
    also: int | None = None


def sentence(code: str) -> str:
    """The code's English sentence. Raises KeyError for a code that nobody named."""
    return CODES[code]
