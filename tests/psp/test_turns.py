"""Whoever meets others at one document comes through, or does without."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

import chassis
import psp
from contracts.payment.events import RefundDue
from contracts.payment.payments import StoredPayment
from psp import _turns

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


class Document:
    """One document as a collection and its unit of work have it: who writes over
    another is Stale. After ``writes`` more of them, everybody is."""

    model = StoredPayment

    def __init__(self, value: Any, writes: int = 10_000) -> None:
        self.value, self.version, self.writes = value, 1, writes

    async def read(self, id: str, default: Any = None) -> Any:
        await asyncio.sleep(0)
        return chassis.Stored(id, self.version, self.value)

    async def get(self, id: str) -> Any:
        return (await self.read(id)).value

    async def write(self, value: Any, version: int) -> None:
        await asyncio.sleep(0)
        if self.version != version or self.writes == 0:
            raise chassis.Stale("somebody was faster")
        self.value, self.version, self.writes = value, version + 1, self.writes - 1


class Unit(Document):
    """The same with the unit of work of whoever runs it."""

    def put(self, id: str, value: Any, version: int) -> None:
        self.change = value, version

    def patch(self, id: str, fields: dict[str, Any], version: int) -> None:
        self.put(id, SimpleNamespace(**vars(self.value) | fields), version)

    async def commit(self) -> None:
        await self.write(*self.change)


def test_fifty_at_once_all_come_through() -> None:
    document = Document(0)

    async def count() -> None:
        async for _ in _turns.turns():
            seen = await document.read("1")
            try:
                return await document.write(seen.value + 1, seen.version)
            except chassis.Stale:
                continue
        pytest.fail("no turn came through")

    async def work() -> None:
        await asyncio.gather(*(count() for _ in range(50)))

    asyncio.run(work())
    assert document.value == 50


def test_a_visitor_who_cannot_be_counted_sees_the_link_all_the_same() -> None:
    link = Unit(SimpleNamespace(visits=7, visited_at=None), writes=0)

    async def nobody(**_: Any) -> Any: ...

    links = psp.Links(link, link.commit, chassis.Stale, nobody, nobody)
    assert asyncio.run(links.visit("1", NOW)) is link.value
    assert link.value.visits == 7


def test_a_refund_that_is_made_but_cannot_be_written_is_pending_and_no_failure() -> (
    None
):
    """It was promised: whoever is told that it failed asks for another one."""
    about = {"id": "p", "intent_id": "p", "provider": "local", "currency": "EUR"}
    about |= {"created_at": NOW, "updated_at": NOW, "amount": 900}
    facts = {"captured/pi_1": [900]}
    payment = Unit(StoredPayment(**about, facts=facts, status="confirmed"), writes=1)
    told: dict[str, Any] = {"publish": lambda *_, **__: None, "now": lambda: NOW}
    platform: Any = SimpleNamespace(**vars(chassis) | told | {"commit": payment.commit})
    ledger = psp.Ledger(payment, platform, {}, RefundDue)
    keys: Any = SimpleNamespace(stripe_api_key="")
    every = psp.Providers.of(keys, keys)
    state, amount = asyncio.run(ledger.give_back(every, payment.value, "r" * 36, 400))
    assert (psp.REFUNDS[state], amount) == ("pending", 400)
