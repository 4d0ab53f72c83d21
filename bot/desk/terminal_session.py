"""One person's screen in the terminal: one line in, what changed out.

A line is something to say (in the channel, or in the open thread), a /command, a number to press that control, or one
of the words that `:help` lists. Numbers are given once and keep their meaning.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.desk.acts import Outcome
from bot.desk.feed import Happening
from bot.desk.handles import Handles
from bot.desk.model import Json, Message, View
from bot.desk.mrkdwn import clean, text_object
from bot.desk.refusals import DeskRefusal
from bot.desk.terminal_files import save, send_file
from bot.desk.terminal_input import HELP, choice, given_for
from bot.desk.terminal_paper import WAIT_SECONDS, Paper
from bot.desk.terminal_view import Control, Drawing


class Terminal:
    """One person's screen. `handle` takes a line; drawing happens in a thread of its own.

    `typing` says what stands in the input line (None: no prompt is shown), to put it back under what is drawn.
    """

    def __init__(
        self, desk: Handles, person: str, console: Console, typing: Callable[[], str | None] = lambda: None
    ) -> None:
        self._desk = desk
        self._paper = Paper(console, typing=typing, prompt=lambda: self.prompt)
        self._drawing = Drawing(desk.practice.workspace)
        self._person = desk.acts.person(person)
        self._channel = desk.practice.workspace.direct_channel(self._person.id)
        self._thread: str | None = None
        self._typed: dict[str, Json] = {}
        self._asked: Callable[[], None] | None = None
        self._happenings: queue.Queue[Happening | None] = queue.Queue()
        self._words: dict[str, Callable[[str], None]] = {
            "help": lambda _: self._paper.print(HELP),
            "in": self._go,
            "as": self._become,
            "thread": self._open_thread,
            "back": lambda _: self._leave_thread(),
            "reply": self._reply,
            "read": lambda _: self._read(),
            "look": self._look,
            "shortcut": lambda rest: self._told(self._desk.shortcut(self._person.id, rest)),
            "submit": lambda _: self._submit(),
            "close": lambda _: self._desk.close(self._person.id, self._top()),
            "home": lambda _: self._home(),
            "tries": lambda _: self._tries(),
            "try": self._try,
            "react": self._react,
            "upload": lambda rest: send_file(self._desk, self._person, self._channel, self._thread, rest),
            "save": self._save,
            "wait": self._paper.wait,
            "who": lambda _: self._who(),
        }

    # -- the loop

    def run(self, lines: Iterator[str]) -> None:
        """Handle lines until they end or one is :quit."""
        stop = self._desk.practice.workspace.feed.listen(self._happenings.put)
        drawer = threading.Thread(target=self._draw, name="desk-terminal", daemon=True)
        drawer.start()
        try:
            self._read()
            for line in lines:
                if line.strip() in (":quit", ":q"):
                    return
                self.handle(line.rstrip("\n"))
        finally:
            stop()
            self._happenings.put(None)
            drawer.join(WAIT_SECONDS)

    @property
    def prompt(self) -> str:
        """Who and where one is."""
        place = "dm" if self._channel.is_im else f"#{self._channel.name}"
        return f"{self._person.name} {place}{' ↳' if self._thread else ''}> "

    def handle(self, line: str) -> None:
        """One line; what cannot be done is said, never raised."""
        try:
            self._handle(line.strip())
        except DeskRefusal as refusal:
            self._paper.print(Text(refusal.message, "yellow"))
        except TimeoutError as late:
            self._paper.print(Text(str(late), "red"))

    def _handle(self, line: str) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            if line.casefold() in ("y", "yes"):
                asked()
            else:
                self._paper.print(Text("Not done.", "dim"))
            return
        if not line:
            return
        first, _, rest = line.partition(" ")
        if line.startswith(":") and first[1:] in self._words:
            self._words[first[1:]](rest.strip())
        elif line.startswith("/") and len(first) > 1:
            self._told(self._desk.command(self._person.id, self._channel.id, first, rest))
        elif first.isdigit() and int(first) in self._drawing.controls:
            self._use(self._drawing.controls[int(first)], rest.strip())
        else:
            self._desk.say(self._person.id, self._channel.id, line, self._thread)

    # -- drawing

    def _draw(self) -> None:
        while (happening := self._happenings.get()) is not None:
            if happening.visible_to(self._person.id):
                for shown in self._drawing.happening(happening, self._person, self._channel):
                    self._paper.print(shown)

    def _read(self) -> None:
        channel, thread = self._channel.id, self._thread
        for message in self._desk.messages(channel, thread, self._person.id):
            self._paper.print(self._drawing.message(message))
        for view in self._desk.stack(self._person.id)[-1:]:
            self._paper.print(self._drawing.view(view))

    # -- places and people

    def _go(self, name: str) -> None:
        self._channel = self._desk.acts.channel(self._person, name or "dm")
        self._thread = None
        self._read()

    def _become(self, name: str) -> None:
        self._person = self._desk.acts.person(name)
        if self._person.id not in self._channel.members:
            self._channel = self._desk.practice.workspace.direct_channel(self._person.id)
        self._thread = None
        self._read()

    def _message(self, number: str) -> Message:
        found = self._drawing.messages.get(int(number) if number.isdigit() else -1)
        if found is None:
            raise DeskRefusal("no_such_message", "Give the number of a message, like :thread 2.")
        channel, ts = found
        return self._desk.acts.message(self._person, self._desk.acts.channel(self._person, channel), ts)

    def _open_thread(self, number: str) -> None:
        message = self._message(number)
        self._channel = self._desk.acts.channel(self._person, message.channel)
        self._thread = message.thread_ts or message.ts
        self._read()

    def _leave_thread(self) -> None:
        self._thread = None

    def _reply(self, rest: str) -> None:
        number, _, text = rest.partition(" ")
        message = self._message(number)
        self._desk.say(self._person.id, message.channel, text, message.ts)

    def _react(self, rest: str) -> None:
        number, _, name = rest.partition(" ")
        message = self._message(number)
        self._desk.react(self._person.id, message.channel, message.ts, name.strip(": "))

    def _save(self, rest: str) -> None:
        number, _, folder = rest.partition(" ")
        for path in save(self._desk, self._person, self._message(number), folder.strip()):
            self._paper.print(Text(f"Saved {path}", "dim"))

    def _who(self) -> None:
        for person in self._desk.practice.workspace.people.values():
            self._paper.print(Text.assemble((f"{person.name:10}", "bold"), f"{person.title}. {person.blurb}"))

    # -- the app

    def _look(self, rest: str) -> None:
        number, _, callback_id = rest.partition(" ")
        shortcuts = [s["callback_id"] for s in self._desk.practice.manifest.shortcuts if s["type"] == "message"]
        if not callback_id and not shortcuts:
            raise DeskRefusal("no_shortcut", "The app has no message shortcut.")
        self._told(self._desk.shortcut(self._person.id, callback_id or shortcuts[0], self._message(number)))

    def _home(self) -> None:
        self._desk.open_home(self._person.id)
        home = self._desk.home(self._person.id)
        if home is not None:
            self._paper.print(self._drawing.view(home))

    def _tries(self) -> None:
        for number, one in enumerate(self._desk.practice.workspace.data.tries, 1):
            self._paper.print(
                Text.assemble((f"{number:2} {one.title}: ", "bold"), one.text, (f"  ({one.note})", "dim"))
            )

    def _try(self, number: str) -> None:
        tries = self._desk.practice.workspace.data.tries
        if not number.isdigit() or not 1 <= int(number) <= len(tries):
            raise DeskRefusal("no_such_try", f"Give a number from 1 to {len(tries)}, see :tries.")
        one = tries[int(number) - 1]
        self._become(one.person)
        self._go(one.channel)
        files = {one.file.name: one.file.text.encode()} if one.file else None
        self._desk.say(one.person, one.channel, one.text, files=files)

    def _told(self, outcome: Outcome) -> None:
        if not outcome.delivered and outcome.message:
            self._paper.print(Text(outcome.message, "yellow"))

    # -- controls and windows

    def _use(self, control: Control, value: str) -> None:
        element = control.element
        if control.view_id is not None and control.block["type"] == "input":
            self._typed.setdefault(control.view_id, {})[control.block["block_id"]] = {
                element["action_id"]: choice(element, value)
            }
            self._paper.print(Text("Noted. :submit when ready.", "dim"))
            if not control.block.get("dispatch_action"):
                return
        given: Json = {"block_id": control.block["block_id"], **given_for(element, value)}
        target = self._target(control)
        if control.view_id is not None:
            given["values"] = self._typed.get(control.view_id, {})

        def press() -> None:
            self._told(self._desk.acts.act(self._person.id, target, element["action_id"], given))

        if "confirm" in element:
            self._confirm(element["confirm"], press)
        else:
            press()

    def _target(self, control: Control) -> Message | View:
        if control.view_id is not None:
            return self._desk.view(self._person.id, control.view_id)
        channel, ts = control.message or ("", "")
        return self._desk.acts.message(self._person, self._desk.acts.channel(self._person, channel), ts)

    def _confirm(self, confirm: Json, then: Callable[[], None]) -> None:
        names = self._drawing.names
        yes, no = clean(str(confirm["confirm"]["text"])), clean(str(confirm["deny"]["text"]))
        title = text_object(confirm["title"], names, "bold")
        body = Text.assemble(text_object(confirm["text"], names), f"\n\ny = {yes}    n = {no}")
        self._paper.print(Panel(body, title=title, border_style="yellow", expand=False))
        self._asked = then

    def _top(self) -> View:
        stack = self._desk.stack(self._person.id)
        if not stack:
            raise DeskRefusal("no_such_view", "No window is open.")
        return stack[-1]

    def _submit(self) -> None:
        view = self._top()
        outcome = self._desk.modals.submit(self._person.id, view.id, self._typed.get(view.id, {}))
        self._told(outcome)
        for block_id, problem in outcome.errors.items():
            label = next(b["label"]["text"] for b in view.blocks if b["block_id"] == block_id)
            self._paper.print(Text(clean(f"✗ {label}: {problem}"), "red"))
