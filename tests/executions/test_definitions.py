"""A tenant's own definition counts before the one that ships, and is remembered."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

import chassis
import executions
from contracts.assistant.events import PipelineDefined
from contracts.assistant.pipelines import Pipeline

SHIPPED = Pipeline(name="chat", definition={"by": "us"})


class Documents(dict[str, Pipeline]):
    """The pipelines of the one tenant there is; counts who asks."""

    reads, is_away = 0, False

    async def find(self, id: str) -> Pipeline | None:
        self.reads += 1
        if self.is_away:
            raise chassis.UpstreamFailed("away", upstream="database-operations")
        return self.get(id)

    async def read(self, id: str, default: Pipeline) -> Any:
        kept = self.get(id)
        version = kept.revision if kept else 0
        await asyncio.sleep(0)
        return chassis.Stored(id, version, kept or default)

    def put(self, id: str, value: Pipeline, *, version: int) -> None:
        if version != (self[id].revision if id in self else 0):
            raise chassis.Stale("somebody was faster")
        self[id] = value

    def delete(self, id: str) -> None:
        del self[id]


def defined_by(whom: str) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": {"Type": "Succeed", "Comment": whom}}}


def made(seconds: float = 60.0) -> tuple[executions.Definitions, Documents]:
    stored = Documents()
    remembered = chassis.Remembered(seconds=seconds, most=10, stale=60.0)
    shipped: Any = {"chat": SHIPPED}
    platform: Any = SimpleNamespace(**vars(chassis) | {"publish": lambda _: None})
    parts = (stored, shipped, remembered, platform, PipelineDefined)
    return executions.Definitions(*parts), stored


def nothing(resource: str) -> None:
    """Every resource can be called."""


def own(by: str) -> Pipeline:
    return Pipeline(name="chat", definition=defined_by(by))


def test_what_ships_is_good_until_a_tenant_defines_its_own() -> None:
    async def work() -> None:
        known, _ = made()
        assert await known.find("t", "chat") == SHIPPED
        await known.define("t", own("them"), nothing)
        assert (await known.find("t", "chat")).definition == defined_by("them")
        assert await known.find("t", "unheard-of") is None

    asyncio.run(work())


def test_what_ships_counts_again_once_a_tenant_took_its_own_away() -> None:
    async def work() -> None:
        known, _ = made()
        await known.define("t", own("them"), nothing)
        await known.withdraw("t", "chat")
        assert await known.find("t", "chat") == SHIPPED
        with pytest.raises(chassis.NotFound):
            await known.withdraw("t", "chat")

    asyncio.run(work())


def test_each_definition_is_the_next_revision() -> None:
    async def work() -> None:
        known, _ = made()
        revisions = [
            (await known.define("t", own(by), nothing)).revision for by in "abc"
        ]
        assert revisions == [1, 2, 3]

    asyncio.run(work())


def test_of_two_definitions_at_once_one_is_no_revision() -> None:
    """Or both were revision 1, and nobody knew which of them an execution ran."""

    async def work() -> None:
        known, stored = made()
        both = (known.define("t", own(by), nothing) for by in "ab")
        ended = await asyncio.gather(*both, return_exceptions=True)
        assert [type(each) for each in ended] == [Pipeline, chassis.Stale]
        assert stored["chat"] == ended[0]

    asyncio.run(work())


def test_it_is_read_once_and_again_when_it_was_forgotten() -> None:
    async def work() -> None:
        known, stored = made()
        for _ in range(3):
            await known.find("t", "chat")
        assert stored.reads == 1
        stored.put("chat", own("another process"), version=0)
        known.forget("t", "chat")
        found = await known.find("t", "chat")
        assert found.definition == defined_by("another process")

    asyncio.run(work())


@pytest.mark.parametrize(("name", "found"), [("chat", SHIPPED), ("mine", None)])
def test_while_nobody_can_be_asked_what_ships_will_do(name: str, found: Any) -> None:
    async def work() -> None:
        known, stored = made()
        stored.is_away = True
        if found:
            assert await known.find("t", name) == found
        else:
            with pytest.raises(chassis.UpstreamFailed):
                await known.find("t", name)

    asyncio.run(work())


def test_while_nobody_can_be_asked_the_last_definition_counts() -> None:
    async def work() -> None:
        known, stored = made(seconds=0.0)
        await known.define("t", own("them"), nothing)
        await known.find("t", "chat")
        stored.is_away = True
        assert (await known.find("t", "chat")).definition == defined_by("them")

    asyncio.run(work())
