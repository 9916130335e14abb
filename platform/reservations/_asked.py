"""What is asked for: a proposal, a list of bookings, an event in a calendar."""

import uuid
from datetime import UTC, datetime
from typing import Any

from contracts.calendar.bookings import BookingsWanted, NewBooking, StoredBooking
from contracts.calendar.calendars import NewEvent
from contracts.calendar.slots import StoredOffer
from openings import Wish, rule_of


def begins(start: datetime) -> str:
    """A start as documents have it, so that text order is time order."""
    return f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def proposal(
    given: NewBooking, wish: Wish, offer: StoredOffer, caller: Any, now: datetime
) -> StoredBooking:
    """The proposal of the slot that is wished for, of that offer; BadRule in a length
    that it has not.

    Asked for again under its idempotency key, it is the same booking.
    """
    rule_of(offer, wish.minutes)
    key = f"{caller.tenant} {caller.subject} {caller.idempotency_key or uuid.uuid4()}"
    said = given.model_dump(exclude={"hold_id", "confirm"})
    return StoredBooking(
        **wish.shown | said | {"id": str(uuid.uuid5(uuid.NAMESPACE_OID, key))},
        begins=begins(wish.start),
        status="pending",
        title=offer.title,
        hold_id=given.hold_id or "",
        calendar_id=next(iter(offer.calendars), None),
        shared=offer.capacity > 1,
        subject=caller.subject,
        created_at=now,
        updated_at=now,
    )


def matching(wanted: BookingsWanted, subject: str | None) -> dict[str, Any]:
    """A filter for the bookings that are *wanted*, of *subject* unless that is None."""
    span = {"gte": wanted.start, "lt": wanted.to}
    known = wanted.model_dump(include={"status", "conversation_id"})
    known |= {"subject": subject, "customer.email": wanted.customer}
    known["begins"] = {name: begins(at) for name, at in span.items() if at} or None
    return {name: value for name, value in known.items() if value is not None}


def event_of(booking: StoredBooking) -> NewEvent:
    """What the business sees in its calendar; where others can join it is free."""
    who = booking.customer
    said = [booking.note, who.email, who.phone, f"Booking {booking.id}"]
    known = booking.model_dump(include={"id", "start", "end", "timezone"})
    about = {"title": f"{booking.title}: {who.name}"[:300], "is_free": booking.shared}
    return NewEvent(description="\n".join(filter(None, said)), **about, **known)
