"""Pointsman: the loyalty-points support assistant inside Slack."""
