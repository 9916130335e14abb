"""What nobody should send, sent to every operation of every service.

Whoever is not refused is answered: a failure of a service's own would, five times over,
take it from everybody. All services run in this process, on one database and each
behind the others as in the mesh, so that a failure further back counts as well.
"""

import asyncio
import copy
import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest
from fastapi import FastAPI

import chassis
from chassis import testing

ROOT = Path(__file__).parents[3]
CONTRACTS = chassis.contracts()
LONG = "a" * 200_000
NUL, HALF = "a\0b", "a\ud800b"
BEGINNING, END = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
TEXTS = (NUL, HALF, LONG, BEGINNING, END, "", "..")
NUMBERS = (10**30, -(10**30), float("nan"), float("inf"), 10**400)
OBJECTS = ({NUL: 1}, {HALF: 1}, {LONG: 1}, {"a": {"b": HALF}}, {"a": float("nan")})
BODIES = (b"", b"{bad", b"[" * 100_000, b"\xff\xfe", b'{"a": "\xed\xa0\x80"}', b"null")
KINDS = ("application/json", "text/plain", "multipart/form-data", "", "a/\xff")
HEADERS = (
    {"If-Match": '"' + "9" * 5000 + '"'},
    {"If-Match": f'"{10**30}"'},
    {"Idempotency-Key": LONG[:60_000]},
    {"Idempotency-Key": "\xff\x80"},
    {"Last-Event-ID": "\xff"},
    {"X-Request-Timeout": "nan"},
)
EXAMPLES = {
    "date-time": "2030-01-01T09:00:00Z",
    "date": "2030-01-01",
    "time": "09:00",
    "email": "ann@example.com",
    "uri": "https://a.example/",
}
LONGEST, ENDLESS = 30.0, 0.2  # seconds for an answer, and for one without an end
PLAIN: dict[Any, Any] = {"boolean": False, "null": None}
DEEPEST = 3  # level to which members that may be missing are given


