"""Streams from providers: a start that is repeated, a rest that never is."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from chassis import _provider, errors


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with asyncio.timeout(20):
            return await work()

    return asyncio.run(within())


def make(**terms: Any) -> _provider.Provider:
    return _provider.provider("Stream", **{"wait": 0.0} | terms)


class Source:
    """One stream for each start: pieces, exceptions, and None for a long pause."""

    def __init__(self, *streams: list[Any]) -> None:
        self.streams, self.starts, self.closed = list(streams), 0, 0

    async def __call__(self) -> AsyncIterator[str]:
        self.starts += 1
        pieces = self.streams.pop(0)
        try:
            for piece in pieces:
                if isinstance(piece, Exception):
                    raise piece
                if piece is None:
                    await asyncio.Event().wait()
                yield piece
        finally:
            self.closed += 1


class Stream:
    """A stream as SDKs have them: an object that must be closed."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces, self.closed = pieces, False

    async def __aiter__(self) -> AsyncIterator[str]:
        for piece in self.pieces:
            yield piece

    async def close(self) -> None:
        self.closed = True


def heard(provider: _provider.Provider, source: Any) -> list[str]:
    """Every piece; what was heard until a failure is in its notes."""

    async def listen() -> list[str]:
        found: list[str] = []
        try:
            async for piece in provider.stream("POST /chat", source):
                found.append(piece)
        except Exception as exc:
            exc.add_note("".join(found))
            raise
        return found

    return run(listen)


def test_the_pieces_come_in_order():
    assert heard(make(), Source(["a", "b", "c"])) == ["a", "b", "c"]


def test_a_stream_may_be_empty():
    assert heard(make(), Source([])) == []


def test_a_coroutine_function_may_give_the_stream_which_is_closed():
    stream = Stream(["a", "b"])

    async def start() -> Stream:
        return stream

    assert heard(make(), start) == ["a", "b"]
    assert stream.closed


def test_a_start_that_fails_is_repeated():
    source = Source([ConnectionResetError()], [TimeoutError()], ["a"])
    assert heard(make(), source) == ["a"]
    assert (source.starts, source.closed) == (3, 3)


def test_starts_that_keep_failing_are_unavailable():
    source = Source(*[[ConnectionResetError()]] * 3)
    with pytest.raises(errors.Unavailable):
        heard(make(), source)
    assert source.starts == 3


def test_a_failure_midway_is_not_repeated_and_counts():
    provider, source = make(), Source(["a", ConnectionResetError(104, "Reset")], ["b"])
    with pytest.raises(errors.Unavailable) as raised:
        heard(provider, source)
    assert raised.value.__notes__ == ["a"]
    assert source.starts == 1
    assert provider.state()["failure_count"] == 1


def test_failures_midway_open_the_breaker_though_every_start_works():
    provider = make(threshold=3)
    for _ in range(3):
        with pytest.raises(errors.Unavailable):
            heard(provider, Source(["a", ConnectionResetError()]))
    assert provider.state()["state"] == "open"


def test_a_stream_that_ends_well_forgets_the_failures():
    provider = make()
    with pytest.raises(errors.Unavailable):
        heard(provider, Source(["a", ConnectionResetError()]))
    heard(provider, Source(["a"]))
    assert provider.state()["failure_count"] == 0


def test_a_pause_longer_than_the_timeout_is_a_timeout():
    provider, source = make(timeout=0.05), Source(["a", None])
    with pytest.raises(errors.Timeout) as raised:
        heard(provider, source)
    assert raised.value.__notes__ == ["a"]
    assert (raised.value.http_status, source.closed) == (424, 1)
    assert provider.state()["failure_count"] == 1


def test_a_defect_midway_is_raised_as_it_is():
    provider = make()
    with pytest.raises(KeyError):
        heard(provider, Source(["a", KeyError()]))
    assert provider.state()["failure_count"] == 0


def test_a_listener_that_leaves_closes_the_stream_and_proves_nothing(caplog):
    caplog.set_level(logging.INFO, "chassis.provider")
    provider, stream = make(threshold=1), Stream(["a", "b"])

    async def start() -> Stream:
        return stream

    async def leave() -> None:
        pieces = provider.stream("POST /chat", start)
        assert await anext(pieces) == "a"
        await pieces.aclose()
        assert stream.closed

    run(leave)
    assert provider.state()["state"] == "closed"
    assert "succeeded" not in caplog.text


def test_a_trial_is_over_only_when_its_stream_is():
    provider = make(threshold=1, recovery=1e-9)
    with pytest.raises(errors.Unavailable):
        heard(provider, Source(["a", ConnectionResetError()]))

    async def listen() -> None:
        pieces = provider.stream("POST /chat", Source(["a", "b"]))
        await anext(pieces)
        with pytest.raises(errors.Unavailable) as raised:
            await anext(provider.stream("POST /chat", Source(["a"])))
        assert raised.value.code == "CIRCUIT_OPEN"
        assert [piece async for piece in pieces] == ["b"]

    run(listen)
    assert provider.state()["state"] == "closed"


def test_a_trial_whose_listener_leaves_makes_room_for_another():
    provider = make(threshold=1, recovery=1e-9)
    with pytest.raises(errors.Unavailable):
        heard(provider, Source(["a", ConnectionResetError()]))

    async def leave() -> None:
        pieces = provider.stream("POST /chat", Source(["a", "b"]))
        await anext(pieces)
        await pieces.aclose()

    run(leave)
    assert heard(provider, Source(["a"])) == ["a"]


def test_a_stream_that_does_not_close_does_not_hold_its_listener():
    class Stuck(Stream):
        async def close(self) -> None:
            await asyncio.Event().wait()

    async def start() -> Stream:
        return Stuck(["a"])

    assert heard(make(), start) == ["a"]
