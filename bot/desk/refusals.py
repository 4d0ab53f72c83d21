"""How Slack says no: one exception, carrying the exact JSON of the answer."""

from __future__ import annotations

from typing import Any

from bot.desk.model import Json


class SlackRefusal(Exception):
    """`error` is Slack's code; `messages` are sentences with JSON pointers; `extra` joins the answer as it is."""

    def __init__(self, error: str, messages: tuple[str, ...] = (), *, retry_after: int | None = None, **extra: Any):
        super().__init__(error, *messages)
        self.error = error
        self.messages = messages
        self.retry_after = retry_after
        self.extra = extra

    def answer(self) -> Json:
        """The body of the refused call."""
        body: Json = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            if self.error == "invalid_blocks":
                body["errors"] = list(self.messages)
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body


class DeskRefusal(Exception):
    """A request of the page, terminal or test that cannot be, e.g. a button that is gone. `message` is a sentence."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.status = status
