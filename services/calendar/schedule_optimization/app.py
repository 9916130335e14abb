"""Schedule optimization: when people mean, and when it suits everybody.

Calls      slot-management, booking-management

What was said about a time becomes an absolute one, with what it leaves open, so that
nothing is booked before somebody has read date, zone and offset, and said yes to them.
What is suggested are slots that are free, never a guess of this service.
"""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import anyio

import arranging
import chassis
import replies
import scheduling
import timex
from contracts.assistant.dialogues import DialogueTurn
from contracts.calendar import schedules as contract
from contracts.calendar.bookings import Booking
from contracts.calendar.slots import Slot, Slots, StoredOffer
from contracts.calendar.times import Interpretation, InterpretRequest, Span
from contracts.calendar.turns import Appointment, Arrangement, BookingMessage

INTERPRETS = chassis.policy(retry="read", public=True, action="interpret")
SUGGESTS = chassis.policy(retry="read", public=True, action="suggest", timeout=10.0)
PLANS = chassis.policy(retry="read", public=True, roles=chassis.STAFF)
# What it books has a key of its own, so that a repeated turn books nothing twice.
TURNS = chassis.policy(retry="keyed", replays=True, action="booking", timeout=10.0)
PAGES = 4  # of a thousand slots each, that are looked through
TABLE = json.loads(files(__package__).joinpath("words.json").read_text())
WORDS, SAID = arranging.Words(TABLE["patterns"]), replies.Replies(TABLE["replies"])
FORM = arranging.Form(("name", "email"))
slot_management = chassis.upstream("slot-management")
bookings = chassis.upstream("booking-management")
DEEDS = {"book": "create_booking", "move": "reschedule"}
DEEDS |= {"cancel": "cancel_booking", "amend": "update_booking"}
router = chassis.router("/api/v1/schedules", tags=["schedule-optimization"])


@router.post("/interpret", **INTERPRETS)
async def interpret(asked: InterpretRequest) -> Interpretation:
    """The absolute span that words mean, and questions about what they leave open."""
    zone = ZoneInfo(asked.timezone)
    read = timex.read(asked.text, asked.reference, zone, asked.locale, zone)
    left_open = {"ambiguous": list(read.ambiguous), "timezone": asked.timezone}
    return Interpretation(**vars(read) | left_open)


@router.post("/conflicts", **PLANS)
async def conflicts(asked: contract.Appointments) -> contract.Clashes:
    """Every two that want one resource at one time."""
    given = asked.model_dump()["appointments"]
    found = scheduling.conflicts(given, ZoneInfo(asked.timezone))
    return contract.Clashes(conflicts=found)


@router.post("/resolve", response_model=contract.Resolution, **PLANS)
async def resolve(asked: contract.ToResolve) -> Any:
    """The fewest moves after which nothing clashes, and of those the smallest."""
    given, zone = asked.model_dump()["appointments"], ZoneInfo(asked.timezone)
    work = (scheduling.resolution, given, asked.step_minutes, zone)
    return await anyio.to_thread.run_sync(*work)


async def free_slots(
    service: str | None, within: Span, duration: int | None = None
) -> tuple[list[Slot], str | None]:
    """What slot-management has free, and what it does not know."""
    wanted = chassis.given(service=service, duration=duration, limit=1000)
    wanted |= {"from": within.start.isoformat(), "to": within.end.isoformat()}
    found: list[Slot] = []
    for _ in range(PAGES):
        page = await slot_management.call("list_slots", Slots, params=wanted)
        found += page.slots
        if page.cursor is None:
            return found, page.degraded
        wanted["cursor"] = page.cursor.isoformat()
    return found, page.degraded or f"slots after {page.cursor} were not looked at"


@router.post("/suggest", response_model=contract.Suggestions, **SUGGESTS)
async def suggest(asked: contract.ToSuggest) -> Any:
    """The free slots in which nobody is busy or up at night, with fewer gaps first."""
    people = [each.model_dump() for each in asked.participants]
    zones = [ZoneInfo(each.timezone) for each in asked.participants]
    free, unknown = await free_slots(asked.service, asked.within, asked.duration)
    spans = [(each.start, each.end) for each in free]
    work = (scheduling.suggestions, spans, people, zones, asked.limit)
    made = await anyio.to_thread.run_sync(*work)
    rated = [each | {"slot": free[each["slot"]]} for each in made]
    return {"suggestions": rated, "degraded": unknown}


@router.post("/assign", response_model=contract.Assignment, **PLANS)
async def assign(asked: contract.ToAssign) -> Any:
    """Jobs for staff: most of them done, with least travel."""
    work = (scheduling.assignment, asked.model_dump(), ZoneInfo(asked.timezone))
    return await anyio.to_thread.run_sync(*work)


async def offered() -> list[arranging.Offer]:
    """What can be booked here."""
    known = await slot_management.call("list_offers", chassis.Page[StoredOffer])
    return [*map(arranging.offer, known.items)]


async def mine(conversation: str | None, since: datetime) -> list[Appointment]:
    """What the customer has from then on; of who speaks for many, this one's alone."""
    here = conversation or "" if chassis.current().is_shared else None
    asked = {"from": since.isoformat(), "mine": True, "limit": 200}
    asked |= chassis.given(conversation_id=here)
    page = await bookings.call("list_bookings", chassis.Page[Booking], params=asked)
    return arranging.appointments(page.items)


async def done(state: Arrangement, conversation: str | None) -> arranging.Step:
    """Do what was said yes to; a repeat finds what it did."""
    try:
        for path, given, key in arranging.orders(state, conversation):
            given, deed = {"json": given, "key": key} | path, DEEDS[state.kind]
            made = await bookings.call(deed, Booking, **given)
    except (chassis.Invalid, chassis.NotFound) as refused:
        return FORM.refused(state, refused.data.get("alternatives"))
    except chassis.Problem as failure:
        return FORM.failed(state, failure.code)
    return FORM.done(state, is_warned=bool(made.warnings))


does = offered, free_slots, mine, done, chassis.Problem
arranger = arranging.Arranger("booking", FORM, WORDS, SAID, *does)


@router.post("/turns", **TURNS)
async def converse(asked: BookingMessage, now: chassis.Now) -> DialogueTurn:
    """A turn of a dialogue that books, moves or cancels, once a yes said so."""
    return await arranger.turn(asked, now)


unfit = {scheduling.BadSchedule: chassis.Invalid}
app = chassis.create_app("schedule-optimization", router, meanings=unfit)
