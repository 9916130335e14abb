"""skaffold.yaml: a module for the mesh, and one for each domain.

``skaffold dev -m payment`` builds and releases one domain. Images are tagged by the
digest of what they are built from, so that what did not change is not built again.
"""

from collections.abc import Iterable
from typing import Any

from filigree import cluster_upstream
from filigree.cluster_values import PREFIX
from filigree.declarations import Declaration
from filigree.generate_source import NOTICE, Source, bare_yaml

SCHEMA = "skaffold/v4beta13"
DOCKERFILE = "platform/images/Dockerfile"
# A new cluster fetches every image of a release, and Helm waits for five minutes only.
SLOW = {"install": ["--timeout=20m"], "upgrade": ["--timeout=20m"]}
# What of the checkout is put where in a pod that serves its changes; see reload.py.
SHARED = (("platform/chassis/**/*.py", "platform/"), ("contracts/**/*.py", ""))


def skaffold(source: Source) -> dict[str, str]:
    """skaffold.yaml: the modules, each a document of its own."""
    domains = sorted({each.domain for each in source.services})
    modules = [_mesh(), *(_domain(source, domain) for domain in domains)]
    return {"skaffold.yaml": "---\n".join([f"# {NOTICE}\n", *map(bare_yaml, modules)])}


def _mesh() -> dict[str, Any]:
    """What comes before any domain: Istio, the bus, monitoring, the mesh's rules."""
    meshed = [*cluster_upstream.istio(), _rules({}), cluster_upstream.ingress()]
    others, alone = cluster_upstream.others(), {"mesh.enabled": "false"}
    releases = _in_order([*meshed, *others, _agents({})])
    plain = _in_order([_rules(alone), *others, _agents(alone)])
    without = {"op": "replace", "path": "/deploy/helm/releases", "value": plain}
    return _module(
        "mesh",
        {
            # Bus and database wait for their Secrets, which come after this module;
            # what has to be waited for, Helm waits for.
            "deploy": {
                "statusCheck": False,
                "helm": {"flags": SLOW, "releases": releases},
            },
            "profiles": [{"name": "nomesh", "patches": [without]}],
        },
    )


def _in_order(releases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each after the one before it: kinds, then who watches them, then objects."""
    after = [each["name"] for each in releases]
    first, *others = releases
    return [
        first,
        *(
            each | {"dependsOn": [before]}
            for before, each in zip(after, others, strict=False)
        ),
    ]


def _rules(values: dict[str, str]) -> dict[str, Any]:
    given = {
        "name": "filigree-mesh",
        "chartPath": "charts/mesh",
        "namespace": cluster_upstream.SYSTEM,
        "createNamespace": True,
        "valuesFiles": ["charts/values/mesh.yaml"],
        "wait": True,
    }
    return given | ({"setValues": values} if values else {})


def _agents(values: dict[str, str]) -> dict[str, Any]:
    """Not waited for: their key is a Secret."""
    given = {
        "name": cluster_upstream.LOGS,
        "chartPath": "charts/logs",
        "namespace": cluster_upstream.LOGS,
        "valuesFiles": ["charts/values/logs.yaml"],
        "wait": False,
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
        # Text, as the command line that it becomes; Helm reads it again.
        "setValues": {"images.pinned": "false"},
        # Its hooks are for `helm test`, not among what is rendered.
        "skipTests": True,
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
            "profiles": _profiles(services),
        },
    )


def _module(name: str, parts: dict[str, Any]) -> dict[str, Any]:
    head = {"apiVersion": SCHEMA, "kind": "Config", "metadata": {"name": name}}
    return head | parts


def _image(service: Declaration) -> str:
    return f"filigree/{service.name}"


def _reference(service: Declaration) -> str:
    """The built image, whole; Skaffold spells names with underscores alone.

    Where nothing was built (``skaffold render --digest-source=none``) a field would be
    the text ``<no value>``; an indexed one is empty, and the chart's own image stands.
    """
    spelt = _image(service).replace("/", "_").replace("-", "_")
    return '{{index . "IMAGE_FULLY_QUALIFIED_' + spelt + '"}}'


def _artifact(service: Declaration) -> dict[str, Any]:
    arguments = {"SERVICE": service.name, "FOLDER": service.folder.as_posix()}
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


def _profiles(services: list[Declaration]) -> list[dict[str, Any]]:
    """By name only: nothing switches itself on."""
    synced = [
        _added(f"/build/artifacts/{number}/sync", {"manual": _synced(each)})
        for number, each in enumerate(services)
    ]
    small = {"autoscaling.min": "1"}
    return [
        _profile("dev", small | {"reload": "true"}, synced),
        _profile("nomesh", {"mesh.enabled": "false"}),
        _profile("debug", small | {"logLevel": "DEBUG"}),
        _profile("ci", small | {"images.pullPolicy": "IfNotPresent"}),
    ]


def _synced(service: Declaration) -> list[dict[str, str]]:
    """The service's own Python, the chassis' and the contracts'."""
    sources = ((f"{service.folder.as_posix()}/**/*.py", ""), *SHARED)
    return [{"src": src, "dest": "/code", "strip": strip} for src, strip in sources]


def _profile(
    name: str, values: dict[str, str], more: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    place = "/deploy/helm/releases/0/setValues/"
    patches = [_added(place + key, value) for key, value in values.items()]
    return {"name": name, "patches": [*patches, *more]}


def _added(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}
