"""So many requests a minute, in a sliding window of two counters for each key."""

import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter


@dataclass(frozen=True, slots=True)
class Rate:
    """How a key stands: what is left of its minute, and seconds until there is more."""

    allowed: int
    remaining: int
    reset: int
    is_over: bool

    @property
    def headers(self) -> dict[str, int]:
        """As draft-ietf-httpapi-ratelimit-headers-06 names them."""
        told = {"Limit": self.allowed, "Remaining": self.remaining, "Reset": self.reset}
        return {f"RateLimit_{name}": value for name, value in told.items()}


class Rates:
    """Counts in this process's memory."""

    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def hit(self, key: str, allowed: int) -> Rate:
        """Count one of *key*, of which so many are *allowed* a minute."""
        item = RateLimitItemPerMinute(allowed)
        is_within = await self._limiter.hit(item, key)
        window = await self._limiter.get_window_stats(item, key)
        reset = max(1, round(window.reset_time - time.time()))
        return Rate(allowed, window.remaining, reset, not is_within)
