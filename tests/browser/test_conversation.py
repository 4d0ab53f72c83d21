"""Asking, reading, pressing, confirming: one person, or two at once, at the real desk with a real Bolt app."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.bolt_app import TinyApp
from tests.browser.desk_page import Desk

QUESTION = "@Pointsman customer says 500 but the register shows 200"


def test_a_question_is_answered_in_its_thread_which_opens_by_itself(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    riley.say(QUESTION)
    thread = riley.thread().should_show("Say to the customer")
    expect(thread.messages.first.locator(".mention")).to_have_text("@Pointsman")
    expect(thread.last.locator("th[scope=row]")).to_have_text("Points")
    expect(riley.channel().message("register shows 200").locator(".thread-count")).to_have_text("1 reply")
    expect(riley.announced("Say to the customer")).to_have_count(1)


def test_a_press_asks_first_and_only_yes_reaches_the_app(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    riley.say(QUESTION)
    thread = riley.thread().should_show("Say to the customer")
    riley.press("Correct the phone")
    assert "Dana Ortiz becomes (•••) •••-0142" in riley.confirm(yes=False)
    riley.press("Correct the phone")
    riley.page.keyboard.press("Escape")
    expect(riley.page.get_by_role("alertdialog")).to_have_count(0)
    expect(thread.last.get_by_role("button", name="Correct the phone")).to_be_focused()
    riley.press("Correct the phone")
    riley.confirm()
    thread.should_show("Corrected by @Riley")
    expect(thread.last.get_by_role("button", name="Correct the phone")).to_have_count(0)
    expect(thread.last.locator(".message-head .edited")).to_have_text("(edited)")


def test_a_modal_says_errors_beside_the_inputs_and_keeps_what_was_typed(desk: Desk, app: TinyApp) -> None:
    riley = desk.open_as("U0RILEY")
    riley.say(QUESTION)
    riley.thread().should_show("Say to the customer")
    riley.press("Adjust points")
    riley.submit(closes=False)
    assert len(riley.modal_errors()) == 2
    riley.fill("Points to add", "9000")
    riley.fill("Reason", "Goodwill")
    riley.submit(closes=False)
    expect(riley.dialog().locator(".input-error:visible")).to_have_text("At most 5,000 points.")
    expect(riley.dialog().get_by_label("Points to add")).to_be_focused()
    expect(riley.dialog().get_by_label("Points to add")).to_have_attribute("aria-invalid", "true")
    riley.fill("Points to add", "80")
    riley.fill("Note", "Came twice")
    riley.submit()
    (values,) = app.submitted
    assert values["points"]["value"]["value"] == "80"
    assert values["reason"]["value"]["selected_option"]["value"] == "goodwill"
    assert values["note"]["value"]["value"] == "Came twice"


def test_an_ephemeral_is_marked_seen_by_one_only_and_gone_after_a_reload(desk: Desk) -> None:
    riley, morgan = desk.open_as("U0RILEY"), desk.open_as("U0MORGAN")
    riley.say("@Pointsman a secret please")
    note = riley.thread().should_show("Only you may know this.").last
    expect(note.locator(".ephemeral-note")).to_have_text("Only visible to you")
    summary = riley.channel().message("a secret please").locator(".thread-count")
    expect(summary).to_have_text("Only visible to you")
    morgan.channel().should_show("a secret please")
    morgan.channel().should_not_show("Only you may know this.")
    riley.page.reload()
    riley.channel().should_show("a secret please")
    expect(riley.page.get_by_text("Only you may know this.")).to_have_count(0)


def test_a_status_shows_in_channel_and_thread_and_goes_when_the_answer_comes(desk: Desk, app: TinyApp) -> None:
    riley = desk.open_as("U0RILEY")
    riley.say("@Pointsman slowly please")
    inline = riley.channel().message("slowly please").locator(".status-inline")
    expect(inline).to_contain_text("Pointsman is checking the register …")
    inline.click()
    thread = riley.thread()
    expect(thread.status()).to_have_text("Pointsman is checking the register …")
    before = riley.page.locator("#thread-composer").bounding_box()
    app.go_on.set()
    thread.should_show("Checked.")
    expect(thread.status()).to_be_empty()
    assert riley.page.locator("#thread-composer").bounding_box() == before


def test_two_people_in_two_pages_see_each_other_and_what_is_new(desk: Desk) -> None:
    riley, quinn = desk.open_as("U0RILEY"), desk.open_as("U0QUINN", channel="C0SUPPORT")
    expect(riley.page.locator("#me")).to_contain_text("Budtender at Pine Street")
    expect(quinn.page.locator("#me")).to_contain_text("Manager for all stores")
    riley.say("@quinn can you look, please?")
    expect(quinn.unread("pine-street")).to_have_text("1")
    assert quinn.page.title().startswith("(1)")
    pane = quinn.open("pine-street").should_show("can you look")
    expect(pane.last.locator(".mention-me")).to_have_text("@Quinn")
    expect(quinn.unread("pine-street")).to_have_count(0)
    quinn.say("On my way")
    riley.channel().should_show("On my way")


def test_a_second_person_opens_in_a_tab_of_their_own(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    riley.page.locator("#me").click()
    with riley.context.expect_page() as opened:
        riley.page.get_by_role("menuitem", name="Morgan in a new tab").click()
    other = opened.value
    expect(other.locator("#me")).to_contain_text("Manager at Pine Street")
    expect(riley.page.locator("#me")).to_contain_text("Riley")


def test_the_message_shortcut_the_overflow_and_a_command(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    riley.say("her points look odd")
    riley.channel().should_show("her points look odd")
    riley.use_shortcut("her points look odd", "Look into this")
    riley.open_thread("her points look odd").should_show("Looking into it.")
    riley.page.locator("#thread-close").click()
    riley.say(QUESTION)
    thread = riley.thread().should_show("Say to the customer")
    thread.last.get_by_role("button", name="More actions").first.click()
    riley.page.get_by_role("menuitem", name="Hand to support").click()
    thread.should_show("Chosen: Hand to support")
    riley.say("/points help me")
    riley.channel().should_show("You asked: help me")
    expect(riley.channel().last.locator(".ephemeral-note")).to_be_visible()


def test_the_home_tab_and_the_direct_messages(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    home = riley.home()
    expect(home.get_by_role("heading", name="Your desk")).to_be_visible()
    riley.page.get_by_role("tab", name="Messages").click()
    expect(riley.page.locator("#composer textarea")).to_have_attribute("placeholder", "Message Pointsman")


def test_a_refusal_is_loud_and_points_at_the_place(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    riley.say("@Pointsman answer too long")
    panel = riley.refusal()
    expect(panel).to_contain_text("Slack would refuse this")
    expect(panel).to_contain_text("invalid_blocks")
    expect(panel.locator(".pointer")).to_have_text("/blocks/0/text/text")
    expect(panel.locator(".json-marked")).to_contain_text("xxx")
    riley.page.get_by_role("button", name="Put the refusal away").click()
    expect(panel).to_be_hidden()
    expect(riley.side("Problems").locator(".problem-refusal")).to_contain_text("chat.postMessage")


def test_hostile_text_stays_text(desk: Desk) -> None:
    riley = desk.open_as("U0RILEY")
    riley.page.on("dialog", lambda dialog: riley.errors.append(f"a dialog opened: {dialog.message}"))
    riley.say("@Pointsman hostile <b>bold</b> <img src=x onerror=alert(4)> & <!channel>")
    thread = riley.thread().should_show("<script>alert(2)</script>")
    assert "<b>bold</b> <img src=x onerror=alert(4)> & <!channel>" in thread.texts()[0]
    assert "<img src=x onerror=alert(1)> <!channel>" in thread.texts()[1]
    expect(thread.root.locator(".message-body :is(script, img, b)")).to_have_count(0)
    expect(thread.root.locator(".message-body .mention-me")).to_have_count(0)
    expect(thread.root.locator('a[href^="javascript"]')).to_have_count(0)


def test_an_app_that_is_away_is_told(lonely: Desk) -> None:
    riley = lonely.open_as("U0RILEY")
    expect(riley.page.locator("#link-state")).to_contain_text("Pointsman is not connected")
    riley.say("/points anybody?")
    expect(riley.side("Problems").locator(".problem-failure").first).to_be_visible(timeout=10_000)
