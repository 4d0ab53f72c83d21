"""The world beside the conversation: real sandbox servers, real changes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from connectors.sandbox import SandboxServers
from connectors.sandbox.state import Event
from tests.browser.desk_page import Desk

pytestmark = pytest.mark.usefixtures("vendors")


def test_balances_light_up_when_they_change(desk: Desk, vendors: SandboxServers) -> None:
    riley = desk.open_as("U0RILEY")
    riley.side("World")
    riley.should_have("Dana Ortiz", "register", "200")
    riley.should_have("Dana Ortiz", "provider", "500")
    world = vendors.world
    with world.lock:
        world.contact(phone="3035550142").events.append(Event(world.now(), "adjustment", 300.0, "A test"))
        world.changed()
    riley.should_have("Dana Ortiz", "provider", "800")
    card = riley.customer("Dana Ortiz")
    expect(card).to_have_class("customer lit differ")
    expect(card.locator(".balance-changed .delta")).to_have_text("+300")
    expect(riley.page.locator("#ledger .row").first).to_contain_text("Dana Ortiz A test")
    expect(riley.announced("Dana Ortiz: the provider holds 800, before 500")).to_have_count(1)
    assert riley.balance("Dana Ortiz", "register") == "200"


def test_a_change_is_told_also_when_the_panel_is_not_shown(desk: Desk, vendors: SandboxServers) -> None:
    riley = desk.open_as("U0RILEY")
    riley.side("World")
    riley.should_have("Dana Ortiz", "provider", "500")
    riley.side("Try")
    world = vendors.world
    with world.lock:
        world.contact(phone="3035550142").events.append(Event(world.now(), "adjustment", -20.0))
        world.changed()
    expect(riley.toast("Dana Ortiz: 500 → 480 points")).to_be_visible(timeout=10_000)


def test_the_clock_the_faults_and_the_reset(desk: Desk, vendors: SandboxServers) -> None:
    riley = desk.open_as("U0RILEY")
    side = riley.side("World")
    before = vendors.world.now()
    side.get_by_role("button", name="One hour later").click()
    expect(side.get_by_role("button", name="Provider down")).to_have_attribute("aria-pressed", "false")
    side.get_by_role("button", name="Provider down").click()
    expect(side.get_by_role("button", name="Provider down")).to_have_attribute("aria-pressed", "true")
    assert 3600 <= (vendors.world.now() - before).total_seconds() < 3700
    side.get_by_role("button", name="Garbage").click()
    expect(side.get_by_role("button", name="Garbage")).to_have_attribute("aria-pressed", "true")
    side.get_by_role("button", name="Provider down").click()
    expect(side.get_by_role("button", name="Provider down")).to_have_attribute("aria-pressed", "false")
    expect(side.get_by_role("button", name="Garbage")).to_have_attribute("aria-pressed", "true")
    assert [(f.kind, f.vendor) for f in vendors.world.faults] == [("garbage", "alpineiq")]
    side.get_by_role("button", name="Reset the world").click()
    assert "Every customer goes back" in riley.confirm()
    expect(side.get_by_role("button", name="Garbage")).to_have_attribute("aria-pressed", "false")


def test_a_customer_is_found_by_phone_and_shows_the_records(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    side = riley.side("World")
    side.get_by_label("Find a customer").fill("555-0143")
    expect(side.locator(".customer h5")).to_have_text(["Priya Nair"])
    side.get_by_text("Records").click()
    expect(side.locator(".sides li")).to_have_count(4)
    side.get_by_label("Find a customer").fill("nobody at all")
    expect(side.locator("#customers")).to_have_text("Nobody matches “nobody at all”.")


def test_things_to_try_fill_the_composer_of_the_right_person(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY", channel="C0BREAK")
    riley.side("Try").get_by_text("500 in the app, 200 on the register").click()
    expect(riley.page.locator("#channel-name")).to_have_text("#pine-street")
    box = riley.page.locator("#composer textarea")
    expect(box).to_be_focused()
    expect(box).to_have_value("@Pointsman customer says 500 points but the register shows 200, 303-555-0142")
    spanish = riley.side("Try").locator('[data-try="A question in Spanish"]')
    text = spanish.locator(".try-text").inner_text()
    with riley.context.expect_page() as opened:
        spanish.click()
    jo = opened.value
    expect(jo.locator("#me")).to_contain_text("Jo")
    expect(jo.locator("#channel-name")).to_have_text("oak-avenue")
    expect(jo.locator("#composer textarea")).to_have_value(text)
    assert text.startswith("@Pointsman ")
