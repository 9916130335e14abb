"""What others make and a cluster runs: Istio, bus, database, monitoring; pinned here.

A release is written as Skaffold's Helm deployer takes it. Their values stand beside the
domains' in charts/values, or are few enough to stand here.
"""

from typing import Any

Release = dict[str, Any]

SYSTEM = "istio-system"
DATA = "filigree-data"
WATCH = "filigree-observability"
LOGS = "filigree-logs"
# Where Istio keeps what it had at Google until December 2026, images included.
ISTIO = ("https://blob.istio.io/istio-release/charts", "1.29.9")
IMAGES = {"global.hub": "docker.io/istio"}
NATS = ("https://nats-io.github.io/k8s/helm/charts", "2.14.5")
OPERATOR = ("https://cloudnative-pg.github.io/charts", "0.29.0")
DATABASE = ("https://cloudnative-pg.github.io/charts", "0.9.0")
MONITORING = ("https://prometheus-community.github.io/helm-charts", "76.5.1")


def istio() -> list[Release]:
    """The mesh, before any rule of it; the ingress comes after them."""
    # Whom a proxy leaves out is not among what proxies tell by default.
    shown = "meshConfig.defaultConfig.proxyStatsMatcher.inclusionSuffixes[0]"
    given = IMAGES | {
        "pilot.cni.enabled": "true",
        # Also below Kubernetes 1.33, and for pods that others make, such as the job
        # that begins a database: it would not end, or begin before its proxy.
        "pilot.env.ENABLE_NATIVE_SIDECARS": "true",
        shown: "outlier_detection.ejections_active",
        # A path is matched as the service will read it: in it, %2F is a slash.
        "meshConfig.pathNormalization.normalization": "DECODE_AND_MERGE_SLASHES",
    }
    return [
        _release("istio-base", "base", ISTIO, SYSTEM),
        _release("istio-cni", "cni", ISTIO, SYSTEM, IMAGES),
        _release("istiod", "istiod", ISTIO, SYSTEM, given),
    ]


def ingress() -> Release:
    # A development cluster has nobody who would give it an address to wait for.
    address = {"service.type": "ClusterIP"}
    return _release("istio-ingress", "gateway", ISTIO, "istio-ingress", address)


def others() -> list[Release]:
    """Bus, database, monitoring. Bus and database are not waited for, as they wait for
    their Secrets.
    """
    chart = "kube-prometheus-stack"
    inherited = {"config.data.INHERITED_ANNOTATIONS": "traffic.sidecar.istio.io/*"}
    return [
        _release("cnpg", "cloudnative-pg", OPERATOR, "cnpg-system", inherited),
        _release("nats", "nats", NATS, DATA) | _valued("nats"),
        _release("postgresql", "cluster", DATABASE, DATA) | _valued("postgresql"),
        _release("monitoring", chart, MONITORING, WATCH)
        | {"valuesFiles": ["charts/values/monitoring.yaml"]},
        observability(),
    ]


def observability() -> Release:
    """Rules, routes and dashboards: of kinds that come with the monitoring."""
    return {
        "name": "filigree-observability",
        "chartPath": "charts/observability",
        "namespace": WATCH,
        "valuesFiles": ["charts/values/observability.yaml"],
        "wait": True,
    }


def _valued(name: str) -> Release:
    """In the namespace that charts/mesh makes: Helm 4, told to create it once more,
    takes its labels, and with them the sidecars of who starts in it.
    """
    return {
        "valuesFiles": [f"charts/values/{name}.yaml"],
        "wait": False,
        "createNamespace": False,
    }


def _release(
    name: str,
    chart: str,
    pinned: tuple[str, str],
    namespace: str,
    values: dict[str, str] | None = None,
) -> Release:
    repository, version = pinned
    given = {
        "name": name,
        "remoteChart": chart,
        "repo": repository,
        "version": version,
        "namespace": namespace,
        "createNamespace": True,
        "wait": True,
        # Skaffold leaves a remote chart alone once it is there, whatever has changed.
        "upgradeOnChange": True,
    }
    return given | ({"setValues": values} if values else {})
