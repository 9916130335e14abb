"""One hop through the mesh: the chassis' client, Envoy, a service, and back.

The operation hardly does anything, as does the bare application's: what is left is the
hop. Identity, signature, deadline, tracing, metrics and the access line are in it.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import uvloop
from fastapi import FastAPI

import chassis
from chassis import _runtime
from filigree import bench_bare, bench_mesh, bench_timing
from filigree.bench_report import Ground, Section
from filigree.bench_timing import Times

SERVICE, OPERATION = "embedding-generation", "get_model"
TURNS = 8
WARM, ONE, SIXTEEN = 32, 60, 200  # requests: first ones, and in each turn
NOTES = [
    "Each series has a client of its own. With other work on the machine the ratio of"
    " p50 is not reliable, that of the quickest calls is more so: the target is held"
    " only if both ratios are. The CPU is the calling process's, a call. Stock httpx"
    " goes over all its connections and waiting requests whenever one begins or ends;"
    " the chassis gives httpx another transport, whose cost does not grow with them:"
    " so sixteen clients come out below the bare application. What the same transport"
    " takes to the bare application is told beside it: the difference is the mesh's."
]
RATIO, P99_ONE, P99_SIXTEEN = 1.5, 5.0, 30.0  # targets: p50 to bare; milliseconds


@dataclass
class Series:
    """Milliseconds of each call, and the caller's seconds of CPU in all of them."""

    spent: list[float] = field(default_factory=list)
    cpu: float = 0.0

    async def extend(
        self, act: Callable[[], Awaitable[None]], count: int, at_once: int
    ) -> None:
        began = time.process_time()
        self.spent += await bench_timing.spent(act, count, at_once)
        self.cpu += time.process_time() - began

    def row(self, name: str, bare: "Series", target: str) -> tuple[str, ...]:
        found, base = self.times(), bare.times()
        return (
            name,
            str(found),
            f"{found.p50 / base.p50:.2f}",
            f"{found.least:.2f} ms",
            f"{found.least / base.least:.2f}",
            f"{self.cpu / found.count * 1000:.2f} ms",
            target,
        )

    def times(self) -> Times:
        return bench_timing.of(self.spent)


def measure(ground: Ground) -> Section:
    """The hop's times, beside the bare application's."""
    with bench_mesh.as_operator(ground.mesh), bench_bare.running() as (base, _):
        found = uvloop.run(_called(base))
    bare, other, one, bare_16, other_16, sixteen = found
    rows = [
        bare.row("bare, one client", bare, ""),
        other.row("bare, the chassis' transport", bare, ""),
        one.row("mesh, one client", bare, f"≤ {RATIO}×; p99 ≤ {P99_ONE:g} ms"),
        bare_16.row("bare, sixteen", bare_16, ""),
        other_16.row("bare, the chassis' transport", bare_16, ""),
        sixteen.row("mesh, sixteen", bare_16, f"p99 ≤ {P99_SIXTEEN:g} ms"),
    ]
    held = _held(*(each.times() for each in (bare, one, sixteen)))
    head = (
        *("", "p50 / p99", "p50 to bare", "quickest", "to bare"),
        *("caller's CPU", "target"),
    )
    return Section("Hop", head, rows, held, NOTES)


def _held(bare: Times, one: Times, sixteen: Times) -> bool:
    return (
        one.p50 <= RATIO * bare.p50
        and one.least <= RATIO * bare.least
        and one.p99 <= P99_ONE
        and sixteen.p99 <= P99_SIXTEEN
    )


async def _called(base: str) -> list[Series]:
    """With one client and with sixteen: bare, over the chassis' transport, the mesh.

    They take turns, so that other work on the machine meets both alike. Each series
    has a client of its own: one that has had sixteen connections keeps them, and stock
    httpx takes more CPU a call with them, which would flatter the mesh.
    """
    app = chassis.create_app("operator")
    clients = (
        partial(bench_bare.client, base),
        partial(_over_the_chassis_transport, base),
        partial(_chassis_client, app),
    )
    found = [Series() for _ in range(2 * len(clients))]
    for _ in range(TURNS):
        for row, (count, at_once) in enumerate(((ONE, 1), (SIXTEEN, 16))):
            for column, client in enumerate(clients):
                async with client() as act:
                    await bench_timing.spent(act, WARM, at_once)
                    await found[len(clients) * row + column].extend(act, count, at_once)
    return found


def _over_the_chassis_transport(
    base: str,
) -> AbstractAsyncContextManager[Callable[[], Awaitable[None]]]:
    return bench_bare.client(base, _runtime.mesh_transport(None))


@asynccontextmanager
async def _chassis_client(app: FastAPI) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """One call through the mesh, with the client that every service has."""
    called = chassis.upstream(SERVICE)

    async def once() -> None:
        await called.call(OPERATION)

    async with app.router.lifespan_context(app):
        with chassis.acting_for("bench"):
            yield once
