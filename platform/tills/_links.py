"""Links: pages where something is paid, of which each thing has one that is live.

The documents are given, as a collection has them; each has ``intent_id``, ``status``,
``expires_at``, ``taken_until``, ``visits`` and ``visited_at``.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import itsdangerous

from tills._owners import TRIES, Busy
from tills._stripe import Refused, Sale


class NoLink(ValueError):
    """An address that was never given out."""


TAKING = timedelta(seconds=60)  # more than a try to pay can take
# A status only goes forward: a declined card can be followed by another, a payment
# that was under way when the time was up counts.
RANK = {"live": 0, "failed": 1, "expired": 2, "paid": 3}


def state_of(link: Any, now: datetime) -> str:
    """The link's status; ``expired`` from its hour on, whoever has noticed."""
    is_over = link.status == "paid" or now < link.expires_at
    return str(link.status) if is_over else "expired"


def is_payable(link: Any, now: datetime) -> bool:
    """Whether somebody can still pay there."""
    return RANK[state_of(link, now)] < RANK["expired"]


@dataclass(frozen=True, slots=True)
class Links:
    """The links of the current tenant. *stale*: somebody else was faster. *intent_of*:
    what is to be paid, by its ``id``, as it stands."""

    documents: Any
    commit: Callable[[], Awaitable[Any]]
    stale: type[Exception]
    intent_of: Callable[..., Awaitable[Any]]

    async def live(
        self, intent: str, till: str, now: datetime, store: Callable[[int], str]
    ) -> Any:
        """The one link of an intent that can be paid; Refused when one has been.

        A page of our own takes nothing where another *till* does: its link ends.

        ``store(n)`` puts the intent's link number n, as new, and returns its id, which
        must be the same for whoever else does: then only one of them is stored.
        """
        known = await self.documents.matching({"intent_id": intent})
        if any(each.status == "paid" for each in known):
            raise Refused("it is paid already")
        for each in known:
            if is_payable(each, now):
                if each.page_url or each.provider == till:
                    return each
                await self.end(each.id, now)
        id = store(len(known))
        with suppress(self.stale):
            await self.commit()
        return await self.documents.get(id)

    async def payable(self, intent: str, now: datetime) -> list[Any]:
        """The links of an intent where somebody can still pay."""
        known = await self.documents.matching({"intent_id": intent})
        return [each for each in known if is_payable(each, now)]

    async def settle(self, id: str | None, status: str) -> Any:
        """Move a link's status forward; the link as it is then, None if there is none.

        It ends, for a status that moved is nearer to its last one.
        """
        while id and await self.documents.find(id):
            found = await self.documents.read(id)
            if RANK[status] <= RANK[found.value.status]:
                return found.value
            self.documents.patch(id, {"status": status}, version=found.version)
            with suppress(self.stale):
                await self.commit()
        return None

    async def take(self, id: str, now: datetime) -> Any:
        """The link, which nobody ends while somebody tries to pay there; None where
        nobody can, or its intent is not open. Busy, and what ``intent_of`` raises.

        Others may try as well: what they pay is one payment. The intent is looked at
        after the link is taken: of one cancelled before that, nothing is taken.
        """
        for _ in range(TRIES):
            found = await self.documents.read(id)
            if not is_payable(found.value, now):
                return None
            taken = {"taken_until": (now + TAKING).isoformat()}
            self.documents.patch(id, taken, version=found.version)
            with suppress(self.stale):
                await self.commit()
                return found.value if await self._is_wanted(found.value) else None
        raise Busy("too many pay at this link at once")

    async def _is_wanted(self, link: Any) -> bool:
        """Whether the intent of a taken link is open; a link of any other ends."""
        if (await self.intent_of(id=link.intent_id)).status == "open":
            return True
        self.documents.patch(link.id, {"status": "expired", "taken_until": None})
        await self.commit()
        return False

    async def end(self, id: str, now: datetime) -> Any:
        """Let nobody pay at a link any more; Refused while somebody tries, and when
        somebody has. The link as it is then. Busy."""
        for _ in range(TRIES):
            found = await self.documents.read(id)
            if found.value.status == "expired":
                return found.value
            if found.value.status == "paid":
                raise Refused("it is paid already")
            if found.value.taken_until and now < found.value.taken_until:
                raise Refused("it is being paid")
            self.documents.patch(id, {"status": "expired"}, version=found.version)
            with suppress(self.stale):
                await self.commit()
        raise Busy("too many pay at this link at once")

    async def visit(self, id: str, now: datetime) -> Any:
        """Count a visit; the link as it is then. Busy."""
        for _ in range(TRIES):
            found = await self.documents.read(id)
            seen = {"visits": found.value.visits + 1, "visited_at": now.isoformat()}
            self.documents.patch(id, seen, version=found.version)
            with suppress(self.stale):
                await self.commit()
                return found.value
        raise Busy("too many visit this link at once")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of links, which nobody can guess: they are signed by the first of
    *secrets*, divided by commas, and any of them is accepted."""

    base: str
    secrets: str

    def of(self, tenant: str, id: str) -> str:
        return f"{self.base}/pay/{self._signer().dumps([tenant, id])}"

    def read(self, token: str) -> tuple[str, str]:
        """The tenant and the link at the end of an address; NoLink."""
        try:
            tenant, id = self._signer().loads(token)
        except itsdangerous.BadSignature as exc:
            raise NoLink("there is no such link") from exc
        return tenant, id

    def _signer(self) -> itsdangerous.URLSafeSerializer:
        keys = self.secrets.split(",")[::-1]
        return itsdangerous.URLSafeSerializer(keys, salt="link")


def terms_of(intent: Any) -> dict[str, Any]:
    """What a link has of its intent: what is paid, to whom, and whose it is."""
    return {
        "intent_id": intent.id,
        "payment_id": intent.id,
        "subject": intent.subject,
        "payee": intent.payee,
        "title": intent.purpose or intent.payee,
        "amount": {"minor_units": intent.total, "currency": intent.currency},
    }


def sale_of(link: Any, tenant: str) -> Sale:
    """What is paid at a link. The metadata comes back with every event of it."""
    return Sale(
        id=link.id,
        minor_units=link.amount.minor_units,
        currency=link.amount.currency,
        title=link.title,
        metadata={"tenant": tenant, "intent_id": link.intent_id, "link_id": link.id},
        expires_at=int(link.expires_at.timestamp()),
        back=link.url,
    )
