"""Invitations: what somebody is told of an appointment, and its iCalendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

METHODS = {"CONFIRMED": "PUBLISH", "CANCELLED": "CANCEL"}
FILE, MEDIA = "appointment.ics", "text/calendar"


@dataclass(frozen=True)
class Appointment:
    """What both sides know: from *start* to *end* on the wall of *timezone*.

    The same *uid* with a higher *sequence*, *changed* later, replaces what was sent.
    """

    uid: str
    title: str
    start: datetime
    end: datetime
    timezone: str
    sequence: int
    changed: datetime
    is_cancelled: bool = False

    @property
    def when(self) -> str:
        """``Monday, 23 November 2026, 10:00–10:30 (Europe/Berlin, UTC+01:00)``."""
        start, end = self._local
        offset, day = f"{start:%z}", f"{start:%A}, {start.day} {start:%B %Y}"
        zone = f"{self.timezone}, UTC{offset[:3]}:{offset[3:5]}"
        until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%d.%m. %H:%M}"
        return f"{day}, {start:%H:%M}–{until} ({zone})"

    @property
    def file(self) -> str:
        """One event (RFC 5545) that calendar programs take in or out (RFC 5546)."""
        status = "CANCELLED" if self.is_cancelled else "CONFIRMED"
        start, end = self._local
        said = {"uid": self.uid, "sequence": self.sequence, "dtstamp": self.changed}
        said |= {"summary": self.title, "dtstart": start, "dtend": end}
        event, whole = icalendar.Event(), icalendar.Calendar()
        for name, value in (said | {"status": status}).items():
            event.add(name, value)
        about = {"prodid": "-//Filigree//Bookings//EN", "version": "2.0"}
        for name, value in (about | {"method": METHODS[status]}).items():
            whole.add(name, value)
        whole.add_component(event)
        whole.add_missing_timezones()
        return whole.to_ical().decode()

    @property
    def _local(self) -> tuple[datetime, datetime]:
        zone = ZoneInfo(self.timezone)
        return self.start.astimezone(zone), self.end.astimezone(zone)


def letter(
    words: Mapping[str, str], of: Appointment, *, attached: bool, **about: str
) -> dict[str, Any]:
    """``subject``, ``text`` and ``attachments``, for whoever sends them.

    In *words* ``$title`` and ``$when`` are the appointment's, other names those of
    what it is *about*. Its file goes with it if *attached*.
    """
    known = {"title": of.title, "when": of.when} | about
    said = {name: Template(text).substitute(known) for name, text in words.items()}
    file = {"name": FILE, "media_type": MEDIA, "content": of.file} if attached else None
    return said | {"attachments": [file] if file else []}
