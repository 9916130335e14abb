"""Schedules: clashes and moves, suggestions for several people, jobs for staff.

Times are whole minutes; seconds are dropped. Answers have the offset of ``timezone``.
"""

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.calendar.slots import ServiceName, Slot, Weekday
from contracts.calendar.times import Span
from contracts.closed import Closed
from contracts.moments import Clock, Moment
from contracts.zones import Zone

Name = Annotated[str, Field(min_length=1, max_length=100)]
WORKDAYS: list[Weekday] = ["mon", "tue", "wed", "thu", "fri"]


class Appointment(Span):
    """Takes its resources (a room, a person) alone.

    It may begin from ``earliest`` through ``latest``, a day either way by default, and
    not at all at another time if it is ``fixed``.
    """

    id: Name
    resources: Annotated[list[Name], Field(min_length=1, max_length=20)]
    fixed: bool = False
    earliest: Moment | None = None
    latest: Moment | None = None


class Appointments(Closed):
    appointments: Annotated[list[Appointment], Field(max_length=100)]
    timezone: Zone = "UTC"


class Clash(Span):
    """Two appointments that want one resource, and when both do."""

    first: str
    second: str
    resource: str


class Clashes(BaseModel):
    conflicts: list[Clash]


class ToResolve(Appointments):
    """Moves are multiples of ``step_minutes``."""

    step_minutes: Annotated[int, Field(ge=5, le=240)] = 15


class Move(Span):
    """``minutes`` later than it was; less than zero is earlier."""

    id: str
    minutes: int


class Resolution(BaseModel):
    """``unresolved`` still clash. ``optimal``: no other has fewer moves, or smaller."""

    moves: list[Move]
    unresolved: list[tuple[str, str]]
    optimal: bool


class Participant(Closed):
    """Likes to be met on ``days`` from ``opens`` to ``closes`` on the zone's clock."""

    name: Name
    timezone: Zone
    busy: list[Span] = Field(default=[], max_length=500)
    opens: Clock = time(9)
    closes: Clock = time(17)
    days: list[Weekday] = Field(default=WORKDAYS, max_length=7)


class ToSuggest(Closed):
    """Slots of the service within a span, for all participants."""

    service: ServiceName | None = None
    within: Span
    duration: Annotated[int, Field(ge=5, le=24 * 60, multiple_of=5)] | None = None
    participants: Annotated[list[Participant], Field(min_length=1, max_length=20)]
    limit: Annotated[int, Field(ge=1, le=50)] = 5


class Seen(Span):
    """A slot on one participant's clock, and its minutes outside the liked hours."""

    name: str
    timezone: str
    outside_minutes: int


class Suggestion(BaseModel):
    """``gaps`` are how many more there are between all participants' appointments."""

    slot: Slot
    participants: list[Seen]
    gaps: int


class Suggestions(BaseModel):
    """The best first; ``degraded`` is what is unknown, and so not suggested."""

    suggestions: list[Suggestion]
    degraded: str | None = None


class Place(Closed):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Job(Closed):
    """To be done within ``window``, by one who has all the skills."""

    id: Name
    minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    window: Span
    skills: list[Name] = Field(default=[], max_length=20)
    place: Place | None = None


class Worker(Closed):
    """Leaves home when the shift starts, and is back when it ends."""

    id: Name
    shift: Span
    skills: list[Name] = Field(default=[], max_length=20)
    home: Place | None = None


class ToAssign(Closed):
    jobs: Annotated[list[Job], Field(max_length=100)]
    staff: Annotated[list[Worker], Field(max_length=20)]
    timezone: Zone = "UTC"
    speed_kmh: Annotated[float, Field(ge=1, le=300)] = 30.0


class Visit(Span):
    """``travel_minutes`` are from home, or from the visit before."""

    job: str
    worker: str
    travel_minutes: int


class Reason(BaseModel):
    """Why a job is left; all causes but ``others`` hold whatever else is to be done."""

    job: str
    cause: Literal["staff", "skills", "window", "shift", "travel", "others"]
    text: str


class Assignment(BaseModel):
    """Most jobs, then least travel, ways home included; who is ``unassigned`` is left,
    each for one of the ``reasons``.

    ``optimal``: nothing else does more jobs, or as many with less travel.
    """

    visits: list[Visit]
    unassigned: list[str]
    reasons: list[Reason] = []
    travel_minutes: int
    optimal: bool
