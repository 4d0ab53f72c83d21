"""Files over Slack: which of those in a message may be a list, and what they hold, fetched with our token."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.bulk import BadFile, Kind

log = logging.getLogger(__name__)

_SHEETS: Final = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".numbers")
_BULK: Final = re.compile(
    r"\b(?:bulk|batch|mass (?:adjust|enroll?)|points? list|list of points"
    r"|masiv[oa]s?|(?:en|por) lotes?|lista de puntos)\b",
    re.IGNORECASE,
)
_ENROL: Final = re.compile(r"\b(?:enrol\w*|sign (?:them )?up|inscri\w+)\b", re.IGNORECASE)
_POINTS: Final = re.compile(r"\b(?:points?|adjust\w*|puntos?|ajust\w+)\b", re.IGNORECASE)
_TIMEOUT_S: Final = 30.0
_GONE: Final = frozenset({"file_not_found", "file_deleted", "not_visible", "access_denied"})


def says_bulk(text: str) -> bool:
    """Whether the words ask for many accounts at once."""
    return _BULK.search(text) is not None


def wanted_kind(text: str) -> Kind | None:
    """What the words beside a file say it is for; None where they leave it open."""
    return "enroll" if _ENROL.search(text) and not _POINTS.search(text) else None


def sheets(files: Sequence[Mapping[str, Any]], text: str) -> list[Mapping[str, Any]]:
    """The files of a message that may be lists: by their name; any file, where the words ask for many at once."""
    there = [file for file in files if file.get("id") and file.get("mode") != "tombstone"]
    if says_bulk(text):
        return there
    return [file for file in there if str(file.get("name") or "").lower().endswith(_SHEETS)]


def fetch(client: WebClient, file_id: str, *, most: int) -> bytes:
    """The bytes of a file that was shared where we are.

    Raises BadFile for one that is gone, that we may not read, or that is longer than `most` bytes; SlackApiError and
    httpx.TransportError when Slack does not answer, to be tried again.
    """
    try:
        file = client.files_info(file=file_id)["file"]
    except SlackApiError as error:
        if error.response.get("error") in _GONE:
            raise BadFile("file_gone") from error
        if error.response.get("error") == "missing_scope":
            raise _not_allowed() from error
        raise
    if int(file.get("size") or 0) > most:
        raise _too_large(most)
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if not _is_slacks(url, client.base_url):
        log.error("Slack gave a file an address elsewhere: %s", urlsplit(url).hostname)
        raise BadFile("file_elsewhere")
    return _download(url, client, most)


def _download(url: str, client: WebClient, most: int) -> bytes:
    headers = {"authorization": f"Bearer {client.token}"}
    found = bytearray()
    with (
        httpx.Client(timeout=_TIMEOUT_S, proxy=client.proxy, trust_env=False) as http,
        http.stream("GET", url, headers=headers) as answer,
    ):
        if answer.is_redirect or answer.headers.get("content-type", "").startswith("text/html"):
            raise _not_allowed()  # Slack shows who may not read a file a page to sign in
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise httpx.RemoteProtocolError(f"Slack answered {answer.status_code} for a file")
        if not answer.is_success:
            raise BadFile("file_gone")
        for piece in answer.iter_bytes():
            found += piece
            if len(found) > most:
                raise _too_large(most)
    return bytes(found)


def _is_slacks(url: str, api: str) -> bool:
    """Our token goes to Slack alone: over https to slack.com, or to where the API itself is."""
    there, known = urlsplit(url), urlsplit(api)
    host = there.hostname or ""
    return (there.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))) or (
        (there.scheme, there.netloc) == (known.scheme, known.netloc)
    )


def _too_large(most: int) -> BadFile:
    return BadFile("too_large", most=str(most // 1_000_000))


def _not_allowed() -> BadFile:
    log.error("A file could not be read: the bot token lacks the scope files:read. Install the app again.")
    return BadFile("no_files_scope")
