"""Which callers have given a service up for now, as Envoy knows it."""

import json
from typing import Any

from filigree import wire
from filigree.state import State


async def ejected(held: State) -> dict[str, list[str]]:
    """By callee, the callers whose breaker is open; nothing when Envoy is away."""
    try:
        _, body = await wire.request(held.admin, "GET", "/clusters?format=json")
    except (OSError, TimeoutError):
        return {}
    return parse(json.loads(body))


def parse(clusters: dict[str, Any]) -> dict[str, list[str]]:
    """From Envoy's account of its clusters, each named ``caller|callee``."""
    found: dict[str, list[str]] = {}
    for cluster in clusters.get("cluster_statuses", ()):
        caller, _, callee = cluster["name"].partition("|")
        hosts = cluster.get("host_statuses", ())
        if any(_is_ejected(host.get("health_status", {})) for host in hosts):
            found.setdefault(callee, []).append(caller)
    return found


def _is_ejected(health: dict[str, Any]) -> bool:
    return bool(health.get("failed_outlier_check"))
