"""How executions end, and what those who look on are told on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from asl._failures import Failed, Suspended, TimedOut
from asl._hosting import Event

TOLD = {"StateEntered": "state-entered", "StateExited": "state-exited"}
MOST = 1000  # events that wait for a slow listener


class Background(Protocol):
    """Who lets work go on after the request that began it."""

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a run. RUNNING: it waits *until* a moment, and goes on then."""

    status: Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT"]
    output: Any = None
    error: str | None = None
    cause: str | None = None
    until: datetime | None = None


async def ending(run: Awaitable[Any]) -> Ending:
    """The end of ``Machine.run``. What is no end (a host's fault) is raised."""
    try:
        return Ending("SUCCEEDED", await run)
    except Suspended as pause:
        return Ending("RUNNING", until=pause.until)
    except TimedOut as end:
        return Ending("TIMED_OUT", error=end.error, cause=end.cause)
    except Failed as end:
        return Ending("FAILED", error=end.error, cause=end.cause)


async def watched(
    perform: Callable[..., Coroutine[Any, Any, Any]],
    last: str,
    shown: type[BaseModel],
    host: Background,
) -> AsyncIterator[tuple[str, Any]]:
    """("state-entered" | "delta" | "state-exited", data) as they come, then *last*.

    *perform* takes an ``observer``; what it returns is told last, *shown* as a model.
    The *host*'s ``background`` lets it go on by itself.

    A listener that is too slow misses some of them, one that leaves misses the rest:
    neither ever holds up what is performed, or ends it amid its effects.
    """
    told: asyncio.Queue[tuple[str, Any]] = asyncio.Queue(MOST)

    async def observe(event: Event) -> None:
        name = TOLD.get(event.type)
        if told.full():
            return
        if name is not None:
            told.put_nowait((name, {"state": event.state}))
        elif event.type == "Delta":
            told.put_nowait(("delta", event.details["data"]))

    running = host.background(perform(observer=observe))
    while not (running.done() and told.empty()):
        waiting = asyncio.ensure_future(told.get())
        try:
            await asyncio.wait([waiting, running], return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                yield waiting.result()
        finally:
            waiting.cancel()
    done = running.result()
    # Validated as it is, it would stay what it is, with all that is not shown.
    yield last, shown(**{name: getattr(done, name) for name in shown.model_fields})
