"""Envoy's clusters: one for each edge, so that each caller has its own breaker.

A service has one instance here, so ejecting it means that its caller is told at once,
without a panic threshold that would send requests to it all the same. And it means that
nobody else answers meanwhile: so an ejection never grows. It lasts as long as was
declared, however ready the service says that it is, unless it was not ready in between:
as in a cluster a pod that comes back is another one, the ways to it are made anew then.
"""

from pathlib import Path
from typing import Any

from filigree.edges import Edge
from filigree.edges_policy import CONNECT

IDLE = 60  # seconds; below the 75 after which a service closes an idle connection
SWEEP = 1  # seconds between looks at whose ejection is over
BUDGET = 20  # per cent of the requests under way that may be retries
PROBE = "/health/ready"
PROBING = 1.0  # seconds between two probes of a service, over an edge that is used
RESTING = 3.0  # the same, over an edge that has never been used
STARTING = 0.25  # the same, until the first one succeeds
# Seconds; as long as a busy machine may take, for without an answer nobody is sent on.
LONGEST_PROBE = 5.0
NEVER = 2**31  # failed probes until they eject; only calls that fail shall do that
# Of the 256 that a service's server takes at once; the others are its callers'.
AT_ONCE = 224
# While their connections are made: those of a burst, which Envoy meets all in one turn.
PENDING = 100
OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def name(edge: Edge) -> str:
    return f"{edge.caller}|{edge.callee}"


def inbound(service: str, socket: Path) -> dict[str, Any]:
    """The way from a port to the service behind it, for as many at once as its server
    takes, which refuses others without a word of the taxonomy."""
    limits = {
        "max_connections": AT_ONCE,
        "max_requests": AT_ONCE,
        "max_pending_requests": PENDING,
    }
    return {
        **_cluster(f"inbound|{service}", socket),
        "circuit_breakers": {"thresholds": [limits]},
    }


def edge(
    edge: Edge, socket: Path, *, probed: bool = True, times: int = 0
) -> dict[str, Any]:
    """The way from one caller to one callee, with its breaker and its limits.

    What is made to fail is not *probed*: it shall fail as told. *times* that the callee
    came back: with another number Envoy makes the way anew, without an ejection.
    """
    breaker, pool = edge.breaker, edge.pool
    return {
        **_cluster(name(edge), socket),
        "metadata": {"filter_metadata": {"filigree": {"times": times}}},
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "outlier_detection": {
            "consecutive_5xx": breaker.consecutive5xx,
            "interval": f"{SWEEP}s",
            "base_ejection_time": seconds(breaker.ejection),
            "max_ejection_time": seconds(breaker.ejection),
            "max_ejection_percent": 100,
            "enforcing_consecutive_5xx": 100,
            "enforcing_consecutive_gateway_failure": 0,
            "enforcing_success_rate": 0,
            "successful_active_health_check_uneject_host": False,
        },
        "health_checks": [_probe()] if probed else [],
        "circuit_breakers": {
            "thresholds": [
                {
                    "max_connections": pool.connections,
                    "max_pending_requests": pool.pending,
                    "max_requests": pool.requests,
                    "retry_budget": {
                        "budget_percent": {"value": BUDGET},
                        "min_retry_concurrency": pool.retries,
                    },
                }
            ]
        },
    }


def _probe() -> dict[str, Any]:
    """Asks whether the service is ready. Before the first yes nothing is sent to it;
    after that no answer changes anything."""
    return {
        "timeout": seconds(LONGEST_PROBE),
        "interval": seconds(PROBING),
        "unhealthy_interval": seconds(STARTING),
        "no_traffic_interval": seconds(STARTING),
        "no_traffic_healthy_interval": seconds(RESTING),
        "healthy_threshold": 1,
        "unhealthy_threshold": NEVER,
        "http_health_check": {
            "path": PROBE,
            "retriable_statuses": [{"start": 201, "end": 600}],
        },
    }


def seconds(duration: float) -> str:
    """A duration as protobuf's JSON has it, such as ``0.25s``."""
    return f"{round(duration, 3):g}s"


def _cluster(name: str, socket: Path) -> dict[str, Any]:
    address = {"pipe": {"path": str(socket)}}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": seconds(CONNECT),
        "load_assignment": {"cluster_name": name, "endpoints": endpoints},
        "typed_extension_protocol_options": {
            OPTIONS: {
                "@type": f"type.googleapis.com/{OPTIONS}",
                "common_http_protocol_options": {"idle_timeout": f"{IDLE}s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
    }
