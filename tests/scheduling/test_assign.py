"""Jobs for people: against every way there is, where those can be counted."""

from collections.abc import Iterator
from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

import scheduling
from scheduling import Job, Task, Visit, Worker

SKILLS = st.frozensets(st.sampled_from("ab"), max_size=2)


@st.composite
def tasks(draw: st.DrawFn, jobs: int, workers: int) -> Task:
    """Jobs and workers on a square of 30 minutes, within one long day."""
    whole = st.integers(0, 30)
    made = []
    for n in range(draw(st.integers(0, jobs))):
        opens, minutes = draw(st.integers(0, 300)), draw(st.integers(5, 60))
        room = draw(st.integers(-10, 200))
        closes = opens + minutes + room
        made.append(Job(str(n), minutes, opens, closes, draw(SKILLS)))
    people = [
        Worker(str(n), draw(st.integers(0, 100)), draw(st.integers(120, 480)), skills)
        for n, skills in enumerate(draw(st.lists(SKILLS, max_size=workers)))
    ]
    many = len(made) + len(people)
    at = draw(st.lists(st.tuples(whole, whole), min_size=many, max_size=many))
    travel = [[abs(a - c) + abs(b - d) for c, d in at] for a, b in at]
    return Task(made, people, travel)


def travelled(task: Task, worker: int, order: tuple[int, ...]) -> int | None:
    """The travel of a round, walked step by step; None if it cannot be done."""
    who, at, minutes = task.workers[worker], task.home(worker), 0
    now = who.starts
    for job in order:
        told = task.jobs[job]
        leg = task.travel[at][job]
        now, minutes, at = max(now + leg, told.opens) + told.minutes, minutes + leg, job
        if now > told.closes or not told.skills <= who.skills:
            return None
    back = task.travel[at][task.home(worker)] if order else 0
    return minutes + back if now + back <= who.ends else None


def ways(task: Task) -> Iterator[tuple[int, int]]:
    """Of every way to deal out the jobs: how many are left, and the travel."""
    jobs, workers = range(len(task.jobs)), range(len(task.workers))
    for dealt in product([None, *workers], repeat=len(jobs)):
        best = []
        for worker in workers:
            mine = [job for job in jobs if dealt[job] == worker]
            rounds = (travelled(task, worker, order) for order in permutations(mine))
            best.append(min((r for r in rounds if r is not None), default=None))
        if None not in best:
            yield dealt.count(None), sum(best)


def check(task: Task, rounds: list[scheduling.Round], left: list[int]) -> int:
    """Their travel; every job is done once or left, and every round can be done."""
    orders = [tuple(each.jobs) for each in rounds]
    assert sorted([*left, *(job for order in orders for job in order)]) == list(
        range(len(task.jobs))
    )
    walked = [travelled(task, each.worker, tuple(each.jobs)) for each in rounds]
    assert None not in walked
    assert [each.travels() for each in rounds] == walked
    for each in rounds:
        for visit in each.visits():
            told = task.jobs[visit.job]
            assert told.opens <= visit.start <= told.closes - told.minutes
    return sum(walked)


@settings(max_examples=150, deadline=None)
@given(tasks(jobs=4, workers=3))
def test_of_few_jobs_most_are_done_with_least_travel(task: Task) -> None:
    found = scheduling.assign(task)
    assert found.optimal
    assert (len(found.left), check(task, found.rounds, found.left)) == min(ways(task))


@settings(max_examples=100, deadline=None)
@given(tasks(jobs=4, workers=3))
def test_a_job_is_left_for_others_only_if_somebody_could_do_it_alone(
    task: Task,
) -> None:
    for job in scheduling.assign(task).left:
        alone = [travelled(task, worker, (job,)) for worker in range(len(task.workers))]
        cause, _ = scheduling.reason(task, job)
        assert (cause == "others") == any(each is not None for each in alone)


def test_what_makes_a_job_impossible_is_said() -> None:
    day, far = Worker("ann", 0, 480, frozenset("ab")), 300
    half = Worker("ben", 0, 480, frozenset("c"))
    jobs = {
        "skills": Job("1", 30, 0, 480, frozenset("abc")),
        "window": Job("2", 30, 100, 120),
        "shift": Job("3", 30, 470, 600),
        "travel": Job("4", 30, 0, 480),
    }
    travel = [[far] * 6 for _ in range(6)]
    task = Task(list(jobs.values()), [day, half], travel)
    assert scheduling.assign(task).left == [0, 1, 2, 3]
    told = [scheduling.reason(task, job) for job in range(4)]
    assert [cause for cause, _ in told] == list(jobs)
    assert told[0][1] == "nobody has all of its skills: a, b, c"
    nobody = Task([jobs["travel"]], [], [[0]])
    assert scheduling.reason(nobody, 0)[0] == "staff"
    alone = Task([jobs["skills"]], [half], [[0, 0], [0, 0]])
    assert scheduling.reason(alone, 0)[1] == "nobody has the skill a, b"


@settings(max_examples=25, deadline=None)
@given(tasks(jobs=20, workers=5))
def test_of_many_jobs_each_is_done_once_by_who_can_and_in_time(task: Task) -> None:
    rounds = scheduling.heuristic(task)
    done = {job for each in rounds for job in each.jobs}
    check(task, rounds, [job for job in range(len(task.jobs)) if job not in done])


@settings(max_examples=100, deadline=None)
@given(tasks(jobs=5, workers=2))
def test_nobody_is_left_out_who_would_still_fit(task: Task) -> None:
    rounds = scheduling.heuristic(task)
    done = {job for each in rounds for job in each.jobs}
    for job in set(range(len(task.jobs))) - done:
        for each in rounds:
            spots = range(len(each.jobs) + 1)
            longer = ((*each.jobs[:n], job, *each.jobs[n:]) for n in spots)
            assert not any(travelled(task, each.worker, o) is not None for o in longer)


@settings(max_examples=15, deadline=None)
@given(tasks(jobs=20, workers=5))
def test_the_same_question_has_the_same_answer(task: Task) -> None:
    first, second = scheduling.assign(task), scheduling.assign(task)
    orders = [[each.jobs for each in found.rounds] for found in (first, second)]
    assert orders[0] == orders[1]


def test_a_job_waits_for_its_window_and_the_worker_for_the_job() -> None:
    job = Job("late", 30, opens=100, closes=200)
    found = scheduling.assign(Task([job], [Worker("w", 0, 300)], [[0, 20], [20, 0]]))
    assert found.rounds[0].visits() == [Visit(job=0, start=100, travel=20)]
    assert found.travel == 40
