"""Background: work that goes on after the answer has left."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)
_ongoing: set[asyncio.Task[Any]] = set()


def background(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Let *work* go on by itself until it, or the process, ends; a failure is logged.

    It keeps the current context; ``detached`` gives it one without a deadline.
    """
    task = asyncio.create_task(work)
    _ongoing.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _ongoing.discard(task)
    if not task.cancelled() and (failure := task.exception()) is not None:
        log.warning("%s: %s", task.get_coro(), failure, exc_info=failure)
