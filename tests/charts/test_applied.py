"""What Helm, and whatever reads its output after it, are strict about.

Helm 4 has the API server merge objects, which refuses a list with two entries of one
key; a post-renderer, such as Skaffold, refuses a key that is there twice.
"""

from collections import Counter
from pathlib import Path

import helm_python
import pytest
import yaml

CHARTS = Path(__file__).parents[2] / "charts"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What tells two entries of a list apart, where the API server merges it.
KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
NAMESPACES = {
    "logs": "filigree-logs",
    "mesh": "istio-system",
    "observability": "filigree-observability",
}
UNPINNED = {"images": {"pinned": False}}
OTHERWISE = UNPINNED | {"mesh": {"enabled": False}, "reload": True}


@pytest.fixture(scope="module")
def everything(domains):
    """(chart, its values, its namespace) of every release, as profiles leave them."""
    of_domains = [
        ("domain", generated(domain) | UNPINNED, f"filigree-{domain}")
        for domain in domains
    ]
    of_charts = [
        (chart, generated(chart), namespace) for chart, namespace in NAMESPACES.items()
    ]
    other = ("domain", generated("payment") | OTHERWISE, "filigree-payment")
    return [other, *of_charts, *of_domains]


def generated(name):
    return yaml.load((CHARTS / f"values/{name}.yaml").read_text(), LOADER)


@pytest.fixture(scope="module")
def texts(everything):
    """What every template writes."""
    found = []
    for chart, given, namespace in everything:
        with helm_python.Chart.load(CHARTS / chart) as loaded:
            wrote = loaded.render(given, name=namespace, namespace=namespace)
        found += [text for name, text in wrote.items() if name.endswith(".yaml")]
    return found


def test_helm_lint_has_nothing_to_say(everything):
    for chart, given, namespace in {each[0]: each for each in everything}.values():
        found = helm_python.lint(
            CHARTS / chart, given, namespace=namespace, strict=True
        )
        assert found["errors"] == []


def repeated(node):
    """Each key that a map of the document has twice."""
    if isinstance(node, yaml.MappingNode):
        keys = Counter(key.value for key, _ in node.value)
        yield from (key for key, times in keys.items() if times > 1)
    for each in getattr(node, "value", ()):
        for part in each if isinstance(each, tuple) else (each,):
            if isinstance(part, yaml.CollectionNode):
                yield from repeated(part)


def test_no_key_is_there_twice(texts):
    for text in texts:
        for document in yaml.compose_all(text, LOADER):
            assert list(repeated(document)) == []


def twice(given):
    """(list, key) of each entry of a list that another one has the key of."""
    if isinstance(given, list):
        for each in given:
            yield from twice(each)
    elif isinstance(given, dict):
        for name, each in given.items():
            if name in KEYS and isinstance(each, list):
                found = Counter(tuple(one.get(k) for k in KEYS[name]) for one in each)
                yield from ((name, key) for key, times in found.items() if times > 1)
            yield from twice(each)


def test_no_entry_of_a_list_is_there_twice(texts):
    for text in texts:
        for each in yaml.load_all(text, LOADER):
            assert list(twice(each)) == []


@pytest.fixture(params=[("domain", "images"), ("logs", "image")], ids=lambda p: p[0])
def pulled(everything, request):
    """``pulled(secrets)``: the set of what each workload pulls its images with."""
    chart, part = request.param
    [given, home] = next(rest for name, *rest in everything if name == chart)

    def found(secrets):
        there = given.get(part, {}) | {"pullSecrets": secrets}
        with helm_python.Chart.load(CHARTS / chart) as loaded:
            wrote = loaded.render(given | {part: there}, name=home, namespace=home)
        every = [
            each["spec"]["template"]["spec"]
            for name, text in wrote.items()
            if name.endswith(("agent.yaml", "workload.yaml"))
            for each in yaml.load_all(text, LOADER)
            if each and each["kind"] in ("DaemonSet", "Deployment")
        ]
        return {
            tuple(one["name"] for one in each["imagePullSecrets"]) for each in every
        }

    return found


def test_images_are_pulled_with_each_secret_by_its_name(pulled):
    assert pulled(["one", "12"]) == {("one", "12")}


def test_a_secret_that_is_listed_twice_is_refused(pulled):
    """The API server would, while it merges."""
    with pytest.raises(helm_python.HelmError, match="pullSecrets"):
        pulled(["one", "one"])


def test_what_is_there_twice_would_be_found():
    document = yaml.compose("a: {b: 1, c: [{d: 1, d: 2}], b: 2}", LOADER)
    assert sorted(repeated(document)) == ["b", "d"]
    pod = {"containers": [{"name": "a", "env": [{"name": "X"}, {"name": "X"}]}]}
    assert list(twice({"spec": pod})) == [("env", ("X",))]
