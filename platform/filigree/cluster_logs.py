"""The log agent of a cluster, as a caller of the logging service.

On a laptop the supervisor ships what the services write, in a signed context. In a
cluster an agent that somebody else has made reads the nodes' files (charts/logs): it
has a key instead, which opens one operation.
"""

from typing import Any

from filigree import cluster_routes, edges_policy
from filigree.declarations import Declaration
from filigree.edges import LOG_PATH, LOG_STORE
from filigree.generate_source import Source

AGENT, PATH = "log-agent", f"{LOG_PATH}/agents"
DOMAIN = "logs"  # its own, as nobody's service is in it


def target(source: Source) -> Declaration | None:
    """Who takes its lines; None where there is no such service."""
    offered = source.mesh.operations.get(LOG_STORE, {}).values()
    is_there = any(each.path == PATH for each in offered)
    return source.mesh.declarations[LOG_STORE] if is_there else None


def callers(source: Source, service: Declaration) -> dict[str, Any]:
    """The agent as one of the callers of *service*, if it is one."""
    if service != target(source):
        return {}
    offered = source.mesh.operations[LOG_STORE].values()
    routes = [
        route
        for each in offered
        if each.path == PATH
        for route in edges_policy.routes(AGENT, service, each, PATH, None)
    ]
    permits = cluster_routes.permits(routes)
    shown = [cluster_routes.route(each) for each in routes]
    return {AGENT: {"domain": DOMAIN, "routes": shown, "permits": permits}}
