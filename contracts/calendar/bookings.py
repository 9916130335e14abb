"""Bookings and their statuses."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from contracts.calendar.times import Closed

BookingStatus = Literal[
    "pending", "confirmed", "checked_in", "completed", "no_show", "cancelled"
]


class Customer(Closed):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""


class NewBooking(Closed):
    """Of a slot, held before or not."""

    slot_id: Annotated[str, Field(max_length=200)]
    hold_id: str | None = None
    customer: Customer
    note: Annotated[str, Field(max_length=1000)] = ""
    conversation_id: str | None = None


class Booking(BaseModel):
    """``warnings`` say what could not be done yet, such as writing to a calendar."""

    id: str
    status: BookingStatus
    service: str
    slot_id: str
    hold_id: str
    start: AwareDatetime
    end: AwareDatetime
    timezone: str
    customer: Customer
    note: str
    calendar_id: str | None = None
    event_id: str | None = None
    conversation_id: str | None = None
    warnings: list[str] = []
    history: list[str] = []
    created_at: datetime
    updated_at: datetime
