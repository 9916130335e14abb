"""``filigree up``: the whole of a start, in the foreground or detached."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from filigree import (
    control,
    edges,
    engines,
    engines_postgres_place,
    environment,
    hint,
    orphans,
    selection,
    sources,
    state,
    watch,
    weights,
)
from filigree.commands import Commands
from filigree.declarations import DeclarationError
from filigree.edges import GATEWAY, Mesh
from filigree.mesh_error import MeshError
from filigree.progress import Report
from filigree.state import State
from filigree.supervisor import Supervisor

READY_WITHIN = 90.0  # seconds until every service should be ready
SEEDED_WITHIN = 120.0  # seconds for the demo tenant
NEVER_READY = 1
CHAT = "conversation-manager"  # who answers customers
STOP = "Ctrl-C, or "


@dataclass(frozen=True, slots=True)
class Wish:
    """What `up` was asked for: domains or services, none for all of them."""

    names: tuple[str, ...] = ()
    watching: bool = False
    seeding: bool = True


def resolve(held: State, wish: Wish) -> Mesh:
    """The mesh to run; MeshError when a declaration is wrong or a name unknown."""
    try:
        mesh = edges.resolve(held.root)
    except DeclarationError as exc:
        raise MeshError("the declarations are wrong", *str(exc).splitlines()) from exc
    if not mesh.declarations:
        raise MeshError(
            f"there is no service in {held.root / 'services'}",
            f"Make one: {hint.command('new DOMAIN SERVICE')}",
        )
    return selection.select(mesh, wish.names)


def startable(held: State, wish: Wish, outer: Mapping[str, str] = os.environ) -> Mesh:
    """The mesh to start, in the environment *outer*; MeshError as of ``resolve``, and
    where something that has to be fetched is not there."""
    mesh = resolve(held, wish)
    weights.require(held.root, mesh.declarations, environment.said(held, outer))
    return mesh


def foreground(held: State, wish: Wish) -> int:
    """Run the mesh until it is told to stop; the exit code."""
    return asyncio.run(_foreground(held, wish))


async def _foreground(held: State, wish: Wish) -> int:
    # Before anything is loaded: whatever is written from here on is a change.
    known = sources.snapshot(held.root) if wish.watching else {}
    mesh = startable(held, wish)
    report = Report([*_engines_of(mesh), *mesh.declarations])
    supervisor = Supervisor(held, mesh, report.tell)
    commands = Commands(supervisor, lambda: resolve(held, wish))

    async def then() -> None:
        complete = await supervisor.until_ready(READY_WITHIN)
        report.finish()
        gateway = supervisor.services.get(GATEWAY)
        if wish.seeding and gateway and gateway.first.is_set():
            await _seed(held, report)
        commands.banner = banner(held, supervisor, wish, complete)
        commands.phase = "ready" if complete else "partly"
        report.say(commands.banner)
        if wish.watching:
            await watch.watch(supervisor, lambda: resolve(held, wish), known)

    try:
        await supervisor.run(commands, then)
    finally:
        report.finish()
    return 0


def _engines_of(mesh: Mesh) -> list[str]:
    found = ["envoy"]
    found += ["nats"] if selection.needs_bus(mesh) else []
    found += ["postgres"] if selection.needs_database(mesh) else []
    return found


async def _seed(held: State, report: Report) -> None:
    """Let the demo make its tenant; the mesh is of use without it, too.

    In a process of its own, which takes its HTTP client with it when it is done.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "filigree.cli", *place(held), "demo", "--seed"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=orphans.die_with(os.getpid(), signal.SIGKILL),
    )
    try:
        async with asyncio.timeout(SEEDED_WITHIN):
            said, _ = await process.communicate()
        if process.returncode:
            report.say("the demo tenant could not be made; filigree demo --seed said:")
            report.say("\n".join(said.decode("utf-8", "replace").splitlines()[-3:]))
    except TimeoutError:
        again = hint.command("demo --seed", held.offset)
        report.say(f"the demo tenant is not made within {SEEDED_WITHIN:g} s; {again}")
    finally:
        if process.returncode is None:
            process.kill()


def place(held: State) -> tuple[str, ...]:
    """The options that name this mesh to another `filigree`."""
    return ("--root", str(held.root), "--port-offset", str(held.offset))


