"""``filigree call``: one request through the mesh, as a tenant and as a caller."""

import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from filigree import control, environment, hint, state, tokens
from filigree.mesh_error import MeshError
from filigree.state import State


@dataclass(frozen=True, slots=True)
class Asked:
    """The request. ``data`` is the body, ``@file`` or ``-`` for standard input."""

    service: str
    method: str
    path: str
    tenant: str | None = None
    subject: str = "operator"
    roles: tuple[str, ...] = ("owner",)
    data: str | None = None
    key: str | None = None
    headers: tuple[str, ...] = ()
    caller: str = "operator"
    timeout: float = 60.0  # seconds


def call(held: State, asked: Asked) -> int:
    """Make the call; body to standard output, status to standard error.

    The exit code: 0 below status 400, else 1.
    """
    began = time.monotonic()
    try:
        with client(held, asked) as wire, send(wire, held, asked) as response:
            for piece in _shown(response):
                print(piece, end="", flush=True)
            _close(response, began)
            return int(response.status_code >= 400)
    except httpx.TransportError as exc:
        raise MeshError(f"{asked.service} could not be called: {exc}") from exc
    except (httpx.InvalidURL, UnicodeEncodeError) as exc:
        raise MeshError(f"this is no request that could be sent: {exc}") from exc


def client(held: State, asked: Asked) -> httpx.Client:
    """A client that calls as ``asked.caller``; MeshError when that has no way out."""
    if not control.is_running(held):
        start = hint.command("up", held.offset)
        raise MeshError("the mesh does not run here", f"Start it: {start}")
    socket = held.egress(asked.caller)
    if not socket.exists():
        raise _no_part(asked.caller, socket.parent)
    if not held.socket(asked.service).exists():
        raise _no_part(asked.service, held.run)
    # Nothing is encrypted there: no authority has to be read, which takes long.
    transport = httpx.HTTPTransport(uds=str(socket), verify=False)
    return httpx.Client(
        transport=transport, base_url=f"http://{asked.service}", timeout=asked.timeout
    )


def _no_part(name: str, sockets: Path) -> MeshError:
    return hint.absent(name, (path.stem for path in sockets.glob("*.sock")))


def send(
    wire: httpx.Client, held: State, asked: Asked
) -> AbstractContextManager[httpx.Response]:
    """The response, its body still to come."""
    headers = dict(_header(each) for each in asked.headers)
    body = _body(asked.data, headers)
    if asked.key:
        headers["Idempotency-Key"] = asked.key
    tenant = asked.tenant or state.read_json(held.demo).get("tenant") or "demo"
    if not tenant.isascii():
        raise MeshError(f"{tenant!r} is no tenant's id: those are of ASCII letters")
    headers[tokens.HEADER] = tokens.mint(
        environment.internal_keys(held),
        tenant,
        asked.subject,
        asked.roles,
        asked.caller,
    )
    headers["X-Request-Id"] = str(uuid.uuid4())
    headers["X-Request-Timeout"] = f"{asked.timeout:g}"
    return wire.stream(asked.method, asked.path, headers=headers, **body)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise MeshError(f"--header {text!r} is not NAME:VALUE")
    return name.strip(), value.strip()


def _body(data: str | None, headers: dict[str, str]) -> dict[str, Any]:
    """The body as httpx takes it; MeshError when the file cannot be read.

    A file is JSON by its name, or what *headers* say, or else the part ``file`` of a
    form, as uploads are taken.
    """
    if data is None:
        return {}
    if not data.startswith("@"):
        headers.setdefault("Content-Type", "application/json")
        return {"content": sys.stdin.buffer.read() if data == "-" else data.encode()}
    path = Path(data[1:])
    try:
        read = path.read_bytes()
    except OSError as exc:
        raise MeshError(f"{path} cannot be read: {exc.strerror}") from exc
    if path.suffix == ".json":
        headers.setdefault("Content-Type", "application/json")
    is_stated = "content-type" in map(str.lower, headers)
    return {"content": read} if is_stated else {"files": {"file": (path.name, read)}}


def _shown(response: httpx.Response) -> Iterator[str]:
    """The body for the eye: JSON indented, anything else as it comes."""
    kind = response.headers.get("content-type", "")
    if "json" not in kind:
        yield from response.iter_text()
        return
    text = response.read().decode("utf-8", "replace")
    try:
        yield json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
    except ValueError:
        yield text


def _close(response: httpx.Response, began: float) -> None:
    milliseconds = (time.monotonic() - began) * 1000
    trace = response.headers.get("x-request-id", "-")
    print(
        f"{response.status_code} {response.reason_phrase}  {milliseconds:.0f} ms  "
        f"request {trace}",
        file=sys.stderr,
    )
