"""Moments and days, as every form takes them.

Beside the first and the last year that Python can count, an offset or a day's step
leads out of time; and nobody books, sends or looks for anything there.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NEAR = Field(ge=FIRST, lt=LAST)

Moment = Annotated[AwareDatetime, NEAR]
# Without an offset it is on the wall of a zone that is told beside it.
WallMoment = Annotated[datetime, NEAR]
Day = Annotated[date, Field(ge=FIRST.date(), lt=LAST.date())]
