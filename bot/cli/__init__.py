"""Commands of `pointsman`. Each module holds one kind of work; heavy rooms are imported by the command that needs
them."""

from bot.cli import answers, bulk, keys, learning, operate, playbooks, policy, practice, records, replaying
from bot.cli.app import app, main

__all__ = [
    "answers",
    "app",
    "bulk",
    "keys",
    "learning",
    "main",
    "operate",
    "playbooks",
    "policy",
    "practice",
    "records",
    "replaying",
]
