"""Files over Slack's protocol, both ways: from people to the bot, and from the bot to people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient

from bot.desk import DeskRefusal, DeskServer, demo_workspace
from bot.desk.files import LARGEST
from tests.desk.conftest import Bot
from tests.desk.test_conversation import events
from tests.desk.test_terminal import played
from tests.desk.test_web_api import SCOPES, error

CSV = b"phone,points\n3035550142,50\n"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_message_with_a_file_is_a_file_share_and_the_bot_downloads_it(bot: Bot) -> None:
    ts = bot.desk.say("morgan", "pine-street", "@Pointsman bulk adjust", files={"points.csv": CSV})
    bot.desk.settle()

    (event,) = events(bot, "U0MORGAN")
    (mention,) = [b["event"] for b in bot.heard("app_mention")]
    (shared,) = [b["event"] for b in bot.heard("file_shared")]
    (file,) = event["files"]
    assert (event["subtype"], event["text"], event["upload"]) == ("file_share", "<@U0POINTSMAN> bulk adjust", False)
    assert mention["files"] == event["files"]
    assert "subtype" not in mention
    assert {key: shared[key] for key in ("channel_id", "file_id", "user_id", "file")} == {
        "channel_id": "C0PINE",
        "file_id": file["id"],
        "user_id": "U0MORGAN",
        "file": {"id": file["id"]},
    }
    kept = ("name", "title", "mimetype", "filetype", "mode", "size", "user", "file_access")
    assert {key: file[key] for key in kept} == {
        "name": "points.csv",
        "title": "points.csv",
        "mimetype": "text/csv",
        "filetype": "csv",
        "mode": "snippet",
        "size": len(CSV),
        "user": "U0MORGAN",
        "file_access": "visible",
    }
    for url in (file["url_private"], file["url_private_download"]):
        assert httpx.get(url, headers=bearer(bot.desk.bot_token)).content == CSV
    assert bot.client.files_info(file=file["id"])["file"] == file
    history = bot.client.conversations_replies(channel="C0PINE", ts=ts)["messages"][0]
    assert (history["files"], "subtype" in history) == ([file], False)


def test_a_file_alone_is_a_message_too(bot: Bot) -> None:
    bot.desk.say("morgan", "dm", "", files={"a.csv": CSV, "photo.PNG": b"\x89PNG", "noname": b"x"})
    bot.desk.settle()
    (event,) = events(bot, "U0MORGAN")
    assert (event["text"], event.get("blocks"), event["channel_type"]) == ("", None, "im")
    assert [(f["name"], f["mimetype"], f["mode"]) for f in event["files"]] == [
        ("a.csv", "text/csv", "snippet"),
        ("photo.PNG", "image/png", "hosted"),
        ("noname", "application/octet-stream", "hosted"),
    ]


def test_without_the_bots_token_there_is_a_sign_in_page_and_no_file(desk: DeskServer) -> None:
    desk.say("morgan", "pine-street", "here", files={"points.csv": CSV})
    (message,) = desk.messages("pine-street")
    url = message.files[0]["url_private_download"]
    for headers in ({}, bearer("xoxb-1-real"), bearer(desk.app_token), {"authorization": desk.bot_token}):
        answer = httpx.get(url, headers=headers)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (302, f"{desk.url}/")
        page = httpx.get(url, headers=headers, follow_redirects=True)
        assert (page.status_code, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    assert httpx.get(f"{desk.url}/files-pri/T0HARBOR-F0NONE/x.csv", headers=bearer(desk.bot_token)).status_code == 302
    assert {r.error for r in desk.refusals} == {"not_authed", "invalid_auth", "file_not_found"}


def test_without_the_scope_nothing_is_read(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(SCOPES.format(scopes="channels:history"), encoding="utf-8")
    with DeskServer(demo_workspace(), manifest=manifest, enforce_rates=False) as desk:
        desk.say("morgan", "pine-street", "here", files={"points.csv": CSV})
        file = desk.messages("pine-street")[0].files[0]
        assert httpx.get(file["url_private"], headers=bearer(desk.bot_token)).status_code == 302
        client = WebClient(desk.bot_token, base_url=desk.api_url)
        assert error(client.files_info, file=file["id"]) == "missing_scope"
        assert error(client.files_getUploadURLExternal, filename="x", length=1) == "missing_scope"


def test_a_file_where_the_bot_is_not_is_none_of_its_business(desk: DeskServer, client: WebClient) -> None:
    desk.say("morgan", "break-room", "not for the bot", files={"list.csv": CSV})
    file = desk.messages("break-room")[0].files[0]
    assert httpx.get(file["url_private"], headers=bearer(desk.bot_token)).status_code == 302
    assert error(client.files_info, file=file["id"]) == "file_not_found"
    assert error(client.files_info, file="F0NONE") == "file_not_found"
    assert error(client.api_call, api_method="files.info", json={}) == "invalid_arguments"
    draft = desk.acts.upload("morgan", "draft.csv", CSV)  # picked, not sent yet
    assert error(client.files_info, file=draft.id) == "file_not_found"


def test_the_bot_uploads_and_people_download(desk: DeskServer, client: WebClient) -> None:
    ts = desk.say("quinn", "loyalty-support", "the list, please")
    client.files_upload_v2(
        channel="C0SUPPORT", thread_ts=ts, content="a,b\n1,2\n", filename="list.csv", initial_comment="Here"
    )
    (message,) = desk.replies("loyalty-support", ts)
    (file,) = message.files
    assert (message.text, file["title"], file["size"], file["user"]) == ("Here", "list.csv", 8, "U0POINTSMAN")
    assert desk.download("casey", file["id"]) == b"a,b\n1,2\n"
    with pytest.raises(DeskRefusal, match="not there"):
        desk.download("riley", file["id"])
    (shown,) = message.for_desk()["files"]
    assert shown == {
        "id": file["id"],
        "name": "list.csv",
        "title": "list.csv",
        "size": 8,
        "pretty_type": "CSV",
        "url": f"/desk/file/{file['id']}/list.csv",
    }
    got = httpx.get(desk.url + shown["url"], params={"person": "U0CASEY"})
    assert (got.content, got.headers["content-type"]) == (b"a,b\n1,2\n", "text/csv; charset=utf-8")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''list.csv"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert httpx.get(desk.url + shown["url"], params={"person": "U0RILEY"}).status_code == 404
    assert httpx.get(file["url_private"], headers=bearer(desk.bot_token)).content == b"a,b\n1,2\n"


def test_what_slack_refuses_of_an_upload(desk: DeskServer, client: WebClient) -> None:
    def uploaded() -> dict[str, str]:
        given = client.files_getUploadURLExternal(filename="a.txt", length=2)
        assert httpx.post(given["upload_url"], files={"file": ("a.txt", b"hi")}).text == "OK - 2"
        return {"id": given["file_id"]}

    done = uploaded()
    assert client.files_completeUploadExternal(files=[done])["files"][0]["name"] == "a.txt"  # private
    assert httpx.get(f"{desk.url}/upload/{done['id']}").status_code == 405
    assert httpx.post(f"{desk.url}/upload/{done['id']}", content=b"once more").status_code == 404
    assert httpx.post(f"{desk.url}/upload/F0NONE", content=b"x").status_code == 404
    complete = client.files_completeUploadExternal
    assert error(complete, files=[done], channel_id="C0SUPPORT") == "file_not_found"  # once a file
    assert error(complete, files=[{"id": client.files_getUploadURLExternal(filename="x", length=1)["file_id"]}]) == (
        "file_not_found"  # no bytes yet
    )
    assert error(complete, files=[]) == "invalid_arguments"
    raw = {"files": ["F1"]}
    assert error(client.api_call, api_method="files.completeUploadExternal", json=raw) == "file_not_found"
    assert error(complete, files=[uploaded()], channel_id="C0BREAK") == "not_in_channel"
    assert error(complete, files=[uploaded()], channel_id="C0NONE") == "channel_not_found"
    assert error(complete, files=[uploaded()], channel_id="C0PINE", thread_ts="1.000000") == "thread_not_found"
    ts = desk.say("riley", "pine-street", "a thread")
    two = {"channels": "C0PINE,C0OAK", "thread_ts": ts}
    assert error(client.api_call, api_method="files.completeUploadExternal", json={**two, "files": [uploaded()]}) == (
        "invalid_arguments"
    )
    assert error(client.files_getUploadURLExternal, filename="x", length=0) == "invalid_arguments"
    assert error(client.files_getUploadURLExternal, filename="x", length=1, alt_txt="x" * 1001) == "alt_txt_too_large"


def test_one_upload_goes_to_several_channels_with_blocks(desk: DeskServer, client: WebClient) -> None:
    given = client.files_getUploadURLExternal(filename="a.csv", length=2)
    httpx.post(given["upload_url"], content=b"hi")
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": "all of it"}}]
    body = {"files": [{"id": given["file_id"], "title": "Outcome"}], "channels": "C0PINE,C0OAK", "blocks": blocks}
    client.api_call("files.completeUploadExternal", json=body)
    for channel in ("pine-street", "oak-avenue"):
        (message,) = desk.messages(channel)
        assert (message.files[0]["title"], message.blocks[0]["text"]["text"]) == ("Outcome", "all of it")
    wrong = client.files_getUploadURLExternal(filename="a.csv", length=2)
    httpx.post(wrong["upload_url"], content=b"hi")
    bad = {"files": [{"id": wrong["file_id"]}], "channel_id": "C0PINE", "blocks": [{"type": "dance"}]}
    assert error(client.api_call, api_method="files.completeUploadExternal", json=bad) == "invalid_blocks"


def test_the_page_uploads_first_and_sends_then(desk: DeskServer) -> None:
    def upload(person: str, name: str, content: bytes) -> httpx.Response:
        return httpx.post(f"{desk.url}/desk/file", params={"person": person, "name": name}, content=content)

    def send(files: list[str]) -> httpx.Response:
        body = {"person": "U0MORGAN", "channel": "C0PINE", "text": "", "files": files}
        return httpx.post(f"{desk.url}/desk/message", json=body)

    kept = upload("U0MORGAN", "C:\\lists\\points.csv", CSV).json()
    assert (kept["name"], kept["size"]) == ("points.csv", len(CSV))
    sent = send([kept["id"]]).json()["message"]
    assert (sent["text"], sent["blocks"], sent["files"][0]["name"]) == ("", [], "points.csv")
    assert send([kept["id"]]).json()["error"] == "no_such_file"  # sent already
    assert send([upload("U0RILEY", "hers.csv", CSV).json()["id"]]).json()["error"] == "no_such_file"
    assert send(["F"] * 11).json()["error"] == "too_many_files"
    assert send([]).json()["error"] == "no_text"
    assert upload("U0MORGAN", "empty.csv", b"").json() == {"error": "empty_file", "message": "empty.csv is empty."}
    huge = upload("U0MORGAN", "huge.csv", b"x" * (LARGEST + 1))
    assert (huge.status_code, huge.json()["message"]) == (413, "huge.csv is larger than 50 MB.")
    assert upload("U0NOBODY", "a.csv", CSV).status_code == 404


def test_files_from_and_to_the_disk_in_the_terminal(
    desk: DeskServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my points.csv").write_bytes(CSV)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    shown = played(
        desk,
        ":in pine-street",
        ':upload "my points.csv" @Pointsman bulk adjust',
        ":wait [file: my points.csv",
        ":save 1 out",
        ":wait Saved out/my points.csv",
        ":save 1 out",
        ":save 1 nowhere",
        ":upload",
        ":upload missing.csv",
        ":upload 'open",
        "no file here",
        ":wait no file here",
        ":save 2",
        ":help",
        person="morgan",
    )
    assert (tmp_path / "out" / "my points.csv").read_bytes() == CSV
    (message, _) = desk.messages("pine-street")
    assert (message.text, message.user) == ("<@U0POINTSMAN> bulk adjust", "U0MORGAN")
    for sentence in (
        "cannot be written: File exists.",
        "cannot be written: No such file or directory.",
        "Give the path of a file",
        "missing.csv cannot be read: No such file",
        "The quote around the path is not closed.",
        "That message has no file.",
        ":upload PATH text",
    ):
        assert sentence in shown
