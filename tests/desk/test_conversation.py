"""A person talks, the bot hears and answers: events, twins, threads, DMs, in both ways of delivery."""

from __future__ import annotations

from tests.desk.conftest import Bot


def test_a_mention_arrives_as_two_events_of_one_message_and_is_answered_in_the_thread(bot: Bot) -> None:
    @bot.app.event("app_mention")
    def answer(event, say):  # type: ignore[no-untyped-def]
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
    assert bot.desk.refusals == []
    assert bot.desk.failures == []
