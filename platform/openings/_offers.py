"""Offers: which one is meant, and the rule of it in one of its lengths.

An offer is a document with ``name``, ``version`` (0 where nobody declared it), and what
`rule` takes; ``durations`` are further lengths than ``duration``, in minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openings._rule import BadRule, Rule, rule

UNDECLARED = (
    "nothing can be booked here yet: this business has not declared what, and when; "
    "its owner does, with PUT /api/v1/slots/offers/{name}"
)
NAMED = 20  # of more, not all are listed in a question
TIMES = {"timezone", "hours", "breaks", "holidays", "exceptions"}
RULE = TIMES | {"lead_minutes", "horizon_days", "every", "before", "after", "capacity"}


class NothingOffered(LookupError):
    """The business has not said yet what can be had of it."""


@dataclass(frozen=True)
class Offers:
    """Those that a business declared in a collection. Until there is one, who ``tries``
    has the *usual* one, and nobody else has any: NothingOffered."""

    declared: Any
    usual: Any
    tries: Callable[[], bool]

    async def named(self, name: str) -> Any:
        """The offer of that name, as it is stored; what the collection raises."""
        is_usual = name == self.usual.name and not await self.declared.count()
        usual = self._usual() if is_usual else None
        return await self.declared.read(name, usual)

    def _usual(self) -> Any:
        if self.tries():
            return self.usual
        raise NothingOffered(UNDECLARED)

    async def wanted(self, name: str) -> Any:
        """The offer of that name, or the only one; BadRule if it may be several."""
        if name:
            return (await self.named(name)).value
        known = await self.declared.matching(limit=NAMED) or [self._usual()]
        if len(known) > 1:
            names = ", ".join(sorted(each.name for each in known))
            raise BadRule(f"say which service: {names}")
        return known[0]


def rule_of(offer: Any, minutes: int | None = None) -> Rule:
    """An offer's rule for slots of so many minutes; BadRule in a length it has not.

    What nobody declared has every length.
    """
    length, lengths = minutes or offer.duration, [offer.duration, *offer.durations]
    if offer.version and length not in lengths:
        raise BadRule(f"{offer.name} takes {' or '.join(map(str, lengths))} minutes")
    return rule(**offer.model_dump(include=RULE) | {"duration": length})
