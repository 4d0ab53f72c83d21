"""The same story as a person sees it: two people, two tabs, the world beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.cli.demo import Practice
from tests.acceptance.conftest import refused
from tests.browser.desk_page import CHROMIUM, Desk, DeskPage, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="Chromium is not installed (Debian: apt-get install chromium). Left out: the story in the browser.",
    ),
]
SHOTS = os.environ.get("POINTSMAN_SHOTS")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all of these."""
    with chromium() as running:
        yield running


def shot(page: DeskPage, name: str) -> None:
    """A picture for people, where somebody asked for them."""
    if SHOTS:
        page.page.wait_for_timeout(400)
        page.shot(str(Path(SHOTS) / f"{name}.png"))


def test_asked_adjusted_approved_and_undone_in_the_browser(demo: Practice, browser: Browser) -> None:
    desk = Desk(browser, demo.desk.url)
    riley = desk.open_as("U0RILEY", size="wide")
    riley.open("pine-street")
    shot(riley, "1-welcome")
    riley.say("@Pointsman customer says 500 points, pos shows 200, 303-555-0149")
    thread = riley.thread()
    thread.should_show("Say to the customer", timeout=20_000)
    expect(thread.root.get_by_role("button", name=re.compile("Adjust"))).to_be_visible()
    shot(riley, "2-answer")
    riley.press("Adjust points")
    riley.fill("Points, with sign", "+300")
    riley.fill("Reason, for us", "taken off by mistake")
    shot(riley, "3-modal")
    riley.submit()
    thread.should_show("please decide")
    shot(riley, "4-waiting")

    morgan = desk.open_as("U0MORGAN", size="desktop")
    morgan.open("pine-street")
    morgan.open_thread("customer says 500")
    shot(morgan, "5-decide")
    morgan.press("Approve")
    if morgan.page.get_by_role("alertdialog").count():
        shot(morgan, "6-confirm")
        morgan.confirm()
    thread.should_show("The balance is now 500", timeout=20_000)
    shot(riley, "7-done")
    riley.side("World")
    shot(riley, "8-world")
    riley.should_have("June Kessler", "provider", "500")
    home = morgan.home()
    expect(home).to_contain_text("Nothing waits for your decision")
    shot(morgan, "9-home")
    desk.close()


def test_the_phone_is_corrected_after_a_confirm_on_a_phone_screen(demo: Practice, browser: Browser) -> None:
    desk = Desk(browser, demo.desk.url)
    riley = desk.open_as("U0RILEY", size="phone", dark=True, channel="C0PINE")
    riley.say("@Pointsman customer says 500 points, pos shows 200, 555-0142")
    thread = riley.thread()
    thread.should_show("Say to the customer", timeout=20_000)
    shot(riley, "10-phone-answer")
    if SHOTS:  # the README's picture: the thread alone, in the light
        light = desk.open_as("U0RILEY", size="desktop", channel="C0PINE")
        light.page.set_viewport_size({"width": 1280, "height": 1080})
        picture = light.open_thread("customer says 500")
        picture.should_show("Say to the customer")
        light.page.wait_for_timeout(600)
        picture.root.screenshot(path=str(Path(SHOTS) / "thread.png"))
    riley.press("Change to (•••) •••-0142")
    shot(riley, "11-phone-confirm")
    said = riley.confirm()
    assert "(•••) •••-0177" in said
    thread.should_show("Done", timeout=20_000)
    shot(riley, "12-phone-done")
    desk.close()


LIST = """phone,points,comment
303-555-0143,+50,Points from Friday
303-555-0164,+3,Points from Friday
303-555-0199,+10,nobody has this number
"""


def test_a_list_is_dropped_previewed_approved_by_two_and_told_at_the_end(demo: Practice, browser: Browser) -> None:
    desk = Desk(browser, demo.desk.url)
    morgan = desk.open_as("U0MORGAN", size="wide", channel="C0PINE")
    morgan.attach("friday.csv", LIST)
    morgan.say("@Pointsman bulk adjust")
    thread = morgan.thread()
    thread.should_show("people have to approve the whole list", timeout=20_000)
    thread.should_show("Row 4: Nobody with that e-mail, phone or number was found.")
    shot(morgan, "20-list-preview")
    morgan.press("Ask for approval")
    morgan.fill("Reason, for us", "The till was down on Friday")
    shot(morgan, "21-list-modal")
    morgan.submit()
    thread.should_show("please decide")
    shot(morgan, "22-list-waiting")
    quinn = desk.open_as("U0QUINN", size="phone", dark=True)
    expect(quinn.home()).to_contain_text("List of 2 changes, +53 points")
    shot(quinn, "23-list-home")
    quinn.page.goto(f"{demo.desk.url}/?person=U0QUINN&channel=C0PINE")
    for page in (quinn, desk.open_as("U0AVERY", channel="C0PINE")):
        page.open_thread("bulk adjust")
        page.press("Approve")
        assert "With the last approval I carry out list of 2 changes, +53 points." in page.confirm()
    shot(quinn, "24-list-decided")
    thread.should_show("Done: 2 of 2 rows", timeout=20_000)
    outcome = thread.root.locator("a.file", has_text="friday-outcome")
    expect(outcome).to_be_visible(timeout=20_000)
    shot(morgan, "25-list-done")
    with morgan.page.expect_download() as download:
        outcome.click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[6] for line in lines[1:]] == ["done", "done", "refused"]
    assert refused(demo) == []
    desk.close()
