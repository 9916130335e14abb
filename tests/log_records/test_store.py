"""Lines of several tenants are stored side by side, and none for another's sake."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

import log_records
from contracts.operations.logs import Line

LINE = Line(id="1", time=0.0, level="info", service="s", message="hello")
TENANTS = [f"t{number}" for number in range(9)]


class Slow:
    """Tenants and their lines: a transaction takes as long as those beside it."""

    Stale = Unavailable = ValueError

    def __init__(self, full: str = "") -> None:
        self.now, self.full, self.kept = "", full, set[str]()
        self.open, self.most = 0, 0

    @contextmanager
    def acting_for(self, tenant: str) -> Iterator[None]:
        self.now = tenant
        yield

    async def keep(self, values: Mapping[str, Any], seconds: float) -> None:
        tenant = self.now
        self.open += 1
        self.most = max(self.most, self.open)
        for _ in TENANTS:
            await asyncio.sleep(0)
        self.open -= 1
        if tenant == self.full:
            raise OSError(f"{tenant} has no room")
        self.kept.add(tenant)

    async def query(self, **what: Any) -> Any:
        return SimpleNamespace(groups=[])


def keep(slow: Slow) -> None:
    nowhere = SimpleNamespace(take=lambda tenant, given: None)
    terms = log_records.Terms()
    store = log_records.LogStore(slow, slow, nowhere, terms, slow)  # type: ignore[arg-type]
    asyncio.run(store.keep_all({tenant: [LINE] for tenant in TENANTS}))


def test_some_tenants_are_stored_side_by_side() -> None:
    slow = Slow()
    keep(slow)
    assert slow.kept == set(TENANTS)
    assert 1 < slow.most <= 4


def test_what_cannot_be_stored_is_raised_once_the_others_are() -> None:
    slow = Slow(full="t1")
    with pytest.raises(OSError, match="t1 has no room"):
        keep(slow)
    assert slow.kept == {*TENANTS} - {"t1"}
