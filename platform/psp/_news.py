"""What a payment's state is called, and what is news about it: each once, for what is
known of it only grows.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from psp._facts import Standing

COURSE = ("pending", "requires_action", "failed")


class News(NamedTuple):
    """``kind`` is captured, failed, refunded or disputed; ``minor_units`` are of that,
    and ``more`` is a reason, or what was captured or given back in all."""

    kind: str
    minor_units: int
    more: dict[str, Any]


def news(before: Standing, after: Standing) -> Iterator[News]:
    if after.captured > before.captured:
        come = after.captured - before.captured
        yield News("captured", come, {"captured": after.captured})
    elif after.failure and after.course > before.course:
        yield News("failed", after.amount, {"reason": after.failure})
    if after.refunded > before.refunded:
        gone = after.refunded - before.refunded
        yield News("refunded", gone, {"refunded": after.refunded})
    if after.dispute and not before.dispute:
        yield News("disputed", after.captured, {"reason": after.dispute})


def status_of(now: Standing) -> str:
    if now.dispute:
        return "disputed"
    if not now.captured:
        return COURSE[now.state]
    if now.refunded == now.captured:
        return "refunded"
    return "partially_refunded" if now.refunded else "confirmed"
