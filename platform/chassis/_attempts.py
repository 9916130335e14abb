"""One call to a provider: its attempts, what each told the breaker, what it all means.

People search logs for these words, so they are the same for every provider and stay
as they are.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from chassis import _context, _failures, errors
from chassis._breaker import Breaker, Permit, State
from chassis._failures import Health, Verdict

FAIR = 1.0  # seconds below which running out of time is no proof against a provider

log = logging.getLogger("chassis.provider")


class Rejected(errors.Unavailable):
    """The breaker is open, or rests: the call was not made."""


class TooLate(errors.Timeout):
    """The request's deadline leaves no time for an attempt."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a provider is called. Times in seconds; ``attempts`` counts the first too."""

    name: str
    attempts: int
    timeout: float
    wait: float
    transient: Callable[[Exception], bool]
    seconds_asked: Callable[[Exception], float | None]
    remaining: Callable[[], float]

    @property
    def jitter(self) -> float:
        return self.wait / 2

    def left(self) -> float:
        """Seconds of the request's deadline that may be used; never negative."""
        return max(0.0, self.remaining() - _context.SPARE)

    def allowance(self) -> float:
        """Seconds that an attempt begun now has; 0 when there are none."""
        return min(self.timeout, self.left())


@dataclass(slots=True)
class Call:
    """One call under way: which attempt it is at, and the breaker's permit for it."""

    terms: Terms
    breaker: Breaker
    operation: str
    attempts: int
    number: int = 0
    _next_wait: float = 0.0
    _allowed: float = 0.0
    _permit: Permit | None = None

    def begin(self, number: int, next_wait: float) -> float:
        """Start attempt *number*; its seconds. Rejected or TooLate when it may not."""
        self._allowed, self._next_wait = self.terms.allowance(), next_wait
        if self._allowed == 0.0:
            raise TooLate(
                f"no time is left to ask {self.terms.name}",
                code="NO_TIME_LEFT",
                upstream=self.terms.name,
                timed_out=True,
            )
        self._permit = self.breaker.admit()
        if self._permit is None:
            raise self._rejected()
        self.number = number
        self._info(f"{self.operation} (attempt {number}/{self.attempts})")
        return self._allowed

    def _rejected(self) -> Rejected:
        name, rest = self.terms.name, self.breaker.resting()
        if rest:
            self._warn("Asked to wait - rejecting request")
            why, code = f"{name} has asked to be left alone for now", "ASKED_TO_WAIT"
        else:
            self._warn("Circuit breaker OPEN - rejecting request")
            why = f"{name} failed too often and is left alone for now"
            code = "CIRCUIT_OPEN"
        left = round(rest or self.breaker.until_trial(), 3)
        return Rejected(why, code=code, upstream=name, retry_after=left)

    def succeeded(self) -> None:
        self._info(f"✓ {self.operation} succeeded")
        self._settle(Health.WELL)

    def abandoned(self) -> None:
        """Nobody waits for the attempt any more, or it has been settled already."""
        self._settle(Health.UNKNOWN)

    def again(self, exc: BaseException) -> bool | float:
        """Stamina's question after each failure: no, yes, or yes in so many seconds."""
        if self._permit is None or not isinstance(exc, Exception):
            return False
        verdict, asked = self._verdict(exc), self._asked(exc)
        what, why = wording(exc, verdict)
        self._warn(f"{what} on attempt {self.number}/{self.attempts}{why}")
        longest = self._next_wait + self.terms.jitter if asked is None else asked
        if not (verdict.again and self._fits(longest)):
            return False
        self._settle(verdict.health)
        if self.breaker.state is State.OPEN:
            return False
        wait = self._next_wait if asked is None else asked
        self._info(f"Retrying in {wait:g}s...")
        return True if asked is None else asked

    def _asked(self, exc: Exception) -> float | None:
        """Seconds that the provider asked to wait for: everybody does, for who comes
        meanwhile would be told the same."""
        asked = self.terms.seconds_asked(exc)
        if asked:
            self.breaker.rest(asked)
        return asked

    def _fits(self, wait: float) -> bool:
        """Whether there is an attempt left, and time for it after *wait* seconds."""
        return self.number < self.attempts and wait < self.terms.left()

    def failed(self, exc: Exception) -> Exception:
        """The end of a call that failed: what it means to who asked for it."""
        verdict = self._verdict(exc)
        if verdict.again and not isinstance(exc, Rejected | TooLate):
            log.error(
                "[%s] ✗ All %d retry attempts failed", self.terms.name, self.number
            )
        self._settle(verdict.health)
        return self._meaning(exc, verdict)

    def broke_off(self, exc: Exception) -> Exception:
        """The end of a stream that failed after its start."""
        verdict = self._verdict(exc)
        what, why = wording(exc, verdict)
        self._warn(f"{self.operation} broke off: {what}{why}")
        self._settle(verdict.health)
        return self._meaning(exc, verdict)

    def waits(self) -> float:
        """Seconds that the next piece of a stream may take."""
        self._allowed = self.terms.allowance()
        return self._allowed

    def _verdict(self, exc: Exception) -> Verdict:
        verdict = _failures.judged(exc, self.terms.transient)
        hurried = self._allowed < min(self.terms.timeout, FAIR)
        if hurried and _failures.is_slow(exc):
            return verdict._replace(health=Health.UNKNOWN)
        return verdict

    def _meaning(self, exc: Exception, verdict: Verdict) -> Exception:
        problem = meaning(exc, verdict, self.terms)
        if isinstance(problem, errors.Problem):
            problem.retry_count = max(0, self.number - 1)
        return problem

    def _settle(self, health: Health) -> None:
        permit, self._permit = self._permit, None
        if permit is None:
            return
        match health:
            case Health.WELL:
                self.breaker.succeeded(permit)
            case Health.ILL:
                self.breaker.failed(permit)
            case Health.UNKNOWN:
                self.breaker.abandoned(permit)

    def _info(self, text: str) -> None:
        log.info("[%s] %s", self.terms.name, text)

    def _warn(self, text: str) -> None:
        log.warning("[%s] %s", self.terms.name, text)


