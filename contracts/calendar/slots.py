"""Slots: when a service can be booked, and holds on them."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from contracts.calendar.times import Closed, Span, Zone

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Minutes = Annotated[int, Field(strict=True, ge=0, le=24 * 60)]
ServiceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class Hours(Closed):
    """Wall-clock times in the offer's zone; ``closes`` at 00:00 is the day's end."""

    opens: time
    closes: time


class Offer(Closed):
    """What can be booked, and when. Times are in minutes unless they say otherwise.

    Slots begin every ``every`` minutes; ``before`` and ``after`` are buffers that
    nobody else gets; ``capacity`` is how many customers one time takes.
    ``calendars`` are those whose busy times count.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    duration: Annotated[Minutes, Field(ge=5)] = 30
    every: Annotated[Minutes, Field(ge=5)] = 30
    before: Minutes = 0
    after: Minutes = 0
    capacity: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    timezone: Zone
    hours: dict[Weekday, Annotated[list[Hours], Field(max_length=5)]]
    breaks: list[Hours] = Field(default=[], max_length=10)
    holidays: list[date] = Field(default=[], max_length=400)
    lead_minutes: Annotated[int, Field(strict=True, ge=0, le=60 * 24 * 90)] = 60
    horizon_days: Annotated[int, Field(strict=True, ge=1, le=730)] = 90
    calendars: list[str] = Field(default=[], max_length=10)


class StoredOffer(Offer):
    name: str
    version: int


class Slot(BaseModel):
    """``id`` says everything that a hold needs. Times have the asked zone's offset."""

    id: str
    service: str
    start: AwareDatetime
    end: AwareDatetime
    timezone: str


class Slots(BaseModel):
    """``degraded`` says which calendars are unknown; their times are not offered."""

    slots: list[Slot]
    cursor: str | None = None
    degraded: str | None = None


class NewHold(Closed):
    slot_id: Annotated[str, Field(max_length=200)]


class Hold(BaseModel):
    """Nobody else gets the slot until ``expires_at``."""

    id: str
    slot: Slot
    seat: int
    expires_at: datetime


class Kept(Closed):
    """A hold that becomes a booking, and so has no end."""

    booking_id: str


class Busy(BaseModel):
    """``state`` is ``unknown`` when the provider did not say: that is never free."""

    calendar_id: str
    state: Literal["known", "unknown"]
    busy: list[Span]
    reason: str | None = None
    synced_at: datetime | None = None
