"""Jobs to people: most jobs, then least travel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scheduling import _exact
from scheduling._routes import Place, Round, Task

Fits = dict[int, dict[int, Place]]  # by job and worker
PASSES = 3  # over all jobs; the first gains most
TRIES, AWAY = 100, 7  # how often up to so many jobs that are close are dealt anew


@dataclass(frozen=True)
class Assigned:
    """``optimal``: nobody could do more jobs, or as many with less travel."""

    rounds: list[Round]
    left: list[int]
    optimal: bool

    @property
    def travel(self) -> int:
        return sum(each.travels() for each in self.rounds)


def assign(task: Task) -> Assigned:
    """The best rounds if the jobs are few, else good ones; the same every time."""
    if _exact.is_small(task):
        rounds = _exact.best(task)
        return Assigned(rounds, _left(task, rounds), True)
    rounds = heuristic(task)
    return Assigned(rounds, _left(task, rounds), False)


def _left(task: Task, rounds: list[Round]) -> list[int]:
    done = {job for each in rounds for job in each.jobs}
    return [job for job in range(len(task.jobs)) if job not in done]


def heuristic(task: Task) -> list[Round]:
    """Those first that have least choice, each where it costs least; then mended."""
    rounds = [Round(task, worker) for worker in range(len(task.workers))]
    _insert(range(len(task.jobs)), rounds)
    for _ in range(PASSES):
        if not _mended(task, rounds):
            break
    _insert(_left(task, rounds), rounds)
    for turn in range(TRIES if task.jobs else 0):
        # A stride that has no factor in common with most sizes gets everywhere.
        job, many = turn * 37 % len(task.jobs), 2 + turn % (AWAY - 1)
        _dealt_anew(job, many, task, rounds)
    return rounds


def _worth(task: Task, rounds: list[Round]) -> tuple[int, int]:
    """The less the better: jobs that nobody does, and travel."""
    done = sum(len(each.jobs) for each in rounds)
    return len(task.jobs) - done, sum(each.travels() for each in rounds)


def _dealt_anew(job: int, many: int, task: Task, rounds: list[Round]) -> None:
    """Take a job and its neighbours out, put them in again, and keep what is better."""
    row = task.travel[job]
    close = set(sorted(range(len(task.jobs)), key=lambda other: row[other])[:many])
    lighter = [each for each in rounds if not close.isdisjoint(each.jobs)]
    if not lighter:
        return
    before, orders = _worth(task, rounds), [each.jobs for each in rounds]
    _redone(close, task, rounds, lighter)
    if _worth(task, rounds) >= before:
        for each, order in zip(rounds, orders, strict=True):
            if each.jobs is not order:
                each.settle(order)


def _redone(
    close: set[int], task: Task, rounds: list[Round], lighter: list[Round]
) -> None:
    """The rounds without the close ones, and then with them, where they fit best."""
    for each in lighter:
        each.settle([other for other in each.jobs if other not in close])
    # What was left before fits nowhere but where there is more room now.
    left = _left(task, rounds)
    _insert(left, rounds, {job: lighter for job in left if job not in close})


def _insert(
    jobs: Iterable[int],
    rounds: list[Round],
    only: Mapping[int, list[Round]] = MappingProxyType({}),
) -> None:
    """Put the jobs where they fit, some of them in *only* certain rounds."""
    fits: Fits = {}
    for job in jobs:
        those = only.get(job, rounds)
        if known := {each.worker: at for each in those if (at := each.place(job))}:
            fits[job] = known
    while fits:
        job = min(fits, key=lambda each: _choice(fits[each]))
        known = fits.pop(job)
        worker = min(known, key=lambda each: known[each].travel)
        rounds[worker].add(job, known[worker])
        _renew(fits, rounds[worker])


def _choice(known: dict[int, Place]) -> tuple[int, int]:
    """Urgent is what one alone can do, or what would cost much more elsewhere."""
    if len(known) < 2:
        return 0, 0
    least, next_to_it, *_ = sorted([place.travel for place in known.values()])
    return 1, least - next_to_it


def _renew(fits: Fits, changed: Round) -> None:
    """A round with one job more takes others dearer, or not at all."""
    worker = changed.worker
    for job, known in [each for each in fits.items() if worker in each[1]]:
        if place := changed.place(job):
            known[worker] = place
        elif len(known) > 1:
            del known[worker]
        else:
            del fits[job]


def _cheapest(job: int, rounds: list[Round]) -> tuple[Round, Place] | None:
    found = [(each, place) for each in rounds if (place := each.place(job))]
    return min(found, key=lambda fit: fit[1].travel) if found else None


def _mended(task: Task, rounds: list[Round]) -> bool:
    """Whether jobs found a better place, or made room for one that had none."""
    better = False
    for each in rounds:
        for job in list(each.jobs):
            better |= _moved(job, each, rounds)
    for job in _left(task, rounds):
        better |= any(_made_room(job, each, rounds) for each in rounds)
    return better


def _moved(job: int, where: Round, rounds: list[Round]) -> bool:
    before, order = where.travels(), where.jobs
    where.drop(job)
    saved = before - where.travels()
    fit = _cheapest(job, rounds)
    if fit and fit[1].travel < saved:
        fit[0].add(job, fit[1])
        return True
    where.settle(order)
    return False


def _made_room(job: int, where: Round, rounds: list[Round]) -> bool:
    """Whether one of the round's jobs can go elsewhere, so that *job* fits."""
    if job in where.jobs or not where.task.can(where.worker, job):
        return False
    order = where.jobs
    for other in order:
        where.drop(other)
        if place := where.place(job):
            where.add(job, place)
            if fit := _cheapest(other, rounds):
                fit[0].add(other, fit[1])
                return True
        where.settle(order)
    return False
