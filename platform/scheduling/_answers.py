"""What was found, as plain values: what a request asked for, answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from scheduling._assigned import assign
from scheduling._clashes import clashes
from scheduling._moves import resolve
from scheduling._plain import Plain, appointments, person, shown, task, visits
from scheduling._reasons import reason
from scheduling._routes import Task
from scheduling._slots import Span, suggest


def conflicts(given: Sequence[Plain], zone: tzinfo) -> list[dict[str, Any]]:
    """Of appointments: ``first``, ``second``, ``resource``, and when both want it."""
    return [
        {
            "first": each.first,
            "second": each.second,
            "resource": each.resource,
            **shown(each.start, each.end, zone),
        }
        for each in clashes(appointments(given))
    ]


def resolution(given: Sequence[Plain], step: int, zone: tzinfo) -> dict[str, Any]:
    """Of appointments: ``moves``, what is ``unresolved``, and whether ``optimal``."""
    before = appointments(given)
    was = {each.id: each.start for each in before}
    found = resolve(before, step)
    moves = [
        {
            "id": each.id,
            "minutes": each.start - was[each.id],
            **shown(each.start, each.end, zone),
        }
        for each in found.moved
    ]
    stuck = list(found.stuck)
    return {"moves": moves, "unresolved": stuck, "optimal": found.optimal}


def suggestions(
    slots: Sequence[tuple[datetime, datetime]],
    people: Sequence[Plain],
    zones: Sequence[ZoneInfo],
    most: int,
) -> list[dict[str, Any]]:
    """The best of the slots for people with a ``name`` and a ``timezone``.

    ``slot`` is its place among *slots*; ``participants`` see it on their own clocks.
    """
    spans = {Span(*ends): place for place, ends in enumerate(slots)}
    persons = [person(*each) for each in zip(people, zones, strict=True)]
    return [
        {
            "slot": spans[rated.slot],
            "gaps": rated.gaps,
            "participants": [
                _seen(each, zone, rated.slot, outside)
                for each, zone, outside in zip(
                    people, zones, rated.outside, strict=True
                )
            ],
        }
        for rated in suggest(spans, persons, most)
    ]


def _seen(whose: Plain, zone: tzinfo, slot: Span, outside: int) -> dict[str, Any]:
    return {
        "name": whose["name"],
        "timezone": whose["timezone"],
        "start": slot.start.astimezone(zone),
        "end": slot.end.astimezone(zone),
        "outside_minutes": outside,
    }


def _reason(asked: Task, job: int) -> dict[str, str]:
    cause, text = reason(asked, job)
    return {"job": asked.jobs[job].id, "cause": cause, "text": text}


def assignment(told: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Of ``jobs``, ``staff`` and ``speed_kmh``: ``visits``, who is ``unassigned``,
    for what ``reasons``, ``travel_minutes`` and whether ``optimal``."""
    asked = task(told["jobs"], told["staff"], told["speed_kmh"])
    found = assign(asked)
    return {
        "visits": visits(asked, found, zone),
        "unassigned": [asked.jobs[job].id for job in found.left],
        "reasons": [_reason(asked, job) for job in found.left],
        "travel_minutes": found.travel,
        "optimal": found.optimal,
    }
