"""Texts of VEVENTs: what is kept of them, how far they reach, what they show."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar

Moment = datetime | date
DECLINED = "X-FILIGREE-DECLINED"
# Attendees, attachments and alarms make nobody busy, and are nobody's business.
KEPT = {DECLINED} | set(
    "UID DTSTAMP DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID SEQUENCE"
    " STATUS TRANSP SUMMARY DESCRIPTION LOCATION LAST-MODIFIED".split()
)
LONGEST = 4000  # characters of a text that are kept
ENDLESS = datetime(9999, 1, 1, tzinfo=UTC)
# What recurs by the minute cannot be gone through; nobody's day looks like that.
TOO_FINE = ("SECONDLY", "MINUTELY")


class Unreadable(ValueError):
    """It is not an event that can be understood."""


class Reach(NamedTuple):
    """From the earliest to the latest moment that events have a say about."""

    first: datetime
    last: datetime


def aware(moment: Moment, zone: tzinfo) -> datetime:
    """A moment with its offset: a date begins, and a bare time is, in *zone*."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), zone)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def events(text: str) -> Iterator[icalendar.Event]:
    """The VEVENTs of a text; Unreadable."""
    try:
        found = icalendar.Calendar.from_ical(text, multiple=True)
        every = [event for each in found for event in each.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, TypeError) as exc:
        raise Unreadable(f"it is not iCalendar: {exc}") from exc
    for event in every:
        _check(event)
        yield event


def _check(event: icalendar.Event) -> None:
    name = str(event.get("UID", "without UID"))[:80]
    if event.errors or "UID" not in event or not _goes_forward(event):
        raise Unreadable(f"the event {name} cannot be read")
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        parts: Mapping[str, Any] = rule
        fine = any(len(parts.get(part, ())) > 1 for part in ("BYMINUTE", "BYSECOND"))
        if fine or parts.get("FREQ", [""])[0] in TOO_FINE:
            raise Unreadable(f"the event {name} recurs too often")


def _goes_forward(event: icalendar.Event) -> bool:
    try:
        return bool(event.start <= event.end)
    except (ValueError, TypeError, AttributeError):
        return False


def kept(text: str, addresses: Collection[str] = ()) -> str:
    """What of a calendar's text is kept: its events, without what nobody needs.

    An event that one of *addresses* (e-mail, lower case) declined is marked so.
    """
    every, slim = list(events(text)), icalendar.Calendar()
    for each in icalendar.Calendar.from_ical(text, multiple=True):
        slim.subcomponents += each.walk("VTIMEZONE")
    for event in every:
        if _is_declined(event, addresses):
            event[DECLINED] = icalendar.vText("TRUE")
        slim.add_component(slimmed(event))
    return slim.to_ical().decode()


def slimmed(event: icalendar.Event) -> icalendar.Event:
    """The event without what nobody needs."""
    for name in set(event) - KEPT:
        del event[name]
    for name in {"SUMMARY", "DESCRIPTION", "LOCATION"} & set(event):
        event[name] = icalendar.vText(str(event[name])[:LONGEST])
    event.subcomponents = []
    return event


def _is_declined(event: icalendar.Event, addresses: Collection[str]) -> bool:
    invited = event.get("ATTENDEE", [])
    for one in invited if isinstance(invited, list) else [invited]:
        address = str(one).lower().removeprefix("mailto:")
        if address in addresses and one.params.get("PARTSTAT") == "DECLINED":
            return True
    return False


def uid(text: str) -> str | None:
    """The UID of a text's events, if there are any."""
    return next((str(event["UID"]) for event in events(text)), None)


def reach(text: str, zone: str) -> Reach:
    """How far the events of a text reach: a series for ever."""
    ends = [end for event in events(text) for end in _ends(event, ZoneInfo(zone))]
    if not ends:
        raise Unreadable("there is no event in it")
    return Reach(min(ends), max(ends))


def _ends(event: icalendar.Event, zone: tzinfo) -> Iterator[datetime]:
    yield aware(event.start, zone)
    yield aware(event.end, zone)
    following = event.get("RECURRENCE-ID", icalendar.vText("")).params.get("RANGE")
    if "RRULE" in event or "RDATE" in event or following == "THISANDFUTURE":
        yield ENDLESS
    # An exception has a say about when its instance would have been, too.
    if "RECURRENCE-ID" in event:
        was = aware(event["RECURRENCE-ID"].dt, zone)
        yield was
        yield was + timedelta(days=1) + (event.end - event.start)


def shown(text: str, zone: str) -> dict[str, Any]:
    """The first event of a text in words: title, start, end, all_day, status, …"""
    event = next(events(text))
    here = event.start.tzinfo if isinstance(event.start, datetime) else None
    status = str(event.get("STATUS", "CONFIRMED")).lower()
    return {
        "title": str(event.get("SUMMARY", "")) or "(untitled)",
        "start": aware(event.start, ZoneInfo(zone)),
        "end": aware(event.end, ZoneInfo(zone)),
        "timezone": getattr(here, "key", None) or zone,
        "description": str(event.get("DESCRIPTION", "")),
        "location": str(event.get("LOCATION", "")),
        "all_day": not isinstance(event.start, datetime),
        "status": "declined" if DECLINED in event else status,
        "recurrence": list(_recurrence(event)),
    }


def _recurrence(event: icalendar.Event) -> Iterator[str]:
    for line in event.content_lines():
        if line.startswith(("RRULE", "RDATE", "EXDATE")):
            yield str(line)
