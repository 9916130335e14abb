"""Feeds: a whole calendar as one file that calendar programs subscribe to."""

from collections.abc import Iterable

import icalendar

from agenda._text import events


def feed(name: str, zone: str, texts: Iterable[str]) -> bytes:
    """The events of *texts* as one iCalendar file (RFC 5545, names by RFC 7986)."""
    whole = icalendar.Calendar()
    said = {"prodid": "-//Filigree//Calendars//EN", "version": "2.0", "name": name}
    said |= {"x-wr-calname": name, "x-wr-timezone": zone, "method": "PUBLISH"}
    for key, value in said.items():
        whole.add(key, value)
    for text in texts:
        for event in events(text):
            whole.add_component(event)
    whole.add_missing_timezones()
    return whole.to_ical()
