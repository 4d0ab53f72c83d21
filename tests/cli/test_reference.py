"""docs/settings.md says what the settings models say."""

from pathlib import Path

from bot.cli.reference import settings_page


def test_the_settings_page_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_page(), "run `make docs`"
