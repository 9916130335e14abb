"""Notification: tells people by e-mail, SMS or push, when and how they want it.

Calls      database-operations
Publishes  notification.due, and consumes it to try one; notification.failed
Consumes   business.registered and conversation.handed-over, of whom to tell what

A notification waits as a delayed event: for its time, for the end of the recipient's
quiet hours, or for the next try. The channels are tried in order until one takes it;
after ATTEMPTS rounds it has failed, and says why. A channel without a sender delivers
into the inbox, once; a sender may get a message twice if this service dies after it.
"""

import uuid
from datetime import datetime, timedelta

import channels
import chassis
from contracts.assistant.events import ConversationHandedOver
from contracts.infrastructure.events import BusinessRegistered
from contracts.operations import notifications as contract
from contracts.operations.events import NotificationDue, NotificationFailed
from contracts.operations.notifications import Notification, Preferences, Recipient

STAFF, MANAGERS = chassis.STAFF, chassis.MANAGERS
SENDS = chassis.policy(retry="keyed", public=True, roles=STAFF)
INTERNAL = chassis.policy(retry="keyed")
ATTEMPTS, FIRST_WAIT = 10, timedelta(seconds=30)  # doubled: four hours in all
SECONDS = 15.0  # that a sender may take
OWNER = "owner"  # whose address nobody needs to know

# NOTIFICATION_EMAIL, _SMS and _PUSH; what has no sender's URL goes into the inbox.
urls = chassis.settings(channels.Urls, "NOTIFICATION_").model_dump()
ways = channels.ways(urls, SECONDS, chassis.provider, chassis.Problem)
notifications = chassis.collection("notifications", Notification)
templates = chassis.collection("templates", contract.Template)
preferences = chassis.collection("preferences", Preferences)
addresses = chassis.collection("addresses", Recipient)
book = channels.Addresses(addresses)
inbox = chassis.collection("inbox", contract.InboxMessage)
paths = ("notifications", "templates", "preferences", "addresses", "inbox")
routers = [chassis.router(f"/api/v1/{path}") for path in paths]
sending, wording, preferring, addressing, reading = routers


async def likes_of(recipient: str) -> chassis.Stored[Preferences]:
    return await preferences.read(recipient, Preferences(recipient=recipient))


def plan(of: Notification, attempt: int, at: datetime) -> None:
    due = NotificationDue(notification_id=of.id, attempt=attempt)
    chassis.publish(due, deliver_at=at, cancel_key=of.id)


async def handed(of: Notification, channel: contract.Channel) -> contract.Delivery:
    """One try: by the channel's sender, or into the inbox where it has none."""
    to, now, reason = getattr(of.recipient, channel), chassis.now(), None
    if to and channel in ways:
        message = channels.Message(of.subject, of.text, of.attachments)
        reason = await ways.take(channel, to, message)
    else:
        seen = of.model_dump() | {"channel": channel, "to": to, "at": now}
        inbox.put(of.id, contract.InboxMessage.model_validate(seen))
    outcome = "failed" if reason else "delivered"
    return contract.Delivery(channel=channel, at=now, outcome=outcome, reason=reason)


async def send(asked: contract.NewNotification, now: chassis.Now) -> Notification:
    """Tell somebody, at once or at its time."""
    known = {"created_at": now, "updated_at": now, "status": "scheduled"}
    known |= (
        asked.model_dump()
        | await channels.worded(asked, templates.get)
        | {"id": uuid.uuid4().hex, "recipient": await book.reached(asked.recipient)}
    )
    new = Notification.model_validate(known)
    notifications.put(new.id, new, version=0)
    plan(new, 1, channels.moment(new, (await likes_of(new.recipient.id)).value, now))
    return new


made = {"methods": ["POST"], "status_code": 201, "response_model": Notification}
sending.add_api_route("/outgoing", send, name="send", **made, **INTERNAL)
sending.add_api_route("", send, name="create_notification", **made, **SENDS)


@sending.post("/cancellations", **INTERNAL)
async def cancel_notifications(asked: contract.CancelKey) -> contract.Cancelled:
    """Take back what waits under a key; what went out already is not listed."""
    waiting = asked.model_dump() | {"status": "scheduled"}
    found = [one async for one in notifications.each(waiting)]
    for one in found:
        chassis.cancel(one.id)
        notifications.patch(one.id, {"status": "cancelled"}, version=one.version)
    return contract.Cancelled(cancelled=[one.id for one in found])


@chassis.on(NotificationDue)
async def tell(event: NotificationDue) -> None:
    """Try the channels in order until one takes it; plan another round if none does."""
    found, now = await notifications.read(event.notification_id), chassis.now()
    of, likes = found.value, (await likes_of(found.value.recipient.id)).value
    at, status = channels.moment(of, likes, now), "suppressed"
    tries = channels.passed_over(of, likes, OWNER, now)
    if of.status != "scheduled":
        return
    if at > now:
        plan(of, event.attempt, at)
        return
    for channel in channels.channels(of, likes, OWNER):
        tries.append(await handed(of, channel))
        if (status := tries[-1].outcome) == "delivered":
            break
    if status == "failed" and event.attempt < ATTEMPTS:
        status, wait = "scheduled", FIRST_WAIT * 2 ** (event.attempt - 1)
        plan(of, event.attempt + 1, channels.moment(of, likes, now + wait))
    if status == "failed":
        reason = tries[-1].reason or ""
        chassis.publish(NotificationFailed(notification_id=of.id, reason=reason))
    changed = {"status": status, "deliveries": of.deliveries + tries, "updated_at": now}
    notifications.put(of.id, of.model_copy(update=changed), version=found.version)


@chassis.on(BusinessRegistered)
async def meet(event: BusinessRegistered) -> None:
    """The owner is told where it registered from, until it says otherwise."""
    await book.learn(OWNER, email=event.email)


@chassis.on(ConversationHandedOver)
async def call(event: ConversationHandedOver) -> None:
    """The owner is told that a customer waits for a person."""
    if event.is_wished:
        await send(channels.waiting(OWNER, event.conversation_id), chassis.now())


known = channels.require_template
by_name = chassis.Written(contract.NewTemplate, MANAGERS, "name", known)
by_whom = chassis.Written(contract.NewPreferences, STAFF, "recipient")
by_id = chassis.Written(contract.NewRecipient, MANAGERS, "id")
readers = {"read_roles": STAFF, "listed": True}
chassis.items(sending, notifications, "notification", **readers)
chassis.items(wording, templates, "template", written=by_name, **readers)
likes = {"written": by_whom, "read": likes_of, "read_roles": STAFF}
chassis.items(preferring, preferences, "preference", **likes)
chassis.items(addressing, addresses, "address", written=by_id, read_roles=STAFF)
chassis.items(reading, inbox, "message", **readers)
meanings = {channels.BadTemplate: chassis.Invalid}
app = chassis.create_app("notification", *routers, tell, meet, call, meanings=meanings)
