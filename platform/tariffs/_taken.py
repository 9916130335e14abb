"""What is taken at a place, as whoever sets its rules tells."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 12  # currencies of a place that takes some, and not whatever there is
SAID = ("least", "most", "currencies")


@dataclass(frozen=True, slots=True)
class Taken:
    """``rules`` tells the rules that count now, ``quote`` what an amount costs by them,
    or raises one of *failures*, whose ``data`` says what can be paid."""

    rules: Callable[[], Awaitable[Any]]
    quote: Callable[..., Awaitable[Any]]
    failures: type[Exception]

    async def currencies(self) -> Sequence[str]:
        """Those that are taken, the usual one first; none where it may be any, or
        nobody knows."""
        try:
            known = await self.rules()
        except self.failures:
            return ()
        first = known.default_currency
        each = [first, *(one for one in known.currencies if one != first)]
        return each if len(each) <= MOST else ()

    async def instead(self, found: Sequence[Any]) -> dict[str, Any] | None:
        """What can be paid instead of the only one of the amounts that were *found*;
        None where nobody knows."""
        if len(found) != 1 or found[0].doubt:
            return None
        try:
            await self.quote(json={"amount": found[0].money})
        except self.failures as problem:
            told = getattr(problem, "data", {})
            return {each: told[each] for each in SAID if each in told}
        return None
