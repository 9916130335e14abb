"""What is put on the buffer is found at once and written soon, with others."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import deferred


class Store:
    """Takes what is written, unless it is away; knows for whom."""

    def __init__(self) -> None:
        self.tenant, self.is_away = "", False
        self.written: list[tuple[str, dict[str, str]]] = []
        self.changed = asyncio.Event()

    async def write(self, pieces: Mapping[str, str]) -> None:
        self.changed.set()
        if self.is_away:
            raise OSError("away")
        self.written.append((self.tenant, dict(pieces)))

    @contextmanager
    def acting_for(self, tenant: str) -> Iterator[None]:
        self.tenant = tenant
        yield
        self.tenant = ""


def run(
    work: Callable[[deferred.Writes[str], Store], Any], linger: float = 0.01
) -> Store:
    async def begin() -> Store:
        store = Store()
        kept = deferred.Writes(store.write, store.acting_for, linger)
        async with asyncio.timeout(10):
            await work(kept, store)
        return store

    return asyncio.run(begin())


def test_what_was_put_is_found_by_its_own_tenant_alone() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        kept.put("t1", "a", "one")
        assert kept.find("t1", "a") == "one"
        assert kept.find("t2", "a") is None

    run(work)


def test_what_can_never_be_written_keeps_no_others_from_it() -> None:
    written: list[str] = []

    async def write(pieces: Mapping[str, str]) -> None:
        if "too large" in pieces.values():
            raise ValueError("it is too large")
        written.extend(pieces)

    async def work() -> None:
        kept = deferred.Writes(write, Store().acting_for, refused=(ValueError,))
        for id, piece in (("a", "one"), ("b", "too large"), ("c", "three")):
            kept.put("t", id, piece)
        await kept.flush()
        assert (written, kept.lost) == (["a", "c"], 1)
        assert [kept.find("t", id) for id in "abc"] == [None, None, None]

    asyncio.run(work())


def test_each_tenants_pieces_are_written_together() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        kept.put("t1", "a", "one")
        kept.put("t2", "b", "two")
        kept.put("t1", "c", "three")
        await kept.flush()
        assert kept.find("t1", "a") is None

    told = run(work).written
    assert told == [("t1", {"a": "one", "c": "three"}), ("t2", {"b": "two"})]


def test_it_writes_by_itself_and_goes_on_doing_so() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        async with kept.serving():
            for id in ("a", "b"):
                store.changed.clear()
                kept.put("t", id, id)
                await store.changed.wait()

    assert run(work).written == [("t", {"a": "a"}), ("t", {"b": "b"})]


def test_what_still_waits_is_written_on_leaving() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        async with kept.serving():
            kept.put("t", "a", "one")

    assert run(work, linger=60.0).written == [("t", {"a": "one"})]


def test_many_do_not_linger() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        async with kept.serving():
            for number in range(deferred.ROOM):
                kept.put("t", str(number), "x")
            await store.changed.wait()

    assert len(run(work, linger=60.0).written[0][1]) == deferred.ROOM


def test_while_nothing_can_be_written_it_waits() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        store.is_away = True
        async with kept.serving():
            kept.put("t", "a", "one")
            await store.changed.wait()
            assert kept.find("t", "a") == "one"
            store.is_away = False

    assert run(work).written == [("t", {"a": "one"})]


def test_one_tenants_failure_keeps_no_other_waiting() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        async def write(pieces: Mapping[str, str]) -> None:
            if store.tenant == "t1":
                raise OSError("refused")
            await store.write(pieces)

        kept = deferred.Writes(write, store.acting_for)
        kept.put("t1", "a", "one")
        kept.put("t2", "b", "two")
        await kept.flush()
        assert kept.find("t1", "a") == "one"

    assert run(work).written == [("t2", {"b": "two"})]


def test_the_oldest_make_room_and_are_counted() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        for number in range(deferred.ROOM + 2):
            kept.put("t", str(number), "x")
        assert kept.lost == 2
        assert kept.find("t", "1") is None
        assert kept.find("t", "2") == "x"

    run(work)


def test_what_is_put_again_while_it_is_written_is_written_again() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        async def write(pieces: Mapping[str, str]) -> None:
            if not store.written:
                kept.put("t", "a", "new")
            await store.write(pieces)

        kept = deferred.Writes(write, store.acting_for)
        kept.put("t", "a", "old")
        await kept.flush()
        assert kept.find("t", "a") == "new"
        await kept.flush()

    assert [pieces for _, pieces in run(work).written] == [{"a": "old"}, {"a": "new"}]


def test_one_that_another_process_writes_soon_is_waited_for() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        looks = iter([None, None, "theirs"])

        async def stored() -> str | None:
            return next(looks)

        assert await kept.soon("t", "a", stored) == "theirs"

    run(work, linger=1.0)


def test_one_that_nobody_has_is_not_waited_for_for_ever() -> None:
    async def work(kept: deferred.Writes[str], store: Store) -> None:
        async def stored() -> None:
            return None

        assert await kept.soon("t", "a", stored) is None

    run(work)
