"""The Secrets of a development cluster: ``filigree secrets | kubectl apply -f -``.

The charts name Secrets and make none, so that a platform team can have them made by
what it trusts. Whoever has no such thing gets them here: made from the checkout's own
master secret, so that they are the same whenever they are printed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from filigree import cluster_bus, cluster_certificate, cluster_logs, nats_conf
from filigree.cluster_values import PREFIX
from filigree.declarations import Declaration
from filigree.edges import LOG_STORE, STORE, Mesh
from filigree.state import State

DATA = f"{PREFIX}data"
BUS = f"nats.{DATA}.svc.cluster.local:4222"
DATABASE = f"postgresql.{DATA}.svc.cluster.local:5432/filigree"
SUPERUSER = "postgres"
# As the values of charts/mesh have it.
INGRESS, CREDENTIAL, HOST = "istio-ingress", "filigree-tls", "filigree.example"


def manifests(mesh: Mesh, held: State) -> list[dict[str, Any]]:
    """Every Secret that a pod of the charts cannot start without."""
    services = list(mesh.declarations.values())
    keys = {"keys": held.secrets["internal"]}
    domains = sorted({each.domain for each in services})
    shared = [_secret("filigree-internal", PREFIX + each, keys) for each in domains]
    own = [secret for each in services for secret in _own(each, held)]
    return [*shared, *own, _agent(held), *_engines(services, held), *_way_in(held)]


def _way_in(held: State) -> Iterator[dict[str, Any]]:
    """With its namespace, which is there only where Istio's own gateway is."""
    home = {"name": INGRESS}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": home}
    pair = cluster_certificate.pair(held, HOST)
    yield _secret(CREDENTIAL, INGRESS, pair, "kubernetes.io/tls")


def _own(service: Declaration, held: State) -> Iterator[dict[str, Any]]:
    home = PREFIX + service.domain
    if service.secrets:
        password = _of(held, service.name)
        yield _secret(service.name, home, dict.fromkeys(service.secrets, password))
    if nats_conf.users([service]):
        user = f"{service.name}:{_password(held, f'nats/{service.name}')}"
        yield _secret(f"{service.name}-bus", home, {"url": f"nats://{user}@{BUS}"})
    if service.name == STORE:
        user = f"{SUPERUSER}:{_password(held, SUPERUSER)}"
        url = f"postgresql://{user}@{DATABASE}"
        yield _secret(f"{service.name}-database", home, {"url": url})


def _agent(held: State) -> dict[str, Any]:
    """What the logging service knows the log agents by."""
    key = {"key": _of(held, LOG_STORE)}
    return _secret(cluster_logs.AGENT, PREFIX + cluster_logs.DOMAIN, key)


def _of(held: State, service: str) -> str:
    return held.password(f"secret/{service}")


def _engines(services: Iterable[Declaration], held: State) -> Iterator[dict[str, Any]]:
    passwords = {
        each.name: _password(held, f"nats/{each.name}")
        for each in nats_conf.users(services)
    }
    yield _secret(cluster_bus.SECRET, DATA, passwords)
    login = {"username": SUPERUSER, "password": _password(held, SUPERUSER)}
    superuser = _secret("postgresql-superuser", DATA, login, "kubernetes.io/basic-auth")
    # Or its operator never learns of a new password.
    superuser["metadata"]["labels"]["cnpg.io/reload"] = "true"
    yield superuser


def _password(held: State, whose: str) -> str:
    # NATS reads a variable as it reads its configuration: digits would be a number.
    return f"p{held.password(f'cluster/{whose}')}"


def _secret(
    name: str, namespace: str, values: dict[str, str], kind: str = "Opaque"
) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/part-of": "filigree"},
        },
        "type": kind,
        "stringData": values,
    }
