"""Schedule optimization: when people mean, and when it suits everybody.

What was said about a time becomes an absolute one, with what it leaves open, so that
nothing is booked before somebody has read date, zone and offset.
"""

import chassis
import moments
import openings
from contracts.calendar.times import Interpretation, InterpretRequest

INTERPRETS = chassis.policy(retry="read", public=True, action="interpret")

router = chassis.router("/api/v1/schedules", tags=["schedule-optimization"])


@router.post("/interpret", **INTERPRETS)
async def interpret(asked: InterpretRequest) -> Interpretation:
    """The absolute span that words mean, and questions about what they leave open."""
    zone = openings.zone(asked.timezone)
    read = moments.read(asked.text, asked.reference, zone, asked.locale)
    return Interpretation(
        start=read.start,
        end=read.end,
        grain=read.grain,
        ambiguous=list(read.ambiguous),
        timezone=asked.timezone,
        text=read.text,
    )


meanings = {openings.BadRule: chassis.Invalid}
app = chassis.create_app("schedule-optimization", router, meanings=meanings)
