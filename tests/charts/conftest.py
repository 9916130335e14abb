"""The charts, rendered by the real Helm engine, as the objects that a cluster gets."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml

from filigree import edges

ROOT = Path(__file__).parents[2]
HOOK = "helm.sh/hook"
DIGEST = "sha256:" + "0" * 64


def values(domain: str) -> dict[str, Any]:
    """A domain's generated values, with an image of each service."""
    given = yaml.safe_load((ROOT / f"charts/values/{domain}.yaml").read_text())
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


def manifests(chart: str, given: dict[str, Any], namespace: str) -> list[dict]:
    """Every object of a release, hooks included."""
    with helm_python.Chart.load(ROOT / "charts" / chart) as loaded:
        rendered = loaded.render(given, name=namespace, namespace=namespace)
    return [
        each
        for name, text in sorted(rendered.items())
        if name.endswith(".yaml")
        for each in yaml.safe_load_all(text)
        if each
    ]


@pytest.fixture(scope="session")
def mesh() -> edges.Mesh:
    return edges.resolve(ROOT)


@pytest.fixture(scope="session")
def domains(mesh: edges.Mesh) -> list[str]:
    return sorted({each.domain for each in mesh.declarations.values()})


@pytest.fixture(scope="session")
def releases(domains: list[str]) -> dict[str, list[dict]]:
    """The objects of every domain's release, without those of `helm test`."""
    return {
        domain: [
            each
            for each in manifests("domain", values(domain), f"filigree-{domain}")
            if HOOK not in each["metadata"].get("annotations", {})
        ]
        for domain in domains
    }


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
def whole() -> list[dict]:
    """The objects of the release that holds for the whole mesh."""
    given = yaml.safe_load((ROOT / "charts/values/mesh.yaml").read_text())
    return manifests("mesh", given, "istio-system")


@pytest.fixture(scope="session")
def release() -> Callable[[str], list[dict]]:
    """``release(chart)``: a chart with the small values that lie beside its golden."""
    namespaces = {"domain": "filigree-toys", "mesh": "istio-system"}

    def rendered(chart: str) -> list[dict]:
        file = Path(__file__).parent / "golden" / f"{chart}.values.yaml"
        given = yaml.safe_load(file.read_text())
        return manifests(chart, given, namespaces[chart])

    return rendered
