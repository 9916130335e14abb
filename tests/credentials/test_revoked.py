"""Revoked sessions, told by replicas whose clocks are not the same."""

import asyncio
import contextlib
import time
from types import SimpleNamespace
from typing import Any

import pytest

from credentials import Revocations
from credentials._tokens import LEEWAY


class Documents:
    """What is kept, in a dict; ``each`` knows the one filter that is asked with."""

    model = SimpleNamespace

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    async def keep(self, made: dict[str, Any], seconds: float) -> None:
        self.kept |= made

    async def each(self, wanted: dict[str, Any]):
        for id, value in self.kept.items():
            if value.at >= wanted["at"]["gte"]:
                yield SimpleNamespace(id=id, value=value)


class Host:
    @staticmethod
    @contextlib.contextmanager
    def acting_for(tenant: str):
        yield


def test_what_a_replica_with_a_slow_clock_revokes_is_told_by_one_with_a_fast_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = Documents()
    replica = Revocations("t1", stored, 900.0, Host)
    moment = time.time()

    async def at(off: float, work: Any) -> Any:
        with monkeypatch.context() as patched:
            patched.setattr(time, "time", lambda: moment + off)
            return await work()

    async def sequence() -> dict[str, Any]:
        heard = await at(LEEWAY, replica.told)
        await at(-LEEWAY, lambda: replica.add(["s1"]))
        return await at(LEEWAY, lambda: replica.told(heard["until"]))

    assert asyncio.run(sequence())["sessions"].keys() == {"s1"}
