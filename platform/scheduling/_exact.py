"""The best rounds of all, where the jobs are few: most jobs, then least travel.

For every worker and every set of jobs, the least travel of a round of exactly these:
by dynamic programming over the set and its last job. Of the rounds that end alike,
those stay that no other beats in both time and travel. Then the sets are dealt out.
"""

from collections.abc import Iterator

from scheduling._routes import Round, Task

Label = tuple[int, int, tuple[int, ...]]  # free from, travelled, jobs in order
Level = dict[tuple[int, int], list[Label]]  # by jobs done, and the last of them
LARGEST = 100_000  # steps, of which a machine does some millions in a second


def is_small(task: Task) -> bool:
    """Whether it can be worked out in some tens of milliseconds."""
    jobs = len(task.jobs)
    return jobs <= 12 and len(task.workers) * jobs * jobs << jobs <= LARGEST


def _unbeaten(labels: list[Label]) -> list[Label]:
    kept: list[Label] = []
    for label in sorted(labels):
        if not kept or label[1] < kept[-1][1]:
            kept.append(label)
    return kept


def _rounds(task: Task, worker: int) -> dict[int, tuple[int, tuple[int, ...]]]:
    """For each set of jobs that the worker can do: the travel, and the order."""
    who, home = task.workers[worker], task.home(worker)
    able = [job for job in range(len(task.jobs)) if task.can(worker, job)]
    level: Level = {(0, home): [(who.starts, 0, ())]}
    best: dict[int, tuple[int, tuple[int, ...]]] = {}
    while level:
        for (done, at), labels in level.items():
            back = task.travel[at][home] if done else 0
            for free, travelled, order in labels:
                if free + back <= who.ends:
                    whole = (travelled + back, order)
                    best[done] = min(best.get(done, whole), whole)
        level = _longer(task, level, able)
    return best


def _longer(task: Task, level: Level, able: list[int]) -> Level:
    """The rounds with one job more."""
    longer: Level = {}
    for (done, at), labels in level.items():
        for job in able:
            if not done >> job & 1:
                made = longer.setdefault((done | 1 << job, job), [])
                made += _went_on(task, labels, at, job)
    return {key: _unbeaten(labels) for key, labels in longer.items() if labels}


def _went_on(task: Task, labels: list[Label], at: int, job: int) -> list[Label]:
    told, leg = task.jobs[job], task.travel[at][job]
    made = (
        (max(free + leg, told.opens) + told.minutes, travelled + leg, (*order, job))
        for free, travelled, order in labels
    )
    return [label for label in made if label[0] <= told.closes]


def _subsets(jobs: int) -> Iterator[int]:
    """Each set of some of the jobs, all of them first, none last."""
    some = jobs
    while some:
        yield some
        some = (some - 1) & jobs
    yield 0


def best(task: Task) -> list[Round]:
    """The rounds of all workers that do most jobs, and of those travel least."""
    everything = (1 << len(task.jobs)) - 1
    dealt: dict[int, tuple[int, list[tuple[int, ...]]]] = {0: (0, [])}
    for worker in range(len(task.workers)):
        rounds = _rounds(task, worker)
        more: dict[int, tuple[int, list[tuple[int, ...]]]] = {}
        for done, (travelled, orders) in dealt.items():
            for jobs in _subsets(everything ^ done):
                if jobs not in rounds:
                    continue
                travel, order = rounds[jobs]
                known, total = more.get(done | jobs), travelled + travel
                if known is None or total < known[0]:
                    more[done | jobs] = (total, [*orders, order])
        dealt = more
    most = min(dealt, key=lambda jobs: (-jobs.bit_count(), dealt[jobs][0]))
    return [Round(task, n, list(order)) for n, order in enumerate(dealt[most][1])]
