"""What bots may show: every block and element drawn and sent, the unknown never swallowed, under a strict policy."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.bolt_app import button, mrkdwn, plain, section
from tests.browser.desk_page import Desk, DeskPage
from tests.browser.gallery import Gallery

OPTIONS = [{"text": plain("Pine Street"), "value": "pine"}, {"text": plain("Oak Avenue"), "value": "oak"}]


def show(gallery: Gallery, *blocks: dict[str, Any]) -> None:
    gallery.say("blocks", blocks=[{"block_id": f"b{n}", **block} for n, block in enumerate(blocks)])


def sent(gallery: Gallery, page: DeskPage, kind: str = "action") -> dict[str, Any]:
    """The newest request of this kind, once the page's own work is done."""
    expect(page.page.locator("[aria-busy=true]")).to_have_count(0)
    return [body for verb, body in gallery.posted if verb == kind][-1]


def test_unknown_blocks_elements_and_parts_are_shown_with_their_json(hung: Desk, gallery: Gallery) -> None:
    unknown = {"type": "hologram", "depth": 3, "note": "<b>not bold</b>"}
    elements = [{"type": "lever", "action_id": "pull"}]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_spiral"}]}
    show(gallery, unknown, {"type": "actions", "elements": elements}, rich, {"no_type": True}, {"type": "section"})
    riley = hung.open_as("U0RILEY")
    boxes = riley.page.locator(".unknown")
    expect(boxes.locator("summary")).to_have_text(
        [
            "Unknown block: hologram",
            "Unknown element: lever",
            "Unknown rich text part: rich_text_spiral",
            "Unknown block: without a type",
        ]
    )
    assert json.loads(boxes.first.locator("pre").inner_text()) == {"block_id": "b0", **unknown}


def test_a_block_that_breaks_while_drawn_is_shown_with_its_json_too(hung: Desk, gallery: Gallery) -> None:
    show(gallery, {"type": "actions", "elements": 7}, section("still here"))
    riley = hung.open_as("U0RILEY")
    expect(riley.page.locator(".unknown summary")).to_have_text("Unknown block: actions")
    riley.channel().should_show("still here")


