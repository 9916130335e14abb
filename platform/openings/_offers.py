"""Offers: which one is meant, and the rule of it in one of its lengths.

An offer is a document with ``name``, ``version`` (0 where nobody declared it), and what
`rule` takes; ``durations`` are further lengths than ``duration``, in minutes.
"""

from dataclasses import dataclass
from typing import Any

from openings._rule import BadRule, Rule, rule

NAMED = 20  # of more, not all are listed in a question
TIMES = {"timezone", "hours", "breaks", "holidays", "exceptions"}
RULE = TIMES | {"lead_minutes", "horizon_days", "every", "before", "after", "capacity"}


@dataclass(frozen=True)
class Offers:
    """Those that a business declared in a collection; *usual* until there is one."""

    declared: Any
    usual: Any

    async def named(self, name: str) -> Any:
        """The offer of that name, as it is stored; what the collection raises."""
        is_usual = name == self.usual.name and not await self.declared.count()
        return await self.declared.read(name, self.usual if is_usual else None)

    async def wanted(self, name: str) -> Any:
        """The offer of that name, or the only one; BadRule if it may be several."""
        if name:
            return (await self.named(name)).value
        known = await self.declared.matching(limit=NAMED) or [self.usual]
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
