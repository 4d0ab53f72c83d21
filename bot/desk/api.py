"""The desk's own JSON API (API.md) for the page, and its event stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.desk import screen
from bot.desk.acts import Acts
from bot.desk.feed import Happening
from bot.desk.files import LARGEST
from bot.desk.modals import Modals
from bot.desk.model import Json, Message, View
from bot.desk.practice import Practice
from bot.desk.refusals import DeskRefusal

KEEP_ALIVE_SECONDS = 15.0
WORLD_SECONDS = 10.0
MOST_FILES = 10
_WORLD_VERBS = {"clear_faults": "faults/clear"}


class DeskApi:
    """The endpoints. `world_urls`: vendor -> the sandbox's address; its control API is passed through as it is."""

    def __init__(self, practice: Practice, acts: Acts, modals: Modals, world_urls: Mapping[str, str]) -> None:
        self._practice = practice
        self._workspace = practice.workspace
        self._acts = acts
        self._modals = modals
        self._worlds = dict(world_urls)
        self._streams: set[asyncio.Queue[Happening | None]] = set()

    def routes(self) -> list[Route]:
        """All routes under /desk."""
        posts: dict[str, Callable[[Json], Json]] = {
            "message": self.message,
            "edit": self.edit,
            "command": self.command,
            "shortcut": self.shortcut,
            "action": self.action,
            "view_submit": self.view_submit,
            "view_close": self.view_close,
            "open_home": self.open_home,
            "reaction": self.reaction,
        }
        return [
            Route("/desk/state", self.state, methods=["GET"]),
            Route("/desk/events", self.events, methods=["GET"]),
            Route("/desk/file", self.upload, methods=["POST"]),
            Route("/desk/file/{file_id}/{name:path}", self.download, methods=["GET"]),
            Route("/desk/world", self.world, methods=["GET"]),
            Route("/desk/world/{verb:path}", self.world, methods=["GET", "POST"]),
            *(Route(f"/desk/{name}", _posted(handler), methods=["POST"]) for name, handler in posts.items()),
        ]

    # -- reading

    async def state(self, request: Request) -> Response:
        """GET /desk/state; without `person` the first person of the workspace."""
        person = self._acts.person(request.query_params.get("person") or next(iter(self._workspace.people)))
        return JSONResponse(screen.state(self._practice, person, world=bool(self._worlds)))

    async def events(self, request: Request) -> Response:
        """GET /desk/events: what the person may see, from `since` (or Last-Event-ID) on."""
        person = self._acts.person(request.query_params.get("person", "")).id
        resumed = request.headers.get("last-event-id") or request.query_params.get("since") or ""
        since = int(resumed) if resumed.isdigit() else self._workspace.feed.seq
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(person, since), media_type="text/event-stream", headers=headers)

    async def _stream(self, person: str, since: int) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Happening | None] = asyncio.Queue()
        self._streams.add(queue)

        def hand_over(happening: Happening) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, happening)

        stop = self._workspace.feed.listen(hand_over)
        try:
            yield ": here\n\n"
            for happening in self._workspace.feed.since(since, person):
                since = happening.seq
                yield _event(happening)
            while True:
                try:
                    next_ = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if next_ is None:
                    return
                if next_.seq > since and next_.visible_to(person):
                    yield _event(next_)
        finally:
            stop()
            self._streams.discard(queue)

    def end_streams(self) -> None:
        """Let every event stream end; called in the server's loop."""
        for queue in self._streams:
            queue.put_nowait(None)

    async def world(self, request: Request) -> Response:
        """The sandbox's control API: GET and POST go through unchanged; `vendor` in a body picks its port."""
        if not self._worlds:
            raise DeskRefusal("no_world", "This desk has no sandbox world.", 404)
        verb = request.path_params.get("verb", "world")
        raw = await request.body()
        url = f"{self._world_url(raw)}/_sandbox/{_WORLD_VERBS.get(verb, verb)}"
        try:
            async with httpx.AsyncClient(timeout=WORLD_SECONDS, trust_env=False) as client:
                answer = await client.request(
                    request.method, url, content=raw, headers={"content-type": "application/json"}
                )
        except httpx.TransportError as error:
            raise DeskRefusal("world_unreachable", "The sandbox does not answer.", 502) from error
        if request.method == "POST":
            self._workspace.feed.publish("world", {})
        return Response(answer.content, answer.status_code, media_type="application/json")

    def _world_url(self, raw: bytes) -> str:
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            body = {}
        vendor = body.get("vendor") if isinstance(body, dict) else None
        return self._worlds.get(str(vendor), next(iter(self._worlds.values())))

    # -- files

    async def upload(self, request: Request) -> Response:
        """POST /desk/file: the bytes as they are; `person` and `name` in the query. Kept until it is sent."""
        query = request.query_params
        content = bytearray()
        async for chunk in request.stream():
            content += chunk
            if len(content) > LARGEST:
                break  # `Acts.upload` says so
        file = self._acts.upload(query.get("person", ""), query.get("name", ""), bytes(content))
        return JSONResponse({"id": file.id, "name": file.name, "size": file.size})

    async def download(self, request: Request) -> Response:
        """GET /desk/file/<id>/<name>?person=…: as a download, never shown in the page."""
        file = self._acts.file(request.query_params.get("person", ""), request.path_params["file_id"])
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return Response(file.content, media_type=file.kind[0], headers=headers)

    # -- acting

    def message(self, body: Json) -> Json:
        """POST /desk/message."""
        person, channel, text = _texts(body, "person", "channel", "text")
        files = body.get("files") or []
        if not isinstance(files, list) or len(files) > MOST_FILES:
            raise DeskRefusal("too_many_files", f"A message takes up to {MOST_FILES} files.")
        message = self._acts.say(person, channel, text, body.get("thread_ts"), [str(one) for one in files])
        return {"ts": message.ts, "message": message.for_desk()}

    def edit(self, body: Json) -> Json:
        """POST /desk/edit."""
        person, channel, ts, text = _texts(body, "person", "channel", "ts", "text")
        return {"message": self._acts.edit(person, channel, ts, text).for_desk()}

    def command(self, body: Json) -> Json:
        """POST /desk/command."""
        person, channel, command = _texts(body, "person", "channel", "command")
        return self._acts.command(person, channel, command, str(body.get("text") or "")).for_desk()

    def shortcut(self, body: Json) -> Json:
        """POST /desk/shortcut."""
        person, callback_id = _texts(body, "person", "callback_id")
        return self._acts.shortcut(person, callback_id, body.get("channel"), body.get("message_ts")).for_desk()

    def action(self, body: Json) -> Json:
        """POST /desk/action."""
        person, action_id = _texts(body, "person", "action_id")
        return self._acts.act(person, self._target(body), action_id, body).for_desk()

    def _target(self, body: Json) -> Message | View:
        who = self._acts.person(body["person"])
        if body.get("view_id"):
            found = self._workspace.find_view(str(body["view_id"]))
            if found is None or found[0] != who.id:
                raise DeskRefusal("no_such_view", "That window is not open any more.", 409)
            return found[1]
        channel, ts = _texts(body, "channel", "message_ts")
        return self._acts.message(who, self._acts.channel(who, channel), ts)

    def view_submit(self, body: Json) -> Json:
        """POST /desk/view_submit."""
        person, view_id = _texts(body, "person", "view_id")
        outcome = self._modals.submit(person, view_id, body.get("values") or {})
        if outcome.errors:
            return {"errors": outcome.errors}
        return {} if outcome.delivered else outcome.for_desk()

    def view_close(self, body: Json) -> Json:
        """POST /desk/view_close."""
        person, view_id = _texts(body, "person", "view_id")
        self._modals.close(person, view_id, everything=bool(body.get("all")))
        return {}

    def open_home(self, body: Json) -> Json:
        """POST /desk/open_home."""
        (person,) = _texts(body, "person")
        return self._acts.open_home(person, str(body.get("tab") or "home")).for_desk()

    def reaction(self, body: Json) -> Json:
        """POST /desk/reaction."""
        person, channel, ts, name = _texts(body, "person", "channel", "ts", "name")
        self._acts.react(person, channel, ts, name, remove=bool(body.get("remove")))
        return {}


def _texts(body: Json, *names: str) -> tuple[str, ...]:
    """The values of required text fields. Raises DeskRefusal."""
    for name in names:
        if not isinstance(body.get(name), str):
            raise DeskRefusal("missing_field", f"The request needs {name}.")
    return tuple(body[name] for name in names)


def _event(happening: Happening) -> str:
    return f"id: {happening.seq}\ndata: {json.dumps(happening.for_desk())}\n\n"


def _posted(handler: Callable[[Json], Json]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise DeskRefusal("invalid_json", "The request is not a JSON object.")
        return JSONResponse(await run_in_threadpool(handler, body))

    return endpoint


async def desk_refused(_request: Request, error: Exception) -> Response:
    """Exception handler for DeskRefusal."""
    if not isinstance(error, DeskRefusal):
        raise error
    return JSONResponse({"error": error.error, "message": error.message}, error.status)
