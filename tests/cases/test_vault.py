"""Encryption, references and masks."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.cases import Vault, mask_email, mask_phone
from bot.errors import ConfigError

KEY = "a key of thirty-two characters!!"


def test_json_values_come_back_and_the_blob_tells_nothing() -> None:
    vault = Vault(KEY)
    value = {"phone": "+13035550142", "n": [1, None, True], "at": datetime(2026, 1, 1, tzinfo=UTC), "d": Decimal("1.5")}
    blob = vault.encrypt(value)
    assert b"0142" not in blob
    assert blob != vault.encrypt(value)
    assert vault.decrypt(blob) == {**value, "at": "2026-01-01T00:00:00Z", "d": "1.5"}


def test_another_key_or_a_changed_blob_is_refused() -> None:
    blob = Vault(KEY).encrypt("x")
    with pytest.raises(ConfigError, match="security"):
        Vault(KEY + "other").decrypt(blob)
    with pytest.raises(ConfigError):
        Vault(KEY).decrypt(blob[:-4] + b"AAAA")


def test_references_are_equal_for_equal_texts_under_one_key_only() -> None:
    assert Vault(KEY).ref("+13035550142") == Vault(KEY).ref("+13035550142")
    assert Vault(KEY).ref("+13035550142") != Vault(KEY).ref("+13035550143")
    assert Vault(KEY).ref("+13035550142") != Vault(KEY + "x").ref("+13035550142")
    assert len(Vault(KEY).ref("")) == 64


def test_a_short_key_is_a_setting_to_mend() -> None:
    with pytest.raises(ConfigError, match="5 characters"):
        Vault("short")


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+13035550142", "(•••) •••-0142"), ("555-0142", "(•••) •••-0142"), ("12", "•••"), ("", "•••")],
)
def test_phones_keep_four_digits(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("email", "masked"),
    [("dana.ortiz@example.com", "d•••@example.com"), ("@example.com", "•••@example.com"), ("x", "•••")],
)
def test_emails_keep_a_letter_and_the_domain(email: str, masked: str) -> None:
    assert mask_email(email) == masked
