"""A person talks, the bot hears and answers: events, twins, threads, DMs, in both ways of delivery."""

from __future__ import annotations

import pytest

from bot.desk import DeskRefusal, DeskServer
from tests.desk.conftest import Bot


def events(bot: Bot, user: str) -> list[dict]:
    """The message events of one user."""
    return [b["event"] for b in bot.heard("message") if b["event"].get("user") == user]


def test_a_mention_arrives_as_two_events_of_one_message_and_is_answered_in_the_thread(bot: Bot) -> None:
    @bot.app.event("app_mention")
    def answer(event, say):
        say(text=f"Hello <@{event['user']}>", thread_ts=event["ts"])

    ts = bot.desk.say("riley", "pine-street", "@Pointsman customer says 500 & <b>, 303-555-0142")
    reply = bot.desk.wait_for(lambda: bot.desk.replies("pine-street", ts))[0]
    bot.desk.settle()

    assert (reply.text, reply.thread_ts, reply.user) == ("Hello <@U0RILEY>", ts, "U0POINTSMAN")
    text = "<@U0POINTSMAN> customer says 500 &amp; &lt;b&gt;, <tel:3035550142|303-555-0142>"
    (mention,) = bot.heard("app_mention")
    assert (mention["event"]["text"], mention["event"]["ts"]) == (text, ts)
    (message,) = [b for b in bot.heard("message") if b["event"]["user"] == "U0RILEY"]
    assert (message["event"]["text"], message["event"]["ts"]) == (text, ts)
    assert message["event_id"] != mention["event_id"]
    assert message["event"]["channel_type"] == "channel"
    assert message["authorizations"][0]["user_id"] == "U0POINTSMAN"
    assert bot.desk.refusals == []
    assert bot.desk.failures == []


def test_a_direct_message_is_one_event_and_no_mention(bot: Bot) -> None:
    bot.desk.say("Riley", "dm", "@Pointsman hello")
    bot.desk.settle()
    (event,) = events(bot, "U0RILEY")
    assert (event["channel"], event["channel_type"]) == ("D0RILEY", "im")
    assert bot.heard("app_mention") == []


def test_a_private_channel_is_a_group_and_replies_name_their_thread(bot: Bot) -> None:
    ts = bot.desk.say("jo", "oak-avenue", "una pregunta")
    reply = bot.desk.say("jo", "oak-avenue", "y otra", thread_ts=ts)
    nested = bot.desk.say("quinn", "oak-avenue", "mine too", thread_ts=reply)
    bot.desk.settle()
    first, second = sorted(events(bot, "U0JO"), key=lambda e: e["ts"])
    assert (first["channel_type"], "thread_ts" in first) == ("group", False)
    assert (second["thread_ts"], second["parent_user_id"]) == (ts, "U0JO")
    assert events(bot, "U0QUINN")[0]["thread_ts"] == ts
    parent = bot.desk.messages("oak-avenue")[0]
    assert (parent.reply_count, parent.reply_users, parent.latest_reply) == (2, ("U0JO", "U0QUINN"), nested)


def test_the_bots_own_messages_come_back_with_its_bot_id(bot: Bot) -> None:
    posted = bot.client.chat_postMessage(channel="C0PINE", text="hello")
    bot.client.chat_update(channel="C0PINE", ts=posted["ts"], text="hello again")
    bot.client.chat_delete(channel="C0PINE", ts=posted["ts"])
    bot.desk.settle()
    bodies = sorted((b["event"] for b in bot.heard("message")), key=lambda e: e["event_ts"])
    assert [b.get("subtype") for b in bodies] == [None, "message_changed", "message_deleted"]
    assert (bodies[0]["bot_id"], bodies[0]["user"]) == ("B0POINTSMAN", "U0POINTSMAN")
    assert (bodies[1]["previous_message"]["text"], bodies[1]["message"]["text"]) == ("hello", "hello again")
    assert (bodies[2]["deleted_ts"], bot.desk.messages("pine-street")) == (posted["ts"], [])


def test_where_the_bot_is_not_it_hears_nothing_and_the_person_is_told(bot: Bot) -> None:
    seq = bot.desk.practice.workspace.feed.seq
    bot.desk.say("riley", "break-room", "@Pointsman are you there?")
    bot.desk.settle()
    assert bot.bodies == []
    notices = [h.fields["text"] for h in bot.desk.practice.workspace.feed.since(seq, "U0RILEY") if h.type == "notice"]
    assert notices == ["Pointsman is not in #break-room: it will not see this."]


def test_reactions_of_people_are_events(bot: Bot) -> None:
    ts = bot.desk.say("riley", "pine-street", "hm")
    bot.desk.react("morgan", "pine-street", ts, "eyes")
    bot.desk.react("morgan", "pine-street", ts, "eyes")
    bot.desk.react("morgan", "pine-street", ts, "eyes", remove=True)
    bot.desk.settle()
    (added,), (removed,) = bot.heard("reaction_added"), bot.heard("reaction_removed")
    assert (added["event"]["user"], added["event"]["reaction"], added["event"]["item"]["ts"]) == (
        "U0MORGAN",
        "eyes",
        ts,
    )
    assert removed["event"]["item_user"] == "U0RILEY"
    assert bot.desk.messages("pine-street")[0].reactions == ()


def test_home_is_published_when_it_is_opened(bot: Bot) -> None:
    @bot.app.event("app_home_opened")
    def publish(event, client):
        block = {"type": "section", "text": {"type": "mrkdwn", "text": f"tab {event['tab']}"}}
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [block]})

    bot.desk.open_home("casey")
    home = bot.desk.wait_for(lambda: bot.desk.home("casey"))
    assert home.blocks[0]["text"]["text"] == "tab home"
    bot.desk.open_home("casey", "messages")
    bot.desk.wait_for(lambda: bot.desk.home("casey").blocks[0]["text"]["text"] == "tab messages")
    first, second = sorted(bot.heard("app_home_opened"), key=lambda b: b["event"]["event_ts"])
    assert ("view" in first["event"], "view" in second["event"]) == (False, False)


def test_several_people_each_see_their_own(desk: DeskServer, client) -> None:
    client.chat_postEphemeral(channel="C0PINE", user="U0RILEY", text="for you")
    assert [m.text for m in desk.messages("pine-street", person="riley")] == ["for you"]
    assert desk.messages("pine-street", person="morgan") == []
    assert desk.messages("pine-street") == []


def test_an_edit_is_no_new_question(bot: Bot) -> None:
    ts = bot.desk.say("riley", "pine-street", "@Pointsman 500?")
    bot.desk.edit("riley", "pine-street", ts, "@Pointsman 600?")
    with pytest.raises(DeskRefusal, match="Only its author"):
        bot.desk.edit("morgan", "pine-street", ts, "mine")
    bot.desk.settle()
    (changed,) = [b["event"] for b in bot.heard("message") if b["event"].get("subtype") == "message_changed"]
    assert (changed["message"]["text"], changed["previous_message"]["ts"]) == ("<@U0POINTSMAN> 600?", ts)
    assert len(bot.heard("app_mention")) == 1
