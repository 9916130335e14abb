"""What happened in the calendar domain."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel


class _OfBooking(BaseModel):
    booking_id: str
    service: str
    start: AwareDatetime
    end: AwareDatetime
    timezone: str


class BookingCreated(_OfBooking):
    type: Literal["booking.created"] = "booking.created"


class BookingMoved(_OfBooking):
    """``was`` is when it was to begin before."""

    type: Literal["booking.moved"] = "booking.moved"
    was: AwareDatetime


class BookingCancelled(_OfBooking):
    type: Literal["booking.cancelled"] = "booking.cancelled"
    reason: str = ""


class BookingDue(BaseModel):
    """Something is due for a booking, such as a reminder. Sent to oneself, delayed."""

    type: Literal["booking.due"] = "booking.due"
    booking_id: str
    what: str


class CalendarSyncDue(BaseModel):
    """A calendar is to be synced. Sent to oneself, delayed."""

    type: Literal["calendar.sync-due"] = "calendar.sync-due"
    calendar_id: str


class CalendarFailed(BaseModel):
    """A calendar cannot be read any more: its owner has to do something.

    Told once, until it could be read again. ``state`` says whether it lets nobody in
    any more (expired), it was disconnected (removed), or something else is wrong there.
    """

    type: Literal["calendar.failed"] = "calendar.failed"
    calendar_id: str
    reason: str
    state: Literal["error", "expired", "removed"] = "error"
    kind: str = ""
    name: str = ""
    since: AwareDatetime
