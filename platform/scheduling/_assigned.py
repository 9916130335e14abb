"""Jobs to people: most jobs, then least travel."""

from dataclasses import dataclass

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
    before, orders = _worth(task, rounds), [each.jobs for each in rounds]
    row = task.travel[job]
    close = set(sorted(range(len(task.jobs)), key=lambda other: row[other])[:many])
    for each in rounds:
        each.settle([other for other in each.jobs if other not in close])
    _insert(_left(task, rounds), rounds)
    if _worth(task, rounds) >= before:
        for each, order in zip(rounds, orders, strict=True):
            each.settle(order)


def _insert(jobs: range | list[int], rounds: list[Round]) -> None:
    fits: Fits = {job: {} for job in jobs}
    for job, known in fits.items():
        for each in rounds:
            if place := each.place(job):
                known[each.worker] = place
    while fits:
        job = min(fits, key=lambda each: _choice(fits[each]))
        known = fits.pop(job)
        if not known:
            continue
        worker = min(known, key=lambda each: known[each].travel)
        rounds[worker].add(job, known[worker])
        _renew(fits, rounds[worker])


def _choice(known: dict[int, Place]) -> tuple[int, int]:
    """Urgent is what one alone can do, or what would cost much more elsewhere."""
    costs = sorted(place.travel for place in known.values())
    if len(costs) < 2:
        return 0, 0
    return 1, costs[0] - costs[1]


def _renew(fits: Fits, changed: Round) -> None:
    for job, known in fits.items():
        if place := changed.place(job):
            known[changed.worker] = place
        else:
            known.pop(changed.worker, None)


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
