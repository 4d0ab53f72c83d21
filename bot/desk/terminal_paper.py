"""What was drawn in the terminal: each piece above the line that is being typed, and kept for `:wait`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console

WAIT_SECONDS = 20.0


class Paper:
    """Safe from several threads. `typing` says what stands in the input line (None: no prompt is shown), and `prompt`
    what before it, to put both back under what is drawn."""

    def __init__(self, console: Console, *, typing: Callable[[], str | None], prompt: Callable[[], str]) -> None:
        self._console = console
        self._typing = typing
        self._prompt = prompt
        self._shown: list[str] = []
        self._waited = 0
        self._lock = threading.RLock()

    def print(self, *what: Any) -> None:
        """Draw it, as Rich does."""
        with self._lock:
            with self._console.capture() as captured:
                self._console.print(*what)
            text = captured.get()
            self._shown.append(text)
            typing = self._typing()
            if typing is not None:
                text = f"\r\x1b[2K{text}{self._prompt()}{typing}"
            self._console.file.write(text)
            self._console.file.flush()

    def wait(self, text: str) -> None:
        """Until `text` is shown, counting from what the last wait found. Raises TimeoutError."""
        ends = time.monotonic() + WAIT_SECONDS
        while True:
            with self._lock:
                for index in range(self._waited, len(self._shown)):
                    if text.casefold() in self._shown[index].casefold():
                        self._waited = index + 1
                        return
            if time.monotonic() > ends:
                raise TimeoutError(f"“{text}” was not shown within {WAIT_SECONDS:.0f} seconds.")
            time.sleep(0.02)
