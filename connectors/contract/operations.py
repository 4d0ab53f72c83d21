"""Everything that the bot may want of a vendor, by name."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path


class Operation(StrEnum):
    """Everything the bot may want of a vendor. A capability that is missing turns its fact into an asked one."""

    IDENTIFY = "identify"
    """Check the credentials, and what they may do. Both sides, and the web shop."""
    LIST_STORES = "list_stores"
    """Every location that the credentials see, and how it is mapped elsewhere."""
    # the register
    FIND_CUSTOMER = "find_customer"
    """A profile of the register by phone or e-mail."""
    FIND_BY_OTHER_KEYS = "find_by_other_keys"
    """A profile by licence, medical id, external id, or name and birth date."""
    READ_SALES = "read_sales"
    """Sales, voids and returns of a customer, and one by its receipt."""
    CHANGE_PHONE = "change_phone"
    """Set the phone on a profile, while it still is what was seen."""
    CHANGE_EMAIL = "change_email"
    """Set the e-mail on a profile, while it still is what was seen."""
    WRITE_NOTE = "write_note"
    """A journal entry on a profile, without personal data."""
    READ_NOTES = "read_notes"
    """The journal of a profile."""
    MARK_MEMBER = "mark_member"
    """The register's own flag that somebody is a member."""
    READ_LINK = "read_link"
    """The loyalty id that a profile stores."""
    SET_LINK = "set_link"
    """Store another loyalty id on a profile, or clear it."""
    READ_LINK_HISTORY = "read_link_history"
    """Who changed the stored loyalty id, and when."""
    MERGE_CUSTOMERS = "merge_customers"
    """Two profiles become one. Cannot be undone."""
    ATTACH_ORDER = "attach_order"
    """Give a sale without a customer to a profile."""
    READ_DISCOUNTS = "read_discounts"
    """The register's or the web shop's discounts."""
    READ_REGISTER_ENTRIES = "read_register_entries"
    """Who made a sale, a return or an adjustment at the register."""
    READ_EMPLOYEES = "read_employees"
    """Who works at the register, and in which permission groups."""
    READ_CHECKED_IN = "read_checked_in"
    """Who is in the store now."""
    READ_ONLINE_ORDERS = "read_online_orders"
    """Orders from the web, as the register sees them."""
    # the loyalty program
    FIND_MEMBER = "find_member"
    """A member by phone, e-mail or the register's id."""
    READ_BALANCE = "read_balance"
    """Points to spend now."""
    READ_LEDGER = "read_ledger"
    """What changed the balance."""
    READ_TIER = "read_tier"
    """A member's level, and the program's levels."""
    READ_PROGRAM = "read_program"
    """The program's settings: earning, expiry, levels."""
    READ_REWARDS = "read_rewards"
    """What points can be spent on."""
    READ_AUDIENCES = "read_audiences"
    """The provider's groups of contacts."""
    READ_REDEMPTIONS = "read_redemptions"
    """Points that a member spent."""
    READ_ORDERS = "read_orders"
    """The provider's own copy of a member's sales."""
    ADJUST_POINTS = "adjust_points"
    """Add or take points, once, as a signed change."""
    ADJUST_BATCH = "adjust_batch"
    """The same for several members in one call."""
    REFUND_REDEMPTION = "refund_redemption"
    """Give the points of a reward back."""
    ENROLL = "enroll"
    """Make somebody a member. May text the customer."""
    OPT_IN = "opt_in"
    """Whether the provider may write to a phone or an e-mail."""
    UPDATE_MEMBER = "update_member"
    """The provider's own copy of phone and e-mail."""
    RECORD_PURCHASE = "record_purchase"
    """Tell the provider of a sale it missed."""
    SNAPSHOT_BALANCES = "snapshot_balances"
    """The register's own points of everybody, as of last night, in one call."""
    # both
    WEBHOOKS = "webhooks"
    """The vendor's own messages about changes, verified."""


@cache
def sentences() -> Mapping[Operation, str]:
    """What each operation is: the sentence that stands below it here."""
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    (listed,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
    return {
        Operation[node.targets[0].id]: str(ast.literal_eval(after.value))
        for node, after in pairwise(listed)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(after, ast.Expr)
    }
