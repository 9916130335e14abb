"""The breaker: every event in every state, and a model of it under any history."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chassis._breaker import Breaker, Permit, State

THRESHOLD, RECOVERY = 3, 60.0
CLOSED, OPEN, HALF_OPEN = State.CLOSED, State.OPEN, State.HALF_OPEN


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """A breaker, its clock, what it told, and permits from now and from before."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.told: list[tuple[State, State]] = []
        self.breaker = Breaker(
            THRESHOLD, RECOVERY, self.clock, lambda *change: self.told.append(change)
        )
        self.current: Permit | None = None
        self.stale: Permit | None = None

    def admit(self) -> Permit:
        permit = self.breaker.admit()
        assert permit is not None
        return permit

    def fail(self, times: int) -> None:
        for _ in range(times):
            self.breaker.failed(self.admit())


def closed() -> Bench:
    bench = Bench()
    bench.fail(1)
    bench.current = bench.admit()
    return bench


def brink() -> Bench:
    bench = Bench()
    bench.fail(THRESHOLD - 1)
    bench.current = bench.admit()
    return bench


def opened() -> Bench:
    bench = Bench()
    bench.stale = bench.admit()
    bench.fail(THRESHOLD)
    return bench


def due() -> Bench:
    bench = opened()
    bench.clock.now += RECOVERY
    return bench


def trying() -> Bench:
    bench = due()
    bench.current = bench.admit()
    return bench


def untried() -> Bench:
    bench = trying()
    bench.breaker.abandoned(bench.current)
    bench.current = None
    return bench


def reclosed() -> Bench:
    bench = trying()
    bench.breaker.succeeded(bench.current)
    bench.current = bench.admit()
    return bench


SITUATIONS = {
    "closed": closed,
    "brink": brink,
    "open": opened,
    "due": due,
    "trying": trying,
    "untried": untried,
    "reclosed": reclosed,
}
# situation, event → state, failures, whether the next one is admitted
TABLE = {
    ("closed", "admit"): (CLOSED, 1, True),
    ("closed", "succeeded"): (CLOSED, 0, True),
    ("closed", "failed"): (CLOSED, 2, True),
    ("closed", "abandoned"): (CLOSED, 1, True),
    ("brink", "admit"): (CLOSED, 2, True),
    ("brink", "succeeded"): (CLOSED, 0, True),
    ("brink", "failed"): (OPEN, 3, False),
    ("brink", "abandoned"): (CLOSED, 2, True),
    ("open", "admit"): (OPEN, 3, False),
    ("open", "late succeeded"): (OPEN, 3, False),
    ("open", "late failed"): (OPEN, 3, False),
    ("open", "late abandoned"): (OPEN, 3, False),
    ("due", "admit"): (HALF_OPEN, 3, False),
    ("due", "late succeeded"): (OPEN, 3, True),
    ("due", "late failed"): (OPEN, 3, True),
    ("due", "late abandoned"): (OPEN, 3, True),
    ("trying", "admit"): (HALF_OPEN, 3, False),
    ("trying", "succeeded"): (CLOSED, 0, True),
    ("trying", "failed"): (OPEN, 4, False),
    ("trying", "abandoned"): (HALF_OPEN, 3, True),
    ("trying", "late succeeded"): (HALF_OPEN, 3, False),
    ("trying", "late failed"): (HALF_OPEN, 3, False),
    ("trying", "late abandoned"): (HALF_OPEN, 3, False),
    ("untried", "admit"): (HALF_OPEN, 3, False),
    ("untried", "late succeeded"): (HALF_OPEN, 3, True),
    ("untried", "late failed"): (HALF_OPEN, 3, True),
    ("untried", "late abandoned"): (HALF_OPEN, 3, True),
    ("reclosed", "admit"): (CLOSED, 0, True),
    ("reclosed", "succeeded"): (CLOSED, 0, True),
    ("reclosed", "failed"): (CLOSED, 1, True),
    ("reclosed", "abandoned"): (CLOSED, 0, True),
    ("reclosed", "late succeeded"): (CLOSED, 0, True),
    ("reclosed", "late failed"): (CLOSED, 0, True),
    ("reclosed", "late abandoned"): (CLOSED, 0, True),
}


def happen(bench: Bench, event: str) -> None:
    if event == "admit":
        bench.breaker.admit()
        return
    permit = bench.stale if event.startswith("late ") else bench.current
    assert permit is not None
    getattr(bench.breaker, event.removeprefix("late "))(permit)


@pytest.mark.parametrize(("situation", "event"), TABLE)
def test_every_event_in_every_situation_leads_where_the_table_says(situation, event):
    state, failures, next_one = TABLE[situation, event]
    bench = SITUATIONS[situation]()
    happen(bench, event)
    assert (bench.breaker.state, bench.breaker.failures) == (state, failures)
    assert (bench.breaker.admit() is not None) == next_one


