"""Times of many calls, and the quantiles that are told of them."""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

MOST = 60.0  # seconds for one series; a slow machine makes it a shorter one


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of *count* calls; the quickest suffers least from other work."""

    least: float
    p50: float
    p99: float
    count: int

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p99:.1f} ms"


def of(milliseconds: list[float]) -> Times:
    """The quantiles of a series; zeros when nothing was answered."""
    if not milliseconds:
        return Times(0.0, 0.0, 0.0, 0)
    found = sorted(milliseconds)
    last = min(len(found) - 1, round(0.99 * (len(found) - 1)))
    return Times(found[0], statistics.median(found), found[last], len(found))


async def times(
    act: Callable[[], Awaitable[object]], count: int, at_once: int
) -> Times:
    """The quantiles of ``spent``."""
    return of(await spent(act, count, at_once))


async def spent(
    act: Callable[[], Awaitable[object]], count: int, at_once: int
) -> list[float]:
    """Milliseconds of *count* calls of *act*, *at_once* at a time, a minute at most.

    A failure ends it.
    """
    found: list[float] = []
    deadline, left = time.monotonic() + MOST, iter(range(count))

    async def one_after_the_other() -> None:
        for _ in left:
            if time.monotonic() > deadline:
                return
            began = time.perf_counter()
            await act()
            found.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    return found


def load() -> str:
    """How busy the machine is: the load average of a minute, and its cores."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