def wording(exc: Exception, verdict: Verdict) -> tuple[str, str]:
    """A failure as the log names it, and its reason where it has one to tell."""
    status = _failures.status_of(exc)
    if status == 429:
        return "Rate limit 429", ""
    if status is not None:
        return f"{'Server' if status >= 500 else 'Client'} error {status}", ""
    if _failures.is_slow(exc):
        return "Timeout", ""
    what = "Connection failed" if verdict.again else "Failed"
    return what, f": {_failures.reason(exc)}"


def meaning(exc: Exception, verdict: Verdict, terms: Terms) -> Exception:
    """What a failure means to the service: a problem, or the SDK's own exception.

    Misconfigured when the provider refuses the credential; Timeout or Unavailable for
    what is transient; any other answer is the service's to understand. A problem that
    the call itself raised stays as it is.
    """
    if isinstance(exc, Rejected | TooLate):
        return elsewhere(exc)
    if isinstance(exc, errors.Problem):
        return exc
    status, name = _failures.status_of(exc), terms.name
    if status in (401, 403):
        refused = f"{name} refused this service ({status})"
        return elsewhere(errors.Misconfigured(refused, upstream=name))
    if not verdict.again:
        return exc
    if _failures.is_slow(exc):
        late = f"{name} did not answer in time"
        return elsewhere(errors.Timeout(late, upstream=name, timed_out=True))
    answered = "" if status is None else f" ({status})"
    problem = errors.Unavailable(f"{name} failed{answered}", upstream=name)
    asked = terms.seconds_asked(exc)
    if asked is not None:
        problem.data["retry_after"] = asked
    return elsewhere(problem)


def elsewhere(problem: errors.Problem) -> errors.Problem:
    """The problem as one that another system caused: it leaves as 424.

    As a 5xx the mesh would repeat it, and eject the service that reports it.
    """
    problem.status = errors.UpstreamFailed.status
    return problem
