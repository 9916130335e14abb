"""Calendar provider: calendars of any system, their events, and when they are busy.

Calls      notification (later), database-operations
Providers  Google, Outlook (Microsoft Graph), Apple (CalDAV), published iCalendar
Publishes  calendar.failed, once each time that a calendar cannot be read any more
Consumes   calendar.failed, to alert the owner; calendar.sync-due; both its own

A calendar that cannot be read now is unknown, which is never free.
"""

import json
import uuid
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import Query, Response

import calendar_sync
import chassis
import freebusy
from contracts.calendar import calendars as contract
from contracts.calendar.calendars import Calendar, Event, Item, StoredCalendar
from contracts.calendar.events import CalendarFailed, CalendarSyncDue
from contracts.calendar.slots import Busy
from contracts.moments import Moment

LETTERS = json.loads(Path(__file__).with_name("letters.json").read_text("utf-8"))
STAFF, MANAGERS = chassis.STAFF, chassis.MANAGERS
BUSY = chassis.policy(retry="read", public=True)
ANYONE = chassis.policy(retry="read", public=True, anonymous=True)
READS = chassis.policy(retry="read", public=True, roles=STAFF)
WRITES = chassis.policy(
    retry="keyed", public=True, timeout=15.0, roles=STAFF, outside=True
)
MANAGES = chassis.policy(retry="keyed", public=True, timeout=15.0, roles=MANAGERS)
FeedToken = Annotated[str, Query(pattern=r"^[a-z][a-z0-9-]*\.[\w-]{20,80}$")]

config = chassis.settings(calendar_sync.Settings, prefix="CALENDAR_PROVIDER_")
calendars = chassis.collection("calendars", StoredCalendar)
items = chassis.collection("calendar-events", Item)
notification = chassis.upstream("notification")
router = chassis.router("/api/v1/calendars")
sync = calendar_sync.Synchronizer.of(config, calendars, items, chassis, CalendarFailed)
connections = calendar_sync.Connections(sync)


@router.post("", status_code=201, response_model=Calendar, **MANAGES)
async def connect(
    given: contract.NewCalendar, tenant: chassis.Tenant, now: chassis.Now
) -> StoredCalendar:
    """Connect a calendar; its owner goes to ``authorize_url``, if there is one."""
    made = connections.begin(given, tenant, id=uuid.uuid4().hex, created_at=now)
    chassis.publish(CalendarSyncDue(calendar_id=made.id))
    return made


@router.put("/{id}/connection", response_model=Calendar, **MANAGES)
async def reconnect(id: str, given: contract.NewCalendar) -> StoredCalendar:
    """Connect the same calendar anew: what opened it does so no more."""
    return await connections.again(id, given)


@router.post("/{id}/authorization", response_model=Calendar, **MANAGES)
async def authorize(id: str, given: contract.Authorization) -> StoredCalendar:
    """End the connecting of a calendar with what its provider sent back."""
    return await connections.finish(id, given.code, given.state)


@router.delete("/{id}", status_code=204, **MANAGES)
async def disconnect(id: str) -> None:
    """Forget a calendar and its copy, and take back what opens it."""
    await connections.end(id)


@router.get("/{id}/busy", **BUSY)
async def busy(
    id: str, start: Annotated[Moment, Query(alias="from")], to: Moment
) -> Busy:
    """When the calendar is busy from ``from`` up to ``to``, or that it is unknown."""
    return Busy(calendar_id=id, **await sync.busy(id, start, to))


@router.get("/{id}/events", response_model=chassis.Page[Event], **READS)
async def list_events(id: str, paging: chassis.Paged) -> chassis.Page[Item]:
    """The events that are known, a series once."""
    await sync.current(id)
    return await items.page(paging, {"calendar_id": id})


@router.get("/{id}/events/{event_id}", response_model=Event, **READS)
async def get_event(id: str, event_id: str) -> Item:
    """One event, as it was when it was last heard of."""
    return await items.get(f"{id}.{event_id}")


@router.put("/{id}/events/{event_id}", response_model=Event, **WRITES)
async def put_event(id: str, event_id: str, given: contract.NewEvent) -> Item:
    """Write an event, there and here; writing it again writes it once."""
    return await sync.put(id, event_id, given)


@router.delete("/{id}/events/{event_id}", status_code=204, **WRITES)
async def delete_event(id: str, event_id: str) -> None:
    """Delete an event, there and here, if it is there still."""
    await sync.delete(id, event_id)


@router.post("/{id}/feed", response_model=Calendar, **MANAGES)
async def renew_feed(id: str, tenant: chassis.Tenant) -> StoredCalendar:
    """Another token for its feed: the one before shows nothing any more."""
    return await connections.renew_feed(id, tenant)


@router.get("/{id}/feed.ics", **ANYONE, **chassis.media("text/calendar"))
async def feed(id: str, token: FeedToken) -> Response:
    """The calendar for programs that subscribe to it; the token is all it takes."""
    body = await connections.feed(id, token)
    return Response(body, media_type="text/calendar; charset=utf-8")


@chassis.on(CalendarSyncDue)
async def sync_due(event: CalendarSyncDue) -> None:
    """Bring a copy up to date, and again after a while."""
    await sync.follow(event)


@chassis.on(CalendarFailed)
async def alert(event: CalendarFailed) -> None:
    """Tell the owner which calendar it is, what is wrong, and what to do."""
    letter = LETTERS[event.state].items()
    words = {part: text.format(**dict(event)) for part, text in letter}
    await notification.call("send", json={"recipient": {"id": "owner"}, **words})


staff = {"read_roles": STAFF, "listed": True}
chassis.items(router, calendars, "calendar", view=Calendar, **staff)
meanings = {
    freebusy.Unreadable: chassis.Invalid,
    calendar_sync.Refused: chassis.Invalid,
    calendar_sync.Expired: chassis.Conflict,
    calendar_sync.Failed: partial(chassis.UpstreamFailed, upstream="the calendar"),
}
app = chassis.create_app(
    "calendar-provider", router, sync_due, alert, meanings=meanings
)
