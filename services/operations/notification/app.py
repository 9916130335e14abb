"""Notification: tells people by e-mail, SMS or push, when and how they want it.

Calls      database-operations
Publishes  notification.due, and consumes it to try one; notification.failed

A notification waits as a delayed event: for its time, for the end of the recipient's
quiet hours, or for the next try. The channels are tried in order until one takes it;
after ATTEMPTS rounds it has failed, and says why. A channel without a courier delivers
into the inbox, once; a courier may get a message twice if this service dies after it.
"""

import uuid
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Query
from pydantic import BaseModel

import chassis
import couriers
from contracts.infrastructure.database import Sort
from contracts.operations import notifications as contract
from contracts.operations.events import NotificationDue, NotificationFailed
from contracts.operations.notifications import (
    Channel,
    Delivery,
    InboxMessage,
    NewNotification,
    Notification,
    Preferences,
    Template,
)

STAFF, MANAGERS = ("owner", "admin", "agent"), ("owner", "admin")
READS = chassis.policy(retry="read", public=True, roles=STAFF)
SENDS = chassis.policy(retry="keyed", public=True, roles=STAFF)
MANAGES = chassis.policy(retry="keyed", public=True, roles=MANAGERS)
INTERNAL = chassis.policy(retry="keyed")
LATEST = [Sort(path="created_at", descending=True)]
ATTEMPTS, FIRST_WAIT = 6, 30.0  # rounds, and the seconds before the second, doubling
SECONDS = 15.0  # that a courier may take
Wanted = Annotated[contract.NotificationsWanted, Query()]


class Settings(BaseModel):
    """NOTIFICATION_EMAIL, _SMS and _PUSH: Apprise URLs; without one, the inbox."""

    email: str = ""
    sms: str = ""
    push: str = ""


given = chassis.settings(Settings, "NOTIFICATION_").model_dump()
egress = {name: chassis.provider(f"notification-{name}") for name in given}
ways = {name: couriers.courier(url, SECONDS) for name, url in given.items() if url}
notifications = chassis.collection("notifications", Notification)
templates = chassis.collection("templates", Template)
preferences = chassis.collection("preferences", Preferences)
inbox = chassis.collection("inbox", InboxMessage)
paths = ("notifications", "templates", "preferences", "inbox")
sending, wording, preferring, reading = routers = [
    chassis.router(f"/api/v1/{path}") for path in paths
]


def address(of: Notification, channel: Channel) -> str:
    to = of.recipient
    return {"email": to.email, "sms": to.phone, "push": to.push}[channel]


def channels(of: Notification, likes: Preferences) -> list[Channel]:
    """By which ways the recipient is told, the best first; none without consent."""
    order = [of.channel] if of.channel else likes.order
    able = [each for each in order if address(of, each)]
    return [each for each in able if each not in likes.opted_out]


async def likes_of(recipient: str) -> chassis.Stored[Preferences]:
    return await preferences.read(recipient, Preferences(recipient=recipient))


async def worded(asked: NewNotification) -> dict[str, str]:
    """Subject and text, of the template if it names one; Invalid, NotFound."""
    if (asked.template is None) == (asked.text is None):
        raise chassis.Invalid("give a text, or the name of a template")
    if asked.template is None:
        return {"subject": asked.subject, "text": asked.text or ""}
    chosen = await templates.get(asked.template)
    parts = {"subject": asked.subject or chosen.subject, "text": chosen.text}
    return {name: couriers.filled(it, asked.variables) for name, it in parts.items()}


async def wait_for(of: Notification, attempt: int, seconds: float = 0) -> bool:
    """Have it tried when it may go out; whether that is later than now."""
    now, likes = chassis.now(), (await likes_of(of.recipient.id)).value
    at = max(now + timedelta(seconds=seconds), of.send_at or now)
    quiet = likes.quiet and (likes.quiet.start, likes.quiet.end)
    if not of.urgent:
        at = couriers.may_go(at, quiet or None, likes.timezone)
    due = NotificationDue(notification_id=of.id, attempt=attempt)
    if later := at > now or attempt == 0:
        chassis.publish(due, deliver_at=at, cancel_key=of.id)
    return later


async def deliver(of: Notification, channel: Channel) -> Delivery:
    """One try by one channel."""
    told, to, now = {"channel": channel}, address(of, channel), chassis.now()
    if channel not in ways:
        same = of.model_dump(include={"subject", "text", "attachments"})
        sent = InboxMessage(
            id=of.id, notification_id=of.id, to=to, at=now, **told, **same
        )
        inbox.put(of.id, sent)
        return Delivery(at=now, outcome="delivered", **told)
    files = [couriers.Attached(**each.model_dump()) for each in of.attachments]
    message = couriers.Message(of.subject, of.text, files)
    try:
        await egress[channel].call("send", ways[channel], to, message, once=True)
    except (chassis.Problem, couriers.Refused) as exc:
        return Delivery(at=now, outcome="failed", reason=str(exc), **told)
    return Delivery(at=now, outcome="delivered", **told)


@sending.post("/outgoing", status_code=201, **INTERNAL)
async def send(asked: NewNotification, now: chassis.Now) -> Notification:
    """Tell somebody, at once or at its time; for other services."""
    asked_for = asked.model_dump(exclude={"subject", "text", "template", "variables"})
    times = {"created_at": now, "updated_at": now}
    texts = await worded(asked)
    made = Notification(
        id=uuid.uuid4().hex, status="scheduled", **asked_for, **texts, **times
    )
    notifications.put(made.id, made, version=0)
    await wait_for(made, 0)
    return made


@sending.post("", status_code=201, **SENDS)
async def create_notification(asked: NewNotification, now: chassis.Now) -> Notification:
    """Tell somebody, at once or at its time."""
    return await send(asked, now)


@sending.get("", **READS)
async def list_notifications(
    paging: chassis.Paged, wanted: Wanted
) -> chassis.Page[Notification]:
    """Notifications, the latest first."""
    those = {"status": wanted.status, "recipient.id": wanted.recipient}
    return await notifications.page(paging, chassis.given(**those), LATEST)


@sending.post("/cancellations", **INTERNAL)
async def cancel_notifications(asked: contract.CancelKey) -> contract.Cancelled:
    """Take back what waits under a key; what went out already is not listed."""
    waiting = asked.model_dump() | {"status": "scheduled"}
    found = [one async for one in notifications.each(waiting)]
    for one in found:
        chassis.cancel(one.id)
        notifications.patch(one.id, {"status": "cancelled"}, version=one.version)
    return contract.Cancelled(cancelled=[one.id for one in found])


@wording.put("/{name}", **MANAGES)
async def put_template(
    name: contract.TemplateName, given: contract.NewTemplate, now: chassis.Now
) -> Template:
    made = Template(name=name, updated_at=now, **given.model_dump())
    templates.put(name, made)
    return made


@preferring.put("/{recipient}", **SENDS)
async def put_preferences(
    recipient: str, given: contract.NewPreferences, seen: chassis.IfMatch
) -> Preferences:
    """How somebody wants to be told, from the next try on."""
    try:
        ZoneInfo(given.timezone)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise chassis.Invalid(f"there is no zone {given.timezone}") from exc
    made = Preferences(recipient=recipient, **given.model_dump())
    preferences.put(recipient, made, version=seen)
    return made


@chassis.on(NotificationDue)
async def tell(event: NotificationDue) -> None:
    """Try the channels in order until one takes it."""
    found = await notifications.read(event.notification_id)
    of = found.value
    if of.status != "scheduled" or await wait_for(of, event.attempt):
        return
