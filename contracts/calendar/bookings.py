"""Bookings and their statuses."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from contracts.closed import Closed
from contracts.moments import Moment
from contracts.people import MaybeEmail, MaybePhone, Name

BookingStatus = Literal[
    "pending", "confirmed", "checked_in", "completed", "no_show", "cancelled"
]
SlotId = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(max_length=1000)]


class Customer(Closed):
    name: Name
    email: MaybeEmail = ""
    phone: MaybePhone = ""


class NewBooking(Closed):
    """Of a slot, held before or not.

    It is pending until it is confirmed, which ``confirm`` does at once. A pending one
    is a proposal that takes nobody's time, but for the hold that it may have.
    """

    slot_id: SlotId
    hold_id: Annotated[str | None, Field(max_length=100)] = None
    customer: Customer
    note: Note = ""
    conversation_id: Annotated[str | None, Field(max_length=100)] = None
    confirm: bool = False


class BookingDetails(Closed):
    """What may be changed of a booking without asking whether it is free."""

    customer: Customer
    note: Note = ""


class NewSlot(Closed):
    """Another slot of the same service."""

    slot_id: SlotId


class Cancellation(Closed):
    reason: Annotated[str, Field(max_length=300)] = ""


class Booking(BaseModel):
    """``warnings`` say what could not be done yet, such as writing to a calendar.

    ``hold_id`` is empty while it has no seat, ``event_id`` while it has no event.
    ``history`` says when it got which status, the latest last.
    """

    id: str
    status: BookingStatus
    service: str
    title: str
    slot_id: str
    hold_id: str = ""
    start: AwareDatetime
    end: AwareDatetime
    timezone: str
    customer: Customer
    note: str = ""
    calendar_id: str | None = None
    event_id: str | None = None
    conversation_id: str | None = None
    reason: str = ""
    warnings: list[str] = []
    history: list[str] = []
    created_at: datetime
    updated_at: datetime


class StoredBooking(Booking):
    """``subject`` made it; ``begins`` is its start in UTC, which sorts as text.

    ``spare`` are holds that it had, or may get. ``sequence`` counts its changes, as
    iCalendar does. A ``shared`` one is for several customers.
    """

    subject: str | None
    begins: str
    spare: list[str] = []
    sequence: int = 0
    shared: bool = False


class BookingsWanted(BaseModel):
    """Those that begin from ``from`` up to ``to``. ``customer`` is its e-mail.

    ``mine``: of staff, too, only those that the caller itself has made.
    """

    status: BookingStatus | None = None
    start: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None
    customer: Annotated[str | None, Field(max_length=254)] = None
    mine: bool = False
    conversation_id: Annotated[str | None, Field(max_length=100)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None
