"""skaffold.yaml: a module for the mesh, and one for each domain.

``skaffold dev -m payment`` builds and releases one domain. Images are tagged by the
digest of what they are built from, so that what did not change is not built again.
"""

from typing import Any

import yaml

from filigree.cluster_values import PREFIX
from filigree.declarations import Declaration
from filigree.generate_source import NOTICE, Source

SCHEMA = "skaffold/v4beta13"
DOCKERFILE = "platform/images/Dockerfile"
ISTIO = ("https://istio-release.storage.googleapis.com/charts", "1.27.0")
NATS = ("https://nats-io.github.io/k8s/helm/charts", "1.2.4")
MONITORING = ("https://prometheus-community.github.io/helm-charts", "76.5.1")


def skaffold(source: Source) -> dict[str, str]:
    """skaffold.yaml: the modules, each a document of its own."""
    domains = sorted({each.domain for each in source.services})
    modules = [_mesh(), *(_domain(source, domain) for domain in domains)]
    texts = (yaml.safe_dump(each, sort_keys=False, width=200) for each in modules)
    return {"skaffold.yaml": "---\n".join([f"# {NOTICE}\n", *texts])}


def _mesh() -> dict[str, Any]:
    """What comes before any domain: Istio, the bus, monitoring, the mesh's rules."""
    istio = "istio-system"
    rules = {
        "name": "filigree-mesh",
        "chartPath": "charts/mesh",
        "namespace": istio,
        "valuesFiles": ["charts/values/mesh.yaml"],
        "wait": True,
    }
    releases = [
        _upstream("istio-base", "base", ISTIO, istio),
        _upstream("istio-cni", "cni", ISTIO, istio),
        _upstream("istiod", "istiod", ISTIO, istio, {"pilot.cni.enabled": True}),
        rules,
        _upstream("istio-ingress", "gateway", ISTIO, "istio-ingress"),
        _upstream(
            "nats", "nats", NATS, "filigree-data", {"config.jetstream.enabled": True}
        ),
        _upstream(
            "monitoring", "kube-prometheus-stack", MONITORING, "filigree-observability"
        ),
    ]
    return _module("mesh", {"deploy": {"helm": {"releases": releases}}})


def _upstream(
    name: str,
    chart: str,
    pinned: tuple[str, str],
    namespace: str,
    values: dict[str, Any] | None = None,
) -> dict[str, Any]:
    repository, version = pinned
    given = {
        "name": name,
        "remoteChart": chart,
        "repo": repository,
        "version": version,
        "namespace": namespace,
        "createNamespace": True,
        "wait": True,
    }
    return given | ({"setValues": values} if values else {})


def _domain(source: Source, domain: str) -> dict[str, Any]:
    services = [each for each in source.services if each.domain == domain]
    chosen = f"charts/values/{domain}.overrides.yaml"
    files = [f"charts/values/{domain}.yaml"]
    files += [chosen] if (source.root / chosen).is_file() else []
    release = {
        "name": PREFIX + domain,
        "chartPath": "charts/domain",
        "namespace": PREFIX + domain,
        "valuesFiles": files,
        "setValues": {"images.pinned": False},
        "setValueTemplates": {
            f"services.{each.name}.image.reference": _reference(each)
            for each in services
        },
    }
    build = {
        "tagPolicy": {"inputDigest": {}},
        "local": {"useBuildkit": True},
        "artifacts": [_artifact(each) for each in services],
    }
    return _module(
        domain,
        {
            "build": build,
            "deploy": {"helm": {"releases": [release]}},
            "portForward": [_forward(each) for each in services],
            "profiles": _profiles(),
        },
    )


def _module(name: str, parts: dict[str, Any]) -> dict[str, Any]:
    head = {"apiVersion": SCHEMA, "kind": "Config", "metadata": {"name": name}}
    return head | parts


def _image(service: Declaration) -> str:
    return f"filigree/{service.name}"


def _reference(service: Declaration) -> str:
    """The built image, whole; Skaffold spells names with underscores alone."""
    spelt = _image(service).replace("/", "_").replace("-", "_")
    return "{{.IMAGE_FULLY_QUALIFIED_" + spelt + "}}"


def _artifact(service: Declaration) -> dict[str, Any]:
    arguments = {"SERVICE": service.name}
    docker = {"dockerfile": DOCKERFILE, "buildArgs": arguments}
    return {"image": _image(service), "context": ".", "docker": docker}


def _forward(service: Declaration) -> dict[str, Any]:
    return {
        "resourceType": "service",
        "resourceName": service.name,
        "namespace": PREFIX + service.domain,
        "port": service.port,
        "localPort": service.port,
        "address": "127.0.0.1",
    }


def _profiles() -> list[dict[str, Any]]:
    """By name only: nothing switches itself on."""
    return [
        _profile("dev", {"autoscaling.min": 1}),
        _profile("nomesh", {"mesh.enabled": False}),
        _profile("debug", {"logLevel": "DEBUG", "autoscaling.min": 1}),
        _profile("ci", {"autoscaling.min": 1, "images.pullPolicy": "IfNotPresent"}),
    ]


def _profile(name: str, values: dict[str, Any]) -> dict[str, Any]:
    place = "/deploy/helm/releases/0/setValues/"
    patches = [
        {"op": "add", "path": place + key, "value": value}
        for key, value in values.items()
    ]
    return {"name": name, "patches": patches}
