"""The practice desk: a local workspace with Slack's rules, in the browser or the terminal. It meets the bot only over
Slack's protocol."""

from bot.desk.handles import Handles
from bot.desk.model import DEMO_WORKSPACE, Message, View, WorkspaceData, load_workspace
from bot.desk.refusals import DeskRefusal
from bot.desk.server import DeskServer
from bot.desk.terminal import run_terminal


def demo_workspace() -> WorkspaceData:
    """Harbor Green: the workspace of the demo."""
    return load_workspace(DEMO_WORKSPACE)


__all__ = [
    "DeskRefusal",
    "DeskServer",
    "Handles",
    "Message",
    "View",
    "WorkspaceData",
    "demo_workspace",
    "load_workspace",
    "run_terminal",
]
