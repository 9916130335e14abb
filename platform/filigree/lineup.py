"""The processes of a mesh: which engines it needs, and how each service is run."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from filigree import (
    engines,
    engines_envoy,
    engines_nats,
    engines_postgres,
    outside,
    selection,
    wire,
)
from filigree.child import Order
from filigree.declarations import Declaration
from filigree.edges import Mesh
from filigree.engines import Program
from filigree.environment import environment, said
from filigree.mesh_error import MeshError
from filigree.nursery_client import Child
from filigree.processes import Kept
from filigree.state import State

Tell = Callable[[str, str], None]
Bear = Callable[[Order], Awaitable[Child]]
# What stops an engine, and for how long it may take: PostgreSQL writes a checkpoint.
DRAIN = {"postgres": 20.0, "nats": 5.0, "envoy": 2.0}
HEADERS = {"User-Agent": "filigree"}


def programs(
    mesh: Mesh, held: State, outer: Mapping[str, str] = os.environ
) -> list[Program]:
    """The engines to start. One that the environment names is somebody else's.

    Blocks: PostgreSQL may have to be initialised.
    """
    given = said(held, outer)
    found = [engines_envoy.program(held)]
    if selection.needs_bus(mesh) and not outside.is_named("NATS_URL", given):
        found.append(engines_nats.program(held, mesh.declarations.values()))
    if selection.needs_database(mesh) and not outside.is_named("DATABASE_URL", given):
        found.append(engines_postgres.program(held))
    return found


def engine(program: Program, tell: Tell) -> Kept:
    """An engine as the supervisor keeps it."""
    return Kept(
        program.name,
        partial(engines.launch, program),
        program.ready,
        tell,
        program.spoilt,
        stop=program.stop,
        drain=DRAIN[program.name],
    )


def service(declaration: Declaration, held: State, bear: Bear, tell: Tell) -> Kept:
    """A service as the supervisor keeps it."""
    socket = held.socket(declaration.name)

    async def start() -> Child:
        # Readiness must be the new process's, not a socket's that another left.
        socket.unlink(missing_ok=True)
        return await bear(order(declaration, held))

    return Kept(
        declaration.name,
        start,
        partial(is_ready, socket),
        tell,
        port=declaration.port + held.offset,
    )


def order(declaration: Declaration, held: State) -> Order:
    """What the nursery must know to start a service."""
    return Order(
        declaration.name,
        declaration.module,
        str(held.socket(declaration.name)),
        str(held.log_intake),
        str(held.root),
        environment(declaration, held),
    )


def ordered_anew(before: Mesh, after: Mesh, held: State) -> list[str]:
    """The services of both meshes that are to be run in another way than before."""
    return [
        name
        for name in before.declarations.keys() & after.declarations.keys()
        if order(before.declarations[name], held)
        != order(after.declarations[name], held)
    ]


async def is_ready(socket: Path) -> bool:
    """Whether the service on *socket* says that it may get traffic."""
    try:
        status, _ = await wire.request(socket, "GET", "/health/ready", headers=HEADERS)
    except (OSError, TimeoutError):
        return False
    return status == 200


def takeover(socket: Path) -> Callable[[], Awaitable[bool]]:
    """Whether *socket* is another's than now, and that other is ready."""
    before = _identity(socket)

    async def taken_over() -> bool:
        return _identity(socket) not in (None, before) and await is_ready(socket)

    return taken_over


def _identity(socket: Path) -> tuple[int, int] | None:
    try:
        stat = socket.stat()
    except FileNotFoundError:
        return None
    # An inode's number may be used again at once; its time of birth is not.
    return stat.st_ino, stat.st_ctime_ns


async def renew(kept: Kept, declaration: Declaration, held: State, bear: Bear) -> None:
    """Replace a service's process without a gap; MeshError with the log's end."""
    ordered, socket = order(declaration, held), held.socket(declaration.name)
    try:
        await kept.renew(partial(bear, ordered), partial(takeover, socket))
    except MeshError as exc:
        log = held.logs / f"{declaration.name}.log"
        said = engines.tail(log).splitlines()
        raise MeshError(f"{exc}; {log} ends with:", *said) from exc


async def first_ready(kept: Kept, keeping: asyncio.Task[None]) -> bool:
    """Wait until it was ready once, or will not be; raise what kept it from that."""
    waiting = [
        asyncio.create_task(event.wait()) for event in (kept.first, kept.failing)
    ]
    try:
        await asyncio.wait({*waiting, keeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
    if keeping.done() and not keeping.cancelled():
        keeping.result()
    return kept.first.is_set()
