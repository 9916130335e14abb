"""Work that nobody restarts goes on, and says what failed."""

import asyncio
import logging

import pytest

from docstore import Away, Full
from docstore._forever import forever, tried

pytestmark = pytest.mark.anyio


async def failing(exc: Exception) -> int:
    raise exc


async def given(value: int) -> int:
    return value


async def test_work_goes_on_after_a_failure_that_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    turns = iter([failing(ValueError("no room"))])
    again = asyncio.Event()

    async def act() -> float:
        if turn := next(turns, None):
            return await turn
        again.set()
        return 60.0

    task = asyncio.create_task(forever("not swept", act, 0.0))
    async with asyncio.timeout(10.0):
        await again.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert caplog.messages == ["not swept: ValueError: no room"]


async def test_what_fails_of_many_is_told_and_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    assert await tried("the first", failing(ValueError("broken"))) is None
    assert await tried("the second", given(0)) == 0
    assert caplog.messages == ["the first: broken"]


@pytest.mark.parametrize("failure", [Away("no server"), Full("no disk")])
async def test_what_every_other_would_meet_too_ends_them_all(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(type(failure)):
        await tried("the first", failing(failure))
    assert caplog.messages == []
