"""Calls that fail alone: each with its own time, attempts and outcome."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from asl._failures import Failed

LONGEST_PAUSE = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended; without an *error* it succeeded."""

    output: Any = None
    error: str | None = None
    cause: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Apart:
    """One call: *timeout* in seconds for each of at most *attempts* attempts.

    ``call`` returns JSON or raises Failed. ``passes`` says whether that failure may
    pass, and so whether it is tried again.
    """

    call: Callable[[], Awaitable[Any]]
    timeout: float
    attempts: int = 1
    passes: Callable[[Failed], bool] = lambda _: True

    async def outcome(self) -> Outcome:
        """Never raises what the call does."""
        began = time.monotonic()
        for attempt in range(1, self.attempts + 1):
            failure = await self._failure(told := {})
            if failure is None or not self.passes(failure):
                break
            if attempt < self.attempts:
                await asyncio.sleep(min(0.1 * 2**attempt, LONGEST_PAUSE))
        spent = time.monotonic() - began
        if failure is None:
            return Outcome(told["output"], seconds=spent)
        return Outcome(error=failure.error, cause=failure.cause, seconds=spent)

    async def _failure(self, told: dict[str, Any]) -> Failed | None:
        try:
            async with asyncio.timeout(self.timeout):
                told["output"] = await self.call()
        except TimeoutError:
            return Failed("Timeout", f"no answer within {self.timeout:g} s")
        except Failed as failure:
            return failure
        return None


async def apart(calls: Sequence[Apart], parallel: bool) -> list[Outcome]:
    """The outcome of every call, made at once or in turn; a failure stops none."""
    if parallel:
        return list(await asyncio.gather(*(each.outcome() for each in calls)))
    return [await each.outcome() for each in calls]
