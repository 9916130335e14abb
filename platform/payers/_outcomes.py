"""What became of payments that there are links for, in words."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import forms
from contracts.payment.links import Link
from contracts.payment.payments import Payment
from contracts.payment.talks import StoredTalk
from payers import _sums
from replies import Replies

Known = Callable[[StoredTalk], Awaitable[list[StoredTalk]]]
# What is said before and after what became of payments, and where there are none.
AROUND = {
    "refund": ("refund", "", "status_none"),
    "trouble": ("", "person", "status_none"),
    "link": ("", "", "no_link"),
    "owed": ("", "", "owed"),
    "online": ("online", "", ""),
    "how": ("online", "", ""),
    "currencies": ("currencies", "", ""),
}
PAYABLE = ("link", "owed")  # who asks that asks for what can be paid still
MADE = ("disputed", "confirmed")  # what a payment is that was made, and not given back


@dataclass(frozen=True)
class Outcomes:
    """The replies of *said* to what a message ``asks``, with the *fields* of a talk.

    ``links`` is the upstream, and ``payment`` finds one of the payments. While they
    cannot be seen, that is what is told.
    """

    links: Any
    payment: Callable[[str], Awaitable[Payment]]
    platform: Any
    said: Replies
    fields: Callable[[StoredTalk], Mapping[str, Any]]

    async def heard(self, talk: StoredTalk, known: Known, asked: str) -> forms.Heard:
        """What is told to what is *asked*, of the talks that are *known* with it."""
        return forms.Heard(told=await self.told(talk, await known(talk), asked))

    async def told(
        self, talk: StoredTalk, talks: Iterable[StoredTalk], asked: str
    ) -> str:
        """What *asked* names, of each of the conversation's *talks* that has a link."""
        if asked == "why":
            amount = self.fields(talk)["amount"]
            return _sums.explained(talk, self.said, amount)
        first, last, without = AROUND.get(asked, ("", "", "status_none"))
        each = await self._each(talks, talk.language, asked) if without else []
        named = [first, *each, last] if each else [first, without, last]
        return " ".join(self._worded(one, talk) for one in named if one)

    def _worded(self, named: str, talk: StoredTalk) -> str:
        if named == "currencies" and not talk.taken:
            named = "online"
        known = self.fields(talk)
        has = self.said.has(named)
        return self.said.say(named, talk.language, **known) if has else named

    async def _each(
        self, talks: Iterable[StoredTalk], language: str, asked: str
    ) -> list[str]:
        """In words; of those that can be paid alone, where that is asked."""
        try:
            each = [
                await self._of(one, language, asked) for one in talks if one.link_id
            ]
        except self.platform.Problem:
            return ["status_unseen"]
        return [*filter(None, each)]

    async def _of(self, talk: StoredTalk, language: str, asked: str) -> str:
        link = await self.links.call("get_link", Link, id=talk.link_id)
        name = became(link, await self._payment(link.payment_id))
        if asked in PAYABLE and name not in ("status_open", "status_failed"):
            return ""
        known = {"total": link.amount, "payee": link.payee, "url": link.url}
        known |= {"language": language}
        return self.said.say(
            name, language, **self.fields(talk.model_copy(update=known))
        )

    async def _payment(self, id: str) -> Payment | None:
        """None of one that nothing has been heard of."""
        try:
            return await self.payment(id)
        except self.platform.NotFound:
            return None


def became(link: Link, payment: Payment | None) -> str:
    """The name of the reply."""
    status = payment.status if payment else "pending"
    if "refunded" in status:
        return "status_refunded" if status == "refunded" else "status_partly"
    if status in MADE or link.status == "paid":
        return "status_paid"
    if link.status == "expired":
        return "status_over"
    return "status_failed" if "failed" in (status, link.status) else "status_open"
