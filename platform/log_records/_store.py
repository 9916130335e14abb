"""Where lines are kept: each tenant's, with its errors counted and its room bounded."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from contracts.operations.logs import Line
from log_records._accept import kept
from log_records._errors import among, tally
from log_records._forward import Forwarder
from log_records._read import MOST_ROWS
from log_records._segments import SIZES, Segments, surplus
from log_records._terms import DAY, Terms

ATTEMPTS = 5
AT_ONCE = 4  # tenants whose lines of one batch are stored side by side
GROUP_KEPT = 90 * DAY  # seconds that an error without a recurrence is remembered


class LogStore:
    """``lines`` and ``groups`` are collections; ``chassis`` is the unit of work:
    acting_for, commit, Stale, Unavailable."""

    def __init__(
        self, lines: Any, groups: Any, forwarder: Forwarder, terms: Terms, chassis: Any
    ) -> None:
        self._lines, self._groups, self._chassis = lines, groups, chassis
        self._forwarder, self._terms = forwarder, terms
        self._segments = Segments()

    async def keep_all(self, owned: Mapping[str, list[Line]]) -> None:
        """Store the lines of several tenants; what failed first is raised in the end.

        A batch is in time however many tenants it is of: a transaction is of one
        tenant, and one after the other they take long. Nor does one that cannot be
        stored keep the others from it: what is sent again is stored already.
        """
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(tenant: str, given: list[Line]) -> None:
            async with turns:
                await self.keep(tenant, given)

        each = (in_turn(tenant, given) for tenant, given in owned.items())
        for done in await asyncio.gather(*each, return_exceptions=True):
            if isinstance(done, BaseException):
                raise done

    async def keep(self, tenant: str, given: list[Line]) -> None:
        """Store a tenant's lines and count its errors, all in one transaction."""
        segment, is_new = self._segments.add(tenant, len(given), time.time())
        for _ in range(ATTEMPTS):
            with self._chassis.acting_for(tenant):
                if wrong := [line for line in given if line.fingerprint]:
                    await self._count(wrong)
                stored = {each.id: each for each in kept(given, segment)}
                try:
                    await self._lines.keep(stored, self._terms.seconds)
                except self._chassis.Stale:  # another batch counted the same meanwhile
                    continue
                self._forwarder.take(tenant, given)
                return await self._make_room() if is_new else None
        raise self._chassis.Unavailable(
            "too many report the same errors at once: try again"
        )

    async def _count(self, wrong: list[Line]) -> None:
        """Add to their groups those that are not stored yet."""
        ids = among(line.id for line in wrong)
        prints = among(line.fingerprint for line in wrong)
        stored = await self._lines.matching(ids, limit=MOST_ROWS)
        known = {
            each.id: (each.value, each.version)
            async for each in self._groups.each(prints)
        }
        for group, version in tally(wrong, stored, known):
            self._groups.put(group.id, group, version=version, ttl=GROUP_KEPT)

    async def _make_room(self) -> None:
        """Drop the current tenant's oldest lines beyond its share."""
        found = await self._lines.query(**SIZES)
        for name in surplus(found.groups, self._terms.room)[:ATTEMPTS]:
            self._lines.delete_all({"segment": name})
            await self._chassis.commit()
