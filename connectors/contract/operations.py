"""Everything that the bot may want of a vendor, by name."""

from __future__ import annotations

from enum import StrEnum


class Operation(StrEnum):
    """Everything the bot may want of a vendor. A capability that is missing turns its fact into an asked one."""

    IDENTIFY = "identify"
    LIST_STORES = "list_stores"
    # the register
    FIND_CUSTOMER = "find_customer"
    FIND_BY_OTHER_KEYS = "find_by_other_keys"
    READ_SALES = "read_sales"
    CHANGE_PHONE = "change_phone"
    CHANGE_EMAIL = "change_email"
    WRITE_NOTE = "write_note"
    READ_NOTES = "read_notes"
    MARK_MEMBER = "mark_member"
    READ_LINK = "read_link"
    SET_LINK = "set_link"
    READ_LINK_HISTORY = "read_link_history"
    MERGE_CUSTOMERS = "merge_customers"
    ATTACH_ORDER = "attach_order"
    READ_DISCOUNTS = "read_discounts"
    READ_REGISTER_ENTRIES = "read_register_entries"
    READ_EMPLOYEES = "read_employees"
    READ_CHECKED_IN = "read_checked_in"
    READ_ONLINE_ORDERS = "read_online_orders"
    # the loyalty program
    FIND_MEMBER = "find_member"
    READ_BALANCE = "read_balance"
    READ_LEDGER = "read_ledger"
    READ_TIER = "read_tier"
    READ_PROGRAM = "read_program"
    READ_REWARDS = "read_rewards"
    READ_AUDIENCES = "read_audiences"
    READ_REDEMPTIONS = "read_redemptions"
    READ_ORDERS = "read_orders"
    ADJUST_POINTS = "adjust_points"
    ADJUST_BATCH = "adjust_batch"
    REFUND_REDEMPTION = "refund_redemption"
    ENROLL = "enroll"
    OPT_IN = "opt_in"
    UPDATE_MEMBER = "update_member"
    RECORD_PURCHASE = "record_purchase"
    SET_TIER = "set_tier"
    SNAPSHOT_BALANCES = "snapshot_balances"
    # both
    WEBHOOKS = "webhooks"
