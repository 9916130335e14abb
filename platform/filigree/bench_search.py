"""Searching through the whole mesh, among one, ten and, if wanted, a hundred thousand.

The chunks are those of ``docstore.bench``: words as frequent as in English, vectors by
chance, written straight into the database. A question is eight of the words; gateway,
similarity-search, embedding-generation and database take part.
"""

import time
from dataclasses import dataclass
from typing import Any

import asyncpg
import uvloop

import docstore
from contracts.infrastructure.database import Change, Index, Transaction, Write
from contracts.knowledge.documents import Chunk
from docstore.bench import BATCH, Corpus
from filigree import bench_mesh, bench_timing, engines_postgres
from filigree.bench_report import Ground, Section
from filigree.demo.api import Api

SIZES, LARGE = (1_000, 10_000), 100_000
TARGETS = {10_000: 15.0, 100_000: 100.0}  # milliseconds, p50, by chunks
WARM, ASKED = 5, 60
LOADED_WITHIN = {False: 150.0, True: 420.0}  # seconds, without and with --large
BASE = "default"


def measure(ground: Ground) -> Section:
    """Fill a business's knowledge base step by step, and search at each."""
    api, tenant, _ = bench_mesh.business(ground.mesh, "search")
    corpus, held, rows, there = Corpus(), True, [], 0
    notes: list[str] = []
    deadline = time.monotonic() + LOADED_WITHIN[ground.is_large]
    model = api.call("GET", "/api/v1/embeddings/model")["model"]
    for size in (*SIZES, LARGE) if ground.is_large else SIZES:
        there = uvloop.run(
            _filled(ground, tenant, Made(corpus, model), there, size, deadline)
        )
        if there < size:
            notes.append(f"{size:,} chunks could not be written in time.")
            break
        ground.say(f"{size:,} chunks written")
        times = bench_timing.of(_searched(api, corpus))
        target = TARGETS.get(size)
        held = held and (target is None or times.p50 <= target)
        ratio = f"{times.p50 / ground.bare.one.p50:.1f}"
        told = f"p50 ≤ {target:g} ms" if target else ""
        least = f"{times.least:.1f} ms"
        rows.append((f"{size:,} chunks", str(times), least, ratio, told))
    head = ("", "p50 / p99", "quickest", "p50 to a bare call", "target")
    return Section("Search", head, rows, held and not notes, notes)


def _searched(api: Api, corpus: Corpus) -> list[float]:
    """Milliseconds of each search, no question twice."""
    spent = []
    for number in range(WARM + ASKED):
        asked = {"query": corpus.text(8), "k": 10}
        began = time.perf_counter()
        found = api.call("POST", "/api/v1/search", json=asked)
        if number >= WARM:
            spent.append((time.perf_counter() - began) * 1000)
        require_whole(found)
    return spent


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
