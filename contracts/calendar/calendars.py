"""Calendars of a provider, and their events."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from contracts.calendar.times import Closed, Zone

Kind = Literal["local", "google", "outlook", "apple"]


class Calendar(BaseModel):
    """``state`` is what the last sync found; in error it is unknown, never free."""

    id: str
    kind: Kind
    name: str
    timezone: str
    state: Literal["ready", "connecting", "error", "expired"]
    reason: str | None = None
    synced_at: datetime | None = None
    created_at: datetime


class NewEvent(Closed):
    """``id`` is the caller's, so that writing it again writes it once."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
    title: Annotated[str, Field(min_length=1, max_length=300)]
    start: AwareDatetime
    end: AwareDatetime
    timezone: Zone
    description: Annotated[str, Field(max_length=4000)] = ""
    location: Annotated[str, Field(max_length=300)] = ""


class Event(NewEvent):
    """``status`` other than confirmed makes nobody busy."""

    calendar_id: str
    status: Literal["confirmed", "tentative", "cancelled", "declined"] = "confirmed"
    all_day: bool = False
    provider_id: str | None = None
    updated_at: datetime