def test_every_block_is_drawn(hung: Desk, gallery: Gallery) -> None:
    text = {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich ", "style": {"bold": True}}]}
    item = {"type": "rich_text_section", "elements": [{"type": "emoji", "name": "eyes"}]}
    rows = [[{"type": "raw_text", "text": str(n)}, {"type": "raw_number", "value": n}] for n in range(8)]
    task = {"type": "task_card", "task_id": "1", "title": "Ask the register", "status": "in_progress"}
    one = {"type": "card", "title": plain("Dana"), "body": mrkdwn("*500*"), "actions": [button("open", "Open")]}
    show(
        gallery,
        {"type": "header", "text": plain("Head :eyes:"), "level": 2},
        {"type": "section", "fields": [mrkdwn("*A*"), plain("B")]},
        {"type": "context", "elements": [mrkdwn("small"), {"type": "image", "image_url": "x:y", "alt_text": "a dot"}]},
        {"type": "divider"},
        {"type": "rich_text", "elements": [text, {"type": "rich_text_list", "style": "bullet", "elements": [item]}]},
        {
            "type": "markdown",
            "text": "# Title\n- one **two**\n- [x] done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n<i>no</i>",
        },
        {"type": "data_table", "caption": "Ledger", "rows": rows},
        {"type": "image", "image_url": "javascript:alert(1)", "alt_text": "A receipt"},
        {"type": "alert", "level": "warning", "text": mrkdwn("It moved")},
        one,
        {"type": "carousel", "elements": [one]},
        {"type": "container", "title": plain("Box"), "child_blocks": [section("inside")]},
        {"type": "plan", "title": "Looking", "tasks": [task, {**task, "status": "complete"}]},
    )
    riley = hung.open_as("U0RILEY")
    body = riley.channel().last
    expect(body.locator("h4.block-header")).to_have_text("Head 👀")
    expect(body.locator(".field")).to_have_text(["A", "B"])
    expect(body.locator(".image-missing")).to_have_text(["Image: a dot", "Image: A receipt"])
    expect(body.locator(".rich-text strong")).to_have_text("rich ")
    expect(body.locator(".rich-text li")).to_have_text("👀")
    expect(body.locator(".markdown li")).to_have_text(["one two", "☑ done"])
    expect(body.locator(".markdown td")).to_have_text(["1", "2"])
    expect(body.locator(".markdown")).to_contain_text("<i>no</i>")
    expect(body.locator("caption")).to_have_text("Ledger")
    expect(body.locator("tr:visible", has=riley.page.locator("th[scope=row]"))).to_have_count(5)
    body.get_by_role("button", name="Show 2 more rows").click()
    expect(body.locator("tr:visible", has=riley.page.locator("th[scope=row]"))).to_have_count(7)
    expect(body.locator(".block-alert")).to_have_text("Careful: It moved")
    expect(body.locator(".block-card .card-title")).to_have_text(["Dana", "Dana"])
    expect(body.locator(".block-container")).to_contain_text("inside")
    expect(body.locator(".task-status")).to_have_text(["Working", "Done"])
    expect(riley.page.locator(".unknown")).to_have_count(0)


def test_every_element_sends_what_was_chosen(hung: Desk, gallery: Gallery) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "fb",
        "positive_button": {"text": plain("Helpful"), "value": "yes"},
        "negative_button": {"text": plain("Not helpful"), "value": "no"},
    }
    show(
        gallery,
        {"type": "actions", "elements": [button("go", "Go", style="danger")]},
        section("Store", accessory={"type": "static_select", "action_id": "store", "options": OPTIONS}),
        {"type": "actions", "elements": [{"type": "radio_buttons", "action_id": "radio", "options": OPTIONS}]},
        {"type": "actions", "elements": [{"type": "checkboxes", "action_id": "check", "options": OPTIONS}]},
        {"type": "actions", "elements": [{"type": "datepicker", "action_id": "day", "initial_date": "2026-11-22"}]},
        {"type": "actions", "elements": [{"type": "users_select", "action_id": "who", "placeholder": plain("Who")}]},
        {"type": "context_actions", "elements": [feedback]},
        {
            "type": "input",
            "label": plain("Reason"),
            "dispatch_action": True,
            "element": {"type": "plain_text_input", "action_id": "why"},
        },
        {"type": "section", "text": mrkdwn("m"), "accessory": button("link", "Out", url="javascript:alert(1)")},
    )
    riley = hung.open_as("U0RILEY")
    last = riley.channel().last
    where = {"person": "U0RILEY", "channel": "C0PINE"}

    def check(block: str, action: str, **value: Any) -> None:
        """The newest request says this, once it has come: two quick clicks are two requests."""
        expected = {**where, "block_id": block, "action_id": action, **value}
        for _ in range(100):
            body = sent(gallery, riley)
            if {key: body.get(key) for key in expected} == expected:
                return
            riley.page.wait_for_timeout(50)
        assert {key: body.get(key) for key in expected} == expected

    last.get_by_role("button", name="Go").click()
    check("b0", "go")
    last.locator("select").first.select_option("oak")
    check("b1", "store", selected_option=OPTIONS[1])
    last.get_by_role("radio", name="Pine Street").check()
    check("b2", "radio", selected_option=OPTIONS[0])
    last.get_by_role("checkbox", name="Pine Street").check()
    last.get_by_role("checkbox", name="Oak Avenue").check()
    check("b3", "check", selected_options=OPTIONS)
    last.locator("input[type=date]").fill("2026-12-01")
    check("b4", "day", selected_date="2026-12-01")
    last.locator("select").nth(1).select_option(label="Morgan")
    check("b5", "who", selected_user="U0MORGAN")
    last.get_by_role("button", name="Not helpful").click()
    check("b6", "fb", value="no")
    last.get_by_label("Reason").fill("goodwill")
    last.get_by_label("Reason").press("Enter")
    check("b7", "why", value="goodwill")
    assert sent(gallery, riley)["values"]["b1"]["store"]["selected_option"] == OPTIONS[1]
    expect(last.get_by_role("button", name="Out")).to_have_count(1)
    expect(last.locator('a[href^="javascript"]')).to_have_count(0)


def test_a_changed_message_keeps_the_focus_and_moves_nothing(hung: Desk, gallery: Gallery) -> None:
    gallery.say("first")
    blocks = [{"block_id": "a", "type": "actions", "elements": [button("one", "One"), button("two", "Two")]}]
    message = gallery.say("card", blocks=blocks)
    gallery.say("last", user="U0MORGAN")
    riley = hung.open_as("U0RILEY")
    riley.channel().message("last").wait_for()
    two = riley.page.get_by_role("button", name="Two")
    two.focus()
    before = [box.bounding_box() for box in riley.channel().messages.all()]
    message["edited"] = {"user": "U0POINTSMAN", "ts": message["ts"]}
    gallery.emit("message_changed", message=message)
    expect(riley.channel().messages.nth(1).locator(".edited").first).to_be_visible()
    expect(two).to_be_focused()
    assert [box.bounding_box() for box in riley.channel().messages.all()] == before


