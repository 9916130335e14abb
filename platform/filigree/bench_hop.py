"""One hop through the mesh: the chassis' client, Envoy, a service, and back.

The operation hardly does anything, as does the bare application's: what is left is the
hop. Identity, signature, deadline, tracing, metrics and the access line are in it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop

import chassis
from filigree import bench_bare, bench_timing, environment
from filigree.bench_report import Ground, Section
from filigree.bench_timing import Times

SERVICE, OPERATION = "embedding-generation", "get_model"
TURNS = 8
WARM, ONE, SIXTEEN = 50, 60, 200  # requests: first ones, and in each turn
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
        and one.p99 <= P99_ONE
        and sixteen.p99 <= P99_SIXTEEN
    )
    return Section("Hop", ("", "p50 / p99", "p50 to bare", "target"), rows, held)


def _row(name: str, found: Times, bare: Times, target: str) -> tuple[str, ...]:
    return name, str(found), f"{found.p50 / bare.p50:.2f}", target


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

    They take turns, so that other work on the machine meets both alike.
    """
    app = chassis.create_app("operator")
    called = chassis.upstream(SERVICE)

    async def through_the_mesh() -> None:
        await called.call(OPERATION)

    spent: list[list[float]] = [[], [], [], []]
    async with app.router.lifespan_context(app), bench_bare.client(base) as bare:
        with chassis.acting_for("bench"):
            for act in (bare, through_the_mesh):
                await bench_timing.spent(act, WARM, 1)
            for _ in range(TURNS):
                for at, act in enumerate((bare, through_the_mesh)):
                    spent[at] += await bench_timing.spent(act, ONE, 1)
                    spent[at + 2] += await bench_timing.spent(act, SIXTEEN, 16)
    return spent
