"""How long searching and writing take: ``python -m docstore.bench [chunks …]``.

Against a new PostgreSQL with small memory, in chunks of 80 words drawn as words are in
English (Zipf and Mandelbrot's law without the commonest, which are no search terms),
each with a vector of 256 numbers. Prints one row for each size; times are of the whole
call, in milliseconds.
"""

import asyncio
import base64
import itertools
import random
import statistics
import sys
import time
from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

import docstore
from contracts.infrastructure.database import (
    Change,
    Index,
    Query,
    Search,
    Transaction,
    Write,
)
from docstore import testing

SETTINGS = ("shared_buffers=48MB", "work_mem=8MB")
VOCABULARY, WORDS, DIMENSIONS = 30_000, 80, 256
BATCH, REPEATS = 250, 25
SPACE = "bench"
KINDS: dict[str, dict[str, Any]] = {
    "text": {"text": True},
    "vector": {"vector": True},
    "hybrid": {"text": True, "vector": True},
    "+ filter 1 %": {"text": True, "vector": True, "filter": {"tag": 7}},
    "+ filter 10 %": {"text": True, "vector": True, "filter": {"tag": {"lt": 10}}},
    "+ filter 50 %": {"text": True, "vector": True, "filter": {"tag": {"lt": 50}}},
    "+ filter all": {"text": True, "vector": True, "filter": {"live": True}},
}


class Corpus:
    """Words and vectors by chance, the same in each run."""

    def __init__(self) -> None:
        self.chance = random.Random(1)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self.words = [
            "".join(self.chance.choices(letters, k=self.chance.randint(3, 9)))
            for _ in range(VOCABULARY)
        ]
        weights = (1 / (rank + 60) for rank in range(VOCABULARY))
        self.cumulated = list(itertools.accumulate(weights))

    def text(self, words: int) -> str:
        picked = self.chance.choices(self.words, cum_weights=self.cumulated, k=words)
        return " ".join(picked)

    def vector(self) -> str:
        numbers = array("f", array("b", self.chance.randbytes(DIMENSIONS)))
        return base64.b64encode(numbers.tobytes()).decode()

    def chunk(self, n: int) -> Change:
        text = self.text(WORDS)
        body = {"text": text, "tag": n % 100, "live": True, "n": n}
        index = Index(space=SPACE, text=text, vector=self.vector())
        document = Write(body=body, index=index)
        return Change(op="put", collection="chunks", id=f"c{n}", document=document)


async def load(tenant: docstore.Tenant, corpus: Corpus, count: int) -> float:
    """Write *count* chunks; milliseconds for each."""
    spent = 0.0
    for start in range(0, count, BATCH):
        changes = [corpus.chunk(n) for n in range(start, start + BATCH)]
        began = time.perf_counter()
        await docstore.commit(
            tenant.store,
            tenant.name,
            Transaction(changes=changes),
            source="bench",
            seconds=60.0,
        )
        spent += time.perf_counter() - began
    return spent / count * 1000


async def median(act: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds, of REPEATS calls one after the other."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        await act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


async def searches(tenant: docstore.Tenant, corpus: Corpus) -> list[float]:
    found = []
    for kind in KINDS.values():

        async def act(kind: dict[str, Any] = kind) -> None:
            text = corpus.text(8) if "text" in kind else None
            vector = corpus.vector() if "vector" in kind else None
            filter = kind.get("filter", {})
            asked = Search(space=SPACE, text=text, vector=vector, filter=filter)
            await tenant.search("chunks", asked)

        found.append(await median(act))
    return found


async def one_write(tenant: docstore.Tenant, corpus: Corpus, count: int) -> float:
    numbers = itertools.count(count)

    async def act() -> None:
        change = corpus.chunk(next(numbers))
        await docstore.commit(
            tenant.store, tenant.name, Transaction(changes=[change]), source="bench"
        )

    return await median(act)


async def one_query(tenant: docstore.Tenant) -> float:
    return await median(lambda: tenant.query("chunks", Query(filter={"n": 17})))


async def measured(url: str, count: int) -> Sequence[float]:
    """One row: load, one write, one query by filter, and the searches."""
    await docstore.migrate(url)
    async with docstore.opened(url) as store:
        tenant = docstore.Tenant(store, "bench", "bench", docstore.Grants(), None, 30.0)
        corpus = Corpus()
        loaded = await load(tenant, corpus, count)
        owner = await asyncpg.connect(url)
        await owner.execute("VACUUM ANALYZE")
        await owner.close()
        query = await one_query(tenant)
        found = await searches(tenant, corpus)
        return [loaded, await one_write(tenant, corpus, count), query, *found]


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or [1_000, 10_000, 100_000]
    print("| chunks | load, each | one write | query |", " | ".join(KINDS), "|")
    print("|---:" * (4 + len(KINDS)) + "|")
    for count in sizes:
        with testing.postgres(*SETTINGS) as engine:
            row = asyncio.run(measured(engine.url, count))
        print(f"| {count:,} |", " | ".join(f"{value:.1f}" for value in row), "|")


if __name__ == "__main__":
    main()
