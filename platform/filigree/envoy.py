"""The local Envoy, rendered from the mesh: pure functions from edges to its JSON.

One Envoy stands where a cluster has a sidecar for each service. Each service has an
inbound listener on its port, and each caller an egress listener of its own, so that
what is not declared is refused here as there. Listeners and clusters are files that
Envoy watches: writing them anew changes a running mesh.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filigree import envoy_clusters, envoy_listeners, state
from filigree.edges import AGENT, OPERATOR, Edge, Mesh
from filigree.envoy_listeners import Fault
from filigree.state import State

TYPE = "type.googleapis.com/envoy.config."
# What `filigree ps`, the tests and a curious reader look at; the rest costs memory.
STATS = (
    r"cluster\..*\.(upstream_rq_(total|timeout|retry|retry_success|pending_overflow"
    r"|5xx)|upstream_cx_(active|connect_fail)|outlier_detection\..*)"
    r"|listener_manager\..*|cluster_manager\..*|server\.(live|memory_allocated)"
)


@dataclass(frozen=True)
class Rendered:
    """The three files: what Envoy starts from, and what it watches."""

    bootstrap: dict[str, Any]
    listeners: dict[str, Any]
    clusters: dict[str, Any]


def render(
    mesh: Mesh,
    held: State,
    faults: Mapping[str, Fault] | None = None,
    returns: Mapping[str, int] | None = None,
) -> Rendered:
    """All of Envoy's configuration. The same mesh gives the same bytes.

    *faults*, by service, stand between every caller and the service; *returns*: how
    often a service was ready again, with which the ways to it are made anew.
    """
    broken, again = dict(faults or {}), dict(returns or {})
    listeners = [
        envoy_listeners.inbound(each, held) for each in mesh.declarations.values()
    ]
    listeners += [
        envoy_listeners.egress(mesh, caller, held)
        for caller in (*mesh.declarations, OPERATOR, AGENT)
    ]
    listeners += [
        envoy_listeners.faulty(service, fault, held)
        for service, fault in broken.items()
    ]
    clusters = [
        envoy_clusters.inbound(service, held.socket(service))
        for service in mesh.declarations
    ]
    edges = (*mesh.edges, *mesh.tools)
    clusters += [_way(edge, broken, again.get(edge.callee, 0), held) for edge in edges]
    return Rendered(
        bootstrap(held),
        _discovered("listener.v3.Listener", listeners),
        _discovered("cluster.v3.Cluster", clusters),
    )


def _way(
    edge: Edge, broken: Mapping[str, Fault], times: int, held: State
) -> dict[str, Any]:
    if edge.callee in broken:
        return envoy_clusters.edge(edge, held.broken(edge.callee), probed=False)
    return envoy_clusters.edge(edge, held.socket(edge.callee), times=times)


def _discovered(kind: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    typed = [{"@type": TYPE + kind, **resource} for resource in resources]
    return {"version_info": "1", "resources": typed}


def bootstrap(held: State) -> dict[str, Any]:
    """What never changes: the administration socket, and where to look for the rest."""
    admin = {"address": {"pipe": {"path": str(held.admin), "mode": 0o600}}}
    return {
        "node": {"id": "filigree", "cluster": "filigree"},
        "admin": admin,
        "dynamic_resources": {
            "cds_config": _watched(path(held, "clusters")),
            "lds_config": _watched(path(held, "listeners")),
        },
        "stats_config": {
            "stats_matcher": {
                "inclusion_list": {"patterns": [{"safe_regex": {"regex": STATS}}]}
            }
        },
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions."
                        "resource_monitors.downstream_connections.v3"
                        ".DownstreamConnectionsConfig",
                        "max_active_downstream_connections": "4096",
                    },
                }
            ]
        },
    }


def _watched(file: Path) -> dict[str, Any]:
    return {"resource_api_version": "V3", "path_config_source": {"path": str(file)}}


def path(held: State, part: str) -> Path:
    """The file of one part: bootstrap, listeners or clusters."""
    return held.run / f"envoy-{part}.json"


def write(rendered: Rendered, held: State) -> None:
    """Put the files in place, each whole; clusters first, for listeners name them."""
    for part in ("bootstrap", "clusters", "listeners"):
        text = json.dumps(getattr(rendered, part), indent=1)
        state.write(path(held, part), text, mode=0o600)
