"""The values of the charts: one file for each domain, derived from the declarations.

charts/values/<domain>.yaml says for every service of a domain what charts/domain has to
render: who may call it and how, whom it calls, what it needs to run. A team's own
choices stand in <domain>.overrides.yaml beside it, which is never written here.
"""

import dataclasses
import json
import math
import re
from collections.abc import Iterable
from typing import Any

from chassis import _context
from filigree import cluster_logs, cluster_routes, nats_conf, operations
from filigree.declarations import Declaration
from filigree.edges import GATEWAY, STORE, Edge, Pool
from filigree.generate_source import Source, as_yaml

PREFIX = "filigree-"
HEADROOM = 1.3  # of what was measured, until a service is killed
QUANTITY = re.compile(r"(\d+)(Ki|Mi|Gi)")
IN_MEBIBYTES = {"Ki": 1 / 1024, "Mi": 1.0, "Gi": 1024.0}
# In lower case, as a proxy has it.
TENANT_HEADER = _context.TENANT_HEADER.lower()
# The one service that asks the cluster's own API; it alone is given a token for it.
DISCOVERY = "service-discovery"
DISCOVERY_ENV = {
    "DISCOVERY_PROVIDER": "kubernetes",
    "DISCOVERY_SELECTOR": "app.kubernetes.io/part-of=filigree",
}


def domains(source: Source) -> dict[str, str]:
    """charts/values/<domain>.yaml of every domain."""
    measured = _measured(source)
    return {
        f"charts/values/{domain}.yaml": as_yaml(_domain(source, domain, measured))
        for domain in _names(source)
    }


def mesh(source: Source) -> dict[str, str]:
    """charts/values/mesh.yaml: the namespaces, and who may reach bus and database."""
    store = [each for each in source.services if each.name == STORE]
    given = {
        "namespaces": {
            domain: {"name": PREFIX + domain, "team": team(source.owners(domain)[0])}
            for domain in _names(source)
        },
        "bus": {"callers": _homes(nats_conf.users(source.services))},
        "database": {"callers": _homes(store)},
    }
    return {"charts/values/mesh.yaml": as_yaml(given)}


def logs(source: Source) -> dict[str, str]:
    """charts/values/logs.yaml: whose lines are read, and where they go."""
    store = cluster_logs.target(source)
    if store is None:
        return {}
    taken = {"service": store.name, "namespace": PREFIX + store.domain}
    taken |= {"port": store.port, "path": cluster_logs.PATH}
    given = {"services": _homes(source.services), "logging": taken}
    return {"charts/values/logs.yaml": as_yaml(given)}


def _homes_of(source: Source, domain: str) -> list[str]:
    """The domains whose namespaces a release has to know."""
    store = cluster_logs.target(source)
    is_read = store is not None and store.domain == domain
    return [*_names(source), *([cluster_logs.DOMAIN] if is_read else [])]


def _homes(services: Iterable[Declaration]) -> dict[str, str]:
    return {each.name: PREFIX + each.domain for each in services}


def team(owner: str) -> str:
    """An owner as CODEOWNERS spells it, as the value of a label."""
    return owner.removeprefix("@").replace("/", ".")


def _names(source: Source) -> list[str]:
    return sorted({each.domain for each in source.services})


def _measured(source: Source) -> dict[str, float]:
    """What each service was seen to hold, MiB, as far as it was measured."""
    file = source.root / "docs" / "measured.json"
    if not file.is_file():
        return {}
    seen = json.loads(file.read_text("utf-8"))
    return {name: row["memory"] for name, row in seen.items() if "memory" in row}


def _domain(source: Source, domain: str, measured: dict[str, float]) -> dict[str, Any]:
    owners = source.owners(domain)
    return {
        "domain": domain,
        "team": team(owners[0]),
        "rbac": {"group": owners[0].removeprefix("@")},
        "namespaces": {each: PREFIX + each for each in _homes_of(source, domain)},
        "services": {
            each.name: _service(source, each, measured.get(each.name))
            for each in source.services
            if each.domain == domain
        },
    }


def _service(
    source: Source, service: Declaration, measured: float | None
) -> dict[str, Any]:
    breaker = service.resilience.breaker
    asks_cluster = service.name == DISCOVERY
    return {
        "port": service.port,
        "owner": service.owner,
        "summary": service.summary,
        "module": service.module,
        "resources": {"cpu": service.resources.cpu, **_memory(service, measured)},
        "breaker": {
            "consecutive5xx": breaker.consecutive5xx,
            "ejection": cluster_routes.duration(breaker.ejection),
        },
        # Each caller's sidecar keeps them for itself, as each edge does on a laptop.
        "pool": dataclasses.asdict(Pool()),
        "bus": bool(nats_conf.users([service])),
        "database": service.name == STORE,
        "kubernetesApi": asks_cluster,
        "entry": service.name == GATEWAY,
        "probe": _probe(source, service),
        **_balance(service),
        "env": dict(DISCOVERY_ENV) if asks_cluster else {},
        "secrets": dict.fromkeys(service.secrets, service.name),
        "providers": dict.fromkeys(service.providers, 443),
        "inCluster": {
            each.setting: {
                "service": each.service,
                "namespace": each.namespace,
                "port": each.port,
            }
            for each in service.in_cluster
        },
        "calls": _calls(source, source.mesh.of(service.name)),
        "callers": {
            edge.caller: _caller(source, edge) for edge in source.mesh.to(service.name)
        }
        | cluster_logs.callers(source, service),
    }


def _balance(service: Declaration) -> dict[str, str]:
    by_tenant = service.resilience.balance == "tenant"
    return {"hashBy": TENANT_HEADER} if by_tenant else {}


def _probe(source: Source, service: Declaration) -> str:
    """What `helm test` asks for, beside readiness."""
    offered = source.mesh.operations.get(service.name, {}).values()
    return operations.harmless(offered) or operations.BUILT_IN["ready"]


def _memory(service: Declaration, measured: float | None) -> dict[str, str]:
    """A request of what was measured, or else is declared, and a limit above it, with
    room for what the service takes at times.
    """
    needed = _mebibytes(service.resources.memory) if measured is None else measured
    most = needed + _mebibytes(service.resources.besides)
    return {
        "memory": f"{math.ceil(needed)}Mi",
        "memoryLimit": f"{math.ceil(most * HEADROOM)}Mi",
    }


def _mebibytes(quantity: str) -> float:
    number, unit = QUANTITY.fullmatch(quantity).groups()
    return int(number) * IN_MEBIBYTES[unit]


def _calls(source: Source, edges: Iterable[Edge]) -> dict[str, Any]:
    callees = (source.mesh.declarations[edge.callee] for edge in edges)
    return {each.name: {"domain": each.domain, "port": each.port} for each in callees}


def _caller(source: Source, edge: Edge) -> dict[str, Any]:
    return {
        "domain": source.mesh.declarations[edge.caller].domain,
        "routes": [cluster_routes.route(each) for each in edge.routes],
        "permits": cluster_routes.permits(edge.routes),
    }
