"""Calendar provider: when calendars are busy. Nothing can be connected yet.

So every calendar is one that does not exist, and whoever asks has to take that for
unknown.
"""

from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

import chassis
from contracts.calendar.slots import Busy

READS = chassis.policy(retry="read", public=True)
router = chassis.router("/api/v1/calendars")


@router.get("/{id}/busy", **READS)
async def busy(
    id: str, start: Annotated[AwareDatetime, Query(alias="from")], to: AwareDatetime
) -> Busy:
    """When the calendar is busy from ``from`` up to ``to``."""
    raise chassis.NotFound(f"there is no calendar {id}")


app = chassis.create_app("calendar-provider", router)
