"""Retriers: when to try again, and how long to wait before."""

import math
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from asl._failures import Failed, covers

ATTEMPTS, INTERVAL, BACKOFF = 3, 1, 2.0  # what a retrier has by default
LONGEST = 31_622_400.0  # seconds; a year, Step Functions' own limit


def delay(retrier: dict[str, Any], spent: int) -> float:
    """Seconds before the next attempt after *spent* retries, without jitter."""
    limit = float(retrier.get("MaxDelaySeconds", LONGEST))
    rate = float(retrier.get("BackoffRate", BACKOFF))
    interval = float(retrier.get("IntervalSeconds", INTERVAL))
    try:
        return min(interval * math.pow(rate, spent), limit)
    except OverflowError:
        return limit


class Retries:
    """The retries that one visit of a state has spent; each retrier counts its own."""

    def __init__(self, retriers: Sequence[dict[str, Any]]) -> None:
        self._retriers = retriers
        self._spent = [0] * len(retriers)

    def after(self, failure: Failed, draw: random.Random) -> timedelta | None:
        """The pause before the next attempt; None when there is to be none.

        The first retrier that covers the error decides, even when it has none left.
        """
        for index, retrier in enumerate(self._retriers):
            if covers(retrier["ErrorEquals"], failure.error):
                return self._next(index, retrier, draw)
        return None

    def _next(
        self, index: int, retrier: dict[str, Any], draw: random.Random
    ) -> timedelta | None:
        spent = self._spent[index]
        if spent >= retrier.get("MaxAttempts", ATTEMPTS):
            return None
        self._spent[index] += 1
        seconds = delay(retrier, spent)
        if retrier.get("JitterStrategy") == "FULL":
            seconds = draw.uniform(0, seconds)
        return timedelta(seconds=seconds)
