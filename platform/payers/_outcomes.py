"""What became of payments that there are links for, in words."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.payment.intents import Analysis
from contracts.payment.links import Link
from contracts.payment.payments import Payment
from contracts.payment.talks import StoredTalk
from replies import Replies

MADE = ("disputed", "confirmed")  # what a payment is that was made, and not given back


@dataclass(frozen=True)
class Outcomes:
    """The replies ``status_…`` and ``refund`` of *said*, with the *fields* of a talk.

    ``links`` is the upstream, and ``payment`` finds one of the payments. While they
    cannot be seen, that is what is told.
    """

    links: Any
    payment: Callable[[str], Awaitable[Payment]]
    platform: Any
    said: Replies
    fields: Callable[[StoredTalk], Mapping[str, Any]]

    async def told(
        self, talks: Iterable[StoredTalk], language: str, found: Analysis
    ) -> str:
        """Of each talk that has a link; and who gives money back, where asked."""
        first = [self.said.say("refund", language)] if found.intent == "refund" else []
        linked = [each for each in talks if each.link_id]
        try:
            each = [await self._of(one, language) for one in linked]
        except self.platform.Problem:
            each = [self.said.say("status_unseen", language)]
        return " ".join(first + each) or self.said.say("status_none", language)

    async def _of(self, talk: StoredTalk, language: str) -> str:
        link = await self.links.call("get_link", Link, id=talk.link_id)
        name = became(link, await self._payment(link.payment_id))
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
