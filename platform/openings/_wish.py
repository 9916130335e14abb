"""A wish: one slot of an offer, and its name, which says everything about it."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from openings._rule import BadRule, zone

FORM = "%Y%m%dT%H%MZ"
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
    try:
        service, start, minutes, key = name.split(".", 3)
        moment = datetime.strptime(start, FORM).replace(tzinfo=UTC)
        if moment.year in YEARS:
            return Wish(service, moment, int(minutes), zone(key))
    except ValueError as exc:
        raise BadRule(f"that is no slot's id: {exc}") from exc
    raise BadRule("that is no slot's id: it is in no year that can be booked")