def sample(schema: dict[str, Any], known: dict[str, Any], depth: int = 0) -> Any:
    """A value that the schema may admit, with every member that it names."""
    if "$ref" in schema:
        return sample(known[schema["$ref"].rpartition("/")[2]], known, depth)
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return sample(several[0 if depth < DEEPEST else -1], known, depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            named = schema.get("properties", {}).items()
            return {name: sample(of, known, depth + 1) for name, of in named}
        case "array":
            return [sample(schema.get("items", {}), known, depth + 1)]
        case "integer" | "number":
            return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        case "string":
            return EXAMPLES.get(schema.get("format", ""), "a")
    return PLAIN.get(schema.get("type"), {"a": "a"})


class Sent(NamedTuple):
    """A request; path and query are in their escaped form."""

    method: str
    path: str
    query: str
    content: bytes
    headers: dict[str, str]

    def scope(self, token: str) -> dict[str, Any]:
        target = f"{self.path}?{self.query}" if self.query else self.path
        known = {"x-internal-token": token, "content-length": str(len(self.content))}
        return testing.scope(self.method.upper(), target, self.headers | known)


def leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of the values in a JSON value, whole objects among them."""
    if place:
        yield place
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, each in pairs:
        yield from leaves(each, (*place, key))


def replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    made = inside = copy.deepcopy(value)
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = new
    return made


def at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


def hostile(value: Any) -> tuple[Any, ...]:
    """What to put where *value* would be right."""
    match value:
        case str():
            return TEXTS
        case bool() | None:
            return ()
        case int() | float():
            return NUMBERS
        case dict():
            return OBJECTS
    return ()


class Operation:
    """One operation of a contract, and the requests that are made of it."""

    def __init__(self, service: str, path: str, method: str, said: Any) -> None:
        self.name, self.path, self.method = said["operationId"], path, method
        known = CONTRACTS[service].get("components", {}).get("schemas", {})
        self.placed, self.asked = (
            {
                each["name"]: sample(each["schema"], known)
                for each in said.get("parameters", [])
                if each["in"] == place
            }
            for place in ("path", "query")
        )
        content = said.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        self.body = sample(schema, known)
        self.takes_body = method not in ("get", "delete")

    def requests(self) -> Iterator[Sent]:
        yield from self._targets()
        yield from (self._request(headers=each) for each in HEADERS)
        if self.takes_body:
            yield from self._bodies()

    def _targets(self) -> Iterator[Sent]:
        for wrong in TEXTS:
            for name in self.placed:
                yield self._request(placed=self.placed | {name: wrong})
            for name in self.asked:
                yield self._request(asked={name: wrong})
        yield self._request(asked={HALF: NUL, LONG: ""})

    def _bodies(self) -> Iterator[Sent]:
        for place in leaves(self.body):
            for wrong in hostile(at(self.body, place)):
                yield self._request(body=replaced(self.body, place, wrong))
        for content in BODIES:
            yield self._request(content=content, headers={"Content-Type": KINDS[0]})
        for kind in KINDS[1:]:
            yield self._request(content=b"{bad", headers={"Content-Type": kind})

    def _request(self, **parts: Any) -> Sent:
        placed = {
            name: quote(str(value), safe="", errors="surrogatepass")
            for name, value in parts.get("placed", self.placed).items()
        }
        query = urlencode(parts.get("asked", {}), errors="surrogatepass")
        headers, content = dict(parts.get("headers", {})), parts.get("content")
        if content is None and self.takes_body:
            content = json.dumps(parts.get("body", self.body)).encode()
            headers["Content-Type"] = "application/json"
        return Sent(
            self.method, self.path.format(**placed), query, content or b"", headers
        )


def operations(service: str) -> Iterator[Operation]:
    for path, methods in CONTRACTS[service]["paths"].items():
        for method, said in methods.items():
            yield Operation(service, path, method, said)


@pytest.fixture(scope="module")
def apps() -> dict[str, FastAPI]:
    """Every service's application but that of the documents."""
    for name in ("AUTHENTICATION", "CALENDAR_PROVIDER", "PAYMENT_LINK"):
        os.environ.setdefault(f"{name}_SECRET", "a-secret-for-tests-only")
    os.environ.setdefault("LOGGING_AGENT_KEYS", "a-key-for-tests-only")
    os.environ.setdefault("FILIGREE_PUBLIC_URL", "https://pay.example")
    found = (path.parent for path in ROOT.glob("services/*/*/service.yaml"))
    return {
        each.name.replace("_", "-"): importlib.import_module(
            f"services.{each.parent.name}.{each.name}.app"
        ).app
        for each in found
        if each.name != "database_operations"
    }


async def _status(app: FastAPI, asked: Sent, token: str) -> int:
    """What is answered; 0 where it is a stream without an end."""
    statuses, gone = [0], asyncio.Event()
    ends = not asked.path.endswith("/watch")
    waiting = [{"type": "http.request", "body": asked.content, "more_body": False}]

    async def receive() -> Any:
        if waiting:
            return waiting.pop()
        await gone.wait()

    async def send(message: Any) -> None:
        statuses.append(message.get("status", statuses[-1]))

    try:
        async with asyncio.timeout(LONGEST if ends else ENDLESS):
            await app(asked.scope(token), receive, send)
    except TimeoutError:
        assert not ends, asked
    return statuses[-1]


def _failed(call: testing.Call) -> bool:
    # Not all of them are started, only to be asked.
    return call.status >= 500 and not call.operation.endswith("/health/ready")


@pytest.mark.parametrize("service", sorted(CONTRACTS))
def test_nothing_that_is_sent_makes_a_service_fail(
    service: str, apps: dict[str, FastAPI], database: FastAPI
) -> None:
    everybody = apps | {"database-operations": database}
    failures = []
    with testing.mesh(everybody[service], upstreams=everybody) as mesh:
        token = chassis.mint(chassis.Context(mesh.tenant, "u1", ("owner",), "x"))
        for operation in operations(service):
            for asked in operation.requests():
                mesh.wire.calls.clear()
                status = mesh.portal.call(_status, mesh.app, asked, token)
                behind = [*filter(_failed, mesh.wire.calls)]
                if status >= 500 or behind:
                    failures.append(f"{operation.name} {status} {behind} {asked}"[:600])
    assert not failures, "\n".join(failures)
