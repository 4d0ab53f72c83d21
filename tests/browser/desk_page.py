"""The practice desk's page as a person uses it: open it as somebody, say, read, press, fill, submit, look at the world.

    with chromium() as browser:
        riley = Desk(browser, server.url).open_as("U0RILEY")
        riley.say("@Pointsman customer says 500 but shows 200, 303-555-0142")
        riley.thread().should_show("Say to the customer")
        riley.press("Correct the phone")
        riley.confirm()

Names are what a person sees (a button's text, an input's label). Every step waits until the page is ready for it; a
script error, a refused inline script or style, or an `error` on the console fails `DeskPage.check()`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, Self
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

CHROMIUM = os.environ.get("POINTSMAN_CHROMIUM") or shutil.which("chromium")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_REPLIES = re.compile(r"repl(y|ies)|Only visible to you")
Size = Literal["desktop", "wide", "phone"]
_SIZES: dict[Size, dict[str, int]] = {
    "desktop": {"width": 1280, "height": 800},
    "wide": {"width": 1600, "height": 900},
    "phone": {"width": 390, "height": 844},
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window. Needs `CHROMIUM`; tests ask for it through the `browser` fixture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Desk:
    """One desk's address, opened by several people at once; each gets a browser context of their own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.pages: list[DeskPage] = []

    def open_as(self, person: str, *, size: Size = "desktop", dark: bool = False, **query: str) -> DeskPage:
        """The page as this person (a user id). `query` may name channel, thread, side, view."""
        phone = size == "phone"
        context = self.browser.new_context(
            viewport={"width": _SIZES[size]["width"], "height": _SIZES[size]["height"]},
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            is_mobile=phone,
            locale="en-US",
            timezone_id="America/Denver",
        )
        page = DeskPage(context, f"{self.url}/?{urlencode({'person': person, **query})}")
        self.pages.append(page)
        return page

    def close(self) -> None:
        """Close every page; fails if one of them had an error."""
        for page in self.pages:
            page.context.close()
        for page in self.pages:
            page.check()


class Pane:
    """A part of the page with messages in it: the channel or the thread."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page = page
        self.root = root

    @property
    def messages(self) -> Locator:
        return self.root.locator("article.message")

    @property
    def last(self) -> Locator:
        """The newest message."""
        return self.messages.last

    def should_show(self, text: str | re.Pattern[str], *, timeout: float = 10_000) -> Self:
        """Wait until a message contains this text."""
        expect(self.messages.filter(has_text=text).last).to_be_visible(timeout=timeout)
        return self

    def should_not_show(self, text: str | re.Pattern[str], *, timeout: float = 10_000) -> Self:
        """Wait until no message contains this text."""
        expect(self.messages.filter(has_text=text)).to_have_count(0, timeout=timeout)
        return self

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """The newest message with this text."""
        return self.messages.filter(has_text=text).last

    def texts(self) -> list[str]:
        """What every message's body reads, oldest first."""
        return self.root.locator("article.message .message-body").all_inner_texts()

    def press(self, name: str) -> None:
        """Press the newest button (or link) of that name."""
        self.root.get_by_role("button", name=name, exact=True).last.click()

    def choose(self, option: str) -> None:
        """Choose an option of the newest select."""
        self.root.get_by_role("combobox").and_(self.page.locator("select")).last.select_option(label=option)

    def status(self) -> Locator:
        """The line that says what the app is doing."""
        return self.root.locator(".status-line")


