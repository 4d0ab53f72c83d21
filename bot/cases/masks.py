"""Personal data made fit for a channel, a log or a report."""

from __future__ import annotations


def mask_phone(phone: str) -> str:
    """`+13035550142` as `(•••) •••-0142`: the last four digits are enough to tell two numbers apart."""
    digits = "".join(c for c in phone if c.isdigit())
    return f"(•••) •••-{digits[-4:]}" if len(digits) >= 4 else "•••"


def mask_email(email: str) -> str:
    """`dana.ortiz@example.com` as `d•••@example.com`."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if at else "•••"
