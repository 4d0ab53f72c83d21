"""The workspace file, what people type, and the pure state."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.desk import DeskServer, demo_workspace, load_workspace
from bot.desk.typed import as_rich_text, as_text, pieces
from bot.desk.workspace import Workspace


def test_the_demo_workspace_is_whole() -> None:
    data = demo_workspace()
    people = {person.id for person in data.people}
    channels = {channel.id: channel for channel in data.channels}
    assert {"U0RILEY", "U0JO", "U0MORGAN", "U0QUINN", "U0CASEY", "U0AVERY", "U0SAM", "U0GUEST"} == people
    assert {"C0PINE", "C0OAK", "C0SUPPORT", "C0BREAK", "D0RILEY", "D0GUEST"} <= set(channels)
    assert all(set(channel.members) <= people for channel in data.channels)
    assert [channel.name for channel in data.channels if not channel.bot_in] == ["break-room"]
    for one in data.tries:
        assert one.person in channels[one.channel].members
        assert "555" not in one.text or "303-555-01" in one.text
    assert any("500" in one.text and "0142" in one.text for one in data.tries)


def test_a_wrong_workspace_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.yml"
    path.write_text("team: {id: T, name: N, domain: d, colour: red}\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="colour"):
        load_workspace(path)


@pytest.mark.parametrize(
    ("typed", "arrives"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel> hi", "&lt;!channel&gt; hi"),
        ("@Pointsman hi @Riley", "<@U0POINTSMAN> hi <@U0RILEY>"),
        ("<@U0JO> and <@U0NOBODY>", "<@U0JO> and &lt;@U0NOBODY&gt;"),
        (
            "@managers <!subteam^S0SUPPORT> <!subteam^S9>",
            "<!subteam^S0MANAGERS> <!subteam^S0SUPPORT> &lt;!subteam^S9&gt;",
        ),
        ("@here @nobody a@b", "<!here> @nobody a@b"),
        ("see #pine-street or #nowhere #5", "see <#C0PINE|pine-street> or #nowhere #5"),
        ("mail a.b@example.com now", "mail <mailto:a.b@example.com|a.b@example.com> now"),
        ("https://example.com/a?b=1&c=2 ok", "<https://example.com/a?b=1&amp;c=2> ok"),
        ("(303) 555-0142", "<tel:3035550142|(303) 555-0142>"),
        ("+1 303-555-0142", "<tel:+13035550142|+1 303-555-0142>"),
        ("555-0142 or 3035550142", "555-0142 or 3035550142"),
        ("🤷", "🤷"),
    ],
)
def test_what_is_typed_arrives_as_slack_sends_it(typed: str, arrives: str) -> None:
    assert as_text(pieces(typed, Workspace(demo_workspace()))) == arrives


def test_the_rich_text_says_the_same() -> None:
    block = as_rich_text(pieces("@jo see #pine-street", Workspace(demo_workspace())), "b1")
    assert block == {
        "type": "rich_text",
        "block_id": "b1",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "user", "user_id": "U0JO"},
                    {"type": "text", "text": " see "},
                    {"type": "channel", "channel_id": "C0PINE"},
                ],
            }
        ],
    }


def test_waiting_says_what_went_wrong(desk: DeskServer) -> None:
    desk.practice.workspace.refuse("chat.postMessage", "no_text", [], {})
    with pytest.raises(
        TimeoutError, match=r"within 0.01 s; refusals: \['chat.postMessage: no_text \[\]'\]; failures: none"
    ):
        desk.wait_for(lambda: False, 0.01)


def test_views_that_were_closed_meanwhile_stay_closed(desk: DeskServer) -> None:
    workspace = desk.practice.workspace
    trigger = desk.practice.tickets.trigger("U0JO")
    from slack_sdk import WebClient

    client = WebClient(desk.bot_token, base_url=desk.api_url)
    client.views_open(
        trigger_id=trigger, view={"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
    )
    (view,) = desk.stack("jo")
    desk.close("jo", view, everything=True)
    workspace.put_view("U0JO", view)
    assert desk.stack("jo") == ()


def test_unknown_channels(desk: DeskServer) -> None:
    from bot.desk import DeskRefusal

    with pytest.raises(DeskRefusal):
        desk.messages("nowhere")
