"""Branches side by side: all their results, or the one thing that stops them."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from asl._failures import Failed, Suspended

Job = Coroutine[Any, Any, Any]


async def together(jobs: Iterable[Job], width: int, patient: bool = False) -> list[Any]:
    """The results in order, of at most *width* jobs at a time.

    The first failure cancels the rest (unless this is *patient*) and is raised. A job
    that suspends does not: the others are brought to their end first, then the earliest
    suspension is raised.
    """
    waiting = enumerate(jobs)
    outcomes: dict[int, Any] = {}

    async def work() -> None:
        for index, job in waiting:
            outcomes[index] = await _settled(job, patient)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(width):
                group.create_task(work())
    except ExceptionGroup as stopped:
        raise _decisive(stopped.exceptions) from None
    return _finished([outcomes[index] for index in range(len(outcomes))])


def _finished(outcomes: list[Any]) -> list[Any]:
    for each in outcomes:
        if isinstance(each, Failed):
            raise each
    pauses = [each.until for each in outcomes if isinstance(each, Suspended)]
    if pauses:
        raise Suspended(min(pauses))
    return outcomes


async def _settled(job: Job, patient: bool) -> Any:
    try:
        return await job
    except Suspended as pause:
        return pause
    except Failed as failure:
        if patient:
            return failure
        raise


def _decisive(stopped: Iterable[Exception]) -> Exception:
    """What is no States Language error is the host's, and comes before those."""
    faults = list(stopped)
    return next((each for each in faults if not isinstance(each, Failed)), faults[0])