def banner(held: State, supervisor: Supervisor, wish: Wish, complete: bool) -> str:
    """What to read when the start is over."""
    services = supervisor.services.values()
    ready = [each for each in services if each.first.is_set()]
    seconds = time.monotonic() - supervisor.began
    lines = [*supervisor.notes]
    for each in services:
        if not each.first.is_set():
            log = held.logs / f"{each.name}.log"
            lines += [f"{each.name} does not start; {log} ends with:"]
            lines += [f"    {line}" for line in engines.tail(log, 8).splitlines()]
    lines += [f"{len(ready)} of {len(services)} services ready in {seconds:.1f} s", ""]
    lines += _answering(held, supervisor.mesh, wish, {each.name for each in ready})
    lines += [
        f"  see       {hint.command('ps', held.offset)}",
        f"            {hint.command('logs -f', held.offset)}",
        f"  stop      {STOP}{hint.command('down', held.offset)}",
    ]
    if not complete:
        lines.append("  what is not ready is started again and again")
    return "\n".join(lines)


def _answering(held: State, mesh: Mesh, wish: Wish, ready: set[str]) -> list[str]:
    """What answers now: the console, or the first service that was wished for."""
    if GATEWAY in ready:
        return [
            f"  console   {held.gateway}/",
            f"  try       {to_try(held, mesh)}",
        ]
    found = [each for each in mesh.declarations.values() if each.name in ready]
    wished = [one for one in found if {one.name, one.domain} & set(wish.names)]
    if (first := next(iter(wished or found), None)) is None:
        return []
    called = f"call {first.name} GET /api/v1/health"
    at = f"http://127.0.0.1:{first.port + held.offset}"
    return [
        f"  try       curl -s {at}/health/ready",
        f"            {hint.command(called, held.offset)}",
    ]


def to_try(held: State, mesh: Mesh) -> str:
    """One call to try: a question to the demo business, where both are there."""
    demo = state.read_json(held.demo)
    if not demo or CHAT not in mesh.declarations:
        return f"curl -s {held.gateway}/api/v1/health"
    return (
        f"curl -s {demo['base_url']}/v1/api/chat -H 'X-API-Key: {demo['api_key']}' "
        "-H 'Content-Type: application/json' -d '{\"message\": \"What can you do?\"}'"
    )


def detach(held: State, wish: Wish) -> int:
    """Run the mesh in the background and wait until it is ready; the exit code."""
    if control.is_running(held):
        raise MeshError(
            "the mesh already runs here",
            f"See it: {hint.command('ps', held.offset)}",
            f"Stop it: {hint.command('down', held.offset)}",
        )
    mesh = startable(held, wish)
    held.prepare()
    report = Report([*_engines_of(mesh), *mesh.declarations])
    with orphans.interruptible():
        return _detached(held, wish, report)


def _detached(held: State, wish: Wish, report: Report) -> int:
    log = held.logs / "up.log"
    options = [*(["--watch"] if wish.watching else []), *wish.names]
    options += [] if wish.seeding else ["--no-demo"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "filigree.cli", *place(held), "up", *options],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd=held.root,
        )
    try:
        return _follow(held, process, report)
    except KeyboardInterrupt:
        # Who waits for it no more does not want it: nothing goes on unseen.
        report.say("stopping everything")
        process.terminate()
        process.wait()
        raise
    finally:
        report.finish()


def _follow(held: State, process: subprocess.Popen[bytes], report: Report) -> int:
    deadline = time.monotonic() + READY_WITHIN + SEEDED_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = engines.tail(held.logs / "up.log", 20)
            raise MeshError("the mesh did not start", *said.splitlines())
        status = _status(held)
        for name in status.get("ready", ()):
            report.tell("ready", name)
        if status.get("phase") in ("ready", "partly"):
            report.finish()
            # Ctrl-C reaches nothing that runs in the background.
            report.say(status["banner"].replace(STOP, ""))
            return 0 if status["phase"] == "ready" else NEVER_READY
        time.sleep(0.1)
    raise MeshError(
        "the mesh is not ready yet", f"It goes on trying: {held.logs / 'up.log'}"
    )


def _status(held: State) -> dict[str, Any]:
    try:
        return control.ask(held, "status")
    except MeshError:
        return {}


def down(held: State, deadline: float = 40.0) -> bool:
    """Stop the mesh and wait until it is gone; False when none ran.

    MeshError when it takes longer than *deadline* seconds.
    """
    if not control.is_running(held):
        return False
    control.ask(held, "down")
    until = time.monotonic() + deadline
    while control.is_locked(held):
        if time.monotonic() > until:
            raise MeshError(
                "the mesh does not stop", f"See {held.logs / 'up.log'}, and ps."
            )
        time.sleep(0.05)
    return True


def remove_data(held: State) -> None:
    """Remove what the mesh keeps: databases, events, logs. Your ``env`` file stays."""
    engines_postgres_place.remove_elsewhere(held)
    for name in ("postgres", "nats", "logs", "run"):
        path = held.folder / name
        if path.is_symlink():
            path.unlink()
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(held.run, ignore_errors=True)
    held.demo.unlink(missing_ok=True)
