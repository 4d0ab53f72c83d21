"""The practice workspace in a terminal. Lines come from a person, or from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from rich.console import Console

from bot.desk.handles import Handles
from bot.desk.terminal_session import Terminal

try:
    import readline
except ImportError:  # Windows: lines are edited by the console itself
    readline = None  # type: ignore[assignment]


class Keyboard:
    """Reads lines with a prompt, and knows what has been typed of the next one."""

    def __init__(self) -> None:
        self._prompting = False

    def typing(self) -> str | None:
        """The unfinished line; None while nothing is asked."""
        if not self._prompting:
            return None
        return readline.get_line_buffer() if readline is not None else ""

    def lines(self, terminal: Terminal) -> Iterator[str]:
        """Until end of input or Ctrl-C."""
        while True:
            try:
                self._prompting = True
                line = input(terminal.prompt)  # not rich's: line editing must know the prompt
            except (EOFError, KeyboardInterrupt):
                return
            finally:
                self._prompting = False
            yield line


def run_terminal(desk: Handles, *, person: str = "riley", lines: TextIO | None = None) -> None:
    """The desk on this terminal until :quit or the end of the input. Raises DeskRefusal if nobody is called so.

    `lines` None: standard input, with a prompt if a person sits at it.
    """
    console = Console(highlight=False)
    keyboard = Keyboard()
    terminal = Terminal(desk, person, console, keyboard.typing)
    console.print(
        f"You are at the practice desk of {desk.practice.workspace.team.name}. :help lists what can be typed."
    )
    source = lines or sys.stdin
    terminal.run(keyboard.lines(terminal) if source.isatty() else iter(source))
