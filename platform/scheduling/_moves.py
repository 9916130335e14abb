"""The fewest moves after which nothing clashes, and of those the smallest.

Moves are multiples of a step. Of two that clash one has to move, so the search moves
the one or the other, to every place that may lead to a better answer; it looks for ever
more moves, and what it finds first is the fewest. The last move of a branch needs no
search: it is to the nearest place that is free of everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from scheduling._clashes import Appointment

NODES = 2000  # places tried; more than enough for a handful of clashes
Pair = tuple[str, str]
State = dict[str, Appointment]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Those that move, at their new times; ``stuck`` still clash.

    ``optimal``: nothing else has fewer moves, or as many that are smaller together.
    """

    moved: tuple[Appointment, ...]
    stuck: tuple[Pair, ...]
    optimal: bool


def overlap(one: Appointment, other: Appointment) -> bool:
    """Whether they take a resource of both at the same time."""
    meets = one.start < other.end and other.start < one.end
    return meets and not one.resources.isdisjoint(other.resources)


def _pairs(one: Appointment, others: Iterable[Appointment]) -> Iterator[Pair]:
    for other in others:
        if other.id != one.id and overlap(one, other):
            yield (one.id, other.id) if one.id < other.id else (other.id, one.id)


def _reach(one: Appointment) -> int:
    return max(one.latest - one.start, one.start - one.earliest)


def _places(one: Appointment, step: int, most: int) -> Iterator[int]:
    """Where it may begin instead, the nearest first, later before earlier."""
    reach = min(_reach(one), most)
    for away in range(step, reach + 1, step):
        for start in (one.start + away, one.start - away):
            if one.earliest <= start <= one.latest:
                yield start


def _nearest(
    one: Appointment, others: Iterable[Appointment], step: int
) -> Appointment | None:
    """At the nearest place where it meets none of the others."""
    rivals = [
        (other.start, other.end)
        for other in others
        if other.id != one.id and not one.resources.isdisjoint(other.resources)
    ]
    found = [
        start
        for towards in (1, -1)
        if (start := _free(one, rivals, step * towards)) is not None
    ]
    if not found:
        return None
    return replace(one, start=min(found, key=lambda start: abs(start - one.start)))


def _free(one: Appointment, rivals: list[tuple[int, int]], step: int) -> int | None:
    """The first free place in one direction, jumping over what is in the way."""
    at = one.start + step
    while one.earliest <= at <= one.latest:
        hit = next((r for r in rivals if r[0] < at + one.minutes and at < r[1]), None)
        if hit is None:
            return at
        edge = hit[1] if step > 0 else hit[0] - one.minutes
        at = one.start - (one.start - edge) // step * step
    return None


class Search:
    """For one set of appointments: the best answer so far, and what is left to try."""

    def __init__(self, appointments: Iterable[Appointment], step: int) -> None:
        self.step = step
        self.given: State = {each.id: each for each in appointments}
        self.nodes = NODES
        self.best: State | None = None
        self.least = 0

    def pairs(self, state: State) -> frozenset[Pair]:
        return frozenset(
            pair for one in state.values() for pair in _pairs(one, state.values())
        )

    def quick(self) -> tuple[State, frozenset[Pair]]:
        """The better of two answers that are quickly had, and what still clashes."""
        ways = (self._greedy(by_clashes) for by_clashes in (True, False))
        return min(ways, key=lambda way: (len(way[1]), self.cost(way[0])))

    def _greedy(self, by_clashes: bool) -> tuple[State, frozenset[Pair]]:
        """Each clash by its smallest move, or by that of which most others are rid."""
        state, moved, stuck = dict(self.given), set[str](), set[Pair]()
        left = set(self.pairs(state))
        while left:
            pair = min(left)
            options = [
                (-by_clashes * sum(id in each for each in left), to)
                for id in pair
                if id not in moved
                and (to := _nearest(self.given[id], state.values(), self.step))
            ]
            if not options:
                stuck.add(pair)
                left.remove(pair)
                continue
            _, to = min(options, key=lambda option: (option[0], self._away(option[1])))
            state[to.id] = to
            moved.add(to.id)
            left = {each for each in left if to.id not in each}
        return state, frozenset(stuck)

    def _away(self, one: Appointment) -> int:
        return abs(one.start - self.given[one.id].start)

    def cost(self, state: State) -> tuple[int, int]:
        """How many moves, and how many minutes together."""
        away = [self._away(one) for one in state.values()]
        return sum(1 for each in away if each), sum(away)

    def fewest(self, hopeless: set[Pair], known: State | None) -> State | None:
        """The best answer, no worse than what is *known*; None: there is none."""
        left = self.pairs(self.given) - hopeless
        reaches = [_reach(one) for one in self.given.values()]
        farthest = sum(reaches)
        most, minutes = self.cost(known) if known else (len(reaches), farthest)
        for moves in range(_disjoint(left), most + 1):
            self.least = (minutes if moves == most else farthest) + 1
            self.descend(self.given, left, moves, 0)
            if self.best or self.nodes < 0:
                break
        return self.best or known

    def descend(
        self, state: State, left: frozenset[Pair], moves: int, spent: int
    ) -> None:
        """Every answer that goes on from here with at most so many *moves* more."""
        if not left:
            self.best, self.least = state, spent
            return
        moved = {id for id, one in self.given.items() if state[id] is not one}
        if moves == 0 or _disjoint(left) > moves:
            return
        for id in min(left):
            if id not in moved:
                self._move(id, state, left, moves, spent)

    def _move(
        self, id: str, state: State, left: frozenset[Pair], moves: int, spent: int
    ) -> None:
        one = self.given[id]
        untouched = {pair for pair in left if id not in pair}
        if moves == 1:
            to = None if untouched else _nearest(one, state.values(), self.step)
            places = [to.start] if to else []
        else:
            places = _places(one, self.step, self.least - spent)
        for start in places:
            away = abs(start - one.start)
            self.nodes -= 1
            if self.nodes < 0 or spent + away >= self.least:
                return
            to = replace(one, start=start)
            now = frozenset(untouched.union(_pairs(to, state.values())))
            self.descend({**state, id: to}, now, moves - 1, spent + away)


def _disjoint(pairs: Iterable[Pair]) -> int:
    """Pairs that have nothing in common: each of them needs a move of its own."""
    seen, count = set[str](), 0
    for pair in sorted(pairs):
        if seen.isdisjoint(pair):
            seen.update(pair)
            count += 1
    return count


def resolve(appointments: Iterable[Appointment], step: int) -> Resolved:
    """The fewest and smallest moves, in multiples of *step* minutes.

    Two that are fixed stay in each other's way. Where others cannot all be resolved,
    as many are as quickly can be, and nothing is said about the best.
    """
    search = Search(appointments, step)
    hopeless = {
        pair
        for pair in search.pairs(search.given)
        if all(search.given[id].fixed for id in pair)
    }
    state, stuck = search.quick()
    found = search.fewest(hopeless, state if stuck == hopeless else None)
    optimal = search.nodes >= 0 and found is not None
    if found:
        state, stuck = found, frozenset(hopeless)
    moved = (one for id, one in state.items() if one.start != search.given[id].start)
    return Resolved(tuple(moved), tuple(sorted(stuck)), optimal)
