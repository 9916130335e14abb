"""Payables: what is to be paid, which is given up or paid, and never both.

Its status only goes forward. While somebody may be paying, whoever lets it be paid
holds it, and it is not given up: either a hold is there first, or the giving up is.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

TRIES = 8  # of who meets others at the same due
ONWARD = ("open", "cancelled", "paid", "refunded")


class Taken(ValueError):
    """It cannot be given up: it is paid, or may be at this moment."""


class Busy(RuntimeError):
    """Too many change it at once; once more, later."""


@dataclass(frozen=True, slots=True)
class Payables:
    """The payables of the current tenant: documents with ``status`` and ``hold``, which
    has a time ``until`` or is None. The *platform* is the chassis."""

    documents: Any
    platform: Any

    async def advance(self, id: str, status: str) -> Any:
        """Move it forward; one that is there or further already stays."""
        return await self._changed(id, lambda known: _onward(known, status))

    async def cancel(self, id: str, now: datetime, told: Any) -> Any:
        """Give it up and publish *told* of it, if it was not given up; Taken."""

        def cancelled(known: Any) -> dict[str, Any]:
            is_held = known.hold and now < known.hold.until
            if is_held and known.status == "open":
                raise Taken(f"it may be being paid: {_way_out(known.hold)}")
            return _onward(known, "cancelled")

        left = await self._changed(id, cancelled, told)
        if left.status != "cancelled":
            raise Taken(f"it is {left.status}")
        return left

    async def hold(self, id: str, given: Any) -> Any:
        """Keep one that is open from being given up, for the longest of all holds."""

        def held(known: Any) -> dict[str, Any]:
            is_longer = known.hold is None or known.hold.until < given.until
            return {"hold": given} if known.status == "open" and is_longer else {}

        return await self._changed(id, held)

    async def let_go(self, id: str, given: Any) -> Any:
        """That hold is over; another one stays."""
        let_go = {"hold": None}
        return await self._changed(id, lambda own: let_go if own.hold == given else {})

    async def _changed(
        self, id: str, change: Callable[[Any], dict[str, Any]], *told: Any
    ) -> Any:
        """With what *change* makes of it as it stands, at once; nothing is no change.

        Busy.
        """
        for _ in range(TRIES):
            found = await self.documents.own(id)
            if not (fields := change(found.value)):
                return found.value
            moved = found.value.model_copy(update=fields)
            self.documents.put(id, moved, version=found.version)
            for event in told:
                self.platform.publish(event)
            with suppress(self.platform.Stale):
                await self.platform.commit()
                return moved
        raise Busy("too many change this at once; try again")


def _way_out(hold: Any) -> str:
    ends = f"{hold.until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"expire its link {hold.link_id} first, or wait until {ends}"


def _onward(known: Any, status: str) -> dict[str, Any]:
    is_there = ONWARD.index(status) <= ONWARD.index(known.status)
    return {} if is_there else {"status": status}
