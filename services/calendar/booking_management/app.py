"""Booking management: bookings, from the proposal to what came of it.

Calls      slot-management, calendar-provider, notification (later), database-operations
Publishes  booking.created, booking.moved, booking.cancelled
Consumes   booking.due, its own: what is to be said, settled or ended at some time

A pending booking is a proposal. Confirming it takes the seat, keeps it and writes the
event: all of that or none, whatever fails. Customers see and change their own alone.
"""

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Query

import chassis
import openings
import reservations
from contracts.calendar import bookings as contract
from contracts.calendar import events
from contracts.calendar.bookings import Booking, StoredBooking
from contracts.calendar.slots import Hold, StoredOffer
from contracts.infrastructure.database import Sort

LETTERS = json.loads(Path(__file__).with_name("letters.json").read_text("utf-8"))
HAPPENED = events.BookingCreated, events.BookingMoved, events.BookingCancelled
EVENTS = *HAPPENED, events.BookingDue
READS = chassis.policy(retry="read", public=True, action="get_booking")
LISTS = chassis.policy(retry="read", public=True, action="list_bookings")
CHANGES = chassis.policy(retry="keyed", public=True)
WORKS = chassis.policy(retry="keyed", public=True, roles=chassis.STAFF)

slots = chassis.upstream("slot-management")
calendars = chassis.upstream("calendar-provider")
notification = chassis.upstream("notification")
bookings = chassis.collection("bookings", StoredBooking)
router = chassis.router("/api/v1/bookings")
there = reservations.Elsewhere(
    take=partial(slots.call, "hold", Hold),
    held=partial(slots.call, "get_hold", Hold),
    keep=partial(slots.call, "keep_hold"),
    release=partial(slots.call, "release"),
    write=partial(calendars.call, "put_event"),
    erase=partial(calendars.call, "delete_event"),
)
send = partial(notification.call, "send")
take_back = partial(notification.call, "cancel_notifications")
news = reservations.News(chassis, send, take_back, LETTERS, *EVENTS)
book = reservations.Book(bookings, there, news, chassis)


def books(action: str) -> dict[str, Any]:
    """The policy of what takes or releases time; also an action of the chat."""
    return chassis.policy(retry="keyed", public=True, timeout=12.0, action=action)


async def _own(id: str, caller: chassis.Caller) -> Any:
    return await book.own(id, caller)


Own = Annotated[chassis.Stored[StoredBooking], Depends(_own)]


@router.post("", status_code=201, response_model=Booking, **books("create_booking"))
async def create_booking(
    given: contract.NewBooking, caller: chassis.Caller, now: chassis.Now
) -> StoredBooking:
    """Propose a booking, or book at once; Conflict with alternatives if it is gone."""
    wish = openings.wish(given.slot_id)
    offer = await slots.call("get_offer", StoredOffer, id=wish.service)
    new = reservations.proposal(given, wish, offer, caller, now)
    return await book.make(new, is_certain=given.confirm)


@router.get("", **LISTS)
async def list_bookings(
    wanted: Annotated[contract.BookingsWanted, Query()], caller: chassis.Caller
) -> chassis.Page[Booking]:
    """The caller's bookings, or all of them for staff, the earliest first."""
    sees_all = caller.is_staff and not wanted.mine
    filter = reservations.matching(wanted, None if sees_all else caller.subject or "")
    paging, by_time = chassis.Paging(wanted.limit, wanted.cursor), [Sort(path="begins")]
    return (await bookings.page(paging, filter, by_time)).model_dump()


@router.get("/{id}", response_model=Booking, **READS)
async def get_booking(own: Own) -> StoredBooking:
    return own.value


@router.put("/{id}", response_model=Booking, **CHANGES)
async def update_booking(own: Own, given: contract.BookingDetails) -> StoredBooking:
    """Change what takes nobody's time."""
    return await book.amend(own, **dict(given))


@router.delete("/{id}", status_code=204, **WORKS)
async def delete_booking(own: Own) -> None:
    """Forget a booking that is over; Conflict while it is not."""
    book.forget(own)


@router.post("/{id}/confirm", response_model=Booking, **books("confirm_booking"))
async def confirm_booking(own: Own) -> StoredBooking:
    """Book what was proposed; Conflict with alternatives if somebody has it now."""
    return await book.confirm(own)


@router.post("/{id}/reschedule", response_model=Booking, **books("reschedule_booking"))
async def reschedule(own: Own, given: contract.NewSlot) -> StoredBooking:
    """Move it to another slot of its service; Conflict with alternatives."""
    if openings.wish(given.slot_id).service != own.value.service:
        raise chassis.Invalid("a booking keeps its service: book another one")
    return await book.move(own, given.slot_id)


@router.post("/{id}/cancel", response_model=Booking, **books("cancel_booking"))
async def cancel_booking(
    own: Own, given: contract.Cancellation | None = None
) -> StoredBooking:
    """Cancel it; its time is free at once, or as soon as it can be released."""
    return await book.end(own, given.reason if given else "")


def stepped(status: contract.BookingStatus) -> Any:
    async def step(own: Own) -> StoredBooking:
        return book.step(own, status)

    return step


steps = {"check_in": "checked_in", "no_show": "no_show", "complete": "completed"}
for name, status in steps.items():
    path = f"/{{id}}/{name.replace('_', '-')}"
    router.post(path, name=name, response_model=Booking, **WORKS)(stepped(status))


@chassis.on(events.BookingDue)
async def do(event: events.BookingDue) -> None:
    """Settle it, end a proposal that nobody confirmed, or tell the customer."""
    await book.due(event.booking_id, event.what)


meanings = {openings.BadRule: chassis.Invalid, reservations.NotNow: chassis.Conflict}
app = chassis.create_app("booking-management", router, do, meanings=meanings)
