"""Outlook's calendars, by Microsoft Graph.

What changed in a window of time is told by delta queries. Instances of a series come
with half of what they say, so that a series of which anything changed is read anew.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

import freebusy
from calendar_sync._changes import (
    MARK,
    MOST,
    Answered,
    Changes,
    Event,
    Expired,
    Gone,
    Missing,
    Refused,
    TooMany,
    Window,
    key_of,
    read,
)
from calendar_sync._oauth import SignIn
from calendar_sync._trust import authorities
from malformed import MalformedAnswer, reading

PAST, AHEAD = timedelta(days=31), timedelta(days=800)
NOON = timedelta(hours=12)
WINDOW = timedelta(days=30)  # after which it is asked for anew, for it stands still
PREFER = 'outlook.timezone="UTC", IdType="ImmutableId", odata.maxpagesize=200'
FREE = ("free", "workingElsewhere")
SERIES = ("seriesMaster", "occurrence", "exception")


class Outlook(SignIn):
    """Calendars of Microsoft's users, with Graph at *url*."""

    window: Window = (PAST, AHEAD - WINDOW)
    is_written = True

    def remote(self, access: dict[str, Any], timezone: str) -> "OutlookCalendar":
        """The calendar that *access* opens."""
        return OutlookCalendar(self._url, access, self._oauth.call)


class OutlookCalendar:
    """One calendar. Names there are Graph's immutable ids of events."""

    def __init__(self, url: str, access: dict[str, Any], call: Any) -> None:
        name, self._call = access["calendar"], call
        below = "" if name == "primary" else f"/calendars/{quote(name, safe='')}"
        self._me, self._home = f"{url}/me", f"{url}/me{below}"
        self._headers = {"Authorization": f"Bearer {access['access']}"}
        self._headers["Prefer"] = PREFER

    async def changes(self, cursor: str | None) -> Changes:
        """What changed since *cursor*, or everything; Gone, Expired."""
        return await self._call("sync", self._changes, cursor)

    async def put(self, key: str, entry: freebusy.Entry, known: str | None) -> str:
        """Write an event, *known* there by that name; its name there.

        Refused for a series: its rules are others than iCalendar's.
        """
        if entry.recurrence:
            raise Refused("a series cannot be written to this calendar")
        body = _body(entry)
        method, where = "POST", f"{self._home}/events"
        if known is None:
            # Sent again, it is the same event: Graph looks at the transaction's id.
            body |= {"transactionId": f"{MARK}{key}"}
        else:
            method, where = "PATCH", f"{self._me}/events/{quote(known, safe='')}"
        return await self._call(f"{method} event", self._put, method, where, body)

    async def delete(self, provider_id: str) -> None:
        """Delete an event, if it is there."""
        where = f"{self._me}/events/{quote(provider_id, safe='')}"
        await self._call("DELETE event", self._delete, where)

    async def _changes(self, cursor: str | None) -> Changes:
        now, at = datetime.now(UTC), json.loads(cursor) if cursor else None
        if at and at["until"] < now.isoformat():
            raise Gone
        span = {"startDateTime": _utc(now - PAST), "endDateTime": _utc(now + AHEAD)}
        known = at or {"span": span, "until": (now + WINDOW).isoformat()}
        async with self._client() as client:
            start = (
                f"{self._home}/calendarView/delta?{httpx.QueryParams(known['span'])}"
            )
            told, link = await _all(client, known.get("link", start))
            with reading():
                changed = [_event(one) for one in told if _is_alone(one)]
                series = sorted(_series(told))
                gone = _removed(told)
                after = _text(link)
            for name in series:
                changed += await self._instances(client, name, known["span"])
        # The instances that a series had go first.
        gone += series
        cursor_after = json.dumps(known | {"link": after})
        return Changes(changed, gone, cursor_after, cursor is None)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            timeout=None, headers=self._headers, verify=authorities()
        )

    async def _instances(
        self, client: httpx.AsyncClient, name: str, span: dict[str, str]
    ) -> list[Event]:
        url = f"{self._me}/events/{quote(name, safe='')}/instances"
        try:
            told, _ = await _all(client, f"{url}?{httpx.QueryParams(span)}")
        except Missing:
            # It went between the two questions; the next telling says so.
            return []
        with reading():
            return [_event(one) for one in told]

    async def _put(self, method: str, url: str, body: Any) -> str:
        async with self._client() as client:
            answer = await client.request(method, url, json=body)
        made = _understood(answer)
        with reading():
            return _text(made["id"])

    async def _delete(self, url: str) -> None:
        async with self._client() as client:
            answer = await client.delete(url)
        if answer.status_code not in (204, 404, 410):
            _understood(answer)
            raise MalformedAnswer("the answer is none of a deletion")


