"""Connections: calendars that come, are opened anew, are subscribed to, and go."""

import asyncio
import logging
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import freebusy
from calendar_sync._changes import Refused
from calendar_sync._synchronizer import PATIENCE, Synchronizer

log = logging.getLogger(__name__)

# Begun anew, it is asked for everything, whatever it was that it had said before.
ANEW = {"cursor": None, "reason": None}


@dataclass(frozen=True)
class Connections:
    """What opens the calendars of *synchronizer*, and who may read them from outside.

    A calendar has ``feed``, too: the token of its feed.
    """

    sync: Synchronizer

    def begin(self, given: Any, tenant: str, **known: Any) -> Any:
        """Put a new calendar; Refused."""
        about = given.model_dump(include={"kind", "name", "timezone"}) | known
        about["feed"] = _token(tenant)
        made = self.sync.calendars.model(**about, **self._opening(given))
        self.sync.calendars.put(made.id, made, version=0)
        return made

    async def again(self, id: str, given: Any) -> Any:
        """Put the calendar as it is opened from now on, with what is *given*.

        It stays the same calendar: offers and subscriptions go on with it. Refused.
        """
        seen = await self.sync.calendars.read(id)
        if given.kind != seen.value.kind:
            raise Refused("another kind of calendar is another calendar")
        about = given.model_dump(include={"name", "timezone"}) | self._opening(given)
        return self._put(seen, about | ANEW)

    async def finish(self, id: str, code: str, state: str) -> Any:
        """Put the calendar as its owner authorized it; Refused."""
        seen, now = await self.sync.calendars.read(id), self.sync.host.now()
        if not seen.value.authorize_url:
            raise Refused("this calendar waits for no authorization")
        source = self.sync.sources[seen.value.kind]
        access = self.sync.seal.open(seen.value.sealed)
        sealed = self.sync.seal.close(await source.finish(access, code, state, now))
        return self._put(seen, {"sealed": sealed, "authorize_url": None})

    async def end(self, id: str) -> None:
        """Delete a calendar, its copy, and what opens it, if it is there.

        What its user granted is taken back there, as far as that can be done now.
        """
        if seen := await self.sync.calendars.find(id):
            try:
                await self._revoked(seen)
            except Exception as exc:
                log.warning("%s: not revoked: %s", id, type(exc).__name__, exc_info=exc)
            self.sync.tell(seen, {"state": "removed", "reason": "it was disconnected"})
        self.sync.calendars.delete(id)
        self.sync.items.delete_all({"calendar_id": id})
        self.sync.unfollow(id)

    async def feed(self, id: str, token: str) -> bytes:
        """The whole calendar as iCalendar, for whoever has its token; NotFound."""
        host, calendars = self.sync.host, self.sync.calendars
        with host.acting_for(token.partition(".")[0]):
            calendar = await calendars.find(id)
            if calendar is None or not compare_digest(calendar.feed, token):
                raise host.NotFound("there is no such feed")
            every = self.sync.items.each({"calendar_id": id})
            texts = [one.value.text async for one in every]
        return freebusy.feed(calendar.name, calendar.timezone, texts)

    async def renew_feed(self, id: str, tenant: str) -> Any:
        """Put another token: who has the one before reads nothing any more."""
        seen = await self.sync.calendars.read(id)
        return self._put(seen, {"feed": _token(tenant)})

    async def _revoked(self, calendar: Any) -> None:
        """Taken back, unless another calendar may hang on the same grant: providers
        take back all that one user granted to one program."""
        same = {"kind": calendar.kind}
        others = [one async for one in self.sync.calendars.each(same)]
        if calendar.sealed and len(others) == 1:
            access = self.sync.seal.open(calendar.sealed)
            async with asyncio.timeout(PATIENCE):
                await self.sync.sources[calendar.kind].revoke(access)

    def _opening(self, given: Any) -> dict[str, Any]:
        """What is known of a calendar that is being connected."""
        if given.kind == "local":
            return {"state": "ready"}
        if given.kind not in self.sync.sources:
            raise Refused(f"{given.kind} is not set up here")
        access, url = self.sync.sources[given.kind].begin(given)
        sealed = self.sync.seal.close(access)
        return {"state": "connecting", "sealed": sealed, "authorize_url": url}

    def _put(self, seen: Any, update: dict[str, Any]) -> Any:
        made = seen.value.model_copy(update=update)
        self.sync.calendars.put(made.id, made, version=seen.version)
        self.sync.forget(made.id)
        return made


def _token(tenant: str) -> str:
    return f"{tenant}.{secrets.token_urlsafe(24)}"
