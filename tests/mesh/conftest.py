"""A repository of three toy services, run as a real mesh for the module's tests."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml

from filigree import control, environment, tokens
from filigree.state import State

SCHEMA = Path(__file__).parents[2] / "contracts" / "declaration.schema.json"

# A service that fails as told, and counts what reaches it.
CALLEE = '''
"""A toy that fails as often as it is told to."""

import asyncio
import os
from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

import chassis

# A plain router: the chassis would keep the answers to keyed requests in a database.
router = APIRouter(prefix="/api/v1")
seen: Counter[str] = Counter()
failing: dict[str, int] = {"times": 0, "status": 503}


async def answer(request: Request, name: str):
    seen[name] += 1
    if failing["times"] > 0:
        failing["times"] -= 1
        return JSONResponse({"mine": True}, failing["status"])
    caller = request.headers.get("x-filigree-caller")
    return JSONResponse({"caller": caller, "pid": os.getpid()})


@router.get("/things/{id}")
async def get_thing(id: str, request: Request):
    return await answer(request, "get_thing")


@router.post("/things")
async def make_thing(request: Request):
    return await answer(request, "make_thing")


@router.post("/deeds")
async def do_deed(request: Request):
    return await answer(request, "do_deed")


@router.get("/secrets")
async def get_secrets(request: Request):
    return await answer(request, "get_secrets")


@router.post("/failing")
async def fail(request: Request):
    failing.update(await request.json())
    return JSONResponse({})


@router.get("/seen")
async def get_seen():
    return JSONResponse({"seen": dict(seen), "pid": os.getpid()})


# As it says itself, it waits for its provider for longer than anybody waits for it.
advisors = chassis.router("/api/v1")
nobody = chassis.provider("Nobody", timeout=20.0)


@advisors.get("/advice", **chassis.policy(anonymous=True, timeout=30.0))
async def advise() -> None:
    await nobody.call("GET /", asyncio.sleep, 25.0)


app = chassis.create_app("{name}", router, advisors)
'''
CALLER = '''
"""A toy that calls the other one."""

import chassis

router = chassis.router("/api/v1")
app = chassis.create_app("caller", router)
'''


def declare(root: Path, name: str, port: int, code: str, **more: Any) -> None:
    """Write a service of the domain ``toys``: its declaration and its code."""
    folder = root / "services" / "toys" / name
    folder.mkdir(parents=True, exist_ok=True)
    given = {"name": name, "domain": "toys", "port": port, "owner": "@filigree/toys"}
    given |= {"summary": f"The {name} of the toys", **more}
    (folder / "service.yaml").write_text(yaml.safe_dump(given, sort_keys=False))
    (folder / "app.py").write_text(code)
    for package in (folder, folder.parent, folder.parent.parent):
        (package / "__init__.py").touch()


def offer(root: Path, service: str, *operations: dict[str, Any]) -> None:
    """Write the OpenAPI document that `filigree generate` would write."""
    paths: dict[str, Any] = {}
    for each in operations:
        described = dict(each)
        method, path = described.pop("method"), described.pop("path")
        paths.setdefault(path, {})[method] = described
    document = root / "contracts" / "openapi" / f"{service}.json"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(json.dumps({"openapi": "3.1.0", "paths": paths}))


def operation(name: str, method: str, path: str, **policy: Any) -> dict[str, Any]:
    extensions = {f"x-{key}": value for key, value in policy.items()}
    return {"operationId": name, "method": method, "path": path, **extensions}


def toys(root: Path) -> None:
    """Three services: ``caller`` may use four of ``callee``'s operations."""
    (root / "contracts").mkdir(parents=True)
    shutil.copy(SCHEMA, root / "contracts" / "declaration.schema.json")
    declare(
        root,
        "caller",
        8001,
        CALLER,
        calls=[
            {
                "service": "callee",
                "operations": ["get_thing", "make_thing", "do_deed", "advise"],
            },
            {"service": "frail", "operations": ["do_deed"]},
        ],
    )
    # One is ejected for longer than any test lasts, the other not for long.
    failing(root, "callee", 8002, ejection="60s")
    failing(root, "frail", 8003, ejection="3s")
    offer(root, "caller")


def failing(root: Path, name: str, port: int, *, ejection: str) -> None:
    """A service that fails as told, and its callers leave it alone for *ejection*."""
    breaker = {"consecutive5xx": 5, "ejection": ejection}
    code = CALLEE.replace("{name}", name)
    declare(root, name, port, code, resilience={"breaker": breaker})
    offer(
        root,
        name,
        operation("get_thing", "get", "/api/v1/things/{id}", retry="read", timeout=2.0),
        operation("make_thing", "post", "/api/v1/things", retry="keyed", timeout=2.0),
        operation("do_deed", "post", "/api/v1/deeds", retry="never", timeout=2.0),
        operation("advise", "get", "/api/v1/advice", retry="never", timeout=1.0),
        operation("get_secrets", "get", "/api/v1/secrets", retry="read"),
        operation("fail", "post", "/api/v1/failing", retry="never"),
        operation("get_seen", "get", "/api/v1/seen", retry="never"),
    )


