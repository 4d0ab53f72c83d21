"""Files of the practice workspace: what people attach and what the bot uploads, as Slack's file objects. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from bot.desk.model import Json

LARGEST: Final = 50_000_000
"""Bytes of one file that the desk keeps; Slack itself takes up to a gigabyte."""
_KINDS: Final = {
    ".csv": ("text/csv", "csv", "CSV"),
    ".tsv": ("text/tab-separated-values", "tsv", "TSV"),
    ".txt": ("text/plain", "text", "Plain Text"),
    ".json": ("application/json", "json", "JSON"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel Spreadsheet"),
    ".xls": ("application/vnd.ms-excel", "xls", "Excel Spreadsheet"),
    ".pdf": ("application/pdf", "pdf", "PDF"),
    ".png": ("image/png", "png", "PNG"),
    ".jpg": ("image/jpeg", "jpg", "JPEG"),
}
_UNKNOWN: Final = ("application/octet-stream", "binary", "Binary")
_TEXT: Final = frozenset({"csv", "tsv", "text", "json"})


@dataclass(frozen=True)
class StoredFile:
    """One file. `content` is None until the bytes came; `size` is in bytes; `created` in seconds since 1970.

    `channels`: where it was shared. `finished`: the bot's upload was completed, or a person sent the file.
    """

    id: str
    name: str
    title: str
    user: str
    size: int
    created: int
    content: bytes | None = None
    channels: tuple[str, ...] = ()
    finished: bool = False

    @property
    def kind(self) -> tuple[str, str, str]:
        """(mimetype, filetype, what people call it), told by the name's ending."""
        return _KINDS.get(PurePosixPath(self.name.lower()).suffix, _UNKNOWN)

    def sent(self, channels: tuple[str, ...], title: str | None = None) -> StoredFile:
        """The same file, shared in these channels too."""
        joined = tuple(dict.fromkeys((*self.channels, *channels)))
        return replace(self, channels=joined, title=title or self.title, finished=True)


def file_json(file: StoredFile, *, team: str, base: str) -> Json:
    """Slack's file object; `base` is the desk's address."""
    mimetype, filetype, pretty = file.kind
    private = f"{base}/files-pri/{team}-{file.id}"
    name = quote(file.name)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": mimetype,
        "filetype": filetype,
        "pretty_type": pretty,
        "user": file.user,
        "user_team": team,
        "editable": filetype in _TEXT,
        "size": file.size,
        "mode": "snippet" if filetype in _TEXT else "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{name}",
        "url_private_download": f"{private}/download/{name}",
        "permalink": f"{base}/files/{file.user}/{file.id}/{name}",
        "has_rich_preview": False,
        "file_access": "visible",
    }
