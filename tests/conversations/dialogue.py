"""Dialogues as data: who says or presses what, and what the thread then shows. One file, one shop floor.

Steps (each a mapping with one of these keys; `as` names the thread for later steps):
  say {who, where, text, as, in?}     type a message; `in` a thread: a reply there; `file`, `content`: with a file
  command {who, where, text}          /points …
  shortcut {who, on?}                 "Look into this" on the message a thread began with; without `on` the global one
  press {who, in, button, on?}        a button in the thread; `on`: text of the message (the newest that has the button)
  press_home {who, button}            a button on the person's Home
  submit {who, values}                the person's open modal; `errors`: what must be said beside which field
  shows {in, text: [..], not: [..], buttons: [..], no_buttons: [..]}    some message of the thread (or DM) does
  told {who, in, text}                what only this person sees in the thread
  modal {who, text}                   the open modal says so
  home {who, text: [..], not: [..]}   the Home tab, opened now
  press_old {who, in, button, text}   a button that the card had earlier, and what is then told
  submit_refused {who, values, text}  the modal turns into a sentence
  channel_shows {who, where, as?, text, …}  a message of the bot in a channel
  dm_shows {who, text} · support_shows {text, not, buttons, no_buttons} · support_press · support_told
  silent {in}                         the bot says nothing there
  count {in, messages}                so many messages of the bot in the thread
  balance {phone, points}             at the provider, through its API
  pos_phone {customer, phone}         at the register, through its API
  clock {hours|minutes|days}          time passes
  restart {}                          the bot stops, and another one starts on the same database
  by_hand {vendor, deed, store, …}    what a person does on the vendor's own screens
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.desk.model import Message, View
from bot.yaml_file import read_yaml
from tests.slack.floor import Floor
from tests.slack.floor import buttons as buttons_of

CHANNELS = {
    "support": "C0SUPPORT",
    "break": "C0BREAK",
    **{store: f"C0{store.upper()}" for store in ("pine", "oak", "elm", "fir", "ash", "bay", "ivy", "yew", "koa")},
}
_QUIET_S = 0.8
"""How long "nothing is said" is watched; twice the queue's pace and more."""


def read_dialogue(path: Path) -> dict[str, Any]:
    """The file's mapping: title, steps, and optional `floor` settings."""
    loaded: dict[str, Any] = read_yaml(path)
    return loaded


