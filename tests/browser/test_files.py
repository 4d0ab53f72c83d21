"""Files on the page: picked, dropped, pasted, taken away again, sent with or without words, and opened."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.desk_page import Desk

CSV = "phone,points\n3035550142,50\n"
TRANSFER = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: "text/csv" }));
  return transfer;
}"""


def drop(page: Page, selector: str, name: str) -> None:
    """Drag a file over a part of the page and let it go."""
    transfer = page.evaluate_handle(TRANSFER, [name, CSV])
    page.dispatch_event(selector, "dragover", {"dataTransfer": transfer})
    expect(page.locator(f"{selector}.dropping")).to_be_visible()
    page.dispatch_event(selector, "drop", {"dataTransfer": transfer})
    expect(page.locator(f"{selector}.dropping")).to_have_count(0)


def test_files_are_picked_dropped_and_pasted_and_go_with_the_next_message(desk: Desk) -> None:
    morgan = desk.open_as("U0MORGAN", channel="C0PINE")
    page = morgan.page
    shelf, send = page.locator("#composer .attached-file"), page.locator("#composer .composer-send")
    expect(send).to_be_disabled()
    morgan.attach("points.csv", CSV)
    expect(send).to_be_enabled()
    expect(morgan.announced("points.csv attached")).to_have_count(1)
    drop(page, "#main", "more.csv")
    page.evaluate(
        """([name, text]) => {
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File([text], name, { type: "text/csv" }));
          const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
          document.querySelector("#composer textarea").dispatchEvent(paste);
        }""",
        ["third.csv", CSV],
    )
    expect(shelf).to_have_text(["points.csv27 bytes", "more.csv27 bytes", "third.csv27 bytes"])
    page.get_by_role("button", name="Remove third.csv").click()
    expect(shelf).to_have_count(2)
    morgan.open("break-room")
    expect(shelf).to_have_count(0)  # each conversation has a draft of its own
    morgan.open("pine-street")
    expect(shelf).to_have_count(2)

    page.locator("#composer textarea").fill("/points 303-555-0142")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(morgan.toast("takes no file")).to_be_visible()
    morgan.say("@Pointsman bulk adjust")
    expect(shelf).to_have_count(0)
    thread = morgan.thread().should_show("Got points.csv, more.csv")
    (outcome,) = thread.last.locator("a.file").all()
    expect(outcome).to_have_text("outcome.csvCSV · 19 bytes")
    with page.expect_download() as download:
        outcome.click()
    assert download.value.path().read_text() == "row,outcome\n2,done\n"

    drop(page, "#thread", "reply.csv")
    page.locator("#thread-composer .composer-send").click()  # a file needs no words
    expect(thread.last.locator("a.file")).to_have_text("reply.csvCSV · 27 bytes")


def test_a_file_that_cannot_be_taken_is_said_and_not_kept(desk: Desk) -> None:
    morgan = desk.open_as("U0MORGAN", channel="C0PINE")
    file = {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""}
    morgan.page.locator("#composer input[type=file]").set_input_files([file])  # type: ignore[list-item]
    expect(morgan.toast("empty.csv is empty.")).to_be_visible()
    expect(morgan.page.locator("#composer .attached-file")).to_have_count(0)
    eleven = [{"name": f"{n}.csv", "mimeType": "text/csv", "buffer": b"x"} for n in range(11)]
    morgan.page.locator("#composer input[type=file]").set_input_files(eleven)  # type: ignore[arg-type]
    expect(morgan.toast("up to 10 files")).to_be_visible()
    expect(morgan.page.locator("#composer .attached-file")).to_have_count(10)
