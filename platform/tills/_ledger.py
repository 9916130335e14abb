"""A ledger: payments as documents, and what is told of them, each thing once.

The documents are given: ``read``, ``find_as`` and ``put_as`` as a collection has them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tills import _facts
from tills._facts import Fact, Facts
from tills._stripe import Refused
from tills._told import Told

TRIES = 8  # of who meets others at the same payment
STRAY = 30 * 86_400.0  # seconds that what was told of nobody's payment is kept


class Busy(RuntimeError):
    """Too many tell of one payment at once; once more, later."""


class TooMuch(Refused):
    """More than is left to give back."""


class Owner(Protocol):
    """Whose a provider's payment is, and what was told before anything said so."""

    tenant: str | None
    payment_id: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose the provider's payments are: documents of nobody's, in *nowhere*."""

    nowhere: str
    documents: Any

    async def find(self, payment: str) -> Owner | None:
        """The owner of a provider's payment."""
        return (await self.documents.find_as(self.nowhere, payment))[0]

    async def own(self, tenant: str | None, every: list[Told]) -> list[Told]:
        """Those of *every* that are about payments of *tenant*, claimed first."""
        whose = [(await self.claim(each)).tenant for each in every]
        return [told for told, who in zip(every, whose, strict=True) if who == tenant]

    async def claim(self, told: Told) -> Owner:
        """The owner, as the metadata has it, or as it was known before; Busy.

        A dispute has no metadata. If nothing has said yet whose it is, its facts wait
        here, and whoever claims the payment finds them.
        """
        tenant = told.metadata.get("tenant")
        about = {"payment_id": told.metadata.get("intent_id", told.payment)}
        for _ in range(TRIES):
            known, version = await self.documents.find_as(self.nowhere, told.payment)
            if known and known.tenant:
                return known
            facts = _facts.joined(known.facts if known else {}, told.facts)
            owner = self.documents.model(tenant=tenant, facts=facts, **about)
            place, ttl = (self.nowhere, told.payment), None if tenant else STRAY
            if await self.documents.put_as(*place, owner, version, ttl=ttl):
                return owner
        raise Busy("too many tell of this payment at once")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The payments of the current tenant.

    ``write(stored, facts)`` puts a payment's document and publishes what is news;
    ``blank(id, provider)`` is one of which nothing is known; *stale* is what ``commit``
    raises when somebody else was faster.
    """

    documents: Any
    blank: Callable[[str, str], Any]
    write: Callable[[Any, Facts], None]
    commit: Callable[[], Awaitable[Any]]
    stale: type[Exception]

    async def learn(
        self, id: str, provider: str, tell: Callable[[Facts], Facts]
    ) -> bool:
        """Add what *tell* says, who is told what is known; False if it was all known.

        Whoever meets another begins anew from what that one left; Busy.
        """
        for _ in range(TRIES):
            known = await self.documents.read(id, self.blank(id, provider))
            facts = _facts.joined(known.value.facts, tell(known.value.facts))
            if facts == known.value.facts:
                return False
            self.write(known, facts)
            try:
                await self.commit()
                return True
            except self.stale:
                continue
        raise Busy("too many tell of this payment at once")

    async def give_back(
        self, till: Any, payment: Any, id: str, wanted: int | None
    ) -> Fact:
        """A refund under our *id*, of all that is left if *wanted* is None: its fact.

        It is promised before the provider is asked, so that all of them together never
        exceed what was captured: TooMuch. A refund of that id that is promised already
        is asked for again, which the provider takes for the same. Refused.
        """
        require(till, payment)
        kept = payment.id, payment.provider
        await self.learn(*kept, lambda known: promised(known, id, wanted))
        current = await self.documents.get(payment.id)
        [name] = [each for each in current.facts if _is_refund(each, id)]
        if current.facts[name][0] == _facts.PENDING:
            await self.settle(till, current, name)
        return (await self.documents.get(payment.id)).facts[name]

    async def settle(self, till: Any, payment: Any, name: str) -> None:
        """Ask the provider for a refund that is promised; Refused takes it back."""
        _, at, id = name.split("/")
        amount = payment.facts[name][1]
        try:
            told = await till.refund(id, at, amount, payment.currency, {})
            facts = told.facts
        except Refused:
            # Zero, for the provider's own sum has never had it.
            facts = {name: [_facts.FAILED, 0]}
            await self.learn(payment.id, payment.provider, lambda _: facts)
            raise
        await self.learn(payment.id, payment.provider, lambda _: facts)

    async def catch_up(
        self, till: Any, payment: Any, owners: Owners, tenant: str
    ) -> None:
        """Add all that the provider knows; what is promised and not there is sent."""
        require(till, payment)
        heard = await till.ask(payment.id, _facts.about(payment.facts, "asked"))
        told = await owners.own(tenant, heard)
        facts = _facts.joined(*(each.facts for each in told))
        await self.learn(payment.id, payment.provider, lambda _: facts)
        for name, fact in _facts.about(payment.facts, "refund").items():
            if fact[0] == _facts.PENDING and f"refund/{name}" not in facts:
                await self.settle(till, payment, f"refund/{name}")


def require(till: Any, payment: Any) -> None:
    """Refused where another till took the money: this one cannot know of it."""
    if payment.provider != till.name:
        raise Refused(f"it was paid with {payment.provider}, not with {till.name}")


def promised(facts: Facts, id: str, wanted: int | None) -> Facts:
    """The promise of a refund, nothing if there is one; TooMuch."""
    if any(_is_refund(each, id) for each in facts):
        return {}
    left = _facts.left(facts)
    payment = max(left, key=left.__getitem__, default="")
    most = left.get(payment, 0)
    amount = most if wanted is None else wanted
    if not 0 < amount <= most:
        raise TooMuch(f"{most} minor units are left to refund")
    return {f"refund/{payment}/{id}": [_facts.PENDING, amount]}


def _is_refund(name: str, id: str) -> bool:
    return name.startswith("refund/") and name.endswith(f"/{id}")
