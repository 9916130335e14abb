"""The charts, rendered by the real Helm engine, as the objects that a cluster gets."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import pytest
import yaml

from filigree import edges

ROOT = Path(__file__).parents[2]
HOOK = "helm.sh/hook"
# The same reader in C, where there is one: a domain has thousands of lines.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DIGEST = "sha256:" + "0" * 64


def generated(name: str) -> dict[str, Any]:
    """charts/values/<name>.yaml."""
    return yaml.load((ROOT / f"charts/values/{name}.yaml").read_text(), LOADER)


def values(domain: str) -> dict[str, Any]:
    """A domain's generated values, with an image of each service."""
    given = generated(domain)
    for service in given["services"].values():
        service["image"] = {"digest": DIGEST}
    return given


def laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """As Helm lays one values file over another: maps merge, all else is replaced."""
    merged = below | above
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            merged[key] = laid_over(below[key], above[key])
    return merged


def texts(chart: str, given: dict[str, Any], namespace: str) -> dict[str, str]:
    """What Helm's engine writes, by template."""
    with helm_python.Chart.load(ROOT / "charts" / chart) as loaded:
        return loaded.render(given, name=namespace, namespace=namespace)


def manifests(chart: str, given: dict[str, Any], namespace: str) -> list[dict]:
    """Every object of a release, hooks included."""
    return [
        each
        for name, text in sorted(texts(chart, given, namespace).items())
        if name.endswith(".yaml")
        for each in yaml.load_all(text, LOADER)
        if each
    ]


@pytest.fixture(scope="session")
def mesh() -> edges.Mesh:
    return edges.resolve(ROOT)


@pytest.fixture(scope="session")
def domains(mesh: edges.Mesh) -> list[str]:
    return sorted({each.domain for each in mesh.declarations.values()})


@pytest.fixture(scope="session")
def wholes(domains: list[str]) -> dict[str, list[dict]]:
    """The objects of every domain's release, with those of `helm test`."""
    return {
        domain: manifests("domain", values(domain), f"filigree-{domain}")
        for domain in domains
    }


@pytest.fixture(scope="session")
def releases(wholes: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """The objects of every domain's release, without those of `helm test`."""
    return {
        domain: [
            each
            for each in objects
            if HOOK not in each["metadata"].get("annotations", {})
        ]
        for domain, objects in wholes.items()
    }


@pytest.fixture(scope="session")
def written() -> Callable[[str], dict[str, str]]:
    """``written(domain)``: a domain's release, byte for byte, rendered anew."""
    return lambda domain: texts("domain", values(domain), f"filigree-{domain}")


@pytest.fixture(scope="session")
def find(releases: dict[str, list[dict]]) -> Callable[..., Any]:
    """``find(kind)``: every object of it; ``find(kind, name)``: the one so named."""

    def found(kind: str, name: str | None = None) -> Any:
        every = [o for each in releases.values() for o in each if o["kind"] == kind]
        if name is None:
            return every
        [only] = [o for o in every if o["metadata"]["name"] == name]
        return only

    return found


@pytest.fixture(scope="session")
def outsiders() -> dict[str, set[tuple[str, str]]]:
    """By service, who calls it that is no service of ours, and from where."""
    return {
        "api-gateway": {("istio-ingress", "istio-ingress")},
        "logging": {("filigree-logs", "log-agent")},
    }


@pytest.fixture(scope="session")
def measured() -> dict[str, dict[str, float]]:
    return json.loads((ROOT / "docs/measured.json").read_text())


@pytest.fixture(scope="session")
def render() -> Callable[..., list[dict]]:
    """``render(domain, **changes)``: a domain's release with values laid over its own.

    ``namespace`` is where it is installed; ``only`` names a service that it has alone.
    """

    def rendered(
        domain: str, namespace: str = "", only: str = "", **changes: Any
    ) -> list[dict]:
        given = values(domain)
        if only:
            given["services"] = {only: given["services"][only]}
        given = laid_over(given, changes)
        return manifests("domain", given, namespace or f"filigree-{domain}")

    return rendered


@pytest.fixture(scope="session")
def small() -> Callable[..., dict[str, str]]:
    """``small(chart, changes)``: what the templates of a chart write, unread.

    A domain's is of one service, which is all that a service can be. Its image has no
    digest, and there are authorities of one's own.
    """
    given = {name: generated(name) for name in ("logs", "mesh", "observability")}
    domain = given["domain"] = generated("infrastructure")
    everything = {"bus": True, "database": True, "kubernetesApi": True}
    domain["services"] = {"api-gateway": domain["services"]["api-gateway"] | everything}
    domain |= {"images": {"pinned": False}, "trust": {"configMap": "authorities"}}

    def rendered(chart: str, changes: dict[str, Any]) -> dict[str, str]:
        return texts(chart, laid_over(given[chart], changes), "filigree-infrastructure")

    return rendered


@pytest.fixture(scope="session")
def whole() -> list[dict]:
    """The objects of the release that holds for the whole mesh."""
    return manifests("mesh", generated("mesh"), "istio-system")


@pytest.fixture(scope="session")
def agents() -> list[dict]:
    """The objects of the release that ships every service's lines."""
    return manifests("logs", generated("logs"), "filigree-logs")


@pytest.fixture(scope="session")
def known() -> Callable[[list[dict], str], int]:
    """``known(objects, version)``: how many objects are of Kubernetes' own kinds, each
    field of which that version knows; ValidationError for another.

    As a list of each kind: what says how one must be is then read once.
    """

    def counted(objects: list[dict], version: str) -> int:
        kinds: dict[tuple[str, str], list[dict]] = defaultdict(list)
        for each in objects:
            group = each["apiVersion"].rpartition("/")[0]
            if "." not in group or group.endswith(".k8s.io"):
                kinds[each["apiVersion"], each["kind"]].append(each)
        for (api, kind), items in kinds.items():
            every = {"apiVersion": api, "kind": f"{kind}List", "items": items}
            kubernetes_validate.validate(every, version, strict=True)
        return sum(map(len, kinds.values()))

    return counted


@pytest.fixture(scope="session")
def release() -> Callable[[str], list[dict]]:
    """``release(chart)``: a chart with the small values that lie beside its golden."""
    namespaces = {
        "domain": "filigree-toys",
        "logs": "filigree-logs",
        "mesh": "istio-system",
        "observability": "filigree-observability",
    }

    def rendered(chart: str) -> list[dict]:
        file = Path(__file__).parent / "golden" / f"{chart}.values.yaml"
        given = yaml.safe_load(file.read_text())
        return manifests(chart, given, namespaces[chart])

    return rendered


@pytest.fixture(scope="session")
def release_of() -> Callable[..., list[dict]]:
    """``release_of(chart, namespace, **changes)``, over its generated values."""

    def rendered(chart: str, namespace: str, **changes: Any) -> list[dict]:
        return manifests(chart, laid_over(generated(chart), changes), namespace)

    return rendered
