"""Files: events with all that a calendar program needs to read them."""

from collections.abc import Iterable

import icalendar

from freebusy._text import events


def feed(name: str, zone: str, texts: Iterable[str]) -> bytes:
    """A whole calendar to subscribe to (RFC 5545, names by RFC 7986)."""
    said = {"name": name, "x-wr-calname": name, "x-wr-timezone": zone}
    return _file(texts, method="PUBLISH", **said)


def resource(text: str) -> str:
    """An event as a CalDAV server takes it (RFC 4791 §4.1: without METHOD)."""
    return _file([text]).decode()


def _file(texts: Iterable[str], **said: str) -> bytes:
    whole = icalendar.Calendar()
    fixed = {"prodid": "-//Filigree//Calendars//EN", "version": "2.0"}
    for key, value in (fixed | said).items():
        whole.add(key, value)
    for text in texts:
        for event in events(text):
            whole.add_component(event)
    whole.add_missing_timezones()
    return whole.to_ical()
