"""From plain values, as a request has them, to what is planned with, and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from scheduling._assigned import Assigned
from scheduling._clashes import Appointment
from scheduling._routes import Job, Task, Worker
from scheduling._slots import Person, Span
from scheduling._ways import Point, travel

Plain = Mapping[str, Any]
DAY = timedelta(days=1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BadSchedule(ValueError):
    """What is asked contradicts itself; the message says where."""


def minute(moment: datetime) -> int:
    """Whole minutes since 1970."""
    return int(moment.timestamp()) // 60


def shown(start: int, end: int, zone: tzinfo) -> dict[str, datetime]:
    """``start`` and ``end`` on the clock of a zone."""
    ends = {"start": start, "end": end}
    return {name: datetime.fromtimestamp(at * 60, zone) for name, at in ends.items()}


def _ends(given: Plain) -> tuple[int, int]:
    start, end = minute(given["start"]), minute(given["end"])
    if start >= end:
        raise BadSchedule("what ends has to begin a minute before, at least")
    return start, end


def _different(ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        raise BadSchedule("an id comes twice")


def appointments(given: Iterable[Plain]) -> list[Appointment]:
    """Of ``id``, ``start``, ``end``, ``resources``, ``fixed``, and bounds for starts.

    ``earliest`` and ``latest`` are a day either way where they are None. BadSchedule.
    """
    made = [_appointment(each) for each in given]
    _different([each.id for each in made])
    return made


def _appointment(given: Plain) -> Appointment:
    start, end = _ends(given)
    first = minute(given["earliest"] or given["start"] - DAY)
    last = minute(given["latest"] or given["start"] + DAY)
    if given["fixed"]:
        first = last = start
    if not first <= start <= last:
        raise BadSchedule(f"{given['id']} begins when it may not")
    takes = frozenset(given["resources"])
    return Appointment(given["id"], start, end - start, takes, first, last)


def task(jobs: Sequence[Plain], staff: Sequence[Plain], speed: float) -> Task:
    """Of jobs with ``id``, ``minutes``, ``window``, ``skills``, ``place``, and staff.

    Those have ``id``, ``shift``, ``skills`` and ``home``. BadSchedule.
    """
    _different([each["id"] for each in jobs])
    _different([each["id"] for each in staff])
    points = [each["place"] for each in jobs] + [each["home"] for each in staff]
    return Task(
        [
            Job(
                each["id"],
                each["minutes"],
                *_ends(each["window"]),
                frozenset(each["skills"]),
            )
            for each in jobs
        ],
        [
            Worker(each["id"], *_ends(each["shift"]), frozenset(each["skills"]))
            for each in staff
        ],
        travel([Point(**point) if point else None for point in points], speed),
    )


def visits(task: Task, found: Assigned, zone: tzinfo) -> list[dict[str, Any]]:
    """Who does what when: ``job``, ``worker``, ``travel_minutes``, and both ends."""
    return [
        {
            "job": task.jobs[each.job].id,
            "worker": task.workers[one.worker].id,
            "travel_minutes": each.travel,
            **shown(each.start, each.start + task.jobs[each.job].minutes, zone),
        }
        for one in found.rounds
        for each in one.visits()
    ]


def person(given: Plain, zone: ZoneInfo) -> Person:
    """Of ``busy``, ``opens``, ``closes`` and ``days``; BadSchedule."""
    if given["opens"] >= given["closes"]:
        raise BadSchedule(f"{given['opens']} is not before {given['closes']}")
    busy = tuple(Span(each["start"], each["end"]) for each in given["busy"])
    days = frozenset(WEEK.index(day) for day in given["days"])
    return Person(zone, busy, given["opens"], given["closes"], days)
