"""A dialogue that leads to a booking, or to none: what is known after a turn."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, Strict

from contracts.assistant.dialogues import DialogueMessage
from contracts.calendar.bookings import Customer, Note
from contracts.calendar.slots import Minutes, ServiceName, Slot
from contracts.calendar.times import Span
from contracts.moments import Clock, Day, Moment
from contracts.names import Id

Kind = Literal["book", "move", "cancel", "amend"]


class Appointment(BaseModel):
    """One that the customer has already, and in whose name."""

    id: Id
    title: str
    slot: Slot
    customer: Customer | None = None
    note: Note = ""


class Arrangement(BaseModel):
    """What was agreed on so far; nothing is booked, moved or cancelled.

    ``every``: all of ``mine`` are to be cancelled. ``day`` and ``clock`` are what was
    wished last, on the offer's wall; ``shown`` are the slots to choose from. Nothing is
    wished on the weekdays ``never`` (Monday 0), nor unless it begins within ``hours``.
    ``told`` holds what was asked for, such as a name; "" is declined. ``choices`` are
    the times that may have been meant. ``minutes`` is how long it shall take, of the
    ``lengths`` there are where there are several; ``among`` is what there is to choose
    from, where what was said may be any of these. ``soonest``: the first that is free
    is wished. ``more``: one is booked after the other, and ``after`` one was.
    ``asked``: the last thing said was the question that a yes answers, at ``at``;
    ``rests``: that was put off, and nobody is reminded of it. ``id`` makes a repeated
    booking the same one. ``home`` is the customer's zone, where it is known.
    """

    id: Id = ""
    kind: Kind = "book"
    own: Appointment | None = None
    mine: list[Appointment] = Field(default=[], max_length=10)
    wish: str = ""
    every: bool = False
    service: ServiceName | None = None
    among: list[ServiceName] = Field(default=[], max_length=20)
    minutes: Minutes | None = None
    lengths: list[Minutes] = Field(default=[], max_length=21)
    soonest: bool = False
    more: bool = False
    after: bool = False
    slot: Slot | None = None
    day: Day | None = None
    clock: Clock | None = None
    never: list[Annotated[int, Field(ge=0, le=6)]] = Field(default=[], max_length=7)
    hours: Annotated[tuple[Clock, Clock], Strict(False)] | None = None
    shown: list[Slot] = Field(default=[], max_length=10)
    choices: list[Span] = Field(default=[], max_length=10)
    told: dict[str, str] = {}
    asked: bool = False
    rests: bool = False
    at: Moment | None = None
    language: Id | None = None
    home: Id | None = None


class BookingMessage(DialogueMessage, Arrangement):
    """A message, and what the turn before it left."""
