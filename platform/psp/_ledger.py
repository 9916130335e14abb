"""A ledger: payments as documents, and what is told of them, each thing once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psp import _facts
from psp._every import Providers
from psp._facts import Fact, Facts
from psp._news import news, status_of
from psp._owners import Owners
from psp._stripe import Refused
from psp._turns import Busy, turns
from psp._units import Unpayable


class TooMuch(Refused):
    """More than is left to give back."""


OURS = re.compile(r"/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")  # a UUID
SOON = timedelta(minutes=1)  # after which a promised refund should have been made


@dataclass(frozen=True, slots=True)
class Ledger:
    """The payments of the current tenant.

    The *documents* are a collection of the *platform*'s. ``events`` are those that tell
    each kind of news; ``due`` is one to oneself, delayed, of a payment that a refund is
    promised of.
    """

    documents: Any
    platform: Any
    events: Mapping[str, Callable[..., Any]]
    due: Callable[..., Any]

    def blank(self, id: str, provider: str) -> Any:
        """A payment of which nothing is known."""
        at = dict.fromkeys(("created_at", "updated_at"), self.platform.now())
        return self.documents.model(id=id, intent_id=id, provider=provider, **at)

    def awaited(self, link: Any) -> Any:
        """The payment that is to be made at a link, of which nothing is known yet."""
        due = {"amount": link.amount.minor_units, "currency": link.amount.currency}
        about = due | {"link_id": link.id}
        about |= dict.fromkeys(("created_at", "updated_at"), link.created_at)
        blank = self.blank(link.intent_id, link.provider)
        return blank.model_copy(update=about)

    def _write(self, known: Any, facts: Facts) -> None:
        """Store what is known of a payment now, and publish what of it is news."""
        before = _facts.standing(known.value.facts)
        after, now = _facts.standing(facts), self.platform.now()
        about = {"status": status_of(after), "facts": facts, "updated_at": now}
        every = known.value.model_dump() | after._asdict() | about
        self.documents.put(
            known.id, self.documents.model(**every), version=known.version
        )
        about = {"payment_id": known.id, "intent_id": known.id}
        about |= {"link_id": after.link_id, "currency": after.currency}
        for kind, units, more in news(before, after):
            told = self.events[kind](**about, minor_units=units, **more)
            self.platform.publish(told)
        if owed(facts) - owed(known.value.facts):
            due = self.due(payment_id=known.id)
            self.platform.publish(due, deliver_at=now + SOON)

    async def learn(
        self, id: str, provider: str, tell: Callable[[Facts], Facts]
    ) -> bool:
        """Add what *tell* says, who is told what is known; False if it was all known.

        Whoever meets another begins anew from what that one left; Busy.
        """
        async for _ in turns():
            known = await self.documents.read(id, self.blank(id, provider))
            facts = _facts.joined(known.value.facts, tell(known.value.facts))
            if facts == known.value.facts:
                return False
            self._write(known, facts)
            try:
                await self.platform.commit()
                return True
            except self.platform.Stale:
                continue
        raise Busy("too many tell of this payment at once")

    async def give_back(
        self, providers: Providers, payment: Any, id: str, wanted: int | None
    ) -> Fact:
        """A refund under our *id*, of all that is left if *wanted* is None: its fact.

        It is promised before the provider is asked, so that all of them together never
        exceed what was captured: TooMuch. A refund of that id that is promised already
        is asked for again, which the provider takes for the same. Refused, NoProvider.
        While the provider is away, or its answer cannot be written, it stays promised,
        and ``catch_up`` sends it.
        """
        provider, kept = (
            providers.of_name(payment.provider),
            (payment.id, payment.provider),
        )
        await self.learn(*kept, lambda known: promised(known, id, wanted))
        current = await self.documents.get(payment.id)
        [name] = [each for each in current.facts if _is_refund(each, id)]
        if current.facts[name][0] == _facts.PENDING:
            try:
                facts, refusal = await _asked(provider, current, name)
                await self.learn(*kept, lambda _: facts)
            except (self.platform.Problem, Busy):
                return current.facts[name]
            if refusal:
                raise refusal
        return (await self.documents.get(payment.id)).facts[name]

    async def catch_up(
        self, providers: Providers, payment: Any, owners: Owners, tenant: str
    ) -> None:
        """Add all that the provider knows; what is promised and not there is sent, and
        taken back where it is refused. NoProvider."""
        provider, kept = (
            providers.of_name(payment.provider),
            (payment.id, payment.provider),
        )
        heard = await provider.ask(payment.id, _facts.about(payment.facts, "asked"))
        told = await owners.own(tenant, heard)
        facts = _facts.joined(*(each.facts for each in told))
        await self.learn(*kept, lambda _: facts)
        for name in owed(payment.facts) - facts.keys():
            sent, _ = await _asked(provider, payment, name)
            await self.learn(*kept, lambda _, sent=sent: sent)


async def _asked(
    provider: Any, payment: Any, name: str
) -> tuple[Facts, Refused | Unpayable | None]:
    """What the provider says to a refund that is promised, and its no."""
    _, at, id = name.split("/")
    try:
        told = await provider.refund(
            id, at, payment.facts[name][1], payment.currency, {}
        )
        return told.facts, None
    except (Refused, Unpayable) as no:
        # Zero, for the provider's own sum has never had it.
        return {name: [_facts.FAILED, 0]}, no


def owed(facts: Facts) -> set[str]:
    """The facts of our refunds of which nobody knows yet that they have been made; not
    of those that were made at the provider, which has ids of its own for them."""
    about = _facts.about(facts, "refund").items()
    open_ones = [name for name, fact in about if fact[0] == _facts.PENDING]
    return {f"refund/{name}" for name in open_ones if OURS.search(name)}


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
