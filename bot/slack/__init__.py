"""Slack: intake, listeners, rendering. Nothing else imports Bolt. The one door of this room."""

from bot.slack.app import build_app, in_slack, slack_client
from bot.slack.presenter import SlackPresenter
from bot.slack.serve import Service, serve

__all__ = ["Service", "SlackPresenter", "build_app", "in_slack", "serve", "slack_client"]
