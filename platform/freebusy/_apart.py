"""A whole calendar as texts of one event each, with what is said of its instances."""

from collections.abc import Iterable, Iterator

import icalendar

from freebusy._text import Unreadable, events, slimmed

END = "END:VCALENDAR"


def apart(text: str) -> Iterator[tuple[str, str]]:
    """The UID of each event, and its text: a series with its exceptions, and the zones
    that it names. Unreadable where any of it is, or where the end is missing.

    Several events of one UID that are no instances are each one of their own.
    """
    if not text.rstrip().endswith(END):
        raise Unreadable("it is not iCalendar, or not all of it")
    found: dict[str, list[icalendar.Event]] = {}
    for event in events(text):
        uid = str(event["UID"])
        if "RECURRENCE-ID" not in event and _has_master(found.get(uid, ())):
            uid = f"{uid} {event['DTSTART'].to_ical().decode()}"
            event["UID"] = icalendar.vText(uid)
        found.setdefault(uid, []).append(event)
    zones = _zones(text)
    for uid, those in found.items():
        yield uid, _text([slimmed(each) for each in those], zones)


def _has_master(those: Iterable[icalendar.Event]) -> bool:
    return any("RECURRENCE-ID" not in each for each in those)


def _zones(text: str) -> dict[str, icalendar.Timezone]:
    every = icalendar.Calendar.from_ical(text, multiple=True)
    return {str(one["TZID"]): one for each in every for one in each.walk("VTIMEZONE")}


def _text(those: list[icalendar.Event], zones: dict[str, icalendar.Timezone]) -> str:
    calendar = icalendar.Calendar()
    named = {
        str(value.params.get("TZID"))
        for event in those
        for _, value in event.property_items(recursive=False)
        if hasattr(value, "params")
    }
    calendar.subcomponents += [zone for name, zone in zones.items() if name in named]
    calendar.subcomponents += those
    return calendar.to_ical().decode()
