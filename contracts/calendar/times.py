"""Moments and spans. Every moment has an offset; a zone is an IANA name."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from contracts.closed import Closed
from contracts.moments import Moment
from contracts.zones import Zone


class Span(Closed):
    """From ``start``, up to but without ``end``."""

    start: Moment
    end: Moment


class InterpretRequest(Closed):
    """``reference`` is the moment that the text was said."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    reference: Moment
    timezone: Zone
    locale: Annotated[str, Field(max_length=35)] = "en"


class Interpretation(BaseModel):
    """An absolute span with offsets, or none where nothing was understood.

    ``ambiguous`` names what was left open, in words to ask the customer; empty where
    nothing was.
    """

    start: AwareDatetime | None
    end: AwareDatetime | None
    grain: Literal["minute", "hour", "part_of_day", "day", "week", "month"] | None
    ambiguous: list[str]
    timezone: str
    text: str | None = None
