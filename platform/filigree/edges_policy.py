"""How long a call may take and how often it is tried: the mesh's policy, as rules.

Retryability is the callee's contract. The policy is neutral: the local Envoy and Istio
are both rendered from it, and a test compares the two renderings.
"""

from dataclasses import dataclass

from filigree.declarations import Declaration
from filigree.operations import Operation

GATEWAY = "api-gateway"
SEEN = ("5xx", "reset", "connect-failure", "refused-stream")
UNSEEN = ("connect-failure", "refused-stream")
STREAM_IDLE = 60.0  # seconds without a byte until a stream is given up
CONNECT = 1.0  # seconds to connect
# The header in which a service is told how long the mesh waits for it on this edge.
WAITS = "x-filigree-timeout"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation on an edge; an edge's routes are matched in their order.

    ``timeout``: seconds for all tries together, None for a stream, which ends after
    ``idle_timeout`` seconds without a byte instead. ``attempts`` are retries after the
    first try, on any of ``retry_on`` (Envoy's names). ``per_try_timeout`` is None where
    only tries that the callee never saw are repeated: a single try then has the whole
    timeout. ``when_keyed``: matches only requests that carry an Idempotency-Key.
    ``reason``: why it is retried so, in words.
    """

    operation: str
    method: str
    path: str
    timeout: float | None
    attempts: int
    per_try_timeout: float | None
    retry_on: tuple[str, ...]
    when_keyed: bool = False
    idle_timeout: float | None = None
    reason: str = ""

    @property
    def waits(self) -> float | None:
        """Seconds that the callee has for one try; None for a stream."""
        return self.per_try_timeout or self.timeout

    @property
    def repeats_seen(self) -> bool:
        """Whether the callee may see one request more than once."""
        return self.attempts > 0 and "5xx" in self.retry_on


def routes(
    caller: str,
    callee: Declaration,
    operation: Operation,
    path: str,
    timeout: float | None,
) -> tuple[Route, ...]:
    """The routes of one operation: two when it is retried only with a key."""
    attempts = callee.resilience.attempts
    why_not = _multiplies(caller, callee) or _unrepeatable(operation)
    if why_not:
        single = min(1, attempts) if _multiplies(caller, callee) else attempts
        return (_route(operation, path, timeout, single, UNSEEN, why_not),)
    if operation.retry == "read":
        why = "it only reads, so it may be repeated"
        return (_route(operation, path, timeout, attempts, SEEN, why),)
    keyed = "it carries an Idempotency-Key, so a repeat has no second effect"
    bare = "without an Idempotency-Key only a try that it never saw is repeated"
    return (
        _route(operation, path, timeout, attempts, SEEN, keyed, when_keyed=True),
        _route(operation, path, timeout, attempts, UNSEEN, bare),
    )


def _multiplies(caller: str, callee: Declaration) -> str | None:
    unseen = "so only a try that it never saw is repeated, once, lest tries multiply"
    if caller == GATEWAY:
        return f"the gateway is at the top of every path, {unseen}"
    if callee.calls or callee.fan_out:
        return f"{callee.name} calls on, {unseen}"
    return None


def _unrepeatable(operation: Operation) -> str | None:
    if operation.stream:
        return "it streams, so only a try that it never saw is repeated"
    if operation.retry == "never":
        return "a repeat might act twice, so only a try that it never saw is repeated"
    return None


def _route(
    operation: Operation,
    path: str,
    timeout: float | None,
    attempts: int,
    retry_on: tuple[str, ...],
    reason: str,
    *,
    when_keyed: bool = False,
) -> Route:
    whole = None if operation.stream else timeout or operation.timeout
    single = None
    if whole is not None and retry_on == SEEN:
        # Rounded down to milliseconds: all tries together must fit the whole.
        single = int(whole * 1000 / (attempts + 1)) / 1000
    return Route(
        operation.id,
        operation.method,
        path,
        whole,
        attempts,
        single,
        retry_on,
        when_keyed,
        STREAM_IDLE if operation.stream else None,
        reason,
    )
