"""Blocking SDK calls: bounded threads, deadlines that hold though a thread hangs."""

import asyncio
import functools
import itertools
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from prometheus_client import REGISTRY

from chassis import _provider, _threads, errors

LONG = 20.0  # seconds; nothing here takes so long unless it is broken


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with asyncio.timeout(LONG):
            return await work()

    return asyncio.run(within())


# A thread that an earlier test left may still tell that it ends, under its own name.
names = (f"Blocking {number}" for number in itertools.count())


def make(**terms: Any) -> _provider.Provider:
    return _provider.provider(next(names), **{"wait": 0.0, "max_retries": 1} | terms)


class Hanging:
    """A blocking call that returns only when it is released."""

    def __init__(self) -> None:
        self.begun, self.release = threading.Semaphore(0), threading.Event()
        self.ended = threading.Semaphore(0)

    def __call__(self) -> str:
        self.begun.release()
        assert self.release.wait(LONG)
        self.ended.release()
        return "late"


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    found = Hanging()
    yield found
    found.release.set()


def hung(provider: _provider.Provider) -> float | None:
    labels = {"service": "-", "provider": provider.state()["service"]}
    return REGISTRY.get_sample_value("filigree_provider_threads_hung", labels)


@pytest.fixture(autouse=True)
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FILIGREE_SERVICE", raising=False)


def test_a_blocking_call_runs_in_a_thread_of_its_provider():
    provider = make()

    async def ask() -> threading.Thread:
        return await provider.call("op", threading.current_thread)

    thread = run(ask)
    assert thread.name == provider.state()["service"]
    assert thread.daemon


def test_arguments_result_and_exception_pass_through():
    async def ask() -> None:
        assert await make().call("op", divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            await make().call("op", divmod, 7, 0)

    run(ask)


def test_a_coroutine_made_by_a_plain_function_is_awaited():
    async def answer() -> str:
        return "answer"

    async def ask() -> str:
        return await make().call("op", lambda: answer())

    assert run(ask) == "answer"


def test_a_coroutine_function_runs_on_the_loop():
    async def here() -> bool:
        return threading.current_thread() is threading.main_thread()

    async def ask() -> bool:
        return await make().call("op", here)

    assert run(ask)


def test_a_decorated_coroutine_function_is_called_on_the_loop():
    async def plain() -> None: ...

    @functools.wraps(plain)
    def decorated() -> Awaitable[None]:
        seen.append(threading.current_thread())
        return plain()

    seen: list[threading.Thread] = []

    async def ask() -> None:
        await make().call("op", functools.partial(decorated))

    run(ask)
    assert seen == [threading.main_thread()]


def test_the_callers_context_is_that_of_the_thread():
    word: ContextVar[str] = ContextVar("word", default="none")

    async def ask() -> str:
        word.set("mine")
        return await make().call("op", word.get)

    assert run(ask) == "mine"


def test_a_call_that_hangs_keeps_the_deadline_and_is_counted(hanging):
    provider = make(timeout=0.05)

    async def ask() -> None:
        with pytest.raises(errors.Timeout):
            await provider.call("op", hanging)

    run(ask)
    assert hung(provider) == 1


def test_a_thread_that_comes_back_is_counted_out_and_used_again(hanging):
    provider = make(timeout=0.05, limit=1)

    async def ask() -> str:
        with pytest.raises(errors.Timeout):
            await provider.call("op", hanging)
        hanging.release.set()
        while hung(provider):
            await asyncio.to_thread(hanging.ended.acquire, timeout=0.05)
        return await provider.call("op", lambda: "answer")

    assert run(ask) == "answer"


def test_when_all_threads_hang_calls_fail_at_once_and_count(hanging, caplog):
    provider = make(timeout=0.05, limit=2, threshold=99)

    async def ask() -> None:
        for _ in range(2):
            with pytest.raises(errors.Timeout):
                await provider.call("op", hanging)
        with pytest.raises(errors.Unavailable):
            await provider.call("op", hanging)

    run(ask)
    assert hanging.begun.acquire(blocking=False)
    assert hanging.begun.acquire(blocking=False)
    assert not hanging.begun.acquire(blocking=False)
    assert provider.state()["failure_count"] == 3
    assert "2 of 2 threads hang in calls that were given up" in caplog.text


def test_no_more_threads_than_the_limit_run_at_once():
    lock, running, most = threading.Lock(), 0, 0
    pair = threading.Barrier(2, timeout=LONG)

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pair.wait()
        with lock:
            running -= 1

    async def ask() -> None:
        provider = make(limit=2)
        await asyncio.gather(*(provider.call("op", work) for _ in range(8)))

    run(ask)
    assert most == 2


def test_no_second_thread_is_started_while_one_is_free():
    provider = make()

    async def ask() -> set[threading.Thread]:
        call = provider.call
        return {await call("op", threading.current_thread) for _ in range(5)}

    assert len(run(ask)) == 1


def test_calls_wait_in_a_bounded_queue(hanging):
    limit, provider = 1, make(limit=1, timeout=LONG, threshold=99)

    async def ask() -> None:
        first = asyncio.create_task(provider.call("op", hanging))
        assert await asyncio.to_thread(hanging.begun.acquire, timeout=LONG)
        waiting = [
            asyncio.create_task(provider.call("op", lambda: "answer"))
            for _ in range(limit * _threads.WAITING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(errors.Unavailable):
            await provider.call("op", lambda: "one too many")
        hanging.release.set()
        assert await first == "late"
        assert await asyncio.gather(*waiting) == ["answer"] * len(waiting)

    run(ask)


def test_a_waiting_call_that_is_given_up_never_begins(hanging):
    provider, made = make(limit=1, timeout=LONG), []

    async def ask() -> None:
        first = asyncio.create_task(provider.call("op", hanging))
        assert await asyncio.to_thread(hanging.begun.acquire, timeout=LONG)
        second = asyncio.create_task(provider.call("op", made.append, 1))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        hanging.release.set()
        await first
        await provider.call("op", made.append, 2)

    run(ask)
    assert made == [2]
    assert hung(provider) == 0


def test_one_provider_serves_one_event_loop_after_another():
    provider = make()

    async def ask() -> int:
        return await provider.call("op", lambda: 1)

    assert [run(ask), run(ask)] == [1, 1]


def test_an_idle_thread_ends_and_a_new_one_takes_over():
    threads = _threads.Threads("Idle", 1, lambda hung: None, idle=0.01)

    async def ask() -> threading.Thread:
        return await threads.run(threading.current_thread)

    first = run(ask)
    first.join(LONG)
    assert not first.is_alive()
    assert run(ask) is not first