def test_the_table_is_complete():
    possible = set()
    for name, build in SITUATIONS.items():
        bench = build()
        ended = ("succeeded", "failed", "abandoned")
        possible.add((name, "admit"))
        possible |= {(name, each) for each in ended if bench.current is not None}
        possible |= {
            (name, f"late {each}") for each in ended if bench.stale is not None
        }
    assert possible == set(TABLE)


def test_every_transition_is_told_once_in_order():
    bench = trying()
    bench.breaker.failed(bench.current)
    bench.clock.now += RECOVERY
    bench.breaker.succeeded(bench.admit())
    assert bench.told == [
        (CLOSED, OPEN),
        (OPEN, HALF_OPEN),
        (HALF_OPEN, OPEN),
        (OPEN, HALF_OPEN),
        (HALF_OPEN, CLOSED),
    ]


def test_a_failed_trial_starts_the_recovery_anew():
    bench = trying()
    bench.clock.now += 10.0
    bench.breaker.failed(bench.current)
    assert bench.breaker.until_trial() == RECOVERY
    bench.clock.now += RECOVERY - 0.001
    assert bench.breaker.admit() is None
    bench.clock.now += 0.001
    assert bench.breaker.admit() is not None


def test_the_times_are_those_of_the_last_failure_and_the_last_change():
    bench = opened()
    opened_at = bench.clock.now
    bench.clock.now += RECOVERY
    bench.breaker.admit()
    assert bench.breaker.last_failure == opened_at
    assert bench.breaker.changed == bench.clock.now


class Histories(RuleBasedStateMachine):
    """Any interleaving of attempts; the model knows only the log of what happened."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.running: list[tuple[Permit, int]] = []  # permit, transitions seen before
        self.row = 0  # failures in a row that count, since the last transition
        self.opened_at = 0.0

    def state(self) -> State:
        return self.bench.told[-1][1] if self.bench.told else CLOSED

    def trials(self) -> int:
        return sum(seen == len(self.bench.told) for _, seen in self.running)

    @rule()
    def attempt(self) -> None:
        was, trials = self.state(), self.trials()
        is_due = self.bench.clock.now >= self.opened_at + RECOVERY
        permit = self.bench.breaker.admit()
        if was is CLOSED:
            assert permit is not None
        elif was is OPEN:
            assert (permit is not None) == is_due
        else:
            assert (permit is not None) == (trials == 0)
        if permit is not None:
            self.running.append((permit, len(self.bench.told)))

    @rule(
        pick=st.integers(0, 1000),
        how=st.sampled_from("succeeded failed abandoned".split()),
    )
    def end(self, pick: int, how: str) -> None:
        if not self.running:
            return
        permit, seen = self.running.pop(pick % len(self.running))
        was, counts = self.state(), seen == len(self.bench.told)
        getattr(self.bench.breaker, how)(permit)
        assert self.state() is self.expected(was, how if counts else "ignored")

    def expected(self, was: State, how: str) -> State:
        if how == "succeeded":
            self.row = 0
            return CLOSED
        if how != "failed":
            return was
        self.row += 1
        if was is HALF_OPEN or self.row == THRESHOLD:
            self.row, self.opened_at = 0, self.bench.clock.now
            return OPEN
        return was

    @rule(seconds=st.sampled_from([0.5, 29.0, RECOVERY / 2, RECOVERY]))
    def wait(self, seconds: float) -> None:
        self.bench.clock.now += seconds

    @invariant()
    def at_most_one_trial_runs(self) -> None:
        assert self.bench.breaker.state is self.state()
        if self.state() is not CLOSED:
            assert self.trials() <= (self.state() is HALF_OPEN)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None
)


@pytest.mark.parametrize("situation", ["closed", "brink", "due"])
def test_asked_to_rest_it_admits_nothing_for_so_long_and_stays_as_it_was(situation):
    bench = SITUATIONS[situation]()
    state = bench.breaker.state
    bench.breaker.rest(RECOVERY / 2)
    bench.breaker.rest(RECOVERY / 4)  # somebody else was told less
    assert bench.breaker.admit() is None
    assert bench.breaker.resting() == RECOVERY / 2
    assert bench.breaker.state is state
    bench.clock.now += RECOVERY / 2
    assert bench.breaker.resting() == 0
    assert bench.breaker.admit() is not None


def test_it_rests_no_longer_than_it_takes_to_recover():
    bench = closed()
    bench.breaker.rest(1e9)
    bench.clock.now += RECOVERY
    assert bench.breaker.admit() is not None
