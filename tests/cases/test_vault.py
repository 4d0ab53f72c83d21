"""Encryption, references and masks."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.cases import Vault, mask_email, mask_phone
from bot.cases.vault import Key, marked
from bot.errors import ConfigError
from bot.slack.strings import refusal

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


def test_values_of_before_keys_had_names_are_read_and_named_the_next_time() -> None:
    vault = Vault(KEY)
    unnamed = vault.encrypt("x").partition(b".")[2]
    assert marked(unnamed) is None
    assert vault.decrypt(unnamed) == "x"
    assert marked(vault.again(unnamed)) == vault.key.id
    with pytest.raises(ConfigError, match="without a name"):
        Vault(KEY + "other").decrypt(unnamed)


def test_after_a_rotation_the_older_key_reads_but_makes_nothing_any_more() -> None:
    old = Vault(KEY)
    new = old.after(Key.derived(KEY + "newer"))
    assert (new.number, new.past, new.decrypt(old.encrypt("x"))) == (1, (old.key,), "x")
    assert new.carried(old.ref("+13035550142")) == new.ref("+13035550142") != Vault(KEY + "newer").ref("+13035550142")
    assert new.signed("x", new.sign("x"))
    assert not new.signed("x", old.sign("x"))
    assert new.ever_signed("x", old.sign("x"))
    assert not new.ever_signed("x", Vault(KEY + "other").sign("x"))
    assert Vault(KEY, others=[new.key]).decrypt(new.encrypt("y")) == "y"
    assert Key.from_json(new.key.to_json()) == new.key
    assert repr(new.key) == f"Key(id='{new.key.id}')"


def test_a_key_that_was_let_go_opens_nothing_and_its_references_stay() -> None:
    old = Vault(KEY)
    new = old.after(Key.derived(KEY + "newer"))
    blob, reference = old.encrypt("x"), new.ref("+13035550142")
    new.let_go()
    assert (new.opens_older, new.ref("+13035550142")) == (False, reference)
    assert new.ever_signed("x", old.sign("x"))
    assert Key.from_json(new.past[0].to_json()) == new.past[0] == old.key.retired()
    for value in (blob, blob.partition(b".")[2]):
        with pytest.raises(ConfigError):
            new.decrypt(value)


def test_what_is_wrong_with_a_value() -> None:
    old = Vault(KEY)
    new = old.after(Key.derived(KEY + "newer"))
    blob, stranger = old.encrypt("x"), Vault(KEY + "other").encrypt("x")
    found = [
        (new, new.encrypt("x"), "current"),
        (new, blob, "older"),
        (new, blob.partition(b".")[2], "older"),
        (old, blob.partition(b".")[2], "current"),
        (new, stranger, "foreign"),
        (new, stranger.partition(b".")[2], "foreign"),
        (new, blob[:-4] + b"AAAA", "damaged"),
        (new, b"\xff" + blob[1:], "damaged"),
        (new, b"nothing", "damaged"),
    ]
    assert [vault.condition(value) for vault, value, _ in found] == [said for _, _, said in found]
    new.let_go()
    assert new.condition(blob) == "retired"


def test_who_presses_a_button_is_told_in_plain_words_what_cannot_be_read() -> None:
    old = Vault(KEY)
    new = old.after(Key.derived(KEY + "newer"))
    new.let_go()
    for blob in (old.encrypt("x"), new.encrypt("x")[:-4] + b"AAAA", Vault(KEY + "other").encrypt("x"), b"nothing"):
        with pytest.raises(ConfigError) as caught:
            new.decrypt(blob)
        assert "POINTSMAN_KEY" in caught.value.staff or "security key" in caught.value.staff
        assert refusal(caught.value, "en").startswith("Something I kept about this cannot be read any more")
        assert refusal(caught.value, "es").startswith("Algo de lo que guardé sobre esto")


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
