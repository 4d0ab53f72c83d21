"""A tiny real Bolt app for the page's tests: one thing of each kind a person can do with an app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import DeskServer

Say = Callable[..., Any]
HOSTILE = "<img src=x onerror=alert(1)> &lt;!channel&gt; <script>alert(2)</script> javascript:alert(3)"


def mrkdwn(text: str) -> dict[str, Any]:
    """A mrkdwn text object."""
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def button(action_id: str, text: str, **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def section(text: str, **more: Any) -> dict[str, Any]:
    """A section of mrkdwn."""
    return {"type": "section", "text": mrkdwn(text), **more}


def card() -> list[dict[str, Any]]:
    """A rich answer: finding, evidence as a table, the fix with its confirm dialog, more in a menu."""
    cells = [["", "Register", "Provider"], ["Points", "200", "500"]]
    confirm = {
        "title": plain("Correct the phone?"),
        "text": mrkdwn("The register's phone of *Dana Ortiz* becomes (•••) •••-0142."),
        "confirm": plain("Correct it"),
        "deny": plain("Not now"),
    }
    options = [{"text": plain("Hand to support"), "value": "escalate"}]
    return [
        section("*Say to the customer:* I can put that right now."),
        {"type": "table", "rows": [[{"type": "raw_text", "text": one or " "} for one in row] for row in cells]},
        {
            "type": "actions",
            "elements": [
                button("relink", "Correct the phone", style="primary", confirm=confirm),
                button("adjust", "Adjust points"),
                {"type": "overflow", "action_id": "more", "options": options},
            ],
        },
    ]


def modal(balance: str = "320") -> dict[str, Any]:
    """The modal behind "Adjust points"."""
    reasons = [
        {"text": plain("Purchase earned nothing"), "value": "missed"},
        {"text": plain("Goodwill"), "value": "goodwill"},
    ]
    number = {"type": "number_input", "action_id": "value", "is_decimal_allowed": False}
    return {
        "type": "modal", "callback_id": "adjust", "title": plain("Adjust points"), "submit": plain("Send for approval"),
        "blocks": [
            section(f"*Ada Brook* has *{balance} points*."),
            {"type": "input", "block_id": "points", "label": plain("Points to add"), "element": number},
            {"type": "input", "block_id": "reason", "label": plain("Reason"),
             "element": {"type": "static_select", "action_id": "value", "options": reasons}},
            {"type": "input", "block_id": "note", "optional": True, "label": plain("Note"),
             "element": {"type": "plain_text_input", "action_id": "value", "multiline": True}},
        ],
    }  # fmt: skip


class TinyApp:
    """The listeners; `submitted` collects what modals brought, `go_on` lets "slowly" end."""

    def __init__(self, desk: DeskServer) -> None:
        self.app = App(client=WebClient(desk.bot_token, base_url=desk.api_url), signing_secret=desk.signing_secret)
        self.submitted: list[dict[str, Any]] = []
        self.go_on = Event()
        self.app.event("app_mention")(self.asked)
        self.app.event("message")(lambda ack: ack())
        self.app.event("app_home_opened")(self.home)
        self.app.action("relink")(self.relinked)
        self.app.action("adjust")(self.adjusting)
        self.app.action("more")(self.more)
        self.app.view("adjust")(self.adjusted)
        self.app.shortcut("look")(self.looked)
        self.app.command("/points")(self.command)

    def asked(self, event: dict[str, Any], say: Say, client: WebClient) -> None:
        """Answer a mention in its thread, as its words ask."""
        where = {"channel": event["channel"], "thread_ts": event.get("thread_ts", event["ts"])}
        text = event["text"]
        if event.get("files"):
            names = ", ".join(file["name"] for file in event["files"])
            client.files_upload_v2(
                channel=event["channel"], thread_ts=event.get("thread_ts", event["ts"]), filename="outcome.csv",
                content="row,outcome\n2,done\n", initial_comment=f"Got {names}",
            )  # fmt: skip
        elif "secret" in text:
            client.chat_postEphemeral(user=event["user"], text="Only you may know this.", **where)
        elif "slowly" in text:
            client.assistant_threads_setStatus(
                channel_id=where["channel"], thread_ts=where["thread_ts"], status="is checking the register …"
            )
            self.go_on.wait(10)
            say(text="Checked.", thread_ts=where["thread_ts"])
        elif "hostile" in text:
            say(text=HOSTILE, blocks=[section(HOSTILE)], thread_ts=where["thread_ts"])
        elif "too long" in text:
            self._refused(client, where)
        else:
            say(text="Say to the customer: I can put that right now.", blocks=card(), thread_ts=where["thread_ts"])

    def _refused(self, client: WebClient, where: dict[str, Any]) -> None:
        try:
            client.chat_postMessage(text="x", blocks=[section("x" * 3001)], **where)
        except SlackApiError as error:
            client.chat_postMessage(text=f"Slack said {error.response['error']}.", **where)

    def relinked(self, ack: Say, body: dict[str, Any], client: WebClient) -> None:
        """The decision replaces the buttons."""
        ack()
        done = [section(f"Corrected by <@{body['user']['id']}>.")]
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="Corrected.", blocks=[*card()[:2], *done]
        )

    def adjusting(self, ack: Say, body: dict[str, Any], client: WebClient) -> None:
        """Open the modal."""
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal())

    def adjusted(self, ack: Say, view: dict[str, Any]) -> None:
        """Refuse too many points beside the input; else take it."""
        values = view["state"]["values"]
        if int(values["points"]["value"]["value"]) > 5000:
            ack(response_action="errors", errors={"points": "At most 5,000 points."})
            return
        self.submitted.append(values)
        ack()

    def more(self, ack: Say, body: dict[str, Any], say: Say) -> None:
        """The overflow menu."""
        ack()
        chosen = body["actions"][0]["selected_option"]["text"]["text"]
        say(text=f"Chosen: {chosen}", thread_ts=body["message"]["thread_ts"])

    def looked(self, ack: Say, body: dict[str, Any], client: WebClient) -> None:
        """The message shortcut."""
        ack()
        message = body["message"]
        client.chat_postMessage(channel=body["channel"]["id"], thread_ts=message["ts"], text="Looking into it.")

    def command(self, ack: Say, body: dict[str, Any]) -> None:
        """Answers only the person."""
        ack(f"You asked: {body['text']}")

    def home(self, event: dict[str, Any], client: WebClient) -> None:
        """Publish the Home tab."""
        blocks = [{"type": "header", "text": plain("Your desk")}, section("*Decisions waiting for you*\nNone today.")]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


@contextmanager
def tiny_app(desk: DeskServer) -> Iterator[TinyApp]:
    """The app, connected by Socket Mode."""
    tiny = TinyApp(desk)
    handler = SocketModeHandler(tiny.app, desk.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        desk.wait_for_bot()
        yield tiny
    finally:
        handler.client.auto_reconnect_enabled = False
        Thread(target=handler.client.close, daemon=True).start()  # it takes two seconds, and nobody waits for it
