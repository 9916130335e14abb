"""Signals, memory, and following changes and states."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import feeds


class Away(Exception):
    pass


def entry(name: str, at: datetime | None = None) -> feeds.Entry:
    return feeds.Entry(name, at or datetime.now(UTC), name)


async def take(events: Any, count: int) -> list[Any]:
    async with asyncio.timeout(5):
        return [(await anext(events))[1] for _ in range(count)]


def test_a_watcher_is_told_each_change_once_and_nothing_from_before():
    log = [entry("before")]

    async def read(_: datetime) -> list[feeds.Entry]:
        return list(log)

    async def watch() -> list[Any]:
        signals = feeds.Signals(1)
        events = feeds.follow(signals, "t", read, None)
        await take(events, 1)
        found = []
        for name in ("one", "two"):
            log.append(entry(name))
            signals.wake("t")
            found += await take(events, 1)
        return found

    assert asyncio.run(watch()) == ["one", "two"]


def test_a_clock_that_is_set_back_ends_no_watch(monkeypatch: pytest.MonkeyPatch):
    class Clock(datetime):
        behind = timedelta()

        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - cls.behind

    monkeypatch.setattr("feeds._follow.datetime", Clock)
    log: list[feeds.Entry] = []

    async def read(since: datetime) -> list[feeds.Entry]:
        return [each for each in log if each.at >= since]

    async def watch() -> list[Any]:
        signals = feeds.Signals(1)
        events = feeds.follow(signals, "t", read, None)
        await take(events, 1)
        found = []
        for name, behind in (("one", 0), ("two", 3600), ("three", 3600), ("four", 0)):
            Clock.behind = timedelta(seconds=behind)
            log.append(entry(name, Clock.now(UTC)))
            signals.wake("t")
            found += await take(events, 1)
        return found

    assert asyncio.run(watch()) == ["one", "two", "three", "four"]


def test_of_a_store_with_whole_seconds_nothing_from_before_is_told_again():
    """It gives what is up to a second older than what it was asked for."""
    begun = datetime.now(UTC).replace(microsecond=0)
    ages = range(1, 40)
    log = [entry(str(age), begun - timedelta(seconds=age)) for age in ages]

    async def read(since: datetime) -> list[feeds.Entry]:
        return [each for each in log if each.at >= since.replace(microsecond=0)]

    async def watch() -> list[Any]:
        signals = feeds.Signals(1)
        events = feeds.follow(signals, "t", read, None)
        await take(events, 1)
        log.append(entry("new"))
        signals.wake("t")
        found = await take(events, 1)
        log.append(entry("newer"))
        signals.wake("t")
        return found + await take(events, 1)

    assert asyncio.run(watch()) == ["new", "newer"]


@given(st.lists(st.floats(0, 600), max_size=8), st.integers(0, 8))
def test_whoever_comes_back_misses_nothing(ages, seen):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    log = [entry(str(n), start + timedelta(seconds=s)) for n, s in enumerate(ages)]
    log.sort(key=lambda each: each.at)

    async def read(since: datetime) -> list[feeds.Entry]:
        return [each for each in log if each.at >= since]

    async def watch() -> set[Any]:
        mark, told = f"{start:%Y-%m-%dT%H:%M:%SZ}", set()
        first = feeds.follow(feeds.Signals(1), "t", read, mark)
        for _ in range(1 + min(seen, len(log))):
            name, data, mark = await anext(first)
            told |= {data} if name == "changed" else set()
        await first.aclose()
        missing = len(log) - len(told)
        second = feeds.follow(feeds.Signals(1), "t", read, mark)
        await take(second, 1)
        while missing:
            new = set(await take(second, 1)) - told
            told, missing = told | new, missing - len(new)
        return told

    assert asyncio.run(watch()) == {each.id for each in log}


def test_a_change_without_a_signal_is_found_by_looking():
    log: list[feeds.Entry] = []

    async def read(_: datetime) -> list[feeds.Entry]:
        return list(log)

    async def watch() -> list[Any]:
        events = feeds.follow(feeds.Signals(1), "t", read, None, poll=0.01)
        await take(events, 1)
        log.append(entry("silent"))
        return await take(events, 1)

    assert asyncio.run(watch()) == ["silent"]


@pytest.mark.parametrize(
    "mark",
    ["", "yesterday", "99999-01-01", "0001-01-01+23:00", "0001-01-01T00:00:05Z"],
)
def test_a_mark_that_was_never_given_is_refused(mark):
    async def read(_: datetime) -> list[feeds.Entry]:
        return []

    with pytest.raises(feeds.BadMark):
        feeds.follow(feeds.Signals(1), "t", read, mark)


def test_there_is_room_again_when_a_watcher_leaves():
    signals = feeds.Signals(1)
    with signals.listening("t"), pytest.raises(feeds.Crowded):
        signals.require_room()
    signals.require_room()


@given(st.lists(st.sampled_from(["a", "b", None]), max_size=20))
def test_a_topics_epoch_moves_with_its_own_changes_alone(woken):
    signals = feeds.Signals(1)
    for topic in woken:
        before = {each: signals.epoch(each) for each in ("a", "b")}
        signals.wake(topic)
        moved = {each for each in ("a", "b") if signals.epoch(each) != before[each]}
        assert moved == ({"a", "b"} if topic is None else {topic})


def remembering(answers: list[Any]) -> tuple[feeds.Signals, Callable[[], Any]]:
    """What the memory says now; each reading takes the next of *answers*."""
    signals = feeds.Signals(1)
    memory = feeds.Memory(signals, 60.0, 2, (Away,), list)

    async def read() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return signals, lambda: asyncio.run(memory.get("t", read))


def test_a_reading_is_good_until_its_topic_changes():
    signals, now = remembering(["a", "b"])
    assert (now(), now()) == (["a"], ["a"])
    signals.wake("other")
    assert now() == ["a"]
    signals.wake("t")
    assert now() == ["b"]


def test_the_last_good_reading_stands_in_for_a_failed_one():
    signals, now = remembering(["a", Away(), "c"])
    now()
    signals.wake("t")
    assert now() == ["a"]
    signals.wake("t")
    assert now() == ["c"]


def test_without_a_last_good_reading_the_failure_is_told():
    _, now = remembering([Away()])
    with pytest.raises(Away):
        now()


def test_only_a_reading_that_there_is_an_earlier_one_for_has_to_be_quick(monkeypatch):
    monkeypatch.setattr("feeds._memory.PATIENCE", 0.0)
    signals = feeds.Signals(1)
    memory = feeds.Memory(signals, 60.0, 2, (Away,), list)
    answers = ["old", "new"]

    async def read() -> str:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return answers.pop(0)

    async def both() -> list[Any]:
        first = await memory.get("t", read)
        signals.wake("t")
        return [first, await memory.get("t", read)]

    assert asyncio.run(both()) == [list("old"), list("old")]


def test_a_change_during_a_reading_makes_it_out_of_date():
    signals = feeds.Signals(1)
    memory = feeds.Memory(signals, 60.0, 2, (Away,), list)
    answers = ["old", "new"]

    async def read() -> str:
        signals.wake("t") if len(answers) == 2 else None
        return answers.pop(0)

    async def both() -> list[Any]:
        return [await memory.get("t", read) for _ in range(2)]

    assert asyncio.run(both()) == [list("old"), list("new")]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)), max_size=6))
def test_a_followed_state_can_be_rebuilt_from_what_was_told(states):
    async def watch() -> dict[str, int]:
        signals, queue = feeds.Signals(1), [{}, *states, {"end": 1}]

        async def read() -> Any:
            return queue.pop(0) if len(queue) > 1 else queue[0]

        mine: dict[str, int] = {}
        events = feeds.follow_state(signals, "t", read, None, poll=0.0)
        async for name, data, _ in events:
            if name == "removed":
                mine = {k: v for k, v in mine.items() if k not in data}
            else:
                mine |= data
            if "end" in mine and len(mine) == 1:
                return mine
        return {}

    assert asyncio.run(asyncio.wait_for(watch(), 10)) == {"end": 1}


def test_who_knows_the_state_is_not_told_it_again():
    state = {"a": 1}

    async def read() -> Any:
        return dict(state)

    async def watch() -> Any:
        first = feeds.follow_state(feeds.Signals(1), "t", read, None)
        _, _, mark = await anext(first)
        again = feeds.follow_state(feeds.Signals(1), "t", read, mark, poll=0.01)
        pending = asyncio.ensure_future(anext(again))
        await asyncio.sleep(0)
        state["b"] = 2
        return await asyncio.wait_for(pending, 5)

    assert asyncio.run(watch())[:2] == ("changed", {"b": 2})
