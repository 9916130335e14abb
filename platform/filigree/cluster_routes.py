"""The mesh's routes, as values from which charts/domain renders Istio's resources.

The same routes become the local Envoy's; a test compares the two renderings.
"""

from collections.abc import Iterable
from typing import Any

from filigree import envoy_routes
from filigree.edges import Route


def duration(seconds: float) -> str:
    """A duration as Istio takes it, to the millisecond: ``60s`` or ``333ms``."""
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{milliseconds}ms" if rest else f"{whole}s"


def route(route: Route) -> dict[str, Any]:
    """One route of an edge. A stream has no timeout: Istio then sets none."""
    matched = (
        {"regex": envoy_routes.pattern(route.path)}
        if envoy_routes.PARAMETER.search(route.path)
        else {"path": route.path}
    )
    given: dict[str, Any] = {
        "operation": route.operation,
        "method": route.method,
        **matched,
        "attempts": route.attempts,
    }
    if route.when_keyed:
        given["whenKeyed"] = True
    if route.attempts:
        given["retryOn"] = ",".join(route.retry_on)
    if route.timeout is not None:
        given["timeout"] = duration(route.timeout)
    if route.per_try_timeout is not None:
        given["perTryTimeout"] = duration(route.per_try_timeout)
    return given


def permits(routes: Iterable[Route]) -> dict[str, list[str]]:
    """The paths that may be asked for, by method; ``{*}`` stands for one segment."""
    paths: dict[str, set[str]] = {}
    for each in routes:
        admitted = envoy_routes.PARAMETER.sub("{*}", each.path)
        paths.setdefault(each.method, set()).add(admitted)
    return {method: sorted(each) for method, each in sorted(paths.items())}
