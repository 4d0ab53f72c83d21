"""Everybody can use it: keyboard only, on a phone, in the dark, with a screen reader."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bolt_app import button, plain, section
from tests.browser.desk_page import Desk, no_sideways_scroll
from tests.browser.gallery import Gallery

QUESTION = "@Pointsman customer says 500 but the register shows 200"


def tab_to(page: Page, name: str, *, back: bool = False, most: int = 40) -> None:
    """Press Tab until the focused control has this name."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        at = page.evaluate(
            """() => {
              const node = document.activeElement;
              return node.getAttribute("aria-label") || node.innerText || node.tagName;
            }"""
        )
        if at.strip() == name:
            return
        seen.append(at)
    raise AssertionError(f"{name} was not reached by Tab; passed {seen}")


def test_the_whole_way_by_keyboard_alone(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    page = riley.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Message #pine-street")
    page.keyboard.type("@poi")
    expect(page.locator("#composer [role=option]")).to_have_text("PointsmanApp")
    page.keyboard.press("Enter")
    expect(page.locator("#composer textarea")).to_have_value("@Pointsman ")
    page.keyboard.type("line one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("line two")
    page.keyboard.press("Enter")
    thread = riley.thread().should_show("Say to the customer")
    expect(page.locator("#composer textarea")).to_be_focused()
    tab_to(page, "Correct the phone")
    page.keyboard.press("Enter")
    dialog = riley.dialog()
    expect(dialog.get_by_role("button", name="Correct it")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
    page.keyboard.press("Escape")
    expect(thread.last.get_by_role("button", name="Correct the phone")).to_be_focused()
    tab_to(page, "More actions")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Hand to support")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#thread")).to_be_hidden()


def test_the_focus_can_be_seen(hung: Desk) -> None:
    riley = hung.open_as("U0RILEY")
    for _ in range(3):
        riley.page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement)"
        assert riley.page.evaluate(f"{style}.outlineStyle + {style}.outlineWidth") == "solid2px"


