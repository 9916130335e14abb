"""Which callers have given a service up for now, as Envoy knows it."""

import asyncio
import json
from collections.abc import Collection
from typing import Any

from filigree import wire
from filigree.state import State


async def ejected(held: State) -> dict[str, list[str]]:
    """By callee, the callers whose breaker is open; nothing when Envoy is away."""
    return parse(await _clusters(held), "failed_outlier_check")


async def proven(held: State, services: Collection[str]) -> None:
    """Return once every caller's way to these has seen that they are ready."""
    while True:
        unproven = parse(await _clusters(held), "failed_active_health_check")
        if not unproven.keys() & set(services):
            return
        await asyncio.sleep(0.05)


async def _clusters(held: State) -> dict[str, Any]:
    try:
        _, body = await wire.request(held.admin, "GET", "/clusters?format=json")
    except (OSError, TimeoutError):
        return {}
    return json.loads(body)


def parse(clusters: dict[str, Any], flag: str) -> dict[str, list[str]]:
    """By callee, the callers for whom it has *flag* in Envoy's account of its clusters.

    A cluster is named ``caller|callee``.
    """
    found: dict[str, list[str]] = {}
    for cluster in clusters.get("cluster_statuses", ()):
        caller, _, callee = cluster["name"].partition("|")
        hosts = cluster.get("host_statuses", ())
        if any(host.get("health_status", {}).get(flag) for host in hosts):
            found.setdefault(callee, []).append(caller)
    return found
