"""Apple's calendars, and every other that speaks CalDAV (RFC 4791).

An address may be a calendar's or a server's; then it is found there (``_discovery``).
What changed is asked for by sync-collection (RFC 6578). A server that does not have it
tells everything each time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import freebusy
from calendar_sync._changes import (
    MARK,
    Answered,
    Changes,
    Event,
    Expired,
    Given,
    Gone,
    Refused,
    Window,
    key_of,
)
from calendar_sync._discovery import ANY, calendar_at
from malformed import MalformedAnswer

AT_ONCE = 100  # events of one request
TIMEOUT = 10  # seconds of one request
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WRITTEN = (201, 202, 204)  # what is answered when it was done
WITHOUT_SYNC = "everything"  # the cursor where there is none

Call = Callable[..., Awaitable[Any]]


class CalDav(Given):
    """Calendars at *hosts*; one that begins with a dot stands for all below it.

    *calls* has, by host, what makes calls to it.
    """

    window: Window = None
    is_written = True

    def __init__(self, hosts: Iterable[str], calls: Callable[[str], Call]) -> None:
        self._calls = {host: calls(host) for host in hosts}

    def begin(self, given: Any) -> tuple[dict[str, Any], None]:
        """What opens the calendar that was given; Refused."""
        self._call(given.url)
        if not (given.account and given.password):
            raise Refused("account and password are needed")
        return given.model_dump(include={"url", "account", "password", "remote"}), None

    async def renewed(self, access: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The same, for a password does not expire; with the calendar's own address,
        once it was found. Refused where it is not clear which one is meant."""
        if "found" in access:
            return access
        call = self._apart(access)
        return access | {"found": await call("find calendar", self._found, access)}

    async def _found(self, access: dict[str, Any]) -> str:
        wanted = access["url"], access.get("remote", ANY)
        async with opened(access) as client:
            return await calendar_at(client, *wanted, self._call)

    def remote(self, access: dict[str, Any], timezone: str) -> "CalDavCalendar":
        """The calendar that *access* opens."""
        return CalDavCalendar(access | {"url": access["found"]}, self._apart(access))

    def _apart(self, access: dict[str, Any]) -> Call:
        """Calls for one account: what fails there says nothing of the others."""
        whose = access["url"], access["account"]
        return partial(self._call(access["url"]), apart=whose)

    def _call(self, url: str) -> Call:
        there = urlsplit(url.replace(":443/", "/", 1))  # as Apple spells its servers
        at_home = there.hostname in LOOPBACK
        is_safe = there.scheme == "https" or (there.scheme == "http" and at_home)
        for host, call in self._calls.items():
            below = host.startswith(".") and there.netloc.endswith(host)
            if is_safe and (there.netloc == host or below):
                return call
        raise Refused("there are no calendars at this address")


class CalDavCalendar:
    """One calendar at its URL. Names there are the paths of its events."""

    def __init__(self, access: dict[str, Any], call: Call) -> None:
        self._access, self._call = access, call

    async def changes(self, cursor: str | None) -> Changes:
        """What changed since *cursor*, or everything; Gone, Expired."""
        return await self._call("sync", self._changes, cursor)

    async def put(self, key: str, entry: freebusy.Entry, known: str | None) -> str:
        """Write an event, *known* there by that name; its name there."""
        base = self._access["url"].rstrip("/") + "/"
        url = urljoin(base, quote(known or f"{MARK}{key}.ics"))
        now = datetime.now().astimezone()
        body = freebusy.resource(entry.text(now))
        media = {"Content-Type": "text/calendar; charset=utf-8"}
        await self._call("PUT event", self._put, url, body, media)
        return _name(url)

    async def delete(self, provider_id: str) -> None:
        """Delete an event, if it is there."""
        url = urljoin(self._access["url"], quote(provider_id))
        await self._call("DELETE event", self._delete, url)

    async def _put(self, url: str, body: str, headers: dict[str, str]) -> None:
        async with opened(self._access) as client:
            status = (await client.request(url, "PUT", body, headers)).status
            if status == 200 and not await _is_there(client, url):
                raise MalformedAnswer("it says that it wrote what is not there")
        if status not in (200, *WRITTEN):
            raise Answered(status)

    async def _delete(self, url: str) -> None:
        async with opened(self._access) as client:
            status = (await client.request(url, "DELETE")).status
            if status == 200 and await _is_there(client, url):
                raise MalformedAnswer("it says that it deleted what is there")
        if status not in (200, 404, 410, *WRITTEN):
            raise Answered(status)

    async def _changes(self, cursor: str | None) -> Changes:
        async with opened(self._access) as client:
            return await _told(client, self._access, cursor)


