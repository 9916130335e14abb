"""An entry: one VEVENT, said in Python and written as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from freebusy._text import DECLINED, Moment, Unreadable, events

# One content line each, so that none smuggles another property in.
RECURRENCE = re.compile(r"(RRULE|RDATE|EXDATE|EXRULE)[;:][\x21-\x7e]{1,2000}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, or one instance of a series.

    *start* and *end* are aware, in the zone whose wall clock counts for recurrences,
    or dates of whole days (*end* is the day after the last). *recurrence* are lines of
    RFC 5545. *instance* is when this one of the series *uid* would have begun.
    """

    uid: str
    title: str
    start: Moment
    end: Moment
    description: str = ""
    location: str = ""
    recurrence: Sequence[str] = ()
    instance: Moment | None = None
    status: str = "confirmed"
    is_free: bool = False
    is_declined: bool = False

    def text(self, now: datetime) -> str:
        """The entry as a calendar of one VEVENT; Unreadable when it makes no sense."""
        start, end = self._ends()
        if end < start:
            raise Unreadable("it ends before it begins")
        event = icalendar.Event()
        said = {"uid": self.uid, "dtstamp": now.astimezone(UTC), "summary": self.title}
        said |= {
            "dtstart": start,
            "dtend": end,
            "recurrence-id": self.instance,
        }
        said |= {"description": self.description, "location": self.location}
        said |= {"status": self.status.upper(), "last-modified": now.astimezone(UTC)}
        said["transp"] = "TRANSPARENT" if self.is_free else ""
        said[DECLINED.lower()] = "TRUE" if self.is_declined else ""
        for name, value in said.items():
            if value:
                event.add(name, value)
        return self._with_recurrence(_calendar(event))

    def _ends(self) -> tuple[Moment, Moment]:
        """Both ends; in UTC where the wall shows one for the second time, which text
        on the wall could not say."""
        start, end = self.start, self.end
        if not (isinstance(start, datetime) and isinstance(end, datetime)):
            return start, end
        if self.recurrence or not start.fold + end.fold:
            return start, end
        return start.astimezone(UTC), end.astimezone(UTC)

    def _with_recurrence(self, text: str) -> str:
        for line in self.recurrence:
            if not RECURRENCE.fullmatch(line):
                raise Unreadable(f"this is no recurrence: {line[:80]}")
        lines = "".join(f"{line}\r\n" for line in self.recurrence)
        whole = text.replace("END:VEVENT", f"{lines}END:VEVENT")
        # Read once, so that what is written can be read, and folded as is proper.
        return _calendar(*events(whole))


def entry(
    start: datetime, end: datetime, timezone: str, all_day: bool, **said: Any
) -> Entry:
    """An entry on the wall of a zone, of whole days if *all_day*."""
    here, there = (each.astimezone(ZoneInfo(timezone)) for each in (start, end))
    if all_day:
        return Entry(start=here.date(), end=there.date(), **said)
    return Entry(start=here, end=there, **said)


def _calendar(*found: icalendar.Event) -> str:
    calendar = icalendar.Calendar()
    for event in found:
        calendar.add_component(event)
    return calendar.to_ical().decode()
