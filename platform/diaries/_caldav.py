"""Apple's calendars, and every other that speaks CalDAV (RFC 4791).

An address may be a calendar's or a server's; then it is found there (``_discovery``).
What changed is asked for by sync-collection (RFC 6578). A server that does not have it
tells everything each time.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import agenda
from diaries._changes import (
    MARK,
    Changes,
    Event,
    Expired,
    Gone,
    Refused,
    Window,
    key_of,
)
from diaries._discovery import ANY, calendar_at

AT_ONCE = 100  # events of one request
TIMEOUT = 10  # seconds of one request
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WITHOUT_SYNC = "everything"  # the cursor where there is none

Call = Callable[..., Awaitable[Any]]


class CalDav:
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

    async def finish(
        self, access: dict[str, Any], code: str, state: str, now: datetime
    ) -> dict[str, Any]:
        """Refused: there is nothing to bring a code for."""
        raise Refused("this kind of calendar needs no authorization")

    async def renewed(self, access: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The same, for a password does not expire; with the calendar's own address,
        once it was found. Refused where it is not clear which one is meant."""
        if "found" in access:
            return access
        call = self._apart(access)
        return access | {"found": await call("find calendar", self._found, access)}

    async def revoke(self, access: dict[str, Any]) -> None:
        """Nothing: a password is its owner's to take back."""

    def _found(self, access: dict[str, Any]) -> str:
        wanted = access["url"], access.get("remote", ANY)
        return asked(access, lambda client: calendar_at(client, *wanted, self._call))

    def diary(self, access: dict[str, Any], timezone: str) -> "CalDavDiary":
        """The calendar that *access* opens."""
        return CalDavDiary(access | {"url": access["found"]}, self._apart(access))

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


class CalDavDiary:
    """One calendar at its URL. Names there are the paths of its events."""

    def __init__(self, access: dict[str, Any], call: Call) -> None:
        self._access, self._call = access, call

    async def changes(self, cursor: str | None) -> Changes:
        """What changed since *cursor*, or everything; Gone, Expired."""
        return await self._call("sync", self._changes, cursor)

    async def put(self, key: str, entry: agenda.Entry, known: str | None) -> str:
        """Write an event, *known* there by that name; its name there."""
        base = self._access["url"].rstrip("/") + "/"
        url = urljoin(base, quote(known or f"{MARK}{key}.ics"))
        now = datetime.now().astimezone()
        body = agenda.resource(entry.text(now))
        media = {"Content-Type": "text/calendar; charset=utf-8"}
        await self._call("PUT event", self._sent, "PUT", url, body, media)
        return _name(url)

    async def delete(self, provider_id: str) -> None:
        """Delete an event, if it is there."""
        url = urljoin(self._access["url"], quote(provider_id))
        await self._call("DELETE event", self._sent, "DELETE", url, "", {})

    def _sent(self, method: str, url: str, body: str, headers: dict[str, str]) -> None:
        status = asked(
            self._access, lambda dav: dav.request(url, method, body, headers)
        ).status
        if status >= 400 and not (method == "DELETE" and status in (404, 410)):
            raise Answered(status)

    def _changes(self, cursor: str | None) -> Changes:
        return asked(self._access, lambda client: _told(client, self._access, cursor))


def asked(access: dict[str, Any], ask: Callable[[Any], Any]) -> Any:
    """What *ask* gets of the server; Expired when it lets nobody in."""
    import caldav
    from caldav.lib import error

    who = {"username": access["account"], "auth_type": "basic"}
    who["password"] = access["password"]
    fixed = {"timeout": TIMEOUT, "enable_rfc6764": False}
    with caldav.DAVClient(access["url"], **who, **fixed) as client:
        try:
            return ask(client)
        except error.AuthorizationError as exc:
            raise Expired("the server refuses the password") from exc


class Answered(Exception):
    """The server answered with a failure."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the server answered {status}")
        self.status = status


def _name(url: Any) -> str:
    """An event's path, which one answer may escape and another not."""
    return unquote(urlsplit(str(url)).path)


def _told(client: Any, access: dict[str, Any], cursor: str | None) -> Changes:
    from caldav.lib import error

    calendar = client.calendar(url=access["url"])
    since = None if cursor == WITHOUT_SYNC else cursor
    try:
        found = calendar.get_objects_by_sync_token(since, disable_fallback=True)
    except (error.ReportError, error.DAVError) as exc:
        return _without_sync(calendar, access, since, exc)
    gone = {_name(url) for url in found.deleted_urls}
    urls = [each.url for each in found if _name(each.url) not in gone]
    changed = list(_loaded(calendar, urls, access))
    # What went between the two questions is told as gone with the next one.
    return Changes(changed, sorted(gone), found.sync_token, since is None)


def _without_sync(
    calendar: Any, access: dict[str, Any], since: str | None, exc: Exception
) -> Changes:
    """Everything; Gone where it is only that the cursor is forgotten."""
    if since is not None:
        raise Gone from exc
    every = calendar.get_events()
    return Changes(list(_events(every, access)), [], WITHOUT_SYNC, True)


def _loaded(calendar: Any, urls: list[Any], access: dict[str, Any]) -> Iterator[Event]:
    for at in range(0, len(urls), AT_ONCE):
        yield from _events(calendar.multiget(urls[at : at + AT_ONCE]), access)


def _events(found: Iterable[Any], access: dict[str, Any]) -> Iterator[Event]:
    for each in found:
        text = agenda.kept(each.data, [access["account"].lower()])
        name, uid = _name(each.url), agenda.uid(text)
        # Tasks and journals make nobody busy.
        if uid is not None:
            yield Event(key_of(uid, name), name, text)