class Dialogue:
    """Plays steps on a floor."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.desk = floor.desk
        self.threads: dict[str, tuple[str, str]] = {}
        self.remembered: dict[tuple[str, str], Message] = {}

    def play(self, steps: list[dict[str, dict[str, Any]]]) -> None:
        """All steps; an AssertionError names the step."""
        for number, step in enumerate(steps, 1):
            ((kind, given),) = step.items()
            values = {f"{key}_" if key in ("in", "as", "not") else key: value for key, value in given.items()}
            try:
                getattr(self, f"do_{kind}")(**values)
            except (AssertionError, TimeoutError) as error:
                raise AssertionError(f"step {number}, {kind} {given}: {error}") from None

    def channel(self, who: str, where: str) -> str:
        if where in CHANNELS:
            return CHANNELS[where]
        return self.desk.acts.channel(self.desk.acts.person(who), where).id

    def until(self, found: Callable[[], Any], what: Callable[[], str]) -> Any:
        try:
            return self.desk.wait_for(found, 15)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{what()}") from None

    def thread(self, name: str) -> list[Message]:
        channel, ts = self.threads[name]
        within = next((m.thread_ts for m in self.desk.messages(channel) if m.ts == ts and m.thread_ts), ts)
        ts = within
        shown = self.desk.replies(channel, ts)
        for message in shown:
            self.remembered.update({(name, button): message for button in buttons_of(message)})
        return shown

    def packets(self) -> list[Message]:
        return [m for m in self.desk.messages("C0SUPPORT") if m.bot]

    def read(self, name: str) -> str:
        return "\n---\n".join(m.text for m in self.thread(name)) or "(nothing)"

    # -- acts

    def do_say(
        self,
        who: str,
        where: str,
        text: str,
        as_: str = "",
        in_: str = "",
        filler: int = 0,
        file: str = "",
        content: str = "",
    ) -> None:
        channel = self.threads[in_][0] if in_ else self.channel(who, where)
        text += (" and so on" * filler)[: max(0, filler - len(text))]
        files = {file: content.encode()} if file else None
        ts = self.desk.say(who, channel, text, self.threads[in_][1] if in_ else None, files)
        if as_:
            self.threads[as_] = (channel, ts)

    def do_command(self, who: str, where: str, text: str, told: str = "", as_: str = "") -> None:
        channel = self.channel(who, where)
        known = {m.ts for m in self.desk.messages(channel)}
        assert self.desk.command(who, channel, "/points", text).delivered
        if told:
            self.do_told(who=who, where=where, text=told)
        if as_:
            opening = self.until(
                lambda: next((m for m in self.desk.messages(channel) if m.bot and m.ts not in known), None),
                lambda: "no opening message",
            )
            self.threads[as_] = (channel, opening.ts)

    def do_shortcut(self, who: str, on: str = "") -> None:
        if not on:
            assert self.desk.shortcut(who, "ask_about_points").delivered
            return
        channel, ts = self.threads[on]
        self.desk.settle()
        message = next(m for m in self.desk.messages(channel) if m.ts == ts)
        assert self.desk.shortcut(who, "look_into_this", message).delivered

    def do_press(self, who: str, in_: str, button: str, on: str = "") -> None:
        def found() -> Message | None:
            having = [m for m in self.thread(in_) if button in buttons_of(m) and on in m.text]
            return having[-1] if having else None

        message = self.until(found, lambda: f"no such button in\n{self.read(in_)}")
        assert self.desk.press(who, message, button).delivered

    def do_press_home(self, who: str, button: str) -> None:
        home = self.desk.home(who)
        assert home is not None
        assert self.desk.press(who, home, button).delivered

    def do_submit(self, who: str, values: dict[str, Any], errors: dict[str, str] | None = None) -> None:
        view = self.until(lambda: self.desk.stack(who), lambda: "no modal is open")[-1]
        given = self.desk.submit(who, view, values)
        assert given.keys() == (errors or {}).keys(), given
        for field, part in (errors or {}).items():
            assert part in given[field], given

    def do_close(self, who: str) -> None:
        self.desk.close(who, self.desk.stack(who)[-1])

    def do_press_old(self, who: str, in_: str, button: str, text: str) -> None:
        seen = self.remembered[(in_, button)]
        assert self.desk.press(who, seen, button).delivered
        self.do_told(who=who, in_=in_, text=text)

    def do_submit_refused(self, who: str, values: dict[str, Any], text: str) -> None:
        assert self.desk.submit(who, self.desk.stack(who)[-1], values) == {}
        self.do_modal(who=who, text=text)
        self.do_close(who=who)

    def do_support_press(self, who: str, button: str) -> None:
        message = self.until(
            lambda: next((m for m in self.packets() if button in buttons_of(m)), None), lambda: f"no {button}"
        )
        assert self.desk.press(who, message, button).delivered

    def do_by_hand(self, vendor: str, deed: str, store: str, **values: Any) -> None:
        self.floor.world.by_hand(vendor, deed, store=store, **values)

    def do_restart(self) -> None:
        self.desk.settle()
        self.floor.restart()

    def do_clock(self, **by: float) -> None:
        self.floor.clock.move(**by)

    # -- looks

    def do_shows(self, in_: str, **wanted: list[str]) -> None:
        self.until(lambda: any(fits(m, **wanted) for m in self.thread(in_)), lambda: self.read(in_))

    def do_support_shows(self, **wanted: list[str]) -> None:
        self.until(
            lambda: any(fits(m, **wanted) for m in self.packets()), lambda: "\n".join(m.text for m in self.packets())
        )

    def do_channel_shows(self, who: str, where: str, as_: str = "", **wanted: list[str]) -> None:
        channel = self.channel(who, where)

        def found() -> Message | None:
            return next((m for m in self.desk.messages(channel) if m.bot and fits(m, **wanted)), None)

        message = self.until(found, lambda: "\n".join(m.text for m in self.desk.messages(channel)))
        if as_:
            self.threads[as_] = (channel, message.ts)

    def do_dm_shows(self, who: str, text: str) -> None:
        channel = self.channel(who, "dm")
        self.until(lambda: any(text in m.text for m in self.desk.messages(channel) if m.bot), lambda: text)

    def do_support_told(self, who: str, text: str) -> None:
        self.do_told(who=who, where="support", text=text)

    def do_told(self, who: str, text: str, in_: str = "", where: str = "") -> None:
        channel, ts = self.threads[in_] if in_ else (self.channel(who, where), None)

        def private() -> list[Message]:
            return [m for m in self.desk.messages(channel, ts, who) if m.bot and m.ephemeral_to]

        self.until(lambda: any(text in m.text for m in private()), lambda: "\n".join(m.text for m in private()))

    def do_modal(self, who: str, text: str) -> None:
        self.until(lambda: any(text in words(v) for v in self.desk.stack(who)), lambda: str(self.desk.stack(who)))

    def do_home(self, who: str, text: list[str], not_: list[str] | None = None) -> None:
        assert self.desk.open_home(who).delivered

        def fits() -> bool:
            home = self.desk.home(who)
            shown = words(home) if home else ""
            return all(part in shown for part in text) and not any(part in shown for part in not_ or [])

        self.until(fits, lambda: words(self.desk.home(who)) if self.desk.home(who) else "no home")

    def do_silent(self, in_: str) -> None:
        self.desk.settle()
        time.sleep(_QUIET_S)  # nothing to wait for: silence is what is looked at
        assert self.thread(in_) == [], self.read(in_)

    def do_count(self, in_: str, messages: int) -> None:
        self.until(lambda: len(self.thread(in_)) >= messages, lambda: self.read(in_))
        time.sleep(_QUIET_S)
        assert len(self.thread(in_)) == messages, self.read(in_)

    def do_balance(self, phone: str, points: int) -> None:
        program = self.floor.house.systems("pine").program
        member = program.find_members(phone=phone)[0]
        assert program.balance(member).points == Decimal(points)

    def do_pos_phone(self, customer: str, phone: str) -> None:
        assert self.floor.house.systems("pine").pos.customer(customer).phone == phone


def fits(
    message: Message,
    text: list[str] | None = None,
    not_: list[str] | None = None,
    buttons: list[str] | None = None,
    no_buttons: list[str] | None = None,
) -> bool:
    """Whether a message says all of this and none of that, and has these buttons and not those."""
    there = buttons_of(message)
    return (
        all(part in message.text for part in text or [])
        and not any(part in message.text for part in not_ or [])
        and all(name in there for name in buttons or [])
        and not any(name in there for name in no_buttons or [])
    )


def words(view: View | None) -> str:
    """Everything a view says, as one text."""
    return json.dumps(view.blocks, ensure_ascii=False) if view else ""
