"""pointsman.toml: what it may say, and what a mistake in it gets."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.config import Config, Security
from bot.config_file import config_path, load_config
from bot.errors import ConfigError
from bot.toml_lines import key_lines, line_of

GOOD = """\
database = "sqlite:///var/p.db"
[slack]
bot_token = "${SLACK_BOT_TOKEN}"
app_token = "${SLACK_APP_TOKEN}"
signing_secret = "file:SECRET_FILE"
[roles]
manager = ["S0MANAGERS", "${EXTRA_MANAGER}"]
[security]
key = "0123456789abcdef0123456789abcdef"
[policy]
adjust_points.second_approver_above = 300
[[stores]]
id = "pine"
name = "Harbor Green - Pine St"
channel = "C0PINE"
area_code = "303"
read_only = false
[stores.pos]
vendor = "dutchie"
base_url = "http://127.0.0.1:1"
api_key = "${PINE_KEY}"
[stores.loyalty]
vendor = "alpineiq"
base_url = "http://127.0.0.1:2"
uid = "4242"
api_key = "k"
[[stores]]
id = "oak"
name = "Oak"
channel = "C0OAK"
[stores.pos]
vendor = "dutchie"
api_key = "k"
[stores.loyalty]
vendor = "alpineiq"
uid = "4343"
api_key = "k"
"""
ENV = {"SLACK_BOT_TOKEN": "xoxb-1", "PINE_KEY": "pine-secret"}


def load(tmp_path: Path, text: str = GOOD, env: dict[str, str] | None = None) -> Config:
    (tmp_path / "secret").write_text("s3cret\n")
    file = tmp_path / "pointsman.toml"
    file.write_text(text.replace("SECRET_FILE", str(tmp_path / "secret")))
    return load_config(file, ENV if env is None else env)


def mistakes(tmp_path: Path, text: str, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, env)
    return [line.removeprefix(f"{tmp_path / 'pointsman.toml'}:") for line in caught.value.staff.splitlines()]


def test_a_good_file_becomes_values(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert config.slack.bot_token.get_secret_value() == "xoxb-1"
    assert config.slack.app_token is None  # its variable is unset: an optional key is then absent
    assert config.slack.signing_secret is not None
    assert config.slack.signing_secret.get_secret_value() == "s3cret"
    assert config.roles.manager == ("S0MANAGERS",)
    assert config.policy.adjust_points.second_approver_above == Decimal(300)
    assert config.policy.adjust_points.refuse_above == Decimal(5000)
    assert [(s.id, s.read_only) for s in config.stores] == [("pine", False), ("oak", True)]
    assert config.store("pine").pos.own() == {"base_url": "http://127.0.0.1:1", "api_key": "pine-secret"}


def test_the_environment_may_name_another_slack(tmp_path: Path) -> None:
    assert load(tmp_path, env={**ENV, "SLACK_API_URL": "http://127.0.0.1:9/api/"}).slack.api_url.endswith(":9/api/")


def test_secrets_do_not_show(tmp_path: Path) -> None:
    shown = repr(load(tmp_path))
    assert "xoxb-1" not in shown
    assert "s3cret" not in shown
    assert "pine-secret" not in shown


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("bot_token", "bot_tokn", ["2: `slack.bot_token` is required and missing.", "3: `slack.bot_tokn` is not a setting. Did you mean `bot_token`?"]),  # noqa: E501
        ("area_code = ", "area_kode = ", ["16: `stores[1].area_kode` is not a setting. Did you mean `area_code`?"]),
        ('vendor = "dutchie"\nbase', 'vendor = "dutchy"\nbase', ['19: "dutchy" is not a register system Pointsman connects to. Did you mean `dutchie`?']),  # noqa: E501
        ('uid = "4343"', 'uuid = "4343"', ["34: `stores[2].loyalty.uid` is required and missing.", "36: `stores[2].loyalty.uuid` is not a setting. Did you mean `uid`?"]),  # noqa: E501
        ("second_approver_above", "second_aprover_above", ["11: `policy.adjust_points.second_aprover_above` is not a setting. Did you mean `second_approver_above`?"]),  # noqa: E501
        ('id = "oak"', 'id = "pine"', ['28: two stores have the id "pine" (the other is on line 13).']),
        ("SECRET_FILE", "/nowhere/at/all", ['5: `slack.signing_secret` names the file "/nowhere/at/all", which cannot be read.']),  # noqa: E501
        ('area_code = "303"', "area_code = 303", ["16: `stores[1].area_code`: input should be a valid string."]),
    ],
)  # fmt: skip
def test_a_mistake_names_line_key_and_nearest(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD
    assert mistakes(tmp_path, GOOD.replace(old, new, 1)) == expected


def test_a_web_shop_is_checked_as_the_other_systems_are(tmp_path: Path) -> None:
    shop = f'{GOOD}[stores.online]\nvendor = "dutchie_ecommerce"\n'
    line = shop.count("\n")
    assert mistakes(tmp_path, f"{shop}api_kee = 'k'\n") == [
        f"{line - 1}: `stores[2].online.api_key` is required and missing.",
        f"{line + 1}: `stores[2].online.api_kee` is not a setting. Did you mean `api_key`?",
    ]
    assert mistakes(tmp_path, shop.replace("_ecommerce", "_ecomerce")) == [
        f'{line}: "dutchie_ecomerce" is not a web shop Pointsman connects to. Did you mean `dutchie_ecommerce`?'
    ]
    online = load(tmp_path, f"{shop}api_key = 'sh0p'\n").store("oak").online
    assert online is not None
    assert online.own() == {"api_key": "sh0p"}
    assert "sh0p" not in repr(online)


def test_an_unset_variable_of_a_required_key_is_named(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD, {"SLACK_BOT_TOKEN": ""}) == [
        "3: `slack.bot_token` is required, but the environment variable SLACK_BOT_TOKEN is unset or empty.",
        "18: `stores[1].pos`: set either api_key or keys, and not both. "
        "The environment variable PINE_KEY is unset or empty.",
    ]


def test_a_short_key_and_an_unknown_zone_are_refused(tmp_path: Path) -> None:
    text = GOOD.replace("0123456789abcdef0123456789abcdef", "short").replace(
        'area_code = "303"', 'timezone = "America/Denvr"'
    )
    assert mistakes(tmp_path, text) == [
        "9: `security.key`: too short: use 32 characters or more.",
        '16: `stores[1].timezone`: "America/Denvr" is no time zone; write one like "America/Denver".',
    ]


def test_broken_toml_and_missing_file_say_so(tmp_path: Path) -> None:
    file = tmp_path / "pointsman.toml"
    file.write_text("a = = 1")
    with pytest.raises(ConfigError, match=r"not valid TOML.*line 1"):
        load_config(file, {})
    with pytest.raises(ConfigError, match="pointsman init"):
        load_config(tmp_path / "none.toml", {})
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(file, {})


def test_the_path_comes_from_the_option_then_the_environment(tmp_path: Path) -> None:
    assert config_path(tmp_path / "a.toml", {"POINTSMAN_CONFIG": "b.toml"}) == tmp_path / "a.toml"
    assert config_path(None, {"POINTSMAN_CONFIG": "b.toml"}) == Path("b.toml")
    assert config_path(None, {}) == Path("pointsman.toml")


def test_lines_of_nested_tables_and_multiline_strings() -> None:
    text = 'top = 1\n[a.b]\nc.d = 2\ntext = """\nfake = 3\n"""\n[[s]]\nx = 1\n[s.t]\ny = 2\n[[s]]\n"quoted key" = 1\n'
    lines = key_lines(text)
    assert lines == {
        ("top",): 1,
        ("a", "b"): 2,
        ("a", "b", "c"): 3,
        ("a", "b", "c", "d"): 3,
        ("a", "b", "text"): 4,
        ("s", 0): 7,
        ("s", 0, "x"): 8,
        ("s", 0, "t"): 9,
        ("s", 0, "t", "y"): 10,
        ("s", 1): 11,
        ("s", 1, "quoted key"): 12,
    }
    assert line_of(("s", 1, "nothing", "here"), lines) == 11
    assert line_of(("zzz",), lines) == 1


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a" * 32, ("a" * 32,)),
        (f"{'b' * 40}, {'a' * 32}", ("b" * 40, "a" * 32)),
        (f"{'b' * 32}\n{'a' * 32},\n", ("b" * 32, "a" * 32)),
        (f"{'a' * 32},short", (f"{'a' * 32},short",)),
        ("," * 32, ("," * 32,)),
    ],
)
def test_a_key_may_have_older_ones_behind_it(text: str, keys: tuple[str, ...]) -> None:
    assert Security(key=text).keys == keys
