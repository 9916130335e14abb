"""What an amount is charged, in whole minor units.

A charge has a fixed part, a share, and tiers that each count for their own part of the
amount; it has a floor and a cap, and is rounded once, half up. More is never cheaper.
"""

from collections.abc import Sequence
from typing import Protocol

import money

MOST = 2**53 - 1  # what JSON's readers take as an exact number


class Unsound(ValueError):
    """A tariff that cannot be applied to every amount, or a sum that is none."""


class Tier(Protocol):
    """A step: from where the one before ends, up to and with ``up_to``."""

    @property
    def up_to(self) -> int | None: ...
    @property
    def basis_points(self) -> int: ...
    @property
    def fixed(self) -> int: ...


class Tariff(Protocol):
    """``least`` and ``cap`` bound the whole charge; the cap is the stronger."""

    @property
    def basis_points(self) -> int: ...
    @property
    def fixed(self) -> int: ...
    @property
    def tiers(self) -> Sequence[Tier]: ...
    @property
    def least(self) -> int: ...
    @property
    def cap(self) -> int | None: ...


def charge(tariff: Tariff, amount: int) -> int:
    """What an amount of 0 or more is charged."""
    fixed, points = tariff.fixed, amount * tariff.basis_points
    below = 0
    for at, step in enumerate(tariff.tiers):
        # The first step is begun by nothing, each other by the first unit within it.
        if at and amount <= below:
            break
        top = amount if step.up_to is None else step.up_to
        fixed += step.fixed
        points += (min(amount, top) - below) * step.basis_points
        below = top
    due = max(tariff.least, fixed + money.share(1, points))
    return due if tariff.cap is None else min(due, tariff.cap)


def tax(base: int, basis_points: int, *, inclusive: bool) -> int:
    """The tax on a base, or the tax that it contains; a half is rounded up."""
    if not inclusive:
        return money.share(base, basis_points)
    whole = 10_000 + basis_points
    return (2 * base * basis_points + whole) // (2 * whole)


class Reduction(Protocol):
    """Either a share of the whole or an amount."""

    @property
    def basis_points(self) -> int: ...
    @property
    def minor_units(self) -> int: ...


def reductions(worth: list[int], given: Sequence[Reduction]) -> list[int]:
    """What each of several things gets of reductions of their sum, none below 0.

    In proportion to what they are worth, by largest remainder. Unsound where there is
    nothing to reduce, or more than can be written exactly, or a reduction is both.
    """
    whole = sum(worth)
    if not 0 < whole <= MOST:
        raise Unsound(f"the sum must be from 1 to {MOST} minor units")
    if any(each.basis_points and each.minor_units for each in given):
        raise Unsound("a reduction is either a share or an amount")
    shares = [money.share(whole, each.basis_points) for each in given]
    off = sum(shares) + sum(each.minor_units for each in given)
    return money.allocate(min(off, whole), worth)


def check(*given: Tariff) -> None:
    """Unsound unless each of the tariffs can be applied to every amount."""
    for tariff in given:
        if tariff.cap is not None and tariff.cap < tariff.least:
            raise Unsound(f"the cap, {tariff.cap}, is below the least, {tariff.least}")
        if not _ascends([step.up_to for step in tariff.tiers]):
            why = "tiers: each ends above the one before, and the last has no up_to"
            raise Unsound(why)


def _ascends(ends: list[int | None]) -> bool:
    *inner, last = [0, *ends] if ends else [0, None]
    return last is None and None not in inner and inner == sorted({*inner})
