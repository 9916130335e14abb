"""Searching through the whole mesh, among one, ten and, if wanted, a hundred thousand.

The chunks are those of ``docstore.bench``: words as frequent as in English, vectors by
chance, written straight into the database. A question is eight of the words;
similarity-search, embedding-generation and database take part, and the gateway where a
customer asks.
"""

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import uvloop

import chassis
import docstore
from contracts.infrastructure.database import Change, Index, Transaction, Write
from contracts.knowledge.documents import Chunk
from docstore.bench import BATCH, Corpus
from filigree import bench_mesh, bench_timing, engines_postgres
from filigree.bench_report import Ground, Section
from filigree.bench_timing import Times
from filigree.demo.api import Api

SIZES, LARGE = (1_000, 10_000), 100_000
TARGETS = {10_000: 15.0, 100_000: 100.0}  # milliseconds, p50, by chunks
WARM, ASKED = 5, 60
LOADED_WITHIN = {False: 150.0, True: 420.0}  # seconds, without and with --large
BASE = "default"
ABOUT = (
    "A search is measured as a service asks for it; the last column is a customer's,"
    " whose way leads through the gateway, with the ratio to a bare call."
)

Search = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


def measure(ground: Ground) -> Section:
    """Fill a business's knowledge base step by step, and search at each."""
    api, tenant, _ = bench_mesh.business(ground.mesh, "search")
    corpus, held, rows, there = Corpus(), True, [], 0
    notes = [ABOUT]
    deadline = time.monotonic() + LOADED_WITHIN[ground.is_large]
    model = api.call("GET", "/api/v1/embeddings/model")["model"]
    for size in (*SIZES, LARGE) if ground.is_large else SIZES:
        there = uvloop.run(
            _filled(ground, tenant, Made(corpus, model), there, size, deadline)
        )
        if there < size:
            notes.append(f"{size:,} chunks could not be written in time.")
            held = False
            break
        ground.say(f"{size:,} chunks written")
        with bench_mesh.as_operator(ground.mesh):
            asked = uvloop.run(_searched(api, tenant, corpus))
        target = TARGETS.get(size, math.inf)
        held = held and asked.service.p50 <= target
        rows.append(asked.row(size, ground.bare.one.p50))
    head = (
        "",
        "p50 / p99",
        "quickest",
        "p50 to a bare call",
        "target",
        "for a customer",
    )
    return Section("Search", head, rows, held, notes)


@dataclass(frozen=True)
class Searched:
    """The times of searches that a service asks for, and of a customer's."""

    service: Times
    customer: Times

    def row(self, size: int, bare: float) -> tuple[str, ...]:
        target = f"p50 ≤ {TARGETS[size]:g} ms" if size in TARGETS else ""
        return (
            f"{size:,} chunks",
            str(self.service),
            f"{self.service.least:.1f} ms",
            f"{self.service.p50 / bare:.1f}",
            target,
            f"{self.customer} ({self.customer.p50 / bare:.1f})",
        )


async def _searched(api: Api, tenant: str, corpus: Corpus) -> Searched:
    """By turns, so that other work meets both alike; no question twice."""
    search, app = chassis.upstream("similarity-search"), chassis.create_app("operator")

    async def of_service(asked: dict[str, Any]) -> dict[str, Any]:
        return await search.call("search", json=asked)

    async def of_customer(asked: dict[str, Any]) -> dict[str, Any]:
        return api.call("POST", "/api/v1/search", json=asked)

    spent: dict[Search, list[float]] = {of_service: [], of_customer: []}
    async with app.router.lifespan_context(app):
        with chassis.acting_for(tenant):
            for number in range(WARM + ASKED):
                for ask, times in spent.items():
                    asked = {"query": corpus.text(8), "k": 10}
                    began = time.perf_counter()
                    found = await ask(asked)
                    took = (time.perf_counter() - began) * 1000
                    require_whole(found)
                    if number >= WARM:
                        times.append(took)
    return Searched(*(bench_timing.of(times) for times in spent.values()))


def require_whole(found: dict[str, Any]) -> None:
    """TimeoutError for an answer that cost less because it is worth less."""
    if found.get("degraded") or not found["results"]:
        raise TimeoutError(f"a search found less: {found.get('degraded')}")


async def _filled(
    ground: Ground, tenant: str, made: "Made", there: int, size: int, deadline: float
) -> int:
    """Write chunks until there are *size*, or it is too late; how many there are."""
    async with docstore.opened(engines_postgres.url(ground.mesh)) as store:
        while there < size and time.monotonic() < deadline:
            changes = [made.chunk(n) for n in range(there, there + BATCH)]
            await docstore.commit(
                store,
                tenant,
                Transaction(changes=changes),
                source="similarity-search",
                seconds=60.0,
            )
            there += BATCH
    # What autovacuum does within a minute: plans are poor before it.
    owner = await asyncpg.connect(engines_postgres.url(ground.mesh))
    try:
        await owner.execute("VACUUM ANALYZE")
    finally:
        await owner.close()
    return there


@dataclass(frozen=True)
class Made:
    """Passages of *corpus* as the services would have written them, of that *model*."""

    corpus: Corpus
    model: str

    def chunk(self, number: int) -> Change:
        made = self.corpus.chunk(number)
        assert made.document is not None
        assert made.document.index is not None
        text, id = made.document.body["text"], f"c{number}"
        body = Chunk(
            id=id,
            document_id=f"d{number // 50}",
            knowledge_base_id=BASE,
            revision=1,
            position=number % 50,
            title="A document",
            text=text,
            start=0,
            end=len(text),
            embedding=self.model,
        )
        index = Index(space=BASE, text=text, vector=made.document.index.vector)
        document = Write(body=body.model_dump(mode="json"), index=index)
        return Change(op="put", collection="chunks", id=id, document=document)
