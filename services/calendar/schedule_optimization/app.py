"""Schedule optimization: when people mean, and when it suits everybody.

Calls      slot-management

What was said about a time becomes an absolute one, with what it leaves open, so that
nothing is booked before somebody has read date, zone and offset. What is suggested are
slots that are free, never a guess of this service.
"""

import anyio

import chassis
import moments
import openings
import scheduling
from contracts.calendar import schedules as contract
from contracts.calendar.slots import Slot, Slots
from contracts.calendar.times import Interpretation, InterpretRequest

STAFF = ("owner", "admin", "agent")
INTERPRETS = chassis.policy(retry="read", public=True, action="interpret")
SUGGESTS = chassis.policy(retry="read", public=True, action="suggest", timeout=10.0)
PLANS = chassis.policy(retry="read", public=True, roles=STAFF)
PAGES = 4  # of a thousand slots each, that are looked through

slot_management = chassis.upstream("slot-management")
router = chassis.router("/api/v1/schedules", tags=["schedule-optimization"])


@router.post("/interpret", **INTERPRETS)
async def interpret(asked: InterpretRequest) -> Interpretation:
    """The absolute span that words mean, and questions about what they leave open."""
    zone = openings.zone(asked.timezone)
    read = moments.read(asked.text, asked.reference, zone, asked.locale)
    left_open = {"ambiguous": list(read.ambiguous), "timezone": asked.timezone}
    return Interpretation(**vars(read) | left_open)


@router.post("/conflicts", **PLANS)
async def conflicts(asked: contract.Appointments) -> contract.Clashes:
    """Every two that want one resource at one time."""
    zone = openings.zone(asked.timezone)
    given = scheduling.appointments(asked.model_dump()["appointments"])
    found = [
        contract.Clash(
            first=each.first,
            second=each.second,
            resource=each.resource,
            **scheduling.shown(each.start, each.end, zone),
        )
        for each in scheduling.clashes(given)
    ]
    return contract.Clashes(conflicts=found)


@router.post("/resolve", **PLANS)
async def resolve(asked: contract.ToResolve) -> contract.Resolution:
    """The fewest moves after which nothing clashes, and of those the smallest."""
    zone = openings.zone(asked.timezone)
    given = scheduling.appointments(asked.model_dump()["appointments"])
    was = {each.id: each.start for each in given}
    work = (scheduling.resolve, given, asked.step_minutes)
    found = await anyio.to_thread.run_sync(*work)
    moves = [
        contract.Move(
            id=each.id,
            minutes=each.start - was[each.id],
            **scheduling.shown(each.start, each.end, zone),
        )
        for each in found.moved
    ]
    stuck = list(found.stuck)
    return contract.Resolution(moves=moves, unresolved=stuck, optimal=found.optimal)


async def free_slots(asked: contract.ToSuggest) -> tuple[list[Slot], str | None]:
    """What slot-management has free, and what it does not know."""
    told = asked.within.model_dump(mode="json")
    wanted = chassis.given(service=asked.service, duration=asked.duration, limit=1000)
    wanted |= {"from": told["start"], "to": told["end"]}
    found: list[Slot] = []
    for _ in range(PAGES):
        page = await slot_management.call("list_slots", Slots, params=wanted)
        found += page.slots
        if page.cursor is None:
            return found, page.degraded
        wanted["cursor"] = page.cursor.isoformat()
    return found, page.degraded or f"slots after {page.cursor} were not looked at"


def seen(each: contract.Participant, slot: Slot, outside: int) -> contract.Seen:
    """The slot on a participant's clock."""
    zone = openings.zone(each.timezone)
    return contract.Seen(
        name=each.name,
        timezone=each.timezone,
        start=slot.start.astimezone(zone),
        end=slot.end.astimezone(zone),
        outside_minutes=outside,
    )


@router.post("/suggest", **SUGGESTS)
async def suggest(asked: contract.ToSuggest) -> contract.Suggestions:
    """The free slots in which nobody is busy or up at night, with fewer gaps first."""
    people = [
        scheduling.person(each.model_dump(), openings.zone(each.timezone))
        for each in asked.participants
    ]
    free, unknown = await free_slots(asked)
    spans = {scheduling.Span(each.start, each.end): each for each in free}
    work = (scheduling.suggest, spans, people, asked.limit)
    made = []
    for rated in await anyio.to_thread.run_sync(*work):
        slot = spans[rated.slot]
        whose = zip(asked.participants, rated.outside, strict=True)
        views = [seen(each, slot, outside) for each, outside in whose]
        one = contract.Suggestion(slot=slot, participants=views, gaps=rated.gaps)
        made.append(one)
    return contract.Suggestions(suggestions=made, degraded=unknown)


@router.post("/assign", **PLANS)
async def assign(asked: contract.ToAssign) -> contract.Assignment:
    """Jobs for staff: most of them done, with least travel."""
    zone, told = openings.zone(asked.timezone), asked.model_dump()
    task = scheduling.task(told["jobs"], told["staff"], asked.speed_kmh)
    found = await anyio.to_thread.run_sync(scheduling.assign, task)
    return contract.Assignment(
        visits=scheduling.visits(task, found, zone),
        unassigned=[task.jobs[job].id for job in found.left],
        travel_minutes=found.travel,
        optimal=found.optimal,
    )


meanings = dict.fromkeys((openings.BadRule, scheduling.BadSchedule), chassis.Invalid)
app = chassis.create_app("schedule-optimization", router, meanings=meanings)
