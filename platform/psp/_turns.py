"""Turns at a document that others change at the same time."""

import asyncio
import random
from collections.abc import AsyncIterator

TRIES = 16
PAUSE, LONGEST = 0.01, 0.3  # seconds: before the second turn, and before any


class Busy(RuntimeError):
    """Too many change one document at once; once more, later."""


async def turns() -> AsyncIterator[None]:
    """One turn, and another for whoever was overtaken: all in 3.5 s.

    Before each further one a pause by chance, longer every time: who meets others meets
    fewer of them again, so that fifty at once all come through.
    """
    yield
    for number in range(TRIES - 1):
        await asyncio.sleep(random.uniform(0, min(PAUSE * 2**number, LONGEST)))
        yield
