"""Slack's Web API: tokens, scopes, membership, and what each method answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import DeskServer, demo_workspace


def refused(call: Any, **args: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as error:
        call(**args)
    return dict(error.value.response.data)


def error(call: Any, **args: Any) -> str:
    return str(refused(call, **args)["error"])


def test_who_the_token_is(desk: DeskServer, client: WebClient) -> None:
    answer = client.auth_test()
    assert {key: answer[key] for key in ("team_id", "user_id", "bot_id", "team", "user")} == {
        "team_id": "T0HARBOR",
        "user_id": "U0POINTSMAN",
        "bot_id": "B0POINTSMAN",
        "team": "Harbor Green",
        "user": "pointsman",
    }
    assert answer["url"] == f"{desk.url}/"


def test_only_the_desks_own_tokens_are_taken(desk: DeskServer) -> None:
    assert error(WebClient("xoxb-1-real", base_url=desk.api_url).auth_test) == "invalid_auth"
    assert error(WebClient(base_url=desk.api_url).auth_test) == "not_authed"
    assert error(WebClient(desk.app_token, base_url=desk.api_url).auth_test) == "not_allowed_token_type"
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        WebClient(desk.bot_token, base_url=desk.api_url).apps_connections_open(app_token=desk.bot_token)
    form = httpx.post(f"{desk.api_url}auth.test", data={"token": desk.bot_token}).json()
    assert (form["ok"], form["user_id"]) == (True, "U0POINTSMAN")
    assert "real" not in str(desk.refusals)


def test_what_cannot_be_read_is_refused(desk: DeskServer, client: WebClient) -> None:
    assert refused(client.api_call, api_method="chat.dance") == {
        "ok": False,
        "error": "unknown_method",
        "req_method": "chat.dance",
    }
    headers = {"authorization": f"Bearer {desk.bot_token}", "content-type": "application/json"}
    for body in ("{", "[]"):
        answer = httpx.post(f"{desk.api_url}auth.test", content=body, headers=headers).json()
        assert answer == {"ok": False, "error": "invalid_json"}
    answer = httpx.post(
        f"{desk.api_url}chat.postMessage", data={"token": desk.bot_token, "channel": "C0PINE", "blocks": "[{"}
    )
    assert answer.json() == {"ok": False, "error": "invalid_blocks_format"}
    missing = refused(client.api_call, api_method="chat.postMessage", json={"text": "x"})
    assert missing["response_metadata"] == {
        "messages": ["[ERROR] missing required field: channel [json-pointer:/channel]"]
    }
    assert (
        error(client.api_call, api_method="chat.postMessage", json={"channel": 7, "text": "x"}) == "invalid_arguments"
    )


SCOPES = """
features: {{slash_commands: []}}
oauth_config: {{scopes: {{bot: [{scopes}]}}}}
settings: {{socket_mode_enabled: true}}
"""


def with_scopes(tmp_path: Path, *scopes: str) -> DeskServer:
    path = tmp_path / "manifest.yml"
    path.write_text(SCOPES.format(scopes=", ".join(scopes)), encoding="utf-8")
    return DeskServer(demo_workspace(), manifest=path)


def test_a_missing_scope_is_named(tmp_path: Path) -> None:
    with with_scopes(tmp_path, "users:read", "channels:read") as desk:
        client = WebClient(desk.bot_token, base_url=desk.api_url)
        assert refused(client.chat_postMessage, channel="C0PINE", text="x") == {
            "ok": False,
            "error": "missing_scope",
            "needed": "chat:write",
            "provided": "channels:read,users:read",
        }
        assert client.conversations_info(channel="C0PINE")["channel"]["name"] == "pine-street"
        assert refused(client.conversations_info, channel="C0OAK")["needed"] == "groups:read"
        assert client.auth_test().headers["x-oauth-scopes"] == "channels:read,users:read"
        assert error(client.views_publish, user_id="U0JO", view={"type": "home", "blocks": []}) == "not_enabled"
        outcome = desk.command("riley", "pine-street", "/points")
        assert outcome.message == "/points is not a valid command."


def test_events_need_subscription_and_scope(tmp_path: Path) -> None:
    with with_scopes(tmp_path, "app_mentions:read") as desk:
        desk.say("riley", "pine-street", "@Pointsman hi")
        assert desk.open_home("riley").delivered is False
        assert (desk.practice.courier.idle, desk.failures) == (True, [])


def test_people_and_groups(client: WebClient) -> None:
    jo = client.users_info(user="U0JO", include_locale=True)["user"]
    assert (jo["name"], jo["locale"], jo["is_restricted"], jo["tz"]) == ("jo", "es-ES", False, "America/Denver")
    assert "locale" not in client.users_info(user="U0JO")["user"]
    assert client.users_info(user="U0GUEST")["user"]["is_restricted"] is True
    assert client.users_info(user="U0POINTSMAN")["user"]["is_bot"] is True
    assert error(client.users_info, user="U0NOBODY") == "user_not_found"
    first = client.users_list(limit=6)
    second = client.users_list(limit=6, cursor=first["response_metadata"]["next_cursor"])
    names = [member["name"] for page in (first, second) for member in page["members"]]
    assert names == [*(person.name for person in demo_workspace().people), "pointsman"]
    assert second["response_metadata"]["next_cursor"] == ""
    groups = client.usergroups_list(include_users=True)["usergroups"]
    assert [(g["id"], g["handle"], g["users"]) for g in groups] == [
        ("S0MANAGERS", "managers", ["U0QUINN"]),
        ("S0SUPPORT", "support", ["U0CASEY"]),
    ]
    assert client.usergroups_users_list(usergroup="S0SUPPORT")["users"] == ["U0CASEY"]
    assert error(client.usergroups_users_list, usergroup="S0NOBODY") == "no_such_subteam"
    assert error(client.users_list, limit=0) == "invalid_limit"
    assert error(client.users_list, cursor="next") == "invalid_cursor"
    assert error(client.users_list, limit="many") == "invalid_arguments"


def test_channels(desk: DeskServer, client: WebClient) -> None:
    info = client.conversations_info(channel="C0OAK", include_num_members=True)["channel"]
    assert (info["is_private"], info["is_member"], info["num_members"]) == (True, True, 5)
    assert client.conversations_info(channel="D0JO")["channel"]["user"] == "U0JO"
    assert error(client.conversations_info, channel="C0NOWHERE") == "channel_not_found"
    listed = client.conversations_list(types="public_channel,private_channel,im", limit=200)["channels"]
    assert len(listed) == len(desk.practice.workspace.channels)
    public = [channel.name for channel in demo_workspace().channels if not channel.private]
    assert [c["name"] for c in client.conversations_list()["channels"]] == public
    members = client.conversations_members(channel="C0SUPPORT")["members"]
    assert members == ["U0CASEY", "U0QUINN", "U0AVERY", "U0POINTSMAN"]
    assert client.conversations_open(users="U0JO")["channel"] == {"id": "D0JO"}
    assert client.conversations_open(channel="D0JO", return_im=True)["channel"]["is_im"] is True
    assert error(client.conversations_open, users="U0JO,U0RILEY") == "user_not_found"
    assert error(client.api_call, api_method="conversations.open") == "users_list_not_supplied"


def test_history_and_replies(desk: DeskServer, client: WebClient) -> None:
    first = desk.say("riley", "pine-street", "one")
    second = desk.say("morgan", "pine-street", "two")
    answer = client.chat_postMessage(channel="C0PINE", thread_ts=first, text="three")["ts"]
    history = client.conversations_history(channel="C0PINE")["messages"]
    assert [m["text"] for m in history] == ["two", "one"]
    assert (history[1]["reply_count"], history[1]["latest_reply"]) == (1, answer)
    assert [m["text"] for m in client.conversations_history(channel="C0PINE", oldest=first)["messages"]] == ["two"]
    window = client.conversations_history(channel="C0PINE", oldest=first, latest=second, inclusive=True)
    assert len(window["messages"]) == 2
    page = client.conversations_history(channel="C0PINE", limit=1)
    assert (page["has_more"], page["response_metadata"]["next_cursor"]) == (True, "1")
    thread = client.conversations_replies(channel="C0PINE", ts=first)["messages"]
    assert [(m["text"], m["user"]) for m in thread] == [("one", "U0RILEY"), ("three", "U0POINTSMAN")]
    assert [m["text"] for m in client.conversations_replies(channel="C0PINE", ts=answer)["messages"]] == ["three"]
    assert error(client.conversations_replies, channel="C0PINE", ts="1.0") == "thread_not_found"
    assert error(client.conversations_history, channel="C0BREAK") == "not_in_channel"
    assert error(client.chat_postMessage, channel="C0PINE", thread_ts=answer, text="x") == "cannot_reply_to_message"


def test_where_the_bot_may_post(desk: DeskServer, client: WebClient) -> None:
    assert client.chat_postMessage(channel="U0JO", text="x")["channel"] == "D0JO"
    assert client.chat_postMessage(channel="#pine-street", text="x")["channel"] == "C0PINE"
    for channel, expected in {"C0BREAK": "not_in_channel", "#nowhere": "channel_not_found"}.items():
        assert error(client.chat_postMessage, channel=channel, text="x") == expected
    who = {"U0JO": "user_not_in_channel", "U0NOBODY": "user_not_found"}
    for user, expected in who.items():
        assert error(client.chat_postEphemeral, channel="C0PINE", user=user, text="x") == expected


def test_only_its_own_lasting_messages_are_changed(desk: DeskServer, client: WebClient) -> None:
    theirs = desk.say("riley", "pine-street", "mine")
    whisper = client.chat_postEphemeral(channel="C0PINE", user="U0RILEY", text="psst")["message_ts"]
    blocks = [{"type": "divider"}]
    own = client.chat_postMessage(
        channel="C0PINE", text="x", blocks=blocks, metadata={"event_type": "e", "event_payload": {}}
    )["ts"]
    for ts, expected in {
        theirs: "cant_update_message",
        whisper: "message_not_found",
        "1.0": "message_not_found",
    }.items():
        assert error(client.chat_update, channel="C0PINE", ts=ts, text="x") == expected
    assert error(client.chat_update, channel="U0RILEY", ts=own, text="x") == "channel_not_found"
    assert error(client.chat_delete, channel="C0PINE", ts=theirs) == "cant_delete_message"
    changed = client.chat_update(channel="C0PINE", ts=own, text="y")
    assert ("blocks" in changed["message"], changed["message"]["metadata"]["event_type"]) == (False, "e")
    assert client.chat_getPermalink(channel="C0PINE", message_ts=own)["permalink"] == (
        f"{desk.url}/archives/C0PINE/p{own.replace('.', '')}"
    )
    reply = client.chat_postMessage(channel="C0PINE", thread_ts=own, text="r")["ts"]
    assert client.chat_getPermalink(channel="C0PINE", message_ts=reply)["permalink"].endswith(
        f"?thread_ts={own}&cid=C0PINE"
    )
    assert error(client.chat_getPermalink, channel="C0PINE", message_ts="1.0") == "message_not_found"


def test_reactions_of_the_bot(desk: DeskServer, client: WebClient) -> None:
    ts = desk.say("riley", "pine-street", "hm")
    client.reactions_add(channel="C0PINE", timestamp=ts, name="eyes")
    assert desk.messages("pine-street")[0].reactions == (("eyes", ("U0POINTSMAN",)),)
    assert error(client.reactions_add, channel="C0PINE", timestamp=ts, name="eyes") == "already_reacted"
    client.reactions_remove(channel="C0PINE", timestamp=ts, name="eyes")
    assert error(client.reactions_remove, channel="C0PINE", timestamp=ts, name="eyes") == "no_reaction"
    assert error(client.reactions_add, channel="C0PINE", timestamp=ts, name="no such!") == "invalid_name"
    assert error(client.reactions_add, channel="C0PINE", timestamp="1.0", name="eyes") == "message_not_found"


def test_a_status_shows_until_the_bot_speaks(desk: DeskServer, client: WebClient) -> None:
    statuses = desk.practice.workspace.statuses
    ts = desk.say("riley", "pine-street", "hm")
    client.assistant_threads_setStatus(
        channel_id="C0PINE", thread_ts=ts, status="is looking", loading_messages=["a", "b"]
    )
    shown = statuses[("C0PINE", ts)]
    assert (shown["status"], shown["loading_messages"]) == ("is looking", ["a", "b"])
    client.chat_postMessage(channel="C0PINE", thread_ts=ts, text="found it")
    assert statuses == {}
    client.agents_sessions_setStatus(channel_id="C0PINE", thread_ts=ts, status="suspended", title="Case 7")
    assert statuses[("C0PINE", ts)]["status"] == "waits for a person"
    client.agents_sessions_setStatus(channel_id="C0PINE", thread_ts=ts, status="active")
    client.assistant_threads_setStatus(channel_id="C0PINE", thread_ts=ts, status="")
    assert statuses == {}
    where = {"channel_id": "C0PINE", "thread_ts": ts}
    assert (
        error(client.assistant_threads_setStatus, **where, status="x", loading_messages=["x" * 51])
        == "invalid_arguments"
    )
    assert error(client.api_call, api_method="assistant.threads.setStatus", json=where) == "invalid_arguments"
    assert error(client.agents_sessions_setStatus, **where, status="asleep") == "invalid_arguments"
    assert error(client.agents_sessions_setStatus, **where, status="active", title="x" * 201) == "invalid_arguments"
