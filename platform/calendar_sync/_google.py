"""Google Calendar (API v3), by its own SDK and the description that comes with it.

A series is told once, with its exceptions as events of their own. Each telling ends
with a sync token, which Google forgets after a while (410).
"""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import freebusy
from calendar_sync._changes import (
    MARK,
    MOST,
    Changes,
    Event,
    Expired,
    Failed,
    Gone,
    Missing,
    TooMany,
    Window,
    key_of,
)
from calendar_sync._oauth import SignIn
from calendar_sync._transport import Transport
from malformed import MalformedAnswer, reading

PAST = timedelta(days=31)
PAGE = 1000  # events
LIMITS = ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded")


class Limited(Failed):
    """Google wants fewer requests."""

    status = 429


class Google(SignIn):
    """Calendars of Google's users, with the API at *url*."""

    window: Window = (PAST, timedelta(days=3650))
    is_written = True
    extra: ClassVar = {"access_type": "offline", "prompt": "consent"}

    def remote(self, access: dict[str, Any], timezone: str) -> "GoogleCalendar":
        """The calendar that *access* opens."""
        return GoogleCalendar(self._url, access, timezone, self._oauth.call)


class GoogleCalendar:
    """One calendar. Names there are Google's ids of events."""

    def __init__(
        self, url: str, access: dict[str, Any], timezone: str, call: Any
    ) -> None:
        self._url, self._access, self._timezone = url, access, timezone
        self._call = call

    async def changes(self, cursor: str | None) -> Changes:
        """What changed since *cursor*, or everything; Gone, Expired."""
        return await self._call("sync", self._changes, await self._ready(), cursor)

    async def put(self, key: str, entry: freebusy.Entry, known: str | None) -> str:
        """Write an event, *known* there by that name; its name there."""
        api = await self._ready()
        return await self._call("write event", self._put, api, key, entry, known)

    async def delete(self, provider_id: str) -> None:
        """Delete an event, if it is there."""
        await self._call("delete event", self._delete, await self._ready(), provider_id)

    async def _ready(self) -> Any:
        """The API, read before anything is asked, which takes a while: a thread that is
        still at it when its call is given up would begin to write all the same."""
        return await asyncio.to_thread(self._events)

    def _changes(self, api: Any, cursor: str | None) -> Changes:
        asked: dict[str, Any] = {"calendarId": self._access["calendar"]}
        asked |= {"maxResults": PAGE, "singleEvents": False}
        if cursor is None:
            asked["timeMin"] = (datetime.now(UTC) - PAST).isoformat()
        else:
            asked["syncToken"] = cursor
        told: list[dict[str, Any]] = []
        with api as events, reading():
            while True:
                page = self._done(events.list(**asked))
                told += page.get("items", [])
                if "nextPageToken" not in page:
                    break
                if len(told) > MOST:
                    raise TooMany(f"it holds more than {MOST} events")
                asked["pageToken"] = page["nextPageToken"]
            gone = [one["id"] for one in told if _is_gone(one)]
            changed = [self._event(one) for one in told if not _is_gone(one)]
            return Changes(changed, gone, page["nextSyncToken"], cursor is None)

    def _put(self, api: Any, key: str, entry: freebusy.Entry, known: str | None) -> str:
        body = _body(entry)
        where = {"calendarId": self._access["calendar"]}
        id = known or _id(key)
        with api as events:
            try:
                if known is None:
                    made = self._done(events.insert(**where, body=body | {"id": id}))
                    return _require(made, id)
            except Taken:
                # It was written before, and only the answer was lost.
                pass
            return _require(
                self._done(events.update(**where, eventId=id, body=body)), id
            )

    def _delete(self, api: Any, provider_id: str) -> None:
        where = {"calendarId": self._access["calendar"], "eventId": provider_id}
        with api as events, suppress(Gone, Missing):
            if self._done(events.delete(**where)):
                raise MalformedAnswer("the answer has another shape")

    def _events(self) -> Any:
        from googleapiclient.discovery import build

        # Refreshing is OAuth's: a token that is worth nothing any more is refused.
        http = Transport(self._access["access"])
        options = {"api_endpoint": self._url}
        api = build(
            "calendar", "v3", http=http, static_discovery=True, client_options=options
        )
        return api.events()

    def _done(self, request: Any) -> Any:
        from googleapiclient.errors import HttpError

        try:
            return request.execute()
        except HttpError as exc:
            raise _meaning(exc) from exc

    def _event(self, told: Mapping[str, Any]) -> Event:
        series = told.get("recurringEventId")
        entry = freebusy.Entry(
            uid=series or told["id"],
            title=told.get("summary", ""),
            start=self._moment(told.get("start") or told["originalStartTime"]),
            end=self._moment(told.get("end") or told["originalStartTime"]),
            description=told.get("description", "")[:4000],
            location=told.get("location", "")[:1000],
            recurrence=told.get("recurrence", ()),
            instance=series and self._moment(told["originalStartTime"]),
            status=told.get("status", "confirmed"),
            is_free=told.get("transparency") == "transparent",
            is_declined=any(_declines(each) for each in told.get("attendees", ())),
        )
        name = told["id"]
        text = entry.text(datetime.now(UTC))
        return Event(key_of(_mark(name), name), name, text, series)

    def _moment(self, told: Mapping[str, str]) -> datetime | date:
        if "date" in told:
            return date.fromisoformat(told["date"])
        zone = ZoneInfo(told.get("timeZone") or self._timezone)
        return datetime.fromisoformat(told["dateTime"]).astimezone(zone)