class DeskPage:
    """One person's tab."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._heard)
        self.page.goto(url)
        expect(self.page.locator("body.booting")).to_have_count(0)

    def _heard(self, line: ConsoleMessage) -> None:
        # A failed request is written to the console by the browser itself; the page shows those in its own words.
        if line.type == "error" and "Failed to load resource" not in line.text and "ERR_" not in line.text:
            self.errors.append(line.text)

    def check(self) -> None:
        """No script error, and nothing that the Content-Security-Policy had to stop."""
        assert self.errors == []

    # -- where --------------------------------------------------------------------------------------------------------

    def open(self, channel: str) -> Pane:
        """Go to a channel by the name in the sidebar."""
        sidebar = self.page.locator("#sidebar")
        sidebar.get_by_role("button", name=re.compile(rf"^{re.escape(channel)}\b")).click()
        return self.channel()

    def channel(self) -> Pane:
        """The channel in the middle."""
        return Pane(self.page, self.page.locator("#main"))

    def thread(self) -> Pane:
        """The open thread; waits for it.

        It opens by itself when the app answers this person's question; on a narrow screen the newest message's
        replies are pressed, as a person would.
        """
        pane = self.page.locator("#thread")
        if not self.page.evaluate("matchMedia('(min-width: 1100px)').matches") and not pane.is_visible():
            self.channel().last.locator(".thread-summary", has_text=_REPLIES).click(timeout=20_000)
        expect(pane).to_be_visible(timeout=10_000)
        return Pane(self.page, pane)

    def open_thread(self, text: str) -> Pane:
        """Open the thread of the channel's message with this text."""
        message = self.channel().message(text)
        summary = message.locator(".thread-summary")
        summary.click()
        return self.thread()

    def home(self) -> Locator:
        """The app's Home tab."""
        self.open("Pointsman")
        self.page.get_by_role("tab", name="Home").click()
        home = self.page.locator("#home")
        expect(home).to_be_visible()
        return home

    def unread(self, channel: str) -> Locator:
        """The badge beside a channel."""
        return self.page.locator("#sidebar .channel", has_text=channel).locator(".badge")

    # -- saying -------------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Type into the channel's composer and send with Enter. A text beginning with / is a command."""
        self._send("#composer textarea", text)

    def reply(self, text: str) -> None:
        """The same in the open thread."""
        self._send("#thread-composer textarea", text)

    def _send(self, selector: str, text: str) -> None:
        box = self.page.locator(selector)
        expect(self.page.locator("dialog[open]"), "a dialog stands before the composer").to_have_count(0)
        box.fill(text)
        expect(box).to_have_value(text)
        box.press("Escape")
        box.press("Enter")
        expect(box).to_have_value("")

    def attach(self, name: str, content: str, *, in_thread: bool = False) -> None:
        """Pick a file for the next message, as by the paper clip."""
        root = self.page.locator("#thread-composer" if in_thread else "#composer")
        file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
        root.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
        expect(root.locator(".attached-file", has_text=name)).to_be_visible()

    def use_shortcut(self, message_text: str, shortcut: str) -> None:
        """A message's menu, and one of the app's shortcuts in it."""
        message = self.channel().message(message_text)
        message.hover()
        message.get_by_role("button", name="More actions").last.click()
        self.page.get_by_role("menuitem", name=re.compile(rf"^{re.escape(shortcut)}")).click()

    # -- pressing -----------------------------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        """Press the newest button of that name: in the thread if one is open, else in the channel."""
        thread = self.page.locator("#thread")
        (Pane(self.page, thread) if thread.is_visible() else self.channel()).press(name)

    def dialog(self) -> Locator:
        """The dialog on top: a confirm or a modal."""
        top = self.page.locator("dialog[open]").last
        expect(top).to_be_visible()
        return top

    def confirm(self, *, yes: bool = True) -> str:
        """Answer the confirm dialog; returns what it said."""
        dialog = self.page.get_by_role("alertdialog")
        text = dialog.inner_text()
        dialog.get_by_role("button").nth(1 if yes else 0).click()
        expect(dialog).to_have_count(0)
        return text

    # -- modals -------------------------------------------------------------------------------------------------------

    def fill(self, label: str, value: str) -> None:
        """An input of the top modal, by its label: text, number or date; a select by the option's text."""
        control = self.dialog().get_by_label(re.compile(rf"^{re.escape(label)}( \(optional\))?$"))
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(label=value)
        elif control.get_attribute("role") in ("radiogroup", "group"):
            control.get_by_label(value).check()
        else:
            control.fill(value)

    def submit(self, *, closes: bool = True) -> None:
        """Press the modal's submit button; waits until it closed, or with closes=False until the answer is there."""
        dialog = self.dialog()
        view = dialog.get_attribute("data-view")
        dialog.locator("button[type=submit]").click()
        if closes:
            expect(self.page.locator(f'dialog[data-view="{view}"]')).to_have_count(0, timeout=10_000)
        else:
            expect(dialog.locator("button[type=submit][aria-busy]")).to_have_count(0, timeout=10_000)

    def modal_errors(self) -> list[str]:
        """What stands in red beside the inputs, top to bottom."""
        return self.dialog().locator(".input-error:visible").all_inner_texts()

    # -- around -------------------------------------------------------------------------------------------------------

    def side(self, name: Literal["Try", "World", "Problems"]) -> Locator:
        """A tab of the side column; opens the column where it is covered by a thread or by a phone's screen."""
        opener = self.page.locator("#open-side")
        if not self.page.locator("#side").is_visible():
            opener.click()
        self.page.get_by_role("tab", name=re.compile(rf"^{name}")).click()
        return self.page.locator("#side")

    def customer(self, name: str) -> Locator:
        """A customer's card in the world panel (which must be shown: side("World"))."""
        return self.page.locator(f'[data-customer="{name}"]')

    def balance(self, name: str, side: Literal["register", "provider"]) -> str:
        """What the world panel says this customer has; "–" for nothing."""
        return self.customer(name).locator(f'[data-side="{side}"] .balance-points').inner_text()

    def should_have(self, name: str, side: Literal["register", "provider"], points: str) -> None:
        """Wait until the world panel shows these points."""
        shown = self.customer(name).locator(f'[data-side="{side}"] .balance-points')
        expect(shown).to_have_text(points, timeout=15_000)

    def refusal(self) -> Locator:
        """The red panel: what Slack would refuse."""
        return self.page.locator("#refusal")

    def toast(self, text: str | re.Pattern[str]) -> Locator:
        """A short notice at the foot of the page."""
        return self.page.locator(".toast", has_text=text)

    def announced(self, text: str) -> Locator:
        """A line that screen readers are told."""
        return self.page.locator("#announcer p", has_text=text)

    def shot(self, path: str) -> None:
        """A picture of the page, for people."""
        self.page.screenshot(path=path)


def no_sideways_scroll(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    wide: Any = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return bool(wide)
