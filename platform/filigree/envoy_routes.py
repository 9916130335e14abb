"""Envoy's routes: a virtual host for each upstream, a route for each operation."""

import re
from typing import Any

from filigree import edges_policy, envoy_clusters
from filigree.edges import Edge, Route
from filigree.operations import BUILT_IN

PARAMETER = re.compile(r"\{[^}]+\}")
BACK_OFF = {"base_interval": "0.025s", "max_interval": "0.25s"}
OPEN = ("live", "ready", "health", "metrics", "openapi")
EVERY = {"name": "-", "match": {"prefix": "/"}}
REFUSED = EVERY | {"direct_response": {"status": 403}}
METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"  # that the gateway knows
UNKNOWN = {
    "name": ":method",
    "string_match": {"safe_regex": {"regex": METHODS}},
    "invert_match": True,
}
# RFC 9110, 9.1. A service's server would say so in no problem.
STRANGE = {
    "name": "-",
    "match": {"prefix": "/", "headers": [UNKNOWN]},
    "direct_response": {"status": 501},
}
AWAY = EVERY | {"direct_response": {"status": 503}}


def declared(edge: Edge) -> dict[str, Any]:
    """What one caller may ask of one callee; anything else of it is refused."""
    cluster = envoy_clusters.name(edge)
    routes = [_route(route, cluster) for route in edge.routes]
    return {
        "name": cluster,
        "domains": [edge.callee],
        "routes": [*routes, REFUSED],
    }


def absent(callee: str) -> dict[str, Any]:
    """A callee that is declared, in a mesh that was started without it."""
    return {"name": f"absent|{callee}", "domains": [callee], "routes": [AWAY]}


def nothing() -> dict[str, Any]:
    """Whatever was not declared at all."""
    return {"name": "undeclared", "domains": ["*"], "routes": [REFUSED]}


def everything(cluster: str) -> dict[str, Any]:
    """All that the service behind offers, for as long as it takes."""
    route = {"cluster": cluster, "timeout": "0s"}
    return {
        "name": cluster,
        "domains": ["*"],
        "routes": [STRANGE, {"match": {"prefix": "/"}, "route": route}],
    }


def probes(service: str) -> dict[str, Any]:
    """What anybody on the machine may read of a service: probes, metrics, OpenAPI."""
    routes = [
        {
            "match": {"path": BUILT_IN[each]},
            "route": {"cluster": f"inbound|{service}", "timeout": "5s"},
        }
        for each in OPEN
    ]
    name = f"inbound|{service}"
    return {"name": name, "domains": ["*"], "routes": [STRANGE, *routes, REFUSED]}


def _route(route: Route, cluster: str) -> dict[str, Any]:
    action: dict[str, Any] = {
        "cluster": cluster,
        "timeout": "0s"
        if route.timeout is None
        else envoy_clusters.seconds(route.timeout),
    }
    if route.idle_timeout is not None:
        action["idle_timeout"] = envoy_clusters.seconds(route.idle_timeout)
    if route.attempts:
        action["retry_policy"] = _retries(route)
    return {
        "name": route.operation,
        "match": match(route),
        "route": action,
        **_told(route),
    }


def _told(route: Route) -> dict[str, Any]:
    """What a service is told of the time that it has: who answers before it is over,
    if only that others are slow, is not taken for one that does not answer."""
    if route.waits is None:
        return {}
    header = {"key": edges_policy.WAITS, "value": envoy_clusters.seconds(route.waits)}
    how = "OVERWRITE_IF_EXISTS_OR_ADD"
    return {"request_headers_to_add": [{"header": header, "append_action": how}]}


def match(route: Route) -> dict[str, Any]:
    """Method, path template and, where that decides, the presence of a key."""
    headers: list[dict[str, Any]] = [
        {"name": ":method", "string_match": {"exact": route.method}}
    ]
    if route.when_keyed:
        headers.append({"name": "idempotency-key", "present_match": True})
    if not PARAMETER.search(route.path):
        return {"path": route.path, "headers": headers}
    return {"safe_regex": {"regex": pattern(route.path)}, "headers": headers}


def pattern(template: str) -> str:
    """A regular expression (RE2) in which each parameter is one segment."""
    literal = PARAMETER.split(template)
    return "[^/]+".join(re.escape(part) for part in literal)


def _retries(route: Route) -> dict[str, Any]:
    policy: dict[str, Any] = {
        "retry_on": ",".join(route.retry_on),
        "num_retries": route.attempts,
        "retry_back_off": BACK_OFF,
    }
    if route.per_try_timeout is not None:
        policy["per_try_timeout"] = envoy_clusters.seconds(route.per_try_timeout)
    return policy
