"""Calendars of one's own, copies of those elsewhere, and what is known of both.

A copy is brought up to date before it is believed. What cannot be read, for whatever
reason, is unknown from then on until it can be read again; that is told once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import freebusy
from calendar_sync._changes import (
    MARK,
    Changes,
    Event,
    Expired,
    Refused,
    RemoteCalendar,
    Source,
    everything_or_since,
)
from calendar_sync._copies import OWN, Copies
from calendar_sync._sources import Settings, sources
from encryption import Seal

FAILED = ("error", "expired")
MOST = 10_000  # calendars whose last sync is remembered
LONGEST = timedelta(days=400)
PATIENCE = 4.0  # seconds for a sync that somebody waits for
log = logging.getLogger(__name__)


class Memory(Protocol):
    """Answers that are kept for a while, each asked for once at a time."""

    async def get(self, key: Any, ask: Callable[..., Awaitable[Any]], *of: Any) -> Any:
        """The answer to *key*, that of *ask* where none is kept."""

    def forget(self, key: Any) -> None:
        """Drop an answer."""


class Host(Protocol):
    """Whoever the work is done for, and how.

    ``current`` is the caller, with ``tenant``, ``subject``, ``roles`` and the seconds
    that are ``remaining()``; ``detached`` a block that goes on without the caller;
    ``commit`` writes what was put, and raises ``Stale`` when a document moved
    meanwhile. ``utc`` spells moments in documents.
    """

    Stale: type[Exception]

    def current(self) -> Any: ...
    def detached(self, *who: Any) -> AbstractContextManager[Any]: ...
    async def commit(self) -> Any: ...
    def now(self) -> datetime: ...
    def utc(self, moment: datetime) -> str: ...
    def publish(self, event: Any, **terms: Any) -> Any: ...
    def cancel(self, *keys: str) -> Any: ...
    def provider(self, name: str, **terms: Any) -> Any: ...
    def Remembered(self, seconds: float, most: int) -> Memory: ...


@dataclass(frozen=True)
class Synchronizer:
    """Keeps *calendars*, and their events as *items*; *recent* are the last syncs.

    A calendar has ``id``, ``kind``, ``timezone``, ``state``, ``reason``,
    ``synced_at``, ``authorize_url``, ``sealed``, ``cursor`` and ``round``; a local one
    is kept here alone. *failed* makes the event that says of one that it cannot be read
    from now on, and why; *pause* is between two syncs that nobody asked for. Everything
    raises Refused for what cannot be asked for.
    """

    calendars: Any
    items: Any
    sources: Mapping[str, Source]
    seal: Seal
    recent: Memory
    host: Any
    failed: Callable[..., Any]
    pause: timedelta

    @classmethod
    def of(
        cls, given: Settings, calendars: Any, items: Any, host: Any, failed: Any
    ) -> "Synchronizer":
        """A synchronizer with the sources that are set up."""
        there = sources(given, host.provider)
        seal = Seal.of(given.secret, "calendars")
        recent = host.Remembered(given.fresh, MOST)
        pause = timedelta(seconds=given.sync)
        return cls(calendars, items, there, seal, recent, host, failed, pause)

    @property
    def copies(self) -> Copies:
        return Copies(self.items, self.host.commit, self.host.utc)

    async def busy(self, id: str, start: datetime, end: datetime) -> dict[str, Any]:
        """``state``, ``busy`` spans, ``reason`` and ``synced_at``."""
        if not start < end <= start + LONGEST:
            raise Refused(f"a span has an end after its start, by {LONGEST.days} days")
        calendar = await self.current(id)
        told = {"state": "known", "reason": None, "synced_at": calendar.synced_at}
        try:
            if calendar.state != "ready":
                raise freebusy.Unreadable(calendar.reason or "it is not connected yet")
            if not self._covers(calendar, start, end):
                raise freebusy.Unreadable("it is not looked at so far from now")
            texts = await self.copies.texts(id, start, end)
            spans = freebusy.busy(texts, start, end, calendar.timezone)
        except freebusy.Unreadable as exc:
            return told | {"state": "unknown", "reason": str(exc), "busy": []}
        return told | {"busy": [{"start": a, "end": b} for a, b in spans]}

    def _covers(self, calendar: Any, start: datetime, end: datetime) -> bool:
        source, now = self.sources.get(calendar.kind), self.host.now()
        if source is None or source.window is None:
            return True
        back, ahead = source.window
        return now - back <= start and end <= now + ahead

    async def put(self, id: str, key: str, given: Any) -> Any:
        """Write an event, where the calendar is and here; its item."""
        if given.id != key:
            raise Refused("the event's id is not that of its address")
        calendar = await self.calendars.get(id)
        entry = freebusy.entry(uid=f"{MARK}{key}", **given.model_dump(exclude={"id"}))
        event = Event(key, key, entry.text(self.host.now()))
        if not self._is_written(calendar):
            return self.copies.put(id, calendar.timezone, event, OWN)
        if calendar.kind != "local":
            known = await self.items.find(f"{id}.{key}")
            remote = await self._opened(calendar)
            name = await remote.put(key, entry, known and known.provider_id)
            event = event._replace(provider_id=name)
        return self.copies.put(id, calendar.timezone, event, calendar.round)

    def _is_written(self, calendar: Any) -> bool:
        """Whether events are written where the calendar is; else they are kept here."""
        source = self.sources.get(calendar.kind)
        return source is None or source.is_written

    async def delete(self, id: str, key: str) -> None:
        """Delete an event, where the calendar is and here, if it is there still."""
        calendar = await self.calendars.get(id)
        known = await self.items.find(f"{id}.{key}")
        if known and calendar.kind != "local" and self._is_written(calendar):
            remote = await self._opened(calendar)
            await remote.delete(known.provider_id)
        self.items.delete(f"{id}.{key}")

    async def current(self, id: str) -> Any:
        """The calendar as it is now, as far as that can be found out."""
        calendar, who = await self.calendars.get(id), self.host.current()
        if calendar.kind == "local" or calendar.authorize_url:
            return calendar
        try:
            async with asyncio.timeout(min(PATIENCE, 0.8 * who.remaining())):
                return await self.recent.get((who.tenant, id), self._synced, id, who)
        except TimeoutError:
            late = {"state": "error", "reason": "it did not answer in time"}
            return calendar.model_copy(update=late)

    async def follow(self, due: Any) -> None:
        """Bring the copy that is *due* up to date, and again after a while."""
        id = due.calendar_id
        if await self.calendars.find(id):
            await self.current(id)
            again = self.host.now() + self.pause
            self.host.publish(due, deliver_at=again, cancel_key=f"sync {id}")

    def unfollow(self, id: str) -> None:
        """Bring it up to date no more."""
        self.host.cancel(f"sync {id}")

    def forget(self, id: str) -> None:
        """Believe nothing of what was found out about it."""
        self.recent.forget((self.host.current().tenant, id))

    async def _opened(self, calendar: Any) -> RemoteCalendar:
        """The calendar where it really is; Expired."""
        source, access = self.sources[calendar.kind], self.seal.open(calendar.sealed)
        good = await source.renewed(access, self.host.now())
        if good != access or not self.seal.is_current(calendar.sealed):
            # At once: what it was renewed with may be worth nothing any more, and the
            # secret that it was sealed under is about to go.
            self.calendars.patch(calendar.id, {"sealed": self.seal.close(good)})
            await self.host.commit()
        return source.remote(good, calendar.timezone)

    async def _synced(self, id: str, who: Any) -> Any:
        """The calendar after its copy was brought up to date, if that was possible."""
        with self.host.detached(who.tenant, who.subject, who.roles):
            was = await self.calendars.get(id)
            news = await self._news(was)
            seen = await self.calendars.read(id)
            found = await self._followed(seen.value, was, news)
            self.calendars.patch(id, found, version=seen.version)
            try:
                await self.host.commit()
            except self.host.Stale:
                # Another replica was at it too, and may have been overtaken: again.
                self.calendars.patch(id, {"cursor": was.cursor})
                await self.host.commit()
            return await self.calendars.get(id)

    async def _news(self, calendar: Any) -> Changes | dict[str, Any]:
        """What changed there, or the state that the calendar is in."""
        try:
            remote = await self._opened(calendar)
            return await everything_or_since(remote, calendar.cursor)
        except Expired as exc:
            return {"state": "expired", "reason": f"it has to be connected: {exc}"}
        except Exception as exc:
            # Whatever it was: nobody knows now when this calendar is free.
            log.warning("%s: %s", calendar.id, type(exc).__name__, exc_info=exc)
            return {"state": "error", "reason": f"it cannot be read: {exc}"[:300]}

    async def _followed(
        self, seen: Any, was: Any, news: Changes | dict[str, Any]
    ) -> dict[str, Any]:
        """What is known of the calendar now; what it told has been put.

        It was asked as it *was*; as it is *seen* says whether a failure is news.
        """
        if isinstance(news, dict):
            if seen.state not in FAILED:
                self.tell(seen, news)
            return news
        round = was.round + news.is_whole
        try:
            await self.copies.follow(was.id, was.timezone, news, round)
        except freebusy.Unreadable as exc:
            unread = {"state": "error", "reason": str(exc)}
            return await self._followed(seen, was, unread)
        known = {"state": "ready", "cursor": news.cursor, "round": round}
        return known | {"reason": None, "synced_at": self.host.utc(self.host.now())}

    def tell(self, of: Any, found: dict[str, Any]) -> None:
        """Publish that it failed, with the commit of the state that says so."""
        about = of.model_dump(include={"kind", "name"}) | found
        event = self.failed(calendar_id=of.id, since=self.host.now(), **about)
        self.host.publish(event)
