"""What is asked of whoever keeps the book, once a yes said so."""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

import openings
from arranging._offers import Offer
from contracts.calendar.bookings import Booking
from contracts.calendar.slots import Slot, StoredOffer
from contracts.calendar.turns import Appointment, Arrangement

HAD = ("confirmed", "checked_in", "completed")
REASON = "the customer cancelled it in the chat"


class Order(NamedTuple):
    """What the address names, the body, and a key that a repeat has again."""

    path: dict[str, str]
    body: dict[str, Any]
    key: str


def orders(state: Arrangement, conversation: str | None) -> list[Order]:
    """The orders for what was agreed on, of the arrangement's kind."""
    if not state.every:
        return [order(state, conversation)]
    each = (state.model_copy(update={"own": own}) for own in state.mine)
    return [order(one, conversation) for one in each]


def order(state: Arrangement, conversation: str | None) -> Order:
    """The only one."""
    path, body = _order(state, conversation)
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{state.id} {path} {body}").hex
    return Order(path, body, key)


def _order(
    state: Arrangement, conversation: str | None
) -> tuple[dict[str, str], dict[str, Any]]:
    if state.own and state.kind == "cancel":
        return ({"id": state.own.id}, {"reason": REASON})
    if state.own and state.kind == "amend":
        known = state.own.customer.model_dump() if state.own.customer else {}
        about = {"customer": known | state.told, "note": state.own.note}
        return ({"id": state.own.id}, about)
    assert state.slot
    slot_id = {"slot_id": state.slot.id}
    if state.own:
        return ({"id": state.own.id}, slot_id)
    customer = {"name": state.told["name"], "email": state.told["email"]}
    about = {"customer": customer, "confirm": True, "conversation_id": conversation}
    return ({}, slot_id | about)


def offer(stored: StoredOffer) -> Offer:
    """What can be had, as it is talked about; BadRule for a rule that is none."""
    known = {stored.duration, *stored.durations}
    lengths = tuple(sorted(known)) if known - {stored.duration} else ()
    return Offer(stored.name, stored.title, openings.rule_of(stored), lengths)


def appointments(bookings: Iterable[Booking]) -> list[Appointment]:
    """Those that take or took place, as what somebody has."""
    return [_appointment(each) for each in bookings if each.status in HAD]


def _appointment(booking: Booking) -> Appointment:
    known = booking.model_dump(include={"service", "start", "end", "timezone"})
    slot = Slot(id=booking.slot_id, **known)
    whose = booking.model_dump(include={"id", "title", "customer", "note"})
    return Appointment(slot=slot, **whose)
