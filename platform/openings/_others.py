"""Other calendars: whether they say that a time is taken, or nobody knows."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from openings._rule import BadRule

UNREAD, GONE = "it cannot be read now", "there is no such calendar"
SOON = timedelta(hours=1)
Span = tuple[datetime, datetime]


class Taken(NamedTuple):
    """``unknown`` says of which nobody knows, and why; None where all are known."""

    spans: list[Span]
    unknown: str | None


@dataclass(frozen=True)
class OtherCalendars:
    """Those of somebody else: ``ask`` tells, by ``id`` and the ``params`` of a span,
    what is ``busy``, and a ``state``. The *platform* is the chassis.

    What cannot be asked is unknown, and unknown is never free.
    """

    ask: Callable[..., Awaitable[Any]]
    platform: Any

    async def taken(self, ids: Sequence[str], span: Span) -> Taken:
        """What they have taken of a span."""
        told = await asyncio.gather(*(self._asked(id, span) for id in ids))
        each = zip(ids, told, strict=True)
        unknown = [f"{id}: {why}" for id, why in each if isinstance(why, str)]
        spans = [each for one in told if not isinstance(one, str) for each in one]
        return Taken(spans, "; ".join(unknown) or None)

    async def require_there(self, ids: Sequence[str], now: datetime) -> None:
        """BadRule for one that is not there; what *ask* raises, if nobody can say."""
        for id in ids:
            try:
                await self._said(id, (now, now + SOON))
            except self.platform.NotFound as exc:
                raise BadRule(f"calendars: there is no calendar {id}") from exc

    async def _asked(self, id: str, span: Span) -> list[Span] | str:
        """What is taken, or why that is unknown, as anybody may hear it."""
        try:
            told = await self._said(id, span)
        except self.platform.NotFound:
            return GONE
        except self.platform.Problem:
            return UNREAD
        if told.state != "known":
            return UNREAD
        return [(each.start, each.end) for each in told.busy]

    async def _said(self, id: str, span: Span) -> Any:
        start, end = map(self.platform.utc, span)
        return await self.ask(params={"from": start, "to": end}, id=id)