def test_every_control_has_a_name_and_every_input_a_label(hung: Desk, gallery: Gallery) -> None:
    gallery.say("hello", user="U0MORGAN")
    riley = hung.open_as("U0RILEY")
    riley.channel().should_show("hello")
    nameless = riley.page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input, select, textarea, [role=tab], [role=region]")]
          .filter((node) => node.checkVisibility())
          .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim() || node.labels?.length))
          .map((node) => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.usefixtures("vendors")
def test_a_phone_shows_one_pane_at_a_time_with_a_way_back(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY", size="phone")
    page = riley.page
    expect(page.locator("#sidebar")).to_be_visible()
    expect(page.locator("#main")).to_be_hidden()
    riley.open("pine-street")
    expect(page.locator("#sidebar")).to_be_hidden()
    riley.say(QUESTION)
    thread = riley.thread().should_show("Say to the customer")
    expect(page.locator("#main")).to_be_hidden()
    assert no_sideways_scroll(page)
    table = thread.last.locator(".table-scroll")
    assert table.evaluate("node => node.scrollWidth <= node.clientWidth")
    riley.press("Correct the phone")
    riley.confirm(yes=False)
    riley.press("Adjust points")
    box = riley.dialog().bounding_box()
    assert box is not None
    assert (box["x"], round(box["width"])) == (0, 390)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back to the channel", exact=True).click()
    expect(page.locator("#thread")).to_be_hidden()
    riley.side("World")
    riley.should_have("Dana Ortiz", "provider", "500")
    assert no_sideways_scroll(page)
    page.go_back()
    page.get_by_role("button", name="Back to the channels").click()
    expect(page.locator("#sidebar")).to_be_visible()


def test_on_a_phone_an_address_with_a_thread_opens_it_and_a_wrong_one_is_no_blank_page(
    hung: Desk, gallery: Gallery
) -> None:
    asked = gallery.say(QUESTION, user="U0RILEY")
    named = hung.open_as("U0RILEY", size="phone", channel="C0PINE", thread=asked["ts"])
    expect(named.page.locator("#thread")).to_be_visible()
    lost = hung.open_as("U0RILEY", size="phone", channel="C0PINE", view="nowhere")
    expect(lost.page.locator("#main")).to_be_visible()


def test_dark_follows_the_system_and_the_switch_is_remembered(hung: Desk) -> None:
    riley = hung.open_as("U0RILEY", dark=True)
    background = "getComputedStyle(document.querySelector('#main')).backgroundColor"
    dark = riley.page.evaluate(background)
    assert dark == "rgb(25, 30, 33)"
    riley.page.get_by_role("button", name="Switch between light and dark").click()
    assert riley.page.evaluate(background) == "rgb(255, 255, 255)"
    riley.page.reload()
    expect(riley.page.locator("html")).to_have_attribute("data-theme", "light")
    assert riley.page.evaluate(background) == "rgb(255, 255, 255)"


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const spoken = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  const texts = [...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && !node.matches(".emoji, .avatar, option, [disabled]") && spoken(node));
  return texts.flatMap((node) => {
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio < 4.5 ? [`${node.className || node.tagName}: ${ratio.toFixed(2)} ${node.textContent.trim()}`] : [];
  });
}"""


def test_text_is_readable_in_light_and_dark(hung: Desk, gallery: Gallery) -> None:
    view = {"id": "V1", "type": "modal", "title": plain("One"), "submit": plain("Next"), "blocks": [section("*Hi*")]}
    gallery.say("<@U0RILEY> `code` <https://example.com|link> and <@U0MORGAN>", ephemeral_to="U0RILEY")
    gallery.say("cards", blocks=[section("*Hello*"), {"type": "context", "elements": [plain("small")]}, {"type": "x"}])
    for dark in (False, True):
        riley = hung.open_as("U0RILEY", dark=dark)
        riley.channel().should_show("Hello")
        assert riley.page.evaluate(CONTRAST) == []
        gallery.emit("view", stack=[view])
        riley.dialog()
        assert riley.page.evaluate(CONTRAST) == []
        gallery.emit("view", stack=[])


def test_reading_back_is_left_alone_and_told_what_is_new(hung: Desk, gallery: Gallery) -> None:
    for n in range(40):
        gallery.say(f"old message {n}", user="U0MORGAN" if n % 2 else "U0RILEY")
    riley = hung.open_as("U0RILEY")
    riley.channel().should_show("old message 39")
    scroller = riley.page.locator("#messages-scroll")
    assert scroller.evaluate("node => node.scrollHeight - node.scrollTop - node.clientHeight") < 4
    scroller.evaluate("node => node.scrollTo(0, 300)")
    riley.page.wait_for_function("document.querySelector('#messages-scroll').scrollTop === 300")
    gallery.say("brand new", user="U0MORGAN")
    newer = riley.page.get_by_role("button", name="New messages below")
    expect(newer).to_be_visible()
    assert scroller.evaluate("node => node.scrollTop") == 300
    expect(riley.announced("Morgan in pine-street, brand new")).to_have_count(1)
    newer.click()
    expect(riley.channel().message("brand new")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_a_permalink_opens_its_thread_in_the_same_tab(hung: Desk, gallery: Gallery) -> None:
    root = gallery.say("the question", user="U0RILEY")
    gallery.say("the answer", thread_ts=root["ts"])
    where = f"{gallery.url}/archives/C0PINE/p{root['ts'].replace('.', '')}"
    gallery.say(f"See <{where}|the case>", channel="C0SUPPORT")
    riley = hung.open_as("U0RILEY", channel="C0SUPPORT")
    riley.page.get_by_role("link", name="the case").click()
    riley.thread().should_show("the answer")
    expect(riley.page).to_have_url(re.compile(r"person=U0RILEY&channel=C0PINE&thread="))
    riley.page.go_back()
    expect(riley.page.locator("#channel-name")).to_have_text("loyalty-support")


def test_a_long_answer_is_read_from_its_top_and_its_buttons_are_announced_below(hung: Desk, gallery: Gallery) -> None:
    root = gallery.say("the question", user="U0RILEY")
    riley = hung.open_as("U0RILEY", channel="C0PINE", thread=root["ts"])
    lines = [section(f"line {n}") for n in range(60)]
    actions = {"type": "actions", "elements": [button("go", "Go")]}
    message = gallery.say("long", thread_ts=root["ts"], blocks=[*lines, actions])
    thread = riley.thread().should_show("line 0")
    expect(thread.last.get_by_text("line 0", exact=True)).to_be_in_viewport()
    expect(thread.last.get_by_role("button", name="Go")).not_to_be_in_viewport()
    pill = thread.root.get_by_role("button", name="More below")
    thread.root.locator("#thread-scroll").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    expect(pill).to_be_hidden()
    expect(thread.last.get_by_role("button", name="Go")).to_be_in_viewport()
    place = thread.last.get_by_role("button", name="Go").bounding_box()
    gallery.emit("message_changed", message={**message, "edited": {"user": "U0POINTSMAN", "ts": message["ts"]}})
    expect(thread.last.locator(".edited")).to_have_count(1)
    assert thread.last.get_by_role("button", name="Go").bounding_box() == place
    gallery.say("short", thread_ts=root["ts"])
    expect(thread.message("short")).to_be_in_viewport()
