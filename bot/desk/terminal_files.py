"""Files from and to the disk of whoever sits at the terminal."""

from __future__ import annotations

import shlex
from pathlib import Path

from bot.desk.handles import Handles
from bot.desk.model import Channel, Message, Person
from bot.desk.refusals import DeskRefusal


def send_file(desk: Handles, person: Person, channel: Channel, thread: str | None, rest: str) -> None:
    """`PATH text`: send the file with the text. A PATH with spaces stands in quotes. Raises DeskRefusal."""
    name, _, text = rest.partition(" ")
    if rest[:1] in ("'", '"'):
        try:
            name, *words = shlex.split(rest)
        except ValueError:
            raise DeskRefusal("no_such_file", "The quote around the path is not closed.") from None
        text = " ".join(words)
    if not name:
        raise DeskRefusal("no_such_file", "Give the path of a file, like :upload points.csv @Pointsman bulk adjust")
    path = Path(name).expanduser()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeskRefusal("no_such_file", f"{path} cannot be read: {error.strerror}.") from None
    desk.say(person.id, channel.id, text.strip(), thread, {path.name: content})


def save(desk: Handles, person: Person, message: Message, folder: str) -> list[Path]:
    """Write the message's files into a folder (the current one unless said), never over an existing file.

    Raises DeskRefusal.
    """
    if not message.files:
        raise DeskRefusal("no_such_file", "That message has no file.")
    saved = []
    for file in message.files:
        path = Path(folder or ".").expanduser() / str(file["name"]).replace("/", "_")
        try:
            with path.open("xb") as sink:
                sink.write(desk.download(person.id, file["id"]))
        except OSError as error:
            raise DeskRefusal("not_saved", f"{path} cannot be written: {error.strerror}.") from None
        saved.append(path)
    return saved
