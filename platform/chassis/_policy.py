"""Policy: what callers may count on, declared beside the route.

It lands in the OpenAPI document as ``x-…`` members, from which the mesh's routes,
retries and timeouts are generated.
"""

from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel

Retry = Literal["read", "keyed", "never"]
DEFAULT_TIMEOUT = 5.0
# Roles, as authentication gives them: who owns and runs a business; who works there.
MANAGERS = ("owner", "admin")
STAFF = (*MANAGERS, "agent")


def policy(
    *,
    retry: Retry = "never",
    timeout: float = DEFAULT_TIMEOUT,
    public: bool = False,
    anonymous: bool = False,
    roles: tuple[str, ...] = (),
    outside: bool = False,
    stream: bool = False,
    action: str | None = None,
    replays: bool = False,
    quiet: bool = False,
    fields: type[BaseModel] | None = None,
) -> dict[str, Any]:
    """Keyword arguments for a route decorator.

    ``retry``: ``read`` may be repeated at any time, ``keyed`` when the request carries
    an Idempotency-Key, ``never`` only when the upstream cannot have seen it.
    ``timeout``: seconds until the answer. ``public``: reachable through the gateway.
    ``anonymous``: needs no credential. ``roles``: one of them is needed (services
    acting on a tenant's behalf pass); ``outside``: by who comes through the gateway
    alone, for services know whom they work for. ``stream``: the answer may be
    server-sent events, which have an idle timeout instead. ``action``: the name under
    which a plan may call it. ``replays``: the handler itself gives a repeated key its
    first answer, instead of the chassis' journal. ``quiet``: neither it nor what it
    calls writes access lines, because it is where they are sent to. ``fields``: what
    may be said beside an uploaded file; nothing else is taken.
    """
    extra: dict[str, Any] = {"x-retry": retry, "x-timeout": timeout}
    flags = {"x-public": public, "x-anonymous": anonymous, "x-stream": stream}
    flags |= {"x-replays": replays, "x-quiet": quiet, "x-outside": outside}
    extra |= {name: True for name, on in flags.items() if on}
    if roles:
        extra["x-roles"] = list(roles)
    if fields:
        extra["x-fields"] = fields
    if action:
        extra["x-action"] = action
    return {"openapi_extra": extra}


def media(*types: str) -> dict[str, Any]:
    """Keyword arguments for a route decorator: the media types of an answer that is no
    JSON of a model, for the OpenAPI document; the handler makes the Response itself."""
    told: dict[str, Any] = {each: {"schema": {"type": "string"}} for each in types}
    if "application/json" in told:
        told["application/json"] = {"schema": {}}
    return {"response_class": Response, "responses": {200: {"content": told}}}
