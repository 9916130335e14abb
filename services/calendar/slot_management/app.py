"""Slot management: when a service can be booked, and who has a slot for now.

Calls      calendar-provider, database-operations

A hold takes every five minutes of its time, buffers included, under the number of one
seat: unique keys of one transaction, so of those who come at once one wins. A calendar
that cannot be read is unknown, and unknown is never free: 424, CALENDAR_UNKNOWN.
"""

import uuid
from datetime import timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

import chassis
import expiring_holds
import openings
from contracts.calendar import slots as contract
from contracts.calendar.slots import USUAL, Busy, Hold, Slot, StoredHold, StoredOffer

AGAIN = 30.0  # seconds until it is worth asking an unknown calendar again
MANAGERS = chassis.MANAGERS
READS = chassis.policy(retry="read", public=True, action="slots")
HOLDS = chassis.policy(retry="keyed", public=True, timeout=10.0, action="hold")
GIVES_UP = chassis.policy(retry="keyed", public=True)
MANAGES = chassis.policy(retry="keyed", public=True, roles=MANAGERS)
INTERNAL = chassis.policy(retry="keyed")
MOST = 5  # holds of one customer at a time
Wanted = Annotated[contract.SlotsWanted, Query()]

calendars = chassis.upstream("calendar-provider")
others = openings.OtherCalendars(partial(calendars.call, "busy", Busy), chassis)
offers = chassis.collection("offers", StoredOffer)
offered = openings.Offers(offers, USUAL, lambda: chassis.current().is_staff)
holds = chassis.collection("holds", StoredHold)
seating = expiring_holds.Holds(holds, openings.keys, chassis.commit, chassis.Conflict)
paths = (f"/api/v1/slots{each}" for each in ("", "/holds", "/offers"))
slots, holding, offering = routers = [chassis.router(path) for path in paths]


async def occupied(offer: StoredOffer, span: openings.Span) -> openings.Occupied:
    """What others have of a span, or may have, for all that is known."""
    taken = await others.taken(offer.calendars, span)
    ends = [chassis.utc(each) for each in span]
    held = await seating.held(offer.resource or offer.name, *ends)
    return openings.Occupied(held, *taken)


def look(offer: StoredOffer, minutes: int | None = None) -> openings.Look:
    """A look at what can be had of the offer now."""
    rule = openings.rule_of(offer, minutes)
    return openings.Look(rule, chassis.now(), partial(occupied, offer))


@slots.get("", **READS)
async def list_slots(wanted: Wanted) -> contract.Slots:
    """What is free; a page may be short, only a missing cursor is the end."""
    offer = await offered.wanted(wanted.service)
    looking = look(offer, wanted.duration)
    zone = ZoneInfo(wanted.timezone or offer.timezone)
    span = openings.within(wanted.start, wanted.to, zone, looking.now)
    found, cursor = await looking.page(span, wanted.cursor, wanted.limit)
    free = [Slot(**one.shown) for one in looking.wishes(offer.name, found, zone)]
    return contract.Slots(slots=free, cursor=cursor, degraded=looking.unknown)


@holding.post("", status_code=201, response_model=Hold, **HOLDS)
async def hold(given: contract.NewHold, caller: chassis.Caller) -> StoredHold:
    """Take a slot for a while; Conflict with alternatives when it is not free."""
    wish = openings.wish(given.slot_id)
    offer = (await offered.named(wish.service)).value
    looking = look(offer, wish.minutes)
    # Repeated after a crash, it finds what it took instead of a conflict with itself.
    key = f"{caller.subject} {given.slot_id} {caller.idempotency_key or uuid.uuid4()}"
    wanted = StoredHold(
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, key)),
        subject=caller.subject,
        slot=Slot(**wish.shown),
        resource=offer.resource or offer.name,
        expires_at=looking.now + timedelta(seconds=given.seconds),
        **openings.claimed(looking.rule, wish.start)._asdict(),
    )
    free = partial(looking.seats, wish.start)
    most = None if caller.is_shared else MOST
    if taken := await seating.take(wanted, free, looking.now, most):
        return taken
    others = looking.wishes(wish.service, await looking.near(wish.start), wish.zone)
    alternatives = [Slot(**one.shown) for one in others]
    if looking.unknown:
        whose = {"upstream": "calendar-provider", "code": "CALENDAR_UNKNOWN"}
        why = f"nobody knows if it is free: {looking.unknown}"
        raise chassis.UpstreamFailed(why, **whose, retry_after=AGAIN)
    raise chassis.Conflict("that slot is not free", alternatives=alternatives)


@holding.put("/{id}/booking", response_model=Hold, **INTERNAL)
async def keep_hold(id: str, given: contract.Kept, now: chassis.Now) -> StoredHold:
    """Make a hold a booking's seat; NotFound if it expired."""
    return await seating.keep(id, given.booking_id, now)


@holding.delete("/{id}", status_code=204, **GIVES_UP)
async def give_up(id: str) -> None:
    """Release one's hold, if it is there still; Conflict when it is a booking's."""
    await seating.give_up(id)


@holding.delete("/{id}/seat", status_code=204, **INTERNAL)
async def release(id: str) -> None:
    """Release a hold or a booking's seat, if it is there still."""
    holds.delete(id)


@offering.put("/{id}", **MANAGES)
async def put_offer(
    id: contract.ServiceName, given: contract.Offer, seen: chassis.IfMatch
) -> StoredOffer:
    """Say what can be booked and when. What is held or booked already stays."""
    known = await offers.read(id, USUAL)
    revision = known.value.version + 1 if known.version else 1
    offer = StoredOffer(name=id, version=revision, **given.model_dump())
    await others.require_there(offer.calendars, look(offer).now)
    offers.put(id, offer, version=known.at(seen))
    return offer


chassis.items(holding, holds, "hold", view=Hold, read=holds.own)
listing = {"delete_roles": MANAGERS, "listed": True}
chassis.items(offering, offers, "offer", read=offered.named, **listing)
unset = partial(chassis.NotFound, code="NOTHING_OFFERED")
meanings = {openings.BadRule: chassis.Invalid, openings.NothingOffered: unset}
meanings |= dict.fromkeys(
    (expiring_holds.Kept, expiring_holds.TooMany), chassis.Conflict
)
app = chassis.create_app("slot-management", *routers, meanings=meanings)
