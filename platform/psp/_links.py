"""Links: pages where something is paid, of which each thing has one that is live.

The documents are given, as a collection has them; each has ``intent_id``, ``status``,
``expires_at``, ``taken_until``, ``visits`` and ``visited_at``.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from psp._every import Provider, Providers
from psp._live import RANK, is_over, is_payable, sale_of
from psp._local import ASKED, TAKEN, Outcome
from psp._stripe import Refused
from psp._turns import Busy, turns
from psp._units import Unpayable

TAKING = timedelta(seconds=60)  # more than a try to pay can take
HEARING = timedelta(minutes=10)  # more than it takes until everybody has heard of one


@dataclass(frozen=True, slots=True)
class Links:
    """The links of the current tenant. *stale*: somebody else was faster.

    ``hold`` and ``let_go`` of an intent, by its ``id``, with the link and a time in
    ``json``: who holds one that is open keeps it so until then, unless it is paid.
    """

    documents: Any
    commit: Callable[[], Awaitable[Any]]
    stale: type[Exception]
    hold: Callable[..., Awaitable[Any]]
    let_go: Callable[..., Awaitable[Any]]

    async def live(
        self, intent: str, provider: str, now: datetime, store: Callable[[int], str]
    ) -> Any:
        """The one link of an intent that can be paid; Refused when one has been.

        A page of our own takes nothing where another *provider* does: its link ends.

        ``store(n)`` puts the intent's link number n, as new, and returns its id, which
        must be the same for whoever else does: then only one of them is stored.
        """
        known = await self.documents.matching({"intent_id": intent})
        if any(each.status == "paid" for each in known):
            raise Refused("it is paid already")
        for each in known:
            if is_payable(each, now):
                if each.page_url or each.provider == provider:
                    return each
                await self.end(each.id, now)
        id = store(len(known))
        with suppress(self.stale):
            await self.commit()
        return await self.documents.get(id)

    async def opened(self, link: Any, providers: Providers, tenant: str) -> Any:
        """The link with its page at its provider; Refused, Unpayable, NoProvider.

        Whoever can pay elsewhere asks nobody here, so that the intent is held before,
        until the link ends. A link that ended meanwhile has no page.
        """
        if link.page:
            return link
        provider = providers.of_name(link.provider)
        if provider.is_elsewhere and not await self._is_held(link, link.expires_at):
            raise Refused("its intent is not open any more")
        try:
            page = await provider.open(sale_of(link, tenant))
        except (Refused, Unpayable):
            await self._release(link, link.expires_at)
            raise
        async for _ in turns():
            found = await self.documents.read(link.id)
            if is_over(found.value):
                await self._shut(found.value, provider, page.id)
            self.documents.patch(
                link.id, {"page": page.id, "page_url": page.url}, version=found.version
            )
            with suppress(self.stale):
                await self.commit()
                return await self.documents.get(link.id)
        raise Busy("too many open this link at once")

    async def _shut(self, link: Any, provider: Provider, page: str) -> NoReturn:
        await provider.close(page)
        await self._release(link, link.expires_at)
        raise Refused("the link has ended meanwhile")

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

    async def take(self, id: str, now: datetime) -> datetime | None:
        """Until when nobody ends the link, where somebody tries to pay; None where
        nobody can, or its intent is not open. Busy, and what ``hold`` raises.

        Others may try as well: what they pay is one payment. The intent is held once
        the link is taken: it is cancelled before that, or not while somebody pays.
        """
        async for _ in turns():
            found = await self.documents.read(id)
            if not is_payable(found.value, now):
                return None
            until = now + TAKING
            self.documents.patch(
                id, {"taken_until": until.isoformat()}, version=found.version
            )
            with suppress(self.stale):
                await self.commit()
                is_held = await self._is_held(found.value, until + HEARING)
                return until if is_held else None
        raise Busy("too many pay at this link at once")

    async def leave(self, id: str, taken: datetime, outcome: Outcome) -> None:
        """Somebody who had it *taken* tried to pay, and it came to *outcome*.

        Only a try that nobody else has followed gives link and intent free again. Busy,
        and what ``let_go`` raises.
        """
        async for _ in turns():
            found = await self.documents.read(id)
            if found.value.status == "paid":
                return
            is_last = found.value.taken_until == taken
            left = _left_by(outcome) | ({"taken_until": None} if is_last else {})
            self.documents.patch(id, left, version=found.version)
            with suppress(self.stale):
                await self.commit()
                if outcome[0] != TAKEN:
                    await self._release(found.value, taken + HEARING)
                return
        raise Busy("too many pay at this link at once")

    async def _is_held(self, link: Any, until: datetime) -> bool:
        """Whether the link's intent stays open until then; a link of any other ends."""
        known = await self.hold(id=link.intent_id, json=_holding(link, until))
        if known.status == "open":
            return True
        self.documents.patch(link.id, {"status": "expired", "taken_until": None})
        await self.commit()
        return False

    async def _release(self, link: Any, until: datetime) -> None:
        await self.let_go(id=link.intent_id, json=_holding(link, until))

    async def end(self, id: str, now: datetime) -> Any:
        """Let nobody pay at a link any more; Refused while somebody tries, and when
        somebody has. The link as it is then. Busy."""
        async for _ in turns():
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

    async def close(self, id: str, now: datetime, providers: Providers) -> Any:
        """As ``end``, at the provider first, and the intent is free again. NoProvider.

        Also when its time is up: who paid at the last moment has paid, and the provider
        knows it.
        """
        link = await self.documents.get(id)
        if link.page and not is_over(link):
            await providers.of_name(link.provider).close(link.page)
        ended = await self.end(id, now)
        if (
            ended.provider in providers.known
            and providers.of_name(ended.provider).is_elsewhere
        ):
            await self._release(ended, ended.expires_at)
        return ended

    async def visit(self, id: str, now: datetime) -> Any:
        """Count a visit; the link as it is then. Whoever cannot be counted, because too
        many come at once, sees it all the same."""
        async for _ in turns():
            found = await self.documents.read(id)
            seen = {"visits": found.value.visits + 1, "visited_at": now.isoformat()}
            self.documents.patch(id, seen, version=found.version)
            with suppress(self.stale):
                await self.commit()
                break
        return found.value


def _holding(link: Any, until: datetime) -> dict[str, str]:
    return {"link_id": link.id, "until": until.isoformat()}


def _left_by(outcome: Outcome) -> dict[str, Any]:
    """What a try that came to *outcome* leaves of a link."""
    is_taken = outcome[0] == TAKEN
    return {"status": "paid"} if is_taken else {"asked": outcome[0] == ASKED}
