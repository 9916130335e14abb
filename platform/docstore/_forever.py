"""Work that goes on for ever: it outlives every error, and ends when it is cancelled.

Both take care. Nobody restarts a background task that raised. And a library that waits
with ``asyncio.wait_for`` loses, before Python 3.12, a cancellation that comes together
with what it waits for; the task still knows that it was cancelled. Of many things to
do, one that fails holds up no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from docstore.errors import Away, Full

T = TypeVar("T")
log = logging.getLogger(__name__)


def heed_cancellation() -> None:
    """Raise CancelledError if this task was cancelled and somebody has hidden that."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def forever(
    what: str, act: Callable[[], Awaitable[float]], after_error: float
) -> None:
    """*act* again and again; it says for how many seconds to pause.

    After an error, which is logged, the pause is *after_error* seconds.
    """
    while True:
        try:
            pause = await act()
        except Exception as exc:
            log.warning("%s: %s: %s", what, type(exc).__name__, exc)
            pause = after_error
        heed_cancellation()
        await asyncio.sleep(pause)


async def tried(what: str, work: Awaitable[T]) -> T | None:
    """What *work* gives; None where it fails, which is logged as *what*.

    Away, Full: it is not its own failure, and whatever comes next would meet it too.
    """
    try:
        return await work
    except (Away, Full):
        raise
    except Exception as exc:
        log.warning("%s: %s", what, exc)
        return None
