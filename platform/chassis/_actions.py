"""Actions: operations that services declare for plans and pipelines to call.

An operation is one when its policy says ``action=`` and when repeating it does no harm:
whoever runs a plan may be cut off, and begin again. Its name is what a planner calls
it; a dot in it (``pipeline.enhance``) keeps it to pipelines. A pipeline names it
``service:action``.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from chassis import errors
from chassis._upstream import contracts, upstream

Emit = Callable[[Any], Awaitable[None]]
REPEATABLE = ("read", "keyed")


@dataclass(frozen=True, slots=True)
class Action:
    """One declared action.

    ``schema`` is the JSON Schema of its arguments, complete in itself: those of the
    path, of the query and of the body together.
    """

    service: str
    name: str
    operation: str
    description: str
    schema: dict[str, Any]
    path: frozenset[str]
    has_body: bool
    streams: bool

    @property
    def resource(self) -> str:
        return f"{self.service}:{self.name.rpartition('.')[2]}"

    @property
    def is_offered(self) -> bool:
        """Whether a planner may choose it; steps of pipelines are not on offer."""
        return "." not in self.name

    async def __call__(
        self,
        arguments: Mapping[str, Any],
        *,
        key: str,
        timeout: float,
        emit: Emit | None = None,
    ) -> Any:
        """Its output as JSON. ``key`` is the idempotency key, ``timeout`` in seconds.

        With ``emit`` an operation that streams hands on its deltas as they come.
        Invalid without what its path names.
        """
        self._require_addressed(arguments)
        placed = {name: v for name, v in arguments.items() if name in self.path}
        rest = {name: v for name, v in arguments.items() if name not in self.path}
        sent = {"json" if self.has_body else "params": rest}
        if emit is None or not self.streams:
            called = upstream(self.service).call
            return await called(
                self.operation, key=key, timeout=timeout, **sent, **placed
            )
        return await self._relayed(rest, timeout, emit, placed)

    def _require_addressed(self, arguments: Any) -> None:
        if not isinstance(arguments, Mapping) or self.path - arguments.keys():
            needed = ", ".join(sorted(self.path)) or "members by their names"
            raise errors.Invalid(f"{self.resource} is called with {needed}")

    async def _relayed(
        self, json: Any, timeout: float, emit: Emit, path: Mapping[str, Any]
    ) -> Any:
        events = upstream(self.service).stream(
            self.operation, json=json, timeout=timeout, **path
        )
        async for event, data in events:
            if event == "delta":
                await emit(data)
            elif event == "error":
                raise errors.UpstreamFailed(data["message"], upstream=self.service)
            else:
                return data
        raise errors.UpstreamFailed(
            f"{self.service} ended its stream early", upstream=self.service
        )


@cache
def actions() -> Mapping[str, Action]:
    """Every declared action by its resource, from contracts/openapi/."""
    found = [
        _action(service, path, described, document)
        for service, document in sorted(contracts().items())
        for path, methods in document["paths"].items()
        for described in methods.values()
        if "x-action" in described and described.get("x-retry") in REPEATABLE
    ]
    return {action.resource: action for action in found}


def _action(
    service: str, path: str, described: dict[str, Any], document: dict[str, Any]
) -> Action:
    return Action(
        service=service,
        name=described["x-action"],
        operation=described["operationId"],
        description=described.get("description", ""),
        schema=_schema(described, document),
        path=frozenset(re.findall(r"{(\w+)}", path)),
        has_body="requestBody" in described,
        streams=bool(described.get("x-stream")),
    )


def _schema(described: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The arguments' schema; references lead into its own ``$defs``."""
    given = [one for one in described.get("parameters", ()) if _is_argument(one)]
    body = described.get("requestBody", {}).get("content", {})
    schema = body.get("application/json", {}).get("schema", {"type": "object"})
    if given:
        named = {one["name"]: one.get("schema", {}) for one in given}
        required = [one["name"] for one in given if one.get("required")]
        placed = {"type": "object", "properties": named, "required": required}
        alone = placed | {"additionalProperties": False}
        schema = {"allOf": [schema, placed]} if body else alone
    known = document.get("components", {}).get("schemas", {})
    text = json.dumps(schema | {"$defs": _reached(schema, known)})
    return json.loads(text.replace("#/components/schemas/", "#/$defs/"))


def _reached(schema: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the *known* schemas that *schema* refers to, directly or not.

    A planner sends them to a model with every message.
    """
    reached: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in re.findall(
            r'"#/components/schemas/([^"]+)"', json.dumps(waiting.pop())
        ):
            if name not in reached:
                reached[name] = known[name]
                waiting.append(known[name])
    return reached


def _is_argument(parameter: dict[str, Any]) -> bool:
    return parameter["in"] in ("path", "query")
