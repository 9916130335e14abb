"""One hop through the mesh: the chassis' client, Envoy, a service, and back.

The operation hardly does anything, as does the bare application's: what is left is the
hop. Identity, signature, deadline, tracing, metrics and the access line are in it.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import uvloop
from fastapi import FastAPI

import chassis
from filigree import bench_bare, bench_timing, environment
from filigree.bench_report import Ground, Section
from filigree.bench_timing import Times

SERVICE, OPERATION = "embedding-generation", "get_model"
TURNS = 8
WARM, ONE, SIXTEEN = 32, 60, 200  # requests: first ones, and in each turn
NOTES = [
    "Each series has a client of its own. With other work on the machine the ratio of"
    " p50 is not reliable, that of the quickest calls is more so: the target is held"
    " only if both ratios are. With sixteen clients stock httpx spends half of its time"
    " in its pool, which goes over all connections at every request; the chassis uses"
    " another transport, so that the mesh comes out below the bare application."
]
RATIO, P99_ONE, P99_SIXTEEN = 1.5, 5.0, 30.0  # targets: p50 to bare; milliseconds


def measure(ground: Ground) -> Section:
    """The hop's times, beside the bare application's."""
    with _as_operator(ground), bench_bare.running() as (base, _):
        found = uvloop.run(_called(base))
    bare, one, bare_16, sixteen = (bench_timing.of(each) for each in found)
    rows = [
        _row("bare, one client", bare, bare, ""),
        _row("mesh, one client", one, bare, f"≤ {RATIO}×; p99 ≤ {P99_ONE:g} ms"),
        _row("bare, sixteen", bare_16, bare_16, ""),
        _row("mesh, sixteen", sixteen, bare_16, f"p99 ≤ {P99_SIXTEEN:g} ms"),
    ]
    held = (
        one.p50 <= RATIO * bare.p50
        and one.least <= RATIO * bare.least
        and one.p99 <= P99_ONE
        and sixteen.p99 <= P99_SIXTEEN
    )
    head = ("", "p50 / p99", "p50 to bare", "quickest", "to bare", "target")
    return Section("Hop", head, rows, held, NOTES)


def _row(name: str, found: Times, bare: Times, target: str) -> tuple[str, ...]:
    least = f"{found.least:.2f} ms", f"{found.least / bare.least:.2f}"
    return name, str(found), f"{found.p50 / bare.p50:.2f}", *least, target


@contextmanager
def _as_operator(ground: Ground) -> Iterator[None]:
    """Let this process call as the operator of the benchmark's mesh."""
    mesh = ground.mesh
    told = {
        "FILIGREE_EGRESS": str(mesh.egress("operator")),
        "FILIGREE_INTERNAL_KEYS": environment.internal_keys(mesh),
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


async def _called(base: str) -> list[list[float]]:
    """Milliseconds: bare and mesh with one client, bare and mesh with sixteen.

    They take turns, so that other work on the machine meets both alike. Each series
    has a client of its own: one that has had sixteen connections keeps them, and stock
    httpx takes more CPU a call with them, which would flatter the mesh.
    """
    app = chassis.create_app("operator")
    clients = (partial(bench_bare.client, base), partial(_chassis_client, app))
    spent: list[list[float]] = [[], [], [], []]
    for _ in range(TURNS):
        for row, (count, at_once) in enumerate(((ONE, 1), (SIXTEEN, 16))):
            for column, client in enumerate(clients):
                async with client() as act:
                    await bench_timing.spent(act, WARM, at_once)
                    found = await bench_timing.spent(act, count, at_once)
                    spent[2 * row + column] += found
    return spent


@asynccontextmanager
async def _chassis_client(app: FastAPI) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """One call through the mesh, with the client that every service has."""
    called = chassis.upstream(SERVICE)

    async def once() -> None:
        await called.call(OPERATION)

    async with app.router.lifespan_context(app):
        with chassis.acting_for("bench"):
            yield once
