"""Rounds: who does which jobs in which order, with what is between them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Job:
    """Takes ``minutes``, all of them from ``opens`` to ``closes``; needs all skills."""

    id: str
    minutes: int
    opens: int
    closes: int
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Worker:
    """Leaves home at ``starts`` and is back by ``ends``."""

    id: str
    starts: int
    ends: int
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Task:
    """``travel[a][b]`` are minutes between places: those of the jobs, in order, then
    the homes of the workers. Whole minutes on any one scale."""

    jobs: Sequence[Job]
    workers: Sequence[Worker]
    travel: Sequence[Sequence[int]]

    def home(self, worker: int) -> int:
        """The place of a worker's home in ``travel``."""
        return len(self.jobs) + worker

    def can(self, worker: int, job: int) -> bool:
        """Whether the worker has all skills that the job asks for."""
        return job in self._able[worker]

    @cached_property
    def _able(self) -> list[set[int]]:
        """By worker, the jobs that they have the skills for."""
        jobs = list(enumerate(self.jobs))
        return [
            {number for number, job in jobs if job.skills <= who.skills}
            for who in self.workers
        ]


@dataclass(frozen=True, slots=True)
class Place:
    """Between which stops a job fits, and the minutes of travel that it adds."""

    travel: int
    at: int


@dataclass(frozen=True, slots=True)
class Visit:
    """When a job begins, and the minutes of travel from the one before."""

    job: int
    start: int
    travel: int


@dataclass(slots=True)
class Round:
    """One worker's jobs. ``leaves[i]`` is when stop *i* can be left, ``latest[i]`` the
    latest time to be there that keeps all that follows; the first and last stop are
    home. So whether a job fits takes no walk along the round."""

    task: Task
    worker: int
    jobs: list[int] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    latest: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settle(self.jobs)

    def settle(self, jobs: list[int]) -> None:
        """Make it the round of these jobs, in this order; they have to fit."""
        who, home = self.task.workers[self.worker], self.task.home(self.worker)
        self.jobs, self.leaves, self.latest = jobs, [who.starts], [who.ends]
        at = home
        for job in jobs:
            told = self.task.jobs[job]
            there = self.leaves[-1] + self.task.travel[at][job]
            self.leaves.append(max(there, told.opens) + told.minutes)
            at = job
        at = home
        for job in reversed(jobs):
            told = self.task.jobs[job]
            back = self.latest[-1] - self.task.travel[job][at]
            self.latest.append(min(back, told.closes) - told.minutes)
            at = job
        self.latest.append(who.starts)
        self.latest.reverse()

    def travels(self) -> int:
        """Minutes on the way, from home and back; 0 without a job."""
        stops = [self.task.home(self.worker), *self.jobs, self.task.home(self.worker)]
        legs = pairwise(stops)
        return sum(self.task.travel[a][b] for a, b in legs) if self.jobs else 0

    def place(self, job: int) -> Place | None:
        """Where the job adds least travel; None where it fits nowhere."""
        task = self.task
        if not task.can(self.worker, job):
            return None
        told, travel, row = task.jobs[job], task.travel, task.travel[job]
        minutes, opens, by = told.minutes, told.opens, told.closes - told.minutes
        before, least, where = task.home(self.worker), None, 0
        for at, after in enumerate((*self.jobs, before)):
            there = travel[before][job]
            start = self.leaves[at] + there
            if start < opens:
                start = opens
            if start > by:
                break  # any later stop is left later
            if start + minutes + row[after] <= self.latest[at + 1]:
                more = there + row[after] - travel[before][after]
                if least is None or more < least:
                    least, where = more, at
            before = after
        return None if least is None else Place(least, where)

    def add(self, job: int, place: Place) -> None:
        self.settle([*self.jobs[: place.at], job, *self.jobs[place.at :]])

    def drop(self, job: int) -> None:
        self.settle([each for each in self.jobs if each != job])

    def visits(self) -> list[Visit]:
        """Each job, as it is done."""
        stops = [self.task.home(self.worker), *self.jobs]
        return [
            Visit(job, ends - self.task.jobs[job].minutes, self.task.travel[at][job])
            for at, job, ends in zip(stops, self.jobs, self.leaves[1:], strict=False)
        ]
