"""So many at once, the others in turn, and no turn is ever lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission import Admission, Crowded

LONG = 60.0  # seconds


async def settled() -> None:
    """Until every task has gone on as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Worker:
    """A task that waits for its turn and ends its work when it is told to."""

    def __init__(self, gate: Admission, group: str) -> None:
        self.began, self._end = False, asyncio.Event()
        self.task = asyncio.create_task(self._work(gate, group))

    async def _work(self, gate: Admission, group: str) -> None:
        async with gate.turn(group):
            self.began = True
            await self._end.wait()

    async def end(self) -> None:
        self._end.set()
        await self.task


@asynccontextmanager
async def workers(gate: Admission, groups: str) -> AsyncIterator[list[Worker]]:
    """One of each group, in that order; those that are left are cancelled."""
    made = [Worker(gate, group) for group in groups]
    await settled()
    try:
        yield made
    finally:
        for each in made:
            each.task.cancel()
        await asyncio.gather(*(each.task for each in made), return_exceptions=True)


def run(check: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(check())


def test_beyond_so_many_the_others_wait_and_begin_as_one_ends() -> None:
    async def check() -> None:
        gate = Admission(2, most=9, seconds=LONG)
        async with workers(gate, "aaa") as (first, second, third):
            assert (first.began, second.began, third.began) == (True, True, False)
            assert gate.waiting == 1
            await first.end()
            await settled()
            assert third.began
            assert gate.waiting == 0

    run(check)


def test_groups_take_turns_however_many_one_of_them_sent() -> None:
    async def check() -> None:
        gate, order = Admission(1, most=99, seconds=LONG), []

        async def work(group: str) -> None:
            async with gate.turn(group):
                order.append(group)
                await asyncio.sleep(0)

        await asyncio.gather(*map(work, "aaaaaabbc"))
        assert "".join(order) == "aabcabaaa"

    run(check)


def test_beyond_the_bound_nobody_waits() -> None:
    async def check() -> None:
        gate = Admission(1, most=1, seconds=LONG)
        async with workers(gate, "ab"):
            with pytest.raises(Crowded, match="1 are waiting"):
                async with gate.turn("c"):
                    raise AssertionError("it is not its turn")

    run(check)


@pytest.mark.parametrize("gives_up", [False, True])
def test_who_fills_the_line_makes_room_for_others(gives_up: bool) -> None:
    async def check() -> None:
        gate = Admission(1, most=3, seconds=LONG)
        async with workers(gate, "aaaa") as made, AsyncExitStack() as behind:
            entering = asyncio.create_task(behind.enter_async_context(gate.turn("b")))
            await asyncio.sleep(0)
            if gives_up:
                made[-1].task.cancel()
            await settled()
            ended = [each.task.done() for each in made]
            assert (ended, gate.waiting) == ([False] * 3 + [True], 3)
            if not gives_up:
                assert isinstance(made[-1].task.exception(), Crowded)
            for each in made[:2]:
                each._end.set()
                await settled()
            assert entering.done()
            assert not made[2].began

    run(check)


def test_who_waits_too_long_is_told() -> None:
    async def check() -> None:
        gate = Admission(1, most=9, seconds=0.01)
        async with workers(gate, "a"):
            with pytest.raises(Crowded, match="no turn within"):
                async with gate.turn("b"):
                    raise AssertionError("it is not its turn")
            assert gate.waiting == 0

    run(check)


def test_what_fails_at_work_ends_its_turn() -> None:
    async def check() -> None:
        gate = Admission(1, most=0, seconds=LONG)
        for _ in range(3):
            with pytest.raises(ValueError, match="no"):
                async with gate.turn("a"):
                    raise ValueError("no")

    run(check)


@given(
    st.integers(1, 3),
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["end", "cancel", "stay"])),
        max_size=12,
    ),
)
def test_whoever_ends_or_gives_up_no_turn_is_lost(
    at_once: int, plan: list[tuple[str, str]]
) -> None:
    async def check() -> None:
        gate = Admission(at_once, most=99, seconds=LONG)
        async with workers(gate, "".join(group for group, _ in plan)) as made:
            for each, (_, fate) in zip(made, plan, strict=True):
                if fate == "end" and each.began:
                    each._end.set()
                elif fate == "cancel":
                    each.task.cancel()
            await settled()
            left = [each for each in made if not each.task.done()]
            busy = sum(each.began and not each._end.is_set() for each in left)
            assert busy == min(at_once, len(left))
            assert gate.waiting == len(left) - busy
        async with workers(gate, "a" * at_once) as anew:
            assert all(each.began for each in anew)

    run(check)
