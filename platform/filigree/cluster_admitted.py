"""Whether a cluster admits what a domain is about to call.

A callee's policy must admit a caller before the caller calls, so its domain is released
first. Which domain that is changes with what a change adds; what the cluster admits now
says whether the order was kept.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from filigree import cluster_routes
from filigree.cluster_values import PREFIX
from filigree.declarations import Declaration
from filigree.edges import Mesh, Route

PRINCIPAL = re.compile(r".*/ns/([^/]+)/sa/([^/]+)")


class Admission(NamedTuple):
    """*caller* may ask *callee*, each a ``namespace/name``, for a method on a path."""

    caller: str
    callee: str
    method: str
    path: str


def missing(mesh: Mesh, domain: str, policies: list[dict[str, Any]]) -> list[Admission]:
    """What the services of *domain* will call and *policies* do not admit.

    A callee without a policy is not installed yet: whoever calls it is not refused, and
    it comes with a policy that admits its callers. A callee of the same domain comes
    with the release that waits. The gateway passes on what is asked of it, and nobody
    asks for what is new: domains that wait for one another would wait for ever.
    """
    known = {_place(each["metadata"]) for each in policies}
    admitted = {found for each in policies for found in _admitted(each)}
    wanted = (each for each in _wanted(mesh, domain) if each.callee in known)
    return sorted(set(wanted) - admitted)


def _wanted(mesh: Mesh, domain: str) -> Iterator[Admission]:
    for edge in mesh.edges:
        caller, callee = (mesh.declarations[n] for n in (edge.caller, edge.callee))
        if caller.domain != domain or callee.domain == domain:
            continue
        routes = filter(partial(_calls, caller, callee), edge.routes)
        ends = tuple(f"{PREFIX}{each.domain}/{each.name}" for each in (caller, callee))
        for method, paths in cluster_routes.permits(routes).items():
            yield from (Admission(*ends, method, path) for path in paths)


def _calls(caller: Declaration, callee: Declaration, route: Route) -> bool:
    call = caller.call(callee.name)
    named = call.operations if call else ()
    return "public" not in caller.fan_out or route.operation in named


def _admitted(policy: dict[str, Any]) -> Iterator[Admission]:
    callee = _place(policy["metadata"])
    for rule in policy.get("spec", {}).get("rules", ()):
        callers = [
            "/".join(match.groups())
            for source in rule.get("from", ())
            for principal in source["source"].get("principals", ())
            if (match := PRINCIPAL.fullmatch(principal))
        ]
        operations = [to["operation"] for to in rule.get("to", ())]
        for caller, asked in product(callers, operations):
            pairs = product(asked.get("methods", ()), asked.get("paths", ()))
            yield from (Admission(caller, callee, *pair) for pair in pairs)


def _place(metadata: dict[str, Any]) -> str:
    return f"{metadata['namespace']}/{metadata['name']}"