async def _all(client: httpx.AsyncClient, url: str) -> tuple[list[Any], Any]:
    """What all pages from *url* on tell, and where to ask for what comes after, if
    they say so. MalformedAnswer, TooMany."""
    told: list[Any] = []
    after = None
    async for page in _pages(client, url):
        with reading():
            told += _list(page["value"])
            after = page.get("@odata.deltaLink")
        if len(told) > MOST:
            raise TooMany(f"it holds more than {MOST} events")
    return told, after


async def _pages(client: httpx.AsyncClient, url: str | None) -> AsyncIterator[Any]:
    while url:
        page = _understood(await client.get(url))
        yield page
        url = page.get("@odata.nextLink")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("this is no list")
    return value


def _text(value: Any) -> str:
    if not (value and isinstance(value, str)):
        raise TypeError("this is no text")
    return value


def _understood(answer: httpx.Response) -> Any:
    match answer.status_code:
        case 401 | 403:
            raise Expired("Microsoft refuses the access")
        case 404:
            raise Missing("there is no such thing at Microsoft")
        case 410:
            raise Gone
    if answer.status_code >= 400:
        raise Answered(answer.status_code, answer.headers)
    return read(answer)


def _is_alone(told: Mapping[str, Any]) -> bool:
    return "@removed" not in told and told.get("type") not in SERIES


def _removed(told: Iterable[Mapping[str, Any]]) -> list[str]:
    return [one["id"] for one in told if "@removed" in one]


def _series(told: Iterable[Mapping[str, Any]]) -> set[str]:
    """Of which series something changed."""
    masters = {one["id"] for one in told if one.get("type") == "seriesMaster"}
    return masters | {one["seriesMasterId"] for one in told if _is_instance(one)}


def _is_instance(told: Mapping[str, Any]) -> bool:
    return "@removed" not in told and bool(told.get("seriesMasterId"))


def _event(told: Mapping[str, Any]) -> Event:
    start, end = (_moment(told[each], told) for each in ("start", "end"))
    answer = (told.get("responseStatus") or {}).get("response")
    entry = freebusy.Entry(
        uid=told["id"],
        title=told.get("subject") or "",
        start=start,
        end=end,
        description=(told.get("bodyPreview") or "")[:4000],
        location=((told.get("location") or {}).get("displayName") or "")[:1000],
        status="cancelled" if told.get("isCancelled") else "confirmed",
        is_free=told.get("showAs") in FREE,
        is_declined=answer == "declined",
    )
    key = key_of(told.get("transactionId") or "", told["id"])
    series, text = told.get("seriesMasterId"), entry.text(datetime.now(UTC))
    return Event(key, told["id"], text, series)


def _moment(given: Mapping[str, str], told: Mapping[str, Any]) -> datetime | date:
    # Seven digits of a second, and no offset: UTC is what was preferred.
    moment = datetime.fromisoformat(given["dateTime"][:19]).replace(tzinfo=UTC)
    # A whole day of another zone begins some hours before or after UTC's.
    return (moment + NOON).date() if told.get("isAllDay") else moment


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _body(entry: freebusy.Entry) -> dict[str, Any]:
    is_day = not isinstance(entry.start, datetime)
    text = {"contentType": "text", "content": entry.description}
    body = {"subject": entry.title, "body": text, "isAllDay": is_day}
    body |= {"location": {"displayName": entry.location}}
    body["showAs"] = "free" if entry.is_free else "busy"
    return body | {"start": _spelt(entry.start), "end": _spelt(entry.end)}


def _spelt(moment: datetime | date) -> dict[str, str]:
    if not isinstance(moment, datetime):
        return {"dateTime": f"{moment}T00:00:00", "timeZone": "UTC"}
    at = moment.astimezone(UTC).replace(tzinfo=None)
    return {"dateTime": at.isoformat(timespec="seconds"), "timeZone": "UTC"}
