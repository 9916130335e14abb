"""Metrics that every service has: rate, errors and duration of its work."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.responses import Response

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter(
    "filigree_requests_total", "Requests served", ["service", "operation", "status"]
)
DURATION = Histogram(
    "filigree_request_seconds",
    "Time to answer, in seconds",
    ["service", "operation"],
    buckets=BUCKETS,
)
CALLS = Counter(
    "filigree_upstream_calls_total",
    "Calls to upstreams",
    ["service", "upstream", "operation", "outcome"],
)
EVENTS = Counter(
    "filigree_events_total", "Events handled", ["service", "type", "outcome"]
)


async def exposition(_: object = None) -> Response:
    """``GET /metrics`` in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
