"""A circuit breaker as a pure state machine: CLOSED, OPEN, HALF_OPEN.

``threshold`` failures in a row open it; ``recovery`` seconds later it lets exactly one
trial through, whose result closes or reopens it. It does no input or output and knows
no exceptions; whoever holds it says how each admitted attempt ended. A result counts
only in the state in which its attempt was admitted, so that a slow answer from before
cannot close, or prolong, what happened since. In any state it can be asked to rest.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType


class State(StrEnum):
    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


Permit = NewType("Permit", int)


@dataclass(slots=True)
class Breaker:
    """One provider's breaker. *clock* and all times are monotonic seconds.

    ``notify(before, after)`` is called at every transition. Not safe between threads:
    it belongs to one event loop.
    """

    threshold: int
    recovery: float
    clock: Callable[[], float]
    notify: Callable[[State, State], None]
    state: State = State.CLOSED
    failures: int = 0
    last_failure: float | None = None
    changed: float = field(init=False)
    _period: int = 0
    _rested: float = -math.inf  # until when
    _tried: bool = False

    def __post_init__(self) -> None:
        self.changed = self.clock()

    def admit(self) -> Permit | None:
        """A permit for one attempt, or None when it must not be made."""
        if self.resting():
            return None
        if self.state is State.OPEN and self.until_trial() == 0:
            self._enter(State.HALF_OPEN)
        if self.state is State.OPEN or self._tried:
            return None
        self._tried = self.state is State.HALF_OPEN
        return Permit(self._period)

    def until_trial(self) -> float:
        """Seconds until a trial may be made; 0 unless OPEN."""
        if self.state is not State.OPEN:
            return 0.0
        return max(0.0, self.changed + self.recovery - self.clock())

    def rest(self, seconds: float) -> None:
        """Admit nothing for so long, at most ``recovery``: it was asked for."""
        until = self.clock() + min(seconds, self.recovery)
        self._rested = max(self._rested, until)

    def resting(self) -> float:
        """Seconds for which it still rests; 0 when it does not."""
        return max(0.0, self._rested - self.clock())

    def succeeded(self, permit: Permit) -> None:
        """The attempt was answered: failures are forgotten, a trial closes."""
        if permit != self._period:
            return
        self.failures = 0
        if self.state is State.HALF_OPEN:
            self._enter(State.CLOSED)

    def failed(self, permit: Permit) -> None:
        """The attempt failed: it is counted, a trial reopens."""
        if permit != self._period:
            return
        self.failures += 1
        self.last_failure = self.clock()
        if self.state is State.HALF_OPEN or self.failures >= self.threshold:
            self._enter(State.OPEN)

    def abandoned(self, permit: Permit) -> None:
        """The attempt told nothing of health: a trial may be made anew."""
        if permit == self._period:
            self._tried = False

    def _enter(self, state: State) -> None:
        before, self.state = self.state, state
        self.changed = self.clock()
        self._period += 1
        self._tried = False
        self.notify(before, state)
