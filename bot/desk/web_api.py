"""Slack's Web API: one endpoint, `/api/<method>`, with Slack's tokens, scopes, rates and way of saying no."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.desk import web_chat, web_files, web_lookup, web_views
from bot.desk.limits import validate
from bot.desk.model import Json
from bot.desk.practice import Practice
from bot.desk.rates import STATUS_A_MINUTE, TIERS
from bot.desk.refusals import SlackRefusal

Handler = Callable[[Practice, Json], Json]


@dataclass(frozen=True)
class Method:
    """`scopes`: one of them is needed. `holder`: whose token it takes. `per_minute` None: no limit here."""

    handler: Handler
    scopes: tuple[str, ...] = ()
    per_minute: int | None = None
    holder: Literal["bot", "app", "nobody"] = "bot"


def auth_test(practice: Practice, _args: Json) -> Json:
    """Who the token is."""
    workspace = practice.workspace
    return {
        "url": f"{practice.addresses.base}/",
        "team": workspace.team.name,
        "user": workspace.bot.name.lower(),
        "team_id": workspace.team.id,
        "user_id": workspace.bot.user_id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(practice: Practice, _args: Json) -> Json:
    """A one-use WebSocket URL."""
    if not practice.manifest.socket_mode:
        raise SlackRefusal("forbidden_team", ("socket mode is not enabled in the manifest",))
    return {"url": practice.addresses.socket(practice.tickets.socket())}


_READ = {"channels": "channels:read", "groups": "groups:read", "im": "im:read"}
_HISTORY = ("channels:history", "groups:history", "im:history")

METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(open_connection, holder="app"),
    "blocks.validate": Method(lambda _practice, args: validate(args), per_minute=TIERS[4], holder="nobody"),
    "chat.postMessage": Method(web_chat.post_message, ("chat:write",)),
    "chat.update": Method(web_chat.update, ("chat:write",), TIERS[3]),
    "chat.postEphemeral": Method(web_chat.post_ephemeral, ("chat:write",), TIERS[4]),
    "chat.delete": Method(web_chat.delete, ("chat:write",), TIERS[3]),
    "chat.getPermalink": Method(web_chat.permalink),
    "reactions.add": Method(web_chat.add_reaction, ("reactions:write",), TIERS[3]),
    "reactions.remove": Method(web_chat.remove_reaction, ("reactions:write",), TIERS[2]),
    "assistant.threads.setStatus": Method(web_chat.set_status, ("assistant:write", "chat:write"), STATUS_A_MINUTE),
    "agents.sessions.setStatus": Method(
        web_chat.set_session_status, ("assistant:write", "chat:write"), STATUS_A_MINUTE
    ),
    "views.open": Method(web_views.open_view, (), TIERS[4]),
    "views.push": Method(web_views.push, (), TIERS[4]),
    "views.update": Method(web_views.update, (), TIERS[4]),
    "views.publish": Method(web_views.publish, (), TIERS[4]),
    "users.info": Method(web_lookup.user_info, ("users:read",), TIERS[4]),
    "users.list": Method(web_lookup.user_list, ("users:read",), TIERS[2]),
    "usergroups.list": Method(web_lookup.group_list, ("usergroups:read",), TIERS[2]),
    "usergroups.users.list": Method(web_lookup.group_users, ("usergroups:read",), TIERS[2]),
    "conversations.info": Method(web_lookup.channel_info, tuple(_READ.values()), TIERS[3]),
    "conversations.list": Method(web_lookup.channel_list, tuple(_READ.values()), TIERS[2]),
    "conversations.members": Method(web_lookup.channel_members, tuple(_READ.values()), TIERS[4]),
    "conversations.history": Method(web_lookup.history, _HISTORY, TIERS[3]),
    "conversations.replies": Method(web_lookup.replies, _HISTORY, TIERS[3]),
    "conversations.open": Method(web_lookup.open_direct, ("im:write", "channels:manage"), TIERS[3]),
    "files.getUploadURLExternal": Method(web_files.upload_url, ("files:write",), TIERS[4]),
    "files.info": Method(web_files.info, web_files.READ, TIERS[4]),
    "files.completeUploadExternal": Method(web_files.complete, ("files:write",), TIERS[4]),
}


async def endpoint(request: Request) -> Response:
    """The route. Slack answers 200 also when it refuses, except 429."""
    practice: Practice = request.app.state.practice
    args = await arguments(request)
    return await run_in_threadpool(answer, practice, request.path_params["method"], args)


async def arguments(request: Request) -> Json:
    """Arguments from the query, a form or a JSON body; nested ones are decoded from their JSON strings."""
    args: Json = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            body = None
        args |= body if isinstance(body, dict) else {"_malformed": "invalid_json"}
    elif request.method == "POST":
        args |= dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        args["token"] = token
    return args


def answer(practice: Practice, name: str, args: Json) -> Response:
    """Call a method; a refusal is recorded and shown on every screen."""
    token = args.pop("token", None)
    try:
        method = METHODS.get(name)
        if method is None:
            raise SlackRefusal("unknown_method", req_method=name)
        if "_malformed" in args:
            raise SlackRefusal("invalid_json")
        _authorize(practice, method, token)
        practice.rates.method(name, method.per_minute)
        body = method.handler(practice, _decoded(args))
    except SlackRefusal as refusal:
        practice.workspace.refuse(name, refusal.error, refusal.messages, args)
        if refusal.retry_after is not None:
            return JSONResponse(refusal.answer(), 429, {"Retry-After": str(refusal.retry_after)})
        return JSONResponse(refusal.answer())
    return JSONResponse({"ok": True, **body}, headers={"x-oauth-scopes": ",".join(practice.manifest.scopes)})


def _authorize(practice: Practice, method: Method, token: Any) -> None:
    if method.holder == "nobody":
        return
    if not token:
        raise SlackRefusal("not_authed")
    if token not in (practice.tokens.bot, practice.tokens.app):
        raise SlackRefusal("invalid_auth")
    if (token == practice.tokens.app) is not (method.holder == "app"):
        raise SlackRefusal("not_allowed_token_type")
    if method.holder == "bot" and practice.manifest.lacks(method.scopes):
        raise SlackRefusal("missing_scope", needed=",".join(method.scopes), provided=",".join(practice.manifest.scopes))


_NESTED = {
    "blocks": "invalid_blocks_format",
    "attachments": "invalid_attachments",
    "view": "invalid_arguments",
    "metadata": "invalid_metadata_format",
    "files": "invalid_arguments",
    "loading_messages": "invalid_arguments",
    "message": "invalid_arguments",
}


def _decoded(args: Json) -> Json:
    """Form fields that hold JSON, decoded. Raises SlackRefusal where they do not."""
    decoded = dict(args)
    for name, error in _NESTED.items():
        if isinstance(decoded.get(name), str) and decoded[name]:
            try:
                decoded[name] = json.loads(decoded[name])
            except ValueError as error_:
                if name == "loading_messages":
                    decoded[name] = decoded[name].split(",")
                    continue
                raise SlackRefusal(error) from error_
    return {key: value for key, value in decoded.items() if value is not None}
