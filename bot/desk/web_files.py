"""files.*: the bot's uploads (a URL, the bytes, sharing), what a file is, and its download with the bot's token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.desk import limits
from bot.desk.arguments import joined_channel, need, number, thread
from bot.desk.files import StoredFile, file_json
from bot.desk.model import Json
from bot.desk.practice import Practice
from bot.desk.refusals import SlackRefusal

ALT_TEXT = 1000
READ = ("files:read",)


def shown(practice: Practice, file: StoredFile) -> Json:
    """The file object that messages and answers carry."""
    return file_json(file, team=practice.workspace.team.id, base=practice.addresses.base)


def upload_url(practice: Practice, args: Json) -> Json:
    """files.getUploadURLExternal."""
    name, length = need(args, "filename"), number(args, "length", 0)
    if length < 1:
        raise SlackRefusal("invalid_arguments", ("must be greater than 0 [json-pointer:/length]",))
    if len(str(args.get("alt_txt") or "")) > ALT_TEXT:
        raise SlackRefusal("alt_txt_too_large")
    file = practice.workspace.keep_file(name, practice.workspace.bot.user_id, length)
    return {"upload_url": practice.addresses.upload(file.id), "file_id": file.id}


def store_bytes(practice: Practice, file_id: str, content: bytes) -> bool:
    """The POST to the upload URL; False if there is no such upload (any more)."""
    file = practice.workspace.files.get(file_id)
    if file is None or file.finished:
        return False
    practice.workspace.put_file(replace(file, content=content, size=len(content)))
    return True


def complete(practice: Practice, args: Json) -> Json:
    """files.completeUploadExternal: once a file; shared in channel_id or `channels`, else private."""
    wanted = args.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackRefusal("invalid_arguments", ("missing required field: files [json-pointer:/files]",))
    uploads = [_uploaded(practice, entry) for entry in wanted]
    names = [str(args["channel_id"])] if args.get("channel_id") else str(args.get("channels") or "").split(",")
    channels = [joined_channel(practice, name) for name in names if name]
    if args.get("thread_ts") and len(channels) != 1:
        text = "thread_ts needs exactly one channel [json-pointer:/thread_ts]"
        raise SlackRefusal("invalid_arguments", (text,))
    places = [(channel.id, thread(practice, channel, args)) for channel in channels]
    said = _comment(practice, args)
    ids = tuple(channel.id for channel in channels)
    done = [file.sent(ids, entry.get("title")) for file, entry in zip(uploads, wanted, strict=True)]
    for file in done:
        practice.workspace.put_file(file)
    objects = tuple(shown(practice, file) for file in done)
    for channel, thread_ts in places:
        practice.workspace.post(
            channel, practice.workspace.bot.user_id, thread_ts=thread_ts, files=objects, text=said[0], blocks=said[1]
        )
    return {"files": list(objects)}


def _comment(practice: Practice, args: Json) -> tuple[str, tuple[Json, ...]]:
    """Text and blocks of the message; blocks are ignored beside an initial_comment."""
    text = str(args.get("initial_comment") or "")
    if text or not args.get("blocks"):
        return text, ()
    limits.check_message({"blocks": args["blocks"]})
    return "", tuple(limits.with_ids(args["blocks"], practice.workspace.new_id))


def _uploaded(practice: Practice, entry: Any) -> StoredFile:
    file = practice.workspace.files.get(entry.get("id", "")) if isinstance(entry, dict) else None
    if file is None or file.content is None or file.finished:
        raise SlackRefusal("file_not_found")
    return file


def info(practice: Practice, args: Json) -> Json:
    """files.info: a file that was shared where the bot is, or its own."""
    file = _seen(practice, need(args, "file"))
    if file is None:
        raise SlackRefusal("file_not_found")
    return {"file": shown(practice, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def download(practice: Practice, key: str, authorization: str) -> StoredFile | None:
    """The GET of url_private or url_private_download. `key`: team and file id; None: Slack would show its sign-in page.

    It takes the bot's token as a Bearer header, the scope files:read, and a file shared where the bot is.
    """
    scheme, _, token = authorization.partition(" ")
    file = _seen(practice, key.partition("-")[2])
    error = ""
    if scheme.lower() != "bearer" or token.strip() != practice.tokens.bot:
        error = "not_authed" if not authorization else "invalid_auth"
    elif practice.manifest.lacks(READ):
        error = "missing_scope"
    elif file is None:
        error = "file_not_found"
    if error:
        practice.workspace.refuse("the download of a file", error, (), {"file": key})
        return None
    return file


def _seen(practice: Practice, file_id: str) -> StoredFile | None:
    workspace = practice.workspace
    file = workspace.files.get(file_id)
    if file is None or not file.finished:
        return None
    shared = any(workspace.channels[channel].bot_in for channel in file.channels)
    return file if shared or file.user == workspace.bot.user_id else None
