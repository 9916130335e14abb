"""Calendars of a provider, and their events."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, computed_field

from contracts.closed import Closed
from contracts.moments import Moment
from contracts.zones import Zone

Kind = Literal["local", "google", "outlook", "apple", "ics"]
EventId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]


class NewCalendar(Closed):
    """A calendar to connect.

    ``account`` and ``password`` are those of a CalDAV calendar at ``url``, which Apple
    wants made for one program alone; at a server's address it is the one of the name
    ``remote``, or the only one there. Google and Outlook ask their user instead;
    ``remote`` is there the calendar's id, the user's main one by default. One of the
    kind ``ics`` is read at ``url`` alone (https or webcal, iCalendar), and what is
    written to it stays here; bare times in it are on the clock of ``timezone``.
    """

    kind: Kind = "local"
    name: Annotated[str, Field(min_length=1, max_length=200)]
    timezone: Zone
    url: Annotated[str, Field(max_length=1000)] = ""
    account: Annotated[str, Field(max_length=254)] = ""
    password: Annotated[str, Field(max_length=200)] = ""
    remote: Annotated[str, Field(max_length=1000)] = "primary"


class Authorization(Closed):
    """What the provider sent its user back with."""

    code: Annotated[str, Field(min_length=1, max_length=4000)]
    state: Annotated[str, Field(min_length=1, max_length=4000)]


class Calendar(BaseModel):
    """``state`` is what the last sync found; in error it is unknown, never free.

    ``authorize_url`` is where its owner has to go while it is ``connecting``; ``feed``
    is the token of its feed: who has it reads the calendar, at ``feed_path``.
    """

    id: str
    kind: Kind
    name: str
    timezone: str
    state: Literal["ready", "connecting", "error", "expired"]
    reason: str | None = None
    synced_at: datetime | None = None
    created_at: datetime
    authorize_url: str | None = None
    feed: str = ""

    @computed_field
    @property
    def feed_path(self) -> str:
        """Where programs subscribe to it."""
        return f"/api/v1/calendars/{self.id}/feed.ics?token={self.feed}"


class StoredCalendar(Calendar):
    """With what opens it (sealed), and how far its copy has come."""

    sealed: str = ""
    cursor: str | None = None
    round: int = 0


class NewEvent(Closed):
    """``id`` is the caller's, so that writing it again writes it once.

    ``recurrence`` are RRULE, RDATE and EXDATE lines (RFC 5545); their times are on the
    wall of ``timezone``. One that ``is_free`` makes nobody busy.
    """

    id: EventId
    title: Annotated[str, Field(min_length=1, max_length=300)]
    start: Moment
    end: Moment
    timezone: Zone
    description: Annotated[str, Field(max_length=4000)] = ""
    location: Annotated[str, Field(max_length=300)] = ""
    all_day: bool = False
    is_free: bool = False
    recurrence: list[str] = Field(default=[], max_length=20)


class Event(BaseModel):
    """``status`` cancelled or declined makes nobody busy.

    ``end`` of an event of whole days is the midnight after the last.
    """

    id: str
    calendar_id: str
    title: str
    start: AwareDatetime
    end: AwareDatetime
    timezone: str
    description: str = ""
    location: str = ""
    all_day: bool = False
    status: Literal["confirmed", "tentative", "cancelled", "declined"] = "confirmed"
    recurrence: list[str] = []
    provider_id: str | None = None


class Item(Event):
    """With its iCalendar; ``first`` and ``last`` are how far that reaches."""

    series: str | None = None
    text: str
    first: str
    last: str
    round: int
