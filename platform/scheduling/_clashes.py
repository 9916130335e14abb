"""Appointments that clash: two of them want one resource at one time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Appointment:
    """Times are whole minutes on any one scale; ``resources`` are what it takes alone.

    It may begin from ``earliest`` through ``latest``; if they are its own beginning it
    stays where it is.
    """

    id: str
    start: int
    minutes: int
    resources: frozenset[str]
    earliest: int
    latest: int

    @property
    def end(self) -> int:
        """The minute from which its resources are free."""
        return self.start + self.minutes

    @property
    def fixed(self) -> bool:
        """Whether it may begin at no other time."""
        return self.earliest == self.start == self.latest


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """Two appointments that have ``resource`` from ``start`` up to ``end``."""

    start: int
    end: int
    first: str
    second: str
    resource: str


def clashes(appointments: Iterable[Appointment]) -> list[Clash]:
    """Every pair that overlaps, once for each resource that both take; in order."""
    found: list[Clash] = []
    lasting: defaultdict[str, list[Appointment]] = defaultdict(list)
    for one in sorted(appointments, key=lambda each: (each.start, each.id)):
        for resource in one.resources:
            still = [each for each in lasting[resource] if each.end > one.start]
            found += (
                Clash(one.start, min(one.end, each.end), each.id, one.id, resource)
                for each in still
            )
            lasting[resource] = [*still, one]
    return sorted(found)
