"""Whose the provider's payments are, whatever is told of them first."""

from dataclasses import dataclass
from typing import Any, Protocol

from psp import _facts
from psp._facts import Facts
from psp._told import Told
from psp._turns import Busy, turns

STRAY = 30 * 86_400.0  # seconds that what was told of nobody's payment is kept


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
        async for _ in turns():
            known, version = await self.documents.find_as(self.nowhere, told.payment)
            if known and known.tenant:
                return known
            facts = _facts.joined(known.facts if known else {}, told.facts)
            owner = self.documents.model(tenant=tenant, facts=facts, **about)
            place, ttl = (self.nowhere, told.payment), None if tenant else STRAY
            if await self.documents.put_as(*place, owner, version, ttl=ttl):
                return owner
        raise Busy("too many tell of this payment at once")
