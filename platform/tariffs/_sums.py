"""Sums: what several things come to, less reductions, and what a card is charged."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import money
from tariffs._charges import Reduction, Unsound, reductions


class Item(Protocol):
    """So many of a thing at a price; it is dumped as pydantic's models are."""

    @property
    def unit_price(self) -> int: ...
    @property
    def quantity(self) -> int: ...
    def model_dump(self) -> Mapping[str, Any]: ...


class Sums(NamedTuple):
    """``lines`` are items with ``amount`` and ``discount``, a share of all of that."""

    lines: list[dict[str, Any]]
    subtotal: int
    discount: int

    @property
    def due(self) -> int:
        return self.subtotal - self.discount


class Charged(NamedTuple):
    """``rounding`` is 0 or less, and part of the total."""

    rounding: int
    total: int


def added(items: Sequence[Item], given: Sequence[Reduction]) -> Sums:
    """The items, with reductions shared out over them to the minor unit; Unsound."""
    worth = [item.unit_price * item.quantity for item in items]
    parts = reductions(worth, given)
    rows = zip(items, worth, parts, strict=True)
    lines = [{**i.model_dump(), "amount": w, "discount": p} for i, w, p in rows]
    return Sums(lines, sum(worth), sum(parts))


def charged(due: int, currency: str) -> Charged:
    """What a card is charged for a sum: of some currencies whole tens of minor units,
    and what is over is let off. Unsound where nothing would be left."""
    step = money.step(currency)
    if 0 < due < step:
        raise Unsound(f"the least that a card is charged is {step} minor units")
    return Charged(-(due % step), due - due % step)
