"""What executions cost, how they end and where they fail, for Prometheus.

Cost is what the States Language's hosts charge for: states entered, and seconds.
"""

from collections import Counter as Counts
from collections.abc import Iterator

import prometheus_client

from asl._ending import Ending
from asl._hosting import Event, Observer

ENDED = prometheus_client.Counter(
    "filigree_executions_total", "Executions that ended", ["pipeline", "status"]
)
SECONDS = prometheus_client.Histogram(
    "filigree_execution_seconds",
    "Time from an execution's beginning to its end, in seconds",
    ["pipeline"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 300, 3600, 86_400),
)
TRANSITIONS = prometheus_client.Counter(
    "filigree_execution_transitions_total", "States entered", ["pipeline"]
)
ERRORS = prometheus_client.Counter(
    "filigree_execution_errors_total",
    "Attempts at tasks, and states, that failed",
    ["pipeline", "state", "error"],
)
MOST = 500  # different labels; what is beyond counts as "other"
FAILURES = ("TaskFailed", "StateFailed")
_seen: set[tuple[str, ...]] = set()


def _bounded(*labels: str) -> tuple[str, ...]:
    """The labels, or as many times "other" when there are too many already."""
    if labels not in _seen and len(_seen) >= MOST:
        return ("other",) * len(labels)
    _seen.add(labels)
    return labels


class Tally:
    """Counts one run of an execution, by ``observe``; nothing counts before its end.

    A resumed run is told of everything again, so that only the last one counts.
    """

    def __init__(self, pipeline: str, listener: Observer | None = None) -> None:
        self._pipeline, self._listener = pipeline, listener
        self._errors: Counts[tuple[str, str]] = Counts()
        self._entered = 0

    async def observe(self, event: Event) -> None:
        """Take note of an event, and pass it on."""
        self._entered += event.type == "StateEntered"
        for error in _failure(event):
            self._errors[event.state or "-", error] += 1
        if self._listener is not None:
            await self._listener(event)

    def count(self, end: Ending, seconds: float) -> None:
        """The run ended so, after so many seconds; a pause is no end."""
        if end.status == "RUNNING":
            return
        ENDED.labels(*_bounded(self._pipeline, end.status)).inc()
        (pipeline,) = _bounded(self._pipeline)
        SECONDS.labels(pipeline).observe(seconds)
        TRANSITIONS.labels(pipeline).inc(self._entered)
        for (state, error), times in self._errors.items():
            ERRORS.labels(*_bounded(self._pipeline, state, error)).inc(times)


def _failure(event: Event) -> Iterator[str]:
    if event.type in FAILURES:
        yield event.details["error"]
