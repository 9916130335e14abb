"""Slots: when a service can be booked, and holds on them."""

from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from contracts.calendar.times import Span
from contracts.closed import Closed
from contracts.moments import Clock, Day, EndClock, Moment, WallMoment
from contracts.names import Id
from contracts.zones import MaybeZone, Zone

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# Of five, because that is the size of the cells in which time is taken.
Minutes = Annotated[int, Field(ge=0, le=24 * 60, multiple_of=5)]
CalendarId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
ServiceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class Hours(Closed):
    """Wall-clock times in the offer's zone; 00:00 or 24:00 to close is the day's end.

    Before ``opens`` it is of the day after, twelve hours later at most.
    """

    opens: Clock
    closes: EndClock


class Offer(Closed):
    """What can be booked, and when. Times are in minutes unless they say otherwise.

    A slot takes ``duration``, or one of ``durations`` where that is asked for. Slots
    begin every ``every`` minutes; ``before`` and ``after`` are buffers that
    nobody else gets; ``capacity`` is how many customers one time takes.
    A date among ``exceptions`` has those hours instead of its weekday's, and with none
    it is closed, as it is on ``holidays``. ``calendars`` are those whose busy times
    count. Offers with the same ``resource`` (a room, a person) take each other's time;
    an offer without has its own.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    duration: Annotated[Minutes, Field(ge=5)] = 30
    durations: list[Annotated[Minutes, Field(ge=5)]] = Field(default=[], max_length=20)
    every: Annotated[Minutes, Field(ge=5)] = 30
    before: Minutes = 0
    after: Minutes = 0
    capacity: Annotated[int, Field(ge=1, le=100)] = 1
    timezone: Zone
    hours: dict[Weekday, Annotated[list[Hours], Field(max_length=5)]]
    breaks: list[Hours] = Field(default=[], max_length=10)
    holidays: list[Day] = Field(default=[], max_length=400)
    exceptions: dict[Day, Annotated[list[Hours], Field(max_length=5)]] = Field(
        default={}, max_length=400
    )
    lead_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 90)] = 60
    horizon_days: Annotated[int, Field(ge=1, le=730)] = 90
    calendars: list[CalendarId] = Field(default=[], max_length=10)
    resource: ServiceName | None = None


class StoredOffer(Offer):
    name: str
    version: int


# What the staff of a business that has not declared any offer may try, of any length;
# its times are those of UTC, as every slot says. Customers have nothing to book there,
# and with an offer there is no other.
USUAL = StoredOffer(
    name="appointment",
    version=0,
    title="Appointment",
    timezone="UTC",
    horizon_days=730,
    hours={
        day: [Hours(opens=time(9), closes=time(17))]
        for day in ("mon", "tue", "wed", "thu", "fri")
    },
)


class Slot(BaseModel):
    """``id`` says everything that a hold needs. Times have the asked zone's offset."""

    id: str
    service: str
    start: Moment
    end: Moment
    timezone: str


class Slots(BaseModel):
    """``degraded`` says which calendars are unknown; their times are not offered."""

    slots: list[Slot]
    cursor: AwareDatetime | None = None
    degraded: str | None = None


class SlotsWanted(BaseModel):
    """The only offer where ``service`` is empty, its zone where ``timezone`` is.
    Customers of a business that declared none get 404, ``NOTHING_OFFERED``.

    Slots lie within ``from`` (now by default) and ``to`` (a week later); without an
    offset these are times on the wall of the zone. ``duration`` is in minutes,
    and one that the offer has.
    """

    service: Annotated[str, Field(max_length=60)] = ""
    start: Annotated[WallMoment | None, Field(alias="from")] = None
    to: WallMoment | None = None
    timezone: MaybeZone = ""
    duration: Annotated[int, Field(ge=5, le=24 * 60, multiple_of=5)] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 500
    cursor: Moment | None = None


class NewHold(Closed):
    """Of a slot, for so many ``seconds``. A customer has five at a time at most."""

    slot_id: Annotated[str, Field(max_length=200)]
    seconds: Annotated[int, Field(ge=1, le=3600)] = 600


class Hold(BaseModel):
    """Nobody else gets the slot until ``expires_at``, which a booking's hold lacks."""

    id: str
    slot: Slot
    seat: int = 0
    expires_at: datetime | None
    booking_id: str | None = None


class StoredHold(Hold):
    """With what it takes: buffers belong to ``start`` and ``end``, in UTC.

    ``subject`` is whose it is, ``place`` which of those that one may have at a time.
    """

    subject: str | None = None
    place: int | None = None
    resource: str
    start: AwareDatetime
    end: AwareDatetime


class Kept(Closed):
    """A hold that becomes a booking, and so has no end."""

    booking_id: Id


class Busy(BaseModel):
    """``state`` is ``unknown`` when the provider did not say: that is never free."""

    calendar_id: str
    state: Literal["known", "unknown"]
    busy: list[Span]
    reason: str | None = None
    synced_at: datetime | None = None
