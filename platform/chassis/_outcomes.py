"""Metrics of providers: calls by outcome, their duration, breakers, hung threads."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

from chassis import _failures, errors
from chassis._attempts import Rejected

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

CALLS = Counter(
    "filigree_provider_calls_total",
    "Calls to providers, each with all its attempts",
    ["service", "provider", "operation", "outcome"],
)
DURATION = Histogram(
    "filigree_provider_seconds",
    "Time that a call to a provider took with all its attempts, in seconds",
    ["service", "provider", "operation"],
    buckets=BUCKETS,
)
BREAKER = Gauge(
    "filigree_provider_breaker",
    "The provider's breaker: 0 closed, 1 half open, 2 open",
    ["service", "provider"],
)
HUNG = Gauge(
    "filigree_provider_threads_hung",
    "Threads in a call to the provider that nobody waits for any more",
    ["service", "provider"],
)


@contextmanager
def observed(service: str, provider: str, operation: str) -> Iterator[None]:
    """Count what happens in the block as one call, and time it."""
    started, outcome = time.perf_counter(), "abandoned"
    try:
        yield
        outcome = "ok"
    except Exception as exc:
        outcome = outcome_of(exc)
        raise
    finally:
        elapsed = time.perf_counter() - started
        DURATION.labels(service, provider, operation).observe(elapsed)
        CALLS.labels(service, provider, operation, outcome).inc()


def outcome_of(exc: Exception) -> str:
    """One of rejected, timeout, failed, refused (an answer of 4xx) and error."""
    match exc:
        case Rejected():
            return "rejected"
        case errors.Timeout():
            return "timeout"
        case errors.Unavailable():
            return "failed"
    refused = isinstance(exc, errors.Misconfigured) or _failures.status_of(exc)
    return "refused" if refused else "error"