class Taken(Failed):
    """There is an event of this id."""

    status = 409


def _require(made: Any, id: str) -> str:
    """The id of what was written; MalformedAnswer where another thing is told."""
    with reading():
        if made["id"] != id:
            raise ValueError("this is about another event")
    return id


def _meaning(exc: Any) -> Exception:
    """What an answer of Google's means; itself where it has no meaning here."""
    status, reasons = exc.status_code, str(exc.error_details)
    if status == 403 and any(limit in reasons for limit in LIMITS):
        return Limited("Google wants fewer requests")
    if status in (401, 403):
        return Expired("Google refuses the access")
    if status < 400:
        return MalformedAnswer("Google leads elsewhere")
    known = {404: Missing, 409: Taken, 410: Gone}.get(status)
    return known(f"Google answered {status}") if known else exc


def _is_gone(told: Mapping[str, Any]) -> bool:
    """Whether it is no more; an instance that was cancelled is news of its series."""
    return told.get("status") == "cancelled" and "recurringEventId" not in told


def _declines(attendee: Mapping[str, Any]) -> bool:
    return bool(attendee.get("self")) and attendee.get("responseStatus") == "declined"


def _id(key: str) -> str:
    """An id that Google takes (base32hex, RFC 4648 §7), made of a key."""
    return base64.b32hexencode(f"{MARK}{key}".encode()).decode().lower().rstrip("=")


def _mark(id: str) -> str:
    """The mark that an id was made of, if it was."""
    padded = id.upper() + "=" * (-len(id) % 8)
    try:
        return base64.b32hexdecode(padded).decode()
    except (binascii.Error, ValueError):
        return ""


def _body(entry: freebusy.Entry) -> dict[str, Any]:
    body = {"summary": entry.title, "description": entry.description}
    body |= {"location": entry.location, "recurrence": list(entry.recurrence)}
    body["transparency"] = "transparent" if entry.is_free else "opaque"
    return body | {"start": _spelt(entry.start), "end": _spelt(entry.end)}


def _spelt(moment: datetime | date) -> dict[str, str]:
    if not isinstance(moment, datetime):
        return {"date": moment.isoformat()}
    return {"dateTime": moment.isoformat(), "timeZone": str(moment.tzinfo)}
