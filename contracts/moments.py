"""Moments, days and times of day, as every form takes them: as text.

Beside the first and the last year that Python can count, an offset or a day's step
leads out of time; and nobody books, sends or looks for anything there.
"""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    Strict,
    WithJsonSchema,
)

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NEAR = Field(ge=FIRST, lt=LAST)


def _spelt(given: object) -> object:
    """ValueError for a number, in digits as well: of what, and since when, would be a
    guess."""
    digits = given.strip().lstrip("+-") if isinstance(given, str) else "-"
    if isinstance(given, int | float) or digits.replace(".", "", 1).isdigit():
        raise ValueError("a number says no time: write it as in 2026-01-31T09:00:00Z")
    return given


def _on_a_wall(given: time) -> time:
    """ValueError for what no clock on a wall shows."""
    if given.tzinfo or given.microsecond:
        raise ValueError("a time of day has no zone and no part of a second: 09:00")
    return given


# Text is how JSON has them, where a body is read strictly.
SPELT = BeforeValidator(_spelt), Strict(False)

Moment = Annotated[AwareDatetime, NEAR, *SPELT]
# Without an offset it is on the wall of a zone that is told beside it.
WallMoment = Annotated[datetime, NEAR, *SPELT]
Day = Annotated[date, Field(ge=FIRST.date(), lt=LAST.date()), *SPELT]
# JSON Schema's own format "time" has an offset (RFC 3339, full-time).
SHOWN = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
A_CLOCK = WithJsonSchema({"type": "string", "pattern": SHOWN, "examples": ["09:00"]})
Clock = Annotated[time, *SPELT, AfterValidator(_on_a_wall), A_CLOCK]


def _ended(given: object) -> object:
    """Midnight at a day's end (ISO 8601) as Python has it, which is its beginning."""
    return "00:00" if given in ("24:00", "24:00:00") else given


# Until when: "24:00" is taken for 00:00.
UNTIL = r"^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$"
AN_END = WithJsonSchema({"type": "string", "pattern": UNTIL, "examples": ["17:00"]})
EndClock = Annotated[Clock, BeforeValidator(_ended), AN_END]