MRKDWN = {
    "*b* _i_ ~s~ `c`": "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code>",
    "2*3*4 snake_case_name": "2*3*4 snake_case_name",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "`*not*`": "<code>*not*</code>",
    "&lt;b&gt; &amp;lt;": "&lt;b&gt; &amp;lt;",
    "a\nb": "a<br>b",
    "&gt; q\n&gt; r\nx": "<blockquote>q<br>r</blockquote>x",
    "```x\n*y*```": '<pre tabindex="0"><code>x\n*y*</code></pre>',
    "<@U0RILEY> <@U0NOBODY|zed>": ('<span class="mention mention-me">@Riley</span> <span class="mention">@zed</span>'),
    "<#C0PINE> <!here>": '<span class="mention">#pine-street</span> <span class="mention mention-me">@here</span>',
    "<https://example.com|a &amp; b>": (
        '<a href="https://example.com" target="_blank" rel="noopener noreferrer">a &amp; b</a>'
    ),
    "<javascript:alert(1)|x>": "&lt;javascript:alert(1)|x&gt;",
    ":white_check_mark: :no_such_thing: 10:30:00": (
        '<span class="emoji" title=":white_check_mark:">✅</span> :no_such_thing: 10:30:00'
    ),
    "<!subteam^S1|managers>": '<span class="mention">@managers</span>',
    "*unclosed _and ~open": "*unclosed _and ~open",
}


def test_mrkdwn_becomes_nodes(hung: Desk, gallery: Gallery) -> None:
    riley = hung.open_as("U0RILEY")
    made = riley.page.evaluate(
        """async (texts) => {
          const { mrkdwn } = await import("/static/js/mrkdwn.js");
          const { names } = await import("/static/js/store.js");
          return texts.map((text) => {
            const box = document.createElement("div");
            box.append(...mrkdwn(text, names));
            return box.innerHTML;
          });
        }""",
        list(MRKDWN),
    )
    assert dict(zip(MRKDWN, made, strict=True)) == MRKDWN


def test_an_updated_modal_keeps_what_was_typed_and_a_pushed_one_lies_on_top(hung: Desk, gallery: Gallery) -> None:
    element = {"type": "plain_text_input", "action_id": "v"}
    kept = {"type": "input", "block_id": "kept", "label": plain("Kept"), "element": element}
    select = {"type": "static_select", "action_id": "v", "options": OPTIONS}
    store = {"type": "input", "block_id": "store", "label": plain("Store"), "element": select}
    view = {"id": "V1", "type": "modal", "title": plain("One"), "submit": plain("Next"), "blocks": [kept, store]}
    gallery.emit("view", stack=[view])
    riley = hung.open_as("U0RILEY")
    gallery.emit("view", stack=[view])
    riley.fill("Kept", "typed")
    riley.fill("Store", "Oak Avenue")
    gallery.emit("view", stack=[{**view, "blocks": [section("Now with news"), kept, store]}])
    expect(riley.dialog()).to_contain_text("Now with news")
    expect(riley.dialog().get_by_label("Kept")).to_have_value("typed")
    expect(riley.dialog().get_by_label("Store")).to_have_value("oak")
    gallery.emit("view", stack=[view, {**view, "id": "V2", "title": plain("Two"), "blocks": [kept]}])
    expect(riley.dialog().locator("h2")).to_have_text("Two")
    expect(riley.dialog().locator(".step")).to_have_text("Step 2")
    expect(riley.dialog().get_by_label("Kept")).to_be_focused()
    gallery.answers["view_submit"] = {"delivered": False, "message": "Pointsman did not answer within 3 seconds."}
    riley.submit(closes=False)
    expect(riley.dialog().locator(".dialog-problem")).to_have_text("Pointsman did not answer within 3 seconds.")
    riley.page.keyboard.press("Escape")
    assert sent(gallery, riley, "view_close") == {"person": "U0RILEY", "view_id": "V2"}
    gallery.emit("view", stack=[])
    expect(riley.page.locator("dialog")).to_have_count(0)


def test_a_broken_line_is_told_and_mended_without_loss(hung: Desk, gallery: Gallery) -> None:
    gallery.say("before")
    riley = hung.open_as("U0RILEY")
    riley.channel().should_show("before")
    gallery.up = False
    bar = riley.page.locator("#link-state")
    expect(bar).to_contain_text("Trying again")
    gallery.say("meanwhile")
    gallery.up = True
    riley.channel().should_show("meanwhile")
    expect(bar).to_be_hidden()
    expect(riley.channel().messages).to_have_count(2)


def test_a_late_app_is_told_in_words(hung: Desk, gallery: Gallery) -> None:
    show(gallery, {"type": "actions", "elements": [button("go", "Go")]})
    gallery.answers["action"] = {"delivered": False, "message": "Pointsman did not answer within 3 seconds."}
    riley = hung.open_as("U0RILEY")
    riley.press("Go")
    expect(riley.toast("did not answer within 3 seconds")).to_be_visible()
    gallery.emit("notice", text="/foo is not a valid command.", channel="C0PINE")
    expect(riley.toast("/foo is not a valid command.")).to_be_visible()
