"""Notifications: what somebody is told, how, and whether it arrived."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.closed import Closed
from contracts.moments import Clock, Moment
from contracts.people import Line, MaybeEmail, MaybePhone
from contracts.zones import Zone

Channel = Literal["email", "sms", "push"]
NotificationStatus = Literal[
    "scheduled", "delivered", "failed", "suppressed", "cancelled"
]


class Attachment(Closed):
    """``content`` is text, such as an iCalendar object."""

    name: Annotated[str, Field(pattern=r"^[\w.-]{1,100}$")]
    media_type: Annotated[str, Field(max_length=100)]
    content: Annotated[str, Field(max_length=200_000)]


class NewRecipient(Closed):
    """Each channel has its address: ``sms`` a telephone number."""

    email: MaybeEmail = ""
    sms: MaybePhone = ""
    push: Annotated[str, Field(max_length=500)] = ""


class Recipient(NewRecipient):
    """``id`` is whose preferences count. Without any address here, the ones that are
    known of it do: "owner" is who registered the business, and is told what goes wrong.
    ``PUT /api/v1/addresses/owner`` says another address, or the first one where the
    business was registered before there were any."""

    id: Annotated[str, Field(min_length=1, max_length=200)]


class NewNotification(Closed):
    """A text, which goes out as it is, or a template with all its variables (400 names
    one that is missing). Without a channel the recipient's own order counts.
    ``urgent`` goes out in quiet hours too; ``cancel_key`` names what a later
    cancellation takes back while it waits."""

    recipient: Recipient
    channel: Channel | None = None
    subject: Line = ""
    text: Annotated[str, Field(max_length=10_000)] | None = None
    template: Annotated[str, Field(max_length=60)] | None = None
    variables: dict[str, str | int | float | bool] = {}
    attachments: Annotated[list[Attachment], Field(max_length=5)] = []
    send_at: Moment | None = None
    urgent: bool = False
    cancel_key: Annotated[str, Field(max_length=200)] | None = None


class Delivery(BaseModel):
    """One try by one channel."""

    channel: Channel
    at: datetime
    outcome: Literal["delivered", "failed", "no_address", "opted_out"]
    reason: str | None = None


class Notification(BaseModel):
    id: str
    status: NotificationStatus
    recipient: Recipient
    subject: str
    text: str
    attachments: list[Attachment]
    channel: Channel | None
    deliveries: list[Delivery] = []
    send_at: datetime | None
    cancel_key: str | None
    urgent: bool = False
    created_at: datetime
    updated_at: datetime


class CancelKey(Closed):
    cancel_key: Annotated[str, Field(min_length=1, max_length=200)]


class Cancelled(BaseModel):
    """The notifications that will not go out, by id."""

    cancelled: list[str]


class NewTemplate(Closed):
    """``$name`` or ``${name}`` stands for a variable, in subject and text: a letter or
    ``_``, then letters, digits and ``_``, all ASCII. ``$$`` is a dollar sign. Another
    ``$``, ``{name}`` and ``{{name}}`` are refused (400): they would go out as they
    stand."""

    subject: Annotated[str, Field(max_length=300)] = ""
    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class Template(NewTemplate):
    name: str


class Quiet(Closed):
    """From one time on the recipient's clock to another, over midnight if need be."""

    start: Clock
    end: Clock


class NewPreferences(Closed):
    """``order``: the channels to try, the best first. ``opted_out``: never these."""

    order: Annotated[list[Channel], Field(min_length=1, max_length=3)] = [
        "email",
        "sms",
        "push",
    ]
    opted_out: list[Channel] = []
    quiet: Quiet | None = None
    timezone: Zone = "UTC"


class Preferences(NewPreferences):
    recipient: str = ""


class InboxMessage(BaseModel):
    """What the local provider has delivered, to be read instead of sent."""

    id: str
    channel: Channel
    to: str
    subject: str
    text: str
    attachments: list[Attachment]
    at: datetime
