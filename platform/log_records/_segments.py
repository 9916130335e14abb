"""Room: lines are kept in segments of bounded size, and the oldest segments go first.

A segment is small enough to be dropped in one transaction, and there are few enough of
them to be listed in one page.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from contracts.infrastructure.database import Group, Measure

LINES = 2000  # of one segment
AGE = 3600.0  # seconds for which one is added to
SIZES: dict[str, Any] = {
    "group": ["segment"],
    "measures": {"bytes": Measure(function="sum", path="size")},
}
TENANTS = 10_000  # whose current segment is remembered


class Segments:
    """The current segment of each tenant, in this process."""

    def __init__(self) -> None:
        self._current: OrderedDict[str, tuple[str, float, int]] = OrderedDict()

    def add(self, tenant: str, lines: int, now: float) -> tuple[str, bool]:
        """The segment for *lines* more, and whether it is a new one.

        Names sort by the time at which their segments were begun.
        """
        name, begun, held = self._current.pop(tenant, ("", 0.0, 0))
        is_new = held + lines > LINES or now - begun > AGE
        if is_new:
            moment = datetime.fromtimestamp(now, UTC)
            name = f"{moment:%Y-%m-%dT%H:%M:%S.%f}-{secrets.token_hex(3)}"
            begun, held = now, 0
        self._current[tenant] = (name, begun, held + lines)
        if len(self._current) > TENANTS:
            self._current.popitem(last=False)
        return name, is_new


def surplus(groups: Iterable[Group] | None, room: float) -> list[str]:
    """The oldest segments that have to go so that the rest has *room* bytes.

    *groups* are what ``SIZES`` asks for. The newest one stays, whatever its size.
    """
    sizes = {str(each.keys[0]): each.measures["bytes"] or 0.0 for each in groups or ()}
    total, gone = sum(sizes.values()), []
    for name in sorted(sizes)[:-1]:
        if total <= room:
            break
        total -= sizes[name]
        gone.append(name)
    return gone
