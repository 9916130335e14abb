"""A wish: one slot of an offer, and its name, which says everything about it."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from contracts.zones import zone
from openings._rule import BadRule

FORM = "%Y%m%dT%H%MZ"
FIRST = "20261123T0900Z"
EXAMPLE = f"appointment.{FIRST}.30.Europe/Berlin"
LONGEST = 7  # digits of minutes
YEARS = range(2000, 2200)  # outside, arithmetic would leave the calendar


class Wish(NamedTuple):
    """A slot of *service* that begins at *start* and takes *minutes*, seen from *zone*.

    As text: ``appointment.20261123T0900Z.30.Europe/Berlin``.
    """

    service: str
    start: datetime
    minutes: int
    zone: ZoneInfo

    def __str__(self) -> str:
        start = self.start.astimezone(UTC)
        return f"{self.service}.{start:{FORM}}.{self.minutes}.{self.zone.key}"

    @property
    def shown(self) -> dict[str, Any]:
        """Its id, service, two ends as the zone's clock shows them, and the zone."""
        end = self.start + timedelta(minutes=self.minutes)
        return {
            "id": str(self),
            "service": self.service,
            "start": self.start.astimezone(self.zone),
            "end": end.astimezone(self.zone),
            "timezone": self.zone.key,
        }


def wish(name: str) -> Wish:
    """What a name stands for; BadRule."""
    parts = name.split(".", 3)
    if len(parts) < 4:
        raise BadRule(f"that is no slot's id; one is as {EXAMPLE}")
    service, start, minutes, key = parts
    return Wish(service, _start(start), _minutes(minutes), _zone(key))


def _start(text: str) -> datetime:
    try:
        moment = datetime.strptime(text, FORM).replace(tzinfo=UTC)
    except ValueError:
        raise BadRule(f"that is no slot's id: {text!r} is no time as {FIRST}") from None
    if moment.year not in YEARS:
        raise BadRule("that is no slot's id: it is in no year that can be booked")
    return moment


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except ValueError as exc:
        raise BadRule(f"that is no slot's id: {exc}") from exc


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST):
        raise BadRule(f"that is no slot's id: {text!r} are no whole minutes")
    return int(text)
