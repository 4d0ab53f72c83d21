"""mrkdwn and rich text in a terminal."""

from __future__ import annotations

import pytest

from bot.desk import demo_workspace
from bot.desk.mrkdwn import Names, mrkdwn, rich_text, text_object
from bot.desk.workspace import Workspace

NAMES = Names(Workspace(demo_workspace()))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("*bold* _it_ ~gone~ `code` 2*3*4", "bold it gone code 2*3*4"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<@U0JO> <@U0POINTSMAN> <@U9>", "@Jo @Pointsman @U9"),
        ("<#C0PINE|pine-street> <#C9>", "#pine-street #C9"),
        ("<!subteam^S0SUPPORT> <!subteam^S9> <!here>", "@support @S9 @here"),
        ("<!date^1700000000^{date}|14 Nov> <!date^1^{time}>", "14 Nov !date^1^{time}"),
        ("<https://example.com|here> <https://example.com>", "here https://example.com"),
        ("<mailto:a@example.com|a@example.com> <tel:303>", "a@example.com 303"),
        ("&gt; quoted\nnot", "▎ quoted\nnot"),
        ("```one\ntwo``` three", "one\ntwo three"),
        ("*<@U0JO>*", "@Jo"),
        ("\x1b[31mred\x07 \u202eback", "[31mred back"),
    ],
)
def test_mrkdwn(source: str, shown: str) -> None:
    assert mrkdwn(source, NAMES).plain == shown


def test_styles_are_kept() -> None:
    styled = mrkdwn("*bold _both_*", NAMES)
    assert {(styled.plain[s.start : s.end], str(s.style)) for s in styled.spans} == {
        ("bold ", "bold"),
        ("both", "bold italic"),
    }
    assert text_object({"type": "plain_text", "text": "*as it is*"}, NAMES).plain == "*as it is*"


def test_rich_text() -> None:
    elements = [
        {"type": "text", "text": "hi ", "style": {"bold": True, "code": True}},
        {"type": "user", "user_id": "U0JO"},
        {"type": "usergroup", "usergroup_id": "S0SUPPORT"},
        {"type": "channel", "channel_id": "C0OAK"},
        {"type": "broadcast", "range": "here"},
        {"type": "link", "url": "https://example.com"},
        {"type": "emoji", "name": "eyes"},
        {"type": "date", "timestamp": 1, "fallback": "once"},
        {"type": "color", "value": "#fff"},
        {"type": "odd"},
    ]
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": elements},
            {"type": "rich_text_list", "style": "ordered", "offset": 1, "indent": 1, "elements": [item, item]},
            {"type": "rich_text_list", "style": "bullet", "elements": [item]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "p"}]},
        ],
    }
    assert rich_text(block, NAMES).plain == (
        "hi @Jo@support#oak-avenue@herehttps://example.com:eyes:once#fff{'type': 'odd'}\n  2. x\n  3. x\n• x\n▎ q\np"
    )