def free_offset() -> int:
    """An offset at which the toys' ports are free."""
    for offset in range(2000 + os.getpid() % 500 * 20, 50_000, 20):
        with suppress(OSError):
            for port in (8001, 8002, 8003):
                socket.create_server(("127.0.0.1", port + offset)).close()
            return offset
    raise AssertionError("no free ports")


def until(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Wait until *condition* is true and return its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


class Mesh:
    """A mesh in a process of its own, as a terminal would run it."""

    def __init__(self, root: Path, offset: int) -> None:
        self.held = State(root, offset)
        self.root, self.offset = root, offset
        self.process: subprocess.Popen[str] | None = None

    def command(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run ``filigree`` with these words, in a process of its own."""
        return subprocess.run(
            self.argv(*words),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **more,
        )

    def argv(self, *words: str) -> list[str]:
        place = ["--root", str(self.root), "--port-offset", str(self.offset)]
        return [sys.executable, "-m", "filigree.cli", *place, *words]

    def start(self, *words: str, **more: Any) -> None:
        """``filigree up`` in the foreground; returns once every service is ready."""
        self.process = subprocess.Popen(
            self.argv("up", "--no-demo", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            **more,
        )
        until(self._is_up, 60.0)

    def _is_up(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(self.process.communicate()[0])
        if not control.is_running(self.held):
            return False
        phase = control.ask(self.held, "status")["phase"]
        assert phase != "partly", "a toy did not start"
        return phase == "ready"

    def processes(self) -> list[psutil.Process]:
        """Every process that the mesh started, itself first."""
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def stop(self, sent: int = signal.SIGINT) -> str:
        """Send a signal, as Ctrl-C does, and return all that was said."""
        assert self.process is not None
        self.process.send_signal(sent)
        return self.process.communicate(timeout=40)[0]

    def row(self, name: str) -> dict[str, Any]:
        """What ``filigree ps`` knows of one process."""
        rows = control.ask(self.held, "ps", name=name)["rows"]
        return next(row for row in rows if row["name"] == name)

    def call(
        self,
        method: str,
        path: str,
        *,
        caller: str = "caller",
        callee: str = "callee",
        **more: Any,
    ) -> httpx.Response:
        """Call *callee* through the egress of *caller*."""
        keys = environment.internal_keys(self.held)
        token = tokens.mint(keys, "t1", "u1", ["owner"], caller)
        headers = {tokens.HEADER: token, **more.pop("headers", {})}
        # Reading the certificates of the world takes longer than the call.
        uds = str(self.held.egress(caller))
        transport = httpx.HTTPTransport(verify=False, uds=uds)
        with httpx.Client(transport=transport, base_url=f"http://{callee}") as client:
            return client.request(method, path, headers=headers, timeout=20, **more)

    def fail(self, times: int, status: int = 503, callee: str = "callee") -> None:
        """Let *callee* answer *status* so many times."""
        body = {"times": times, "status": status}
        path, who = "/api/v1/failing", {"caller": "operator", "callee": callee}
        answer = self.call("POST", path, json=body, **who)
        assert answer.status_code == 200

    def seen(self, operation: str) -> int:
        """How many requests of an operation the callee has seen."""
        answer = self.call("GET", "/api/v1/seen", caller="operator")
        return answer.json()["seen"].get(operation, 0)


@pytest.fixture
def make_mesh(tmp_path: Path) -> Iterator[Callable[[], Mesh]]:
    """Makes a mesh of the toys, not started; whatever still runs is killed."""
    made: list[Mesh] = []

    def make() -> Mesh:
        root = tmp_path / uuid.uuid4().hex[:6]
        toys(root)
        made.append(Mesh(root, free_offset()))
        return made[-1]

    yield make
    for mesh in made:
        kill(mesh)


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """One running mesh for all tests of this folder that leave it as they found it."""
    root = tmp_path_factory.mktemp("mesh") / "toys"
    toys(root)
    mesh = Mesh(root, free_offset())
    mesh.start()
    yield mesh
    kill(mesh)


def kill(mesh: Mesh) -> None:
    if mesh.process and mesh.process.poll() is None:
        mesh.process.kill()
        mesh.process.communicate()
    mesh.held.leave()


@pytest.fixture
def toys_root(tmp_path: Path) -> Path:
    """The repository of the toys, whose mesh does not run."""
    toys(tmp_path)
    return tmp_path


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., Any]:
    return until
