"""Calendars that are only read: an address at which somebody publishes iCalendar.

It is asked with the ETag and the date that it gave last; where it tells all the same,
the text says whether anything changed. Nothing is written there.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import freebusy
from calendar_sync._caldav import Call
from calendar_sync._changes import (
    Answered,
    Changes,
    Event,
    Expired,
    Given,
    Refused,
    Window,
    key_of,
)
from calendar_sync._guarded import Fetched, fetch, require_spelt

ASKS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
GONE = (401, 403, 404, 410)
ACCEPT = {"Accept": "text/calendar, text/plain;q=0.5", "User-Agent": "filigree"}


class Subscriptions(Given):
    """Calendars at any public address by https, and at *hosts*, which may be private.

    *call* makes calls, each address apart; *most* are bytes of one calendar.
    """

    window: Window = None
    is_written = False

    def __init__(self, hosts: Iterable[str], call: Call, most: int) -> None:
        self._hosts, self._call, self._most = frozenset(hosts), call, most

    def begin(self, given: Any) -> tuple[dict[str, Any], None]:
        """What opens the calendar that was given; Refused."""
        scheme, _, rest = given.url.partition("://")
        url = (
            f"https://{rest}" if scheme.lower() in ("webcal", "webcals") else given.url
        )
        require_spelt(url, self._hosts)
        return {"url": url}, None

    async def renewed(self, access: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The same, for an address does not expire."""
        return access

    def remote(self, access: dict[str, Any], timezone: str) -> "Subscription":
        """The calendar that *access* opens."""
        return Subscription(access["url"], self._call, self._hosts, self._most)


class Subscription:
    """One calendar at its address."""

    def __init__(self, url: str, call: Call, hosts: frozenset[str], most: int) -> None:
        self._url, self._call, self._hosts, self._most = url, call, hosts, most

    async def changes(self, cursor: str | None) -> Changes:
        """Everything, or nothing where it did not change; Expired."""
        # One host publishes calendars of many tenants, of which some may be broken.
        get = self._call("GET calendar", self._changes, cursor, apart=self._url)
        return await get

    async def put(self, key: str, entry: freebusy.Entry, known: str | None) -> str:
        raise Refused("this calendar is only read")

    async def delete(self, provider_id: str) -> None:
        raise Refused("this calendar is only read")

    async def _changes(self, cursor: str | None) -> Changes:
        was = json.loads(cursor) if cursor else {}
        asks = {ask: was[name] for name, ask in ASKS.items() if was.get(name)}
        told = await fetch(self._url, ACCEPT | asks, self._hosts, self._most)
        if told.status == 304 and cursor:
            return Changes([], [], cursor, False)
        _require(told)
        now = {name: told.headers.get(name) for name in ASKS}
        now["text"] = hashlib.sha256(told.body).hexdigest()
        if now["text"] == was.get("text"):
            return Changes([], [], json.dumps(now), False)
        # To read a large one takes seconds.
        changed = await asyncio.to_thread(_events, told.body)
        return Changes(changed, [], json.dumps(now), True)


def _require(told: Fetched) -> None:
    """Expired for what its owner has to see to, Answered for another failure."""
    if told.status in GONE:
        raise Expired(f"its address answers {told.status}")
    if told.status != 200:
        raise Answered(told.status, told.headers)


def _events(body: bytes) -> list[Event]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise freebusy.Unreadable("it is not in UTF-8") from exc
    return [Event(key_of(uid, uid), uid, one) for uid, one in freebusy.apart(text)]
