"""Uploading: a URL, the bytes, and sharing the file in a channel."""

from __future__ import annotations

from typing import Any

from bot.desk.arguments import joined_channel, need, number, thread
from bot.desk.model import Json
from bot.desk.practice import Practice
from bot.desk.refusals import SlackRefusal

ALT_TEXT = 1000


def upload_url(practice: Practice, args: Json) -> Json:
    """files.getUploadURLExternal."""
    name, length = need(args, "filename"), number(args, "length", 0)
    if length < 1:
        raise SlackRefusal("invalid_arguments", ("must be greater than 0 [json-pointer:/length]",))
    if len(str(args.get("alt_txt") or "")) > ALT_TEXT:
        raise SlackRefusal("alt_txt_too_large")
    file_id = practice.workspace.new_id("F")
    practice.workspace.files[file_id] = {"id": file_id, "name": name, "size": length, "content": None, "shared": False}
    return {"upload_url": practice.addresses.upload(file_id), "file_id": file_id}


def store_bytes(practice: Practice, file_id: str, content: bytes) -> bool:
    """The POST to the upload URL; False if there is no such upload."""
    file = practice.workspace.files.get(file_id)
    if file is None:
        return False
    file["content"] = content
    return True


def complete(practice: Practice, args: Json) -> Json:
    """files.completeUploadExternal: once a file; with channel_id it is shared there."""
    wanted = args.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackRefusal("invalid_arguments", ("missing required field: files [json-pointer:/files]",))
    files = [_uploaded(practice, entry) for entry in wanted]
    shown = [
        {
            "id": file["id"],
            "name": file["name"],
            "title": entry.get("title") or file["name"],
            "size": file["size"],
            "url": practice.addresses.upload(file["id"]),
        }
        for file, entry in zip(files, wanted, strict=True)
    ]
    if args.get("channel_id"):
        channel = joined_channel(practice, need(args, "channel_id"))
        practice.workspace.post(
            channel.id,
            practice.workspace.bot.user_id,
            str(args.get("initial_comment") or ""),
            thread_ts=thread(practice, channel, args),
            files=tuple(shown),
        )
    for file in files:
        file["shared"] = True
    return {"files": [{**file, "url_private": file["url"]} for file in shown]}


def _uploaded(practice: Practice, entry: Any) -> Json:
    file = practice.workspace.files.get(entry.get("id", "")) if isinstance(entry, dict) else None
    if file is None or file["content"] is None or file["shared"]:
        raise SlackRefusal("file_not_found")
    return file
