"""How long it takes from place to place, where nobody has measured it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

EARTH = 6371.0  # km, mean radius
DETOUR = 1.3  # roads are longer than the straight line


class Point(NamedTuple):
    """In degrees."""

    latitude: float
    longitude: float


def distance(one: Point, other: Point) -> float:
    """Kilometres along the great circle (haversine formula)."""
    lat, lon = (
        math.sin(math.radians(b - a) / 2) ** 2 for a, b in zip(one, other, strict=True)
    )
    cosines = math.cos(math.radians(one[0])) * math.cos(math.radians(other[0]))
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(lat + cosines * lon)))


def travel(points: Sequence[Point | None], speed: float) -> list[list[int]]:
    """Whole minutes between all of them at so many km/h; none to or from nowhere."""
    return [
        [
            math.ceil(distance(one, other) * DETOUR / speed * 60)
            if one and other
            else 0
            for other in points
        ]
        for one in points
    ]
