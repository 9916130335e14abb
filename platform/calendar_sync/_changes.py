"""Changes: what a calendar elsewhere says since it was last asked."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import freebusy
from malformed import MalformedAnswer

MOST = 20_000  # events of one calendar
# Before the name of an event that was written here, so that it is known again.
MARK = "filigree-"
# How far back and how far ahead.
Window = tuple[timedelta, timedelta] | None
NAME = re.compile(r"[a-z0-9-]{1,64}")


class Expired(Exception):
    """The calendar's owner has to connect it again."""


class Refused(ValueError):
    """It cannot be connected like that."""


class Failed(Exception):
    """The calendar could not do it now; nothing of it is our caller's fault."""


class Gone(Failed):
    """What was last said is forgotten there: everything has to be asked for again."""


class TooMany(Failed):
    """The calendar holds more than is copied."""


class Missing(Failed):
    """There is no such event, or no such calendar."""

    status = 404


class Answered(Failed):
    """The calendar answered with a failure; *headers* say when to come back."""

    def __init__(
        self, status: int, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(f"it answered {status}")
        self.status, self.headers = status, headers


def read(answer: Any) -> Any:
    """The JSON of an HTTP answer; MalformedAnswer."""
    try:
        return answer.json()
    except ValueError as exc:
        raise MalformedAnswer("the answer is no JSON") from exc


class Event(NamedTuple):
    """One event, or what differs in one instance of *series*, as iCalendar.

    *key* is its name here, *provider_id* and *series* are names there.
    """

    key: str
    provider_id: str
    text: str
    series: str | None = None


class Changes(NamedTuple):
    """Events that are new or differ, and the names there of those that are no more.

    When *is_whole*, what is not among *changed* is no more either. *cursor* asks for
    what comes after.
    """

    changed: list[Event]
    gone: list[str]
    cursor: str
    is_whole: bool


class RemoteCalendar(Protocol):
    """One calendar elsewhere. Doing the same twice does it once."""

    async def changes(self, cursor: str | None) -> Changes:
        """What changed since *cursor*, or everything; Gone."""

    async def put(self, key: str, entry: freebusy.Entry, known: str | None) -> str:
        """Write an event, *known* there by that name; its name there."""

    async def delete(self, provider_id: str) -> None:
        """Delete an event, if it is there."""


class Source(Protocol):
    """A kind of calendars elsewhere. *access* is what opens one: it is a secret.

    ``window`` is how far back and ahead of now its calendars tell, None for all times;
    ``is_written`` tells whether events are written there, too.
    """

    window: Window
    is_written: bool

    def begin(self, given: Any) -> tuple[dict[str, Any], str | None]:
        """Access to what was *given*, and where its owner has to go; Refused."""

    async def finish(
        self, access: dict[str, Any], code: str, state: str, now: datetime
    ) -> dict[str, Any]:
        """The access that the owner brought a *code* for; Refused."""

    async def renewed(self, access: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The access as it is good for the next minute; Expired."""

    async def revoke(self, access: dict[str, Any]) -> None:
        """Take the access back there, where the source has that."""

    def remote(self, access: dict[str, Any], timezone: str) -> RemoteCalendar:
        """The calendar that *access* opens."""


class Given:
    """A source whose access is what was given: nobody goes anywhere to authorize it."""

    async def finish(
        self, access: dict[str, Any], code: str, state: str, now: datetime
    ) -> dict[str, Any]:
        """Refused: there is nothing to bring a code for."""
        raise Refused("this kind of calendar needs no authorization")

    async def revoke(self, access: dict[str, Any]) -> None:
        """Nothing: what was given is its owner's to take back."""


def key_of(mark: str, provider_id: str) -> str:
    """The name here of an event with that *mark*, which tells who wrote it."""
    name = mark.removeprefix(MARK)
    if mark.startswith(MARK) and NAME.fullmatch(name):
        return name
    return hashlib.sha256(provider_id.encode()).hexdigest()[:32]


async def everything_or_since(remote: RemoteCalendar, cursor: str | None) -> Changes:
    """The changes since *cursor*; everything where that is forgotten."""
    try:
        found = await remote.changes(cursor)
    except Gone:
        found = await remote.changes(None)
    if len(found.changed) > MOST:
        raise TooMany(f"it holds more than {MOST} events")
    return found
