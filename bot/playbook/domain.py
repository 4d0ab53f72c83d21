"""The ids of the domain's facts: what playbooks name in `covers`, and what all playbooks together must reach."""

from __future__ import annotations

_COUNTS = {"V": 23, "E": 14, "L": 7, "A": 19, "P": 7}

DOMAIN_IDS: tuple[str, ...] = tuple(f"{letter}{n}" for letter, count in _COUNTS.items() for n in range(1, count + 1))
"""V: points not seen or wrong. E: enrolment. L: loyalty id lookup. A: Alpine IQ with Dutchie. P: adjusting balances."""

CATALOGUE: tuple[str, ...] = (
    "balance_mismatch",
    "loyalty_section_missing",
    "not_enrolled",
    "duplicate_or_mismatch",
    "sync_delay",
    "points_expired",
    "tier_wrong",
    "ecommerce_display",
    "migration",
    "multi_location",
    "relink_wallet",
    "adjust_single",
    "adjust_bulk",
    "refund_points",
    "missing_points",
    "welcome_bonus",
    "enrollment_settings",
    "signup_customer",
    "bulk_enroll",
    "reward_not_applying",
    "integration_setup",
    "redeem_code",
    "mirror_archives",
    "howto_lookup",
    "plan_features",
    "program_paused",
)
"""The ids of the built-in playbooks, made or still to be made. A store's folder may add others."""
