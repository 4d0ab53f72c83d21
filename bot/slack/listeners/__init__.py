"""What Bolt calls: thin, one function a thing that people do. Work is in `bot.work`, looks are in `bot.slack.views`."""

from bot.slack.listeners.register import register

__all__ = ["register"]