@asynccontextmanager
async def opened(access: dict[str, Any]) -> AsyncIterator[Any]:
    """A client of the account's server, which goes with who waits for it: one that
    hangs holds no thread. Expired when the server lets nobody in."""
    from caldav.aio import AsyncDAVClient
    from caldav.lib import error

    who = {"username": access["account"], "auth_type": "basic"}
    who["password"] = access["password"]
    fixed = {"timeout": TIMEOUT, "enable_rfc6764": False}
    async with AsyncDAVClient(access["url"], **who, **fixed) as client:
        try:
            yield client
        except error.AuthorizationError as exc:
            raise Expired("the server refuses the password") from exc
        except error.RateLimitError as exc:
            later = {"Retry-After": exc.retry_after} if exc.retry_after else {}
            raise Answered(exc.status, later) from exc
        except error.DAVError as exc:
            if exc.status:
                raise Answered(exc.status) from exc
            raise MalformedAnswer("the answer is none of CalDAV's") from exc
        except OSError as exc:
            raise MalformedAnswer("the answer is none of HTTP's") from exc


async def _is_there(client: Any, url: str) -> bool:
    """Whether an event is at an address, asked of a server whose 200 may be that of
    whoever stands before it."""
    found = await client.request(url, "GET")
    return found.status == 200 and "BEGIN:VCALENDAR" in str(found.raw)


def _name(url: Any) -> str:
    """An event's path, which one answer may escape and another not."""
    return unquote(urlsplit(str(url)).path)


async def _told(client: Any, access: dict[str, Any], cursor: str | None) -> Changes:
    from caldav.lib import error

    calendar = client.calendar(url=access["url"])
    since = None if cursor == WITHOUT_SYNC else cursor
    try:
        found = await calendar.get_objects_by_sync_token(since, disable_fallback=True)
    except error.RateLimitError:
        raise
    except error.DAVError as exc:
        return await _without_sync(calendar, access, since, exc)
    gone = {_name(url) for url in found.deleted_urls}
    urls = [each.url for each in found if _name(each.url) not in gone]
    changed = await _loaded(calendar, urls, access)
    # What went between the two questions is told as gone with the next one.
    return Changes(changed, sorted(gone), found.sync_token, since is None)


async def _without_sync(
    calendar: Any, access: dict[str, Any], since: str | None, exc: Exception
) -> Changes:
    """Everything; Gone where it is only that the cursor is forgotten."""
    if since is not None:
        raise Gone from exc
    every = await asyncio.to_thread(_events, await calendar.get_events(), access)
    return Changes(every, [], WITHOUT_SYNC, True)


async def _loaded(
    calendar: Any, urls: list[Any], access: dict[str, Any]
) -> list[Event]:
    found: list[Event] = []
    for at in range(0, len(urls), AT_ONCE):
        some = await calendar.multiget(urls[at : at + AT_ONCE])
        # To read so many takes a while.
        found += await asyncio.to_thread(_events, some, access)
    return found


def _events(found: Iterable[Any], access: dict[str, Any]) -> list[Event]:
    told = []
    for each in found:
        text = freebusy.kept(each.data, [access["account"].lower()])
        name, uid = _name(each.url), freebusy.uid(text)
        # Tasks and journals make nobody busy.
        if uid is not None:
            told.append(Event(key_of(uid, name), name, text))
    return told
