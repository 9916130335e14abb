"""skaffold.yaml: modules that stand alone, and images that reach their charts."""

import copy
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def modules():
    documents = yaml.safe_load_all((ROOT / "skaffold.yaml").read_text())
    return {each["metadata"]["name"]: each for each in documents}


def test_there_is_a_module_for_the_mesh_and_one_for_each_domain(modules, domains):
    assert set(modules) == {"mesh", *domains}
    assert len(modules) <= 9
    assert not any("requires" in each for each in modules.values())


def test_a_module_builds_its_own_services_from_the_one_dockerfile(
    modules, domains, mesh
):
    for domain in domains:
        artifacts = modules[domain]["build"]["artifacts"]
        assert {each["docker"]["buildArgs"]["SERVICE"] for each in artifacts} == {
            each.name for each in mesh.declarations.values() if each.domain == domain
        }
        assert {each["docker"]["dockerfile"] for each in artifacts} == {
            "platform/images/Dockerfile"
        }
        assert modules[domain]["build"]["tagPolicy"] == {"inputDigest": {}}


def test_each_built_image_reaches_its_service(modules, domains):
    for domain in domains:
        [release] = modules[domain]["deploy"]["helm"]["releases"]
        for artifact in modules[domain]["build"]["artifacts"]:
            service = artifact["docker"]["buildArgs"]["SERVICE"]
            spelt = re.sub("[/-]", "_", artifact["image"])
            given = release["setValueTemplates"][f"services.{service}.image.reference"]
            assert given == '{{index . "IMAGE_FULLY_QUALIFIED_' + spelt + '"}}'


def test_what_was_not_built_has_the_image_of_a_development_cluster(render):
    """As `skaffold render --digest-source=none` leaves a reference: empty."""
    given = {"logging": {"image": {"digest": "", "reference": ""}}}
    objects = render(
        "operations", only="logging", services=given, images={"pinned": False}
    )
    [made] = [each for each in objects if each["kind"] == "Deployment"]
    [container] = made["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "filigree/logging:dev"


def test_what_a_module_names_is_there(modules, domains):
    for domain in domains:
        [release] = modules[domain]["deploy"]["helm"]["releases"]
        assert (ROOT / release["chartPath"] / "Chart.yaml").is_file()
        assert all((ROOT / each).is_file() for each in release["valuesFiles"])


def test_ports_are_forwarded_as_on_a_laptop(modules, domains, mesh):
    forwarded = {
        each["resourceName"]: (each["port"], each["localPort"], each["address"])
        for domain in domains
        for each in modules[domain]["portForward"]
    }
    assert forwarded == {
        each.name: (each.port, each.port, "127.0.0.1")
        for each in mesh.declarations.values()
    }


def test_profiles_are_switched_on_by_name_alone(modules, domains):
    for domain in domains:
        profiles = {each["name"]: each for each in modules[domain]["profiles"]}
        assert set(profiles) == {"dev", "nomesh", "debug", "ci"}
        assert not any("activation" in each for each in profiles.values())


def test_upstream_charts_are_pinned(modules):
    releases = modules["mesh"]["deploy"]["helm"]["releases"]
    upstream = [each for each in releases if "remoteChart" in each]
    assert upstream
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", each["version"]) for each in upstream)


def test_a_new_user_of_the_bus_or_a_newer_chart_gets_there_by_running_it_again(modules):
    """A remote chart that is there would be left as it is, and one that failed, too."""
    mesh = modules["mesh"]
    for module in (mesh, *(applied(mesh, each) for each in mesh["profiles"])):
        for release in module["deploy"]["helm"]["releases"]:
            assert "chartPath" in release or release["upgradeOnChange"]


def chosen(profile):
    """A profile's values, as Helm reads them from its command line."""
    given: dict = {}
    for patch in profile["patches"]:
        if "/setValues/" in patch["path"]:
            *path, last = patch["path"].rsplit("/", 1)[1].split(".")
            place = given
            for step in path:
                place = place.setdefault(step, {})
            place[last] = yaml.safe_load(patch["value"])
    return given


def test_a_patchs_value_is_whole_by_itself():
    """No alias in it stands for something elsewhere in the document."""
    events = yaml.parse((ROOT / "skaffold.yaml").read_text())
    assert not any(isinstance(each, yaml.AliasEvent) for each in events)


def test_a_profile_leads_to_values_that_the_chart_takes(modules, render):
    for profile in modules["operations"]["profiles"]:
        assert chosen(profile)
        assert render("operations", **chosen(profile))


# Of skaffold/v4beta13's schema (docs-v2/content/en/schemas/v4beta13.json of
# GoogleContainerTools/skaffold), where additionalProperties is false: an unknown key is
# refused. What a module does not use is not listed. No package carries the schema.
KEYS = {
    "": "apiVersion kind metadata build deploy portForward profiles",
    "metadata": "name",
    "build": "tagPolicy local artifacts",
    "tagPolicy": "inputDigest",
    "local": "useBuildkit",
    "artifacts": "image context docker sync",
    "sync": "manual",
    "docker": "dockerfile buildArgs",
    "deploy": "helm statusCheck",
    "helm": "flags releases",
    "flags": "install upgrade",
    "releases": "name chartPath remoteChart repo version namespace createNamespace "
    "valuesFiles setValues setValueTemplates skipTests wait dependsOn upgradeOnChange",
    "portForward": "resourceType resourceName namespace port localPort address",
    "profiles": "name patches",
    "patches": "op path value",
    "manual": "src dest strip",
}
TYPES = {
    bool: "createNamespace skipTests statusCheck upgradeOnChange useBuildkit wait",
    int: "localPort port",
    list: "artifacts dependsOn install manual patches portForward profiles releases "
    "upgrade valuesFiles",
    object: "value",
    str: "address apiVersion chartPath context dest dockerfile image kind name "
    "namespace op path remoteChart repo resourceName resourceType src strip version",
}
FREE = {"buildArgs", "setValues", "setValueTemplates", "inputDigest", "value"}


def typed(key):
    [kind, *_] = [kind for kind, keys in TYPES.items() if key in keys.split()] or [dict]
    return kind


def unknown(given, within=""):
    """(place, key) of each key that Skaffold does not know, or not of that type."""
    if isinstance(given, list):
        for each in given:
            yield from unknown(each, within)
    elif isinstance(given, dict) and within not in FREE:
        for key, each in given.items():
            is_known = key in KEYS[within].split()
            if not is_known or not isinstance(each, typed(key)):
                yield within, key
            yield from unknown(each, key)


def applied(module, profile):
    """The module as a profile leaves it; KeyError or IndexError for a patch of what is
    not there, which Skaffold refuses as well."""
    module = copy.deepcopy(module)
    for patch in profile["patches"]:
        _, *path, last = patch["path"].split("/")
        place = module
        for step in path:
            place = place[int(step) if isinstance(place, list) else step]
        if patch["op"] == "replace":
            place[last]
        place[last] = patch["value"]
    return module


def test_every_key_is_one_that_skaffold_knows(modules):
    for module in modules.values():
        assert list(unknown(module)) == []
        for profile in module["profiles"]:
            assert list(unknown(applied(module, profile))) == []
            assert applied(module, profile) != module


def test_names_and_ports_are_of_one_module_alone(modules):
    """Skaffold refuses two images of a name, and forwards no port twice."""
    artifacts = [
        each["image"]
        for module in modules.values()
        for each in module.get("build", {}).get("artifacts", ())
    ]
    ports = [
        each["localPort"]
        for module in modules.values()
        for each in module.get("portForward", ())
    ]
    assert len(artifacts) == len(ports) == len(set(artifacts)) == len(set(ports))


def in_dev(module):
    """The module's artifacts as the profile dev leaves them."""
    [dev] = [each for each in module["profiles"] if each["name"] == "dev"]
    return applied(module, dev)["build"]["artifacts"]


def sources(artifact):
    """What an image is made of, as Skaffold reads it out of the Dockerfile: what is
    copied from the checkout, the arguments put in."""
    given = dict(artifact["docker"]["buildArgs"])
    text = (ROOT / artifact["docker"]["dockerfile"]).read_text()
    for line in text.replace("\\\n", " ").splitlines():
        instruction, *words = line.split() or [""]
        if instruction == "ARG":
            name, _, value = words[0].partition("=")
            given.setdefault(name, value)
        elif instruction == "COPY" and not words[0].startswith("--from="):
            for word in words[:-1]:
                yield ROOT / string.Template(word).substitute(given)


def python_of(places):
    found = set()
    for place in places:
        assert place.exists()
        found |= {place} if place.suffix == ".py" else set(place.rglob("*.py"))
    return {each for each in found if "__pycache__" not in each.parts}


def test_an_image_is_built_anew_for_its_own_service_alone(modules, domains, mesh):
    for domain in domains:
        for artifact in modules[domain]["build"]["artifacts"]:
            service = mesh.declarations[artifact["docker"]["buildArgs"]["SERVICE"]]
            of_services = {
                each
                for each in python_of(sources(artifact))
                if each.is_relative_to(ROOT / "services")
            }
            assert of_services
            assert of_services == python_of([ROOT / service.folder])


def test_no_change_of_a_services_python_builds_an_image_in_dev(modules, domains):
    """What matches no rule is built, and so is whatever has one rule too few."""
    shared = [ROOT / "services", ROOT / "platform" / "chassis", ROOT / "contracts"]
    for domain in domains:
        for artifact in in_dev(modules[domain]):
            rules = artifact["sync"]["manual"]
            synced = {file for each in rules for file in ROOT.glob(each["src"])}
            made_of = python_of(sources(artifact)) & python_of(shared)
            assert made_of <= synced
            assert all(each["src"].startswith(each["strip"]) for each in rules)


def test_synced_python_comes_to_lie_where_the_image_has_it(modules, tmp_path):
    """/code has the layout of /app."""
    [artifact, *_] = in_dev(modules["payment"])
    service = artifact["docker"]["buildArgs"]["SERVICE"]
    script = ROOT / "platform/images/gather.py"
    subprocess.run([sys.executable, script, service, tmp_path], check=True, timeout=120)
    homes = [tmp_path / each for each in ("chassis", "contracts", "services")]
    packages = {
        file.relative_to(tmp_path)
        for file in python_of(homes)
        # A package above a service's own is made for the image.
        if file.name != "__init__.py" or file.stat().st_size
    }
    synced = {
        Path(str(file.relative_to(ROOT)).removeprefix(rule["strip"]))
        for rule in artifact["sync"]["manual"]
        for file in python_of(ROOT.glob(rule["src"]))
    }
    assert packages <= synced
    assert all((tmp_path / each).is_file() for each in synced)


def test_a_wrong_key_or_type_would_be_found(modules):
    release = modules["mesh"]["deploy"]["helm"]["releases"][0]
    assert list(unknown({**release, "wait": "true"}, "releases"))
    assert list(unknown({**release, "values": {}}, "releases"))


def test_what_becomes_a_command_line_is_text(modules):
    for module in modules.values():
        for release in module["deploy"]["helm"]["releases"]:
            for value in release.get("setValues", {}).values():
                assert isinstance(value, str)


def test_a_change_of_python_reaches_its_pod_in_dev_and_is_served(
    modules, mesh, render, domains
):
    for domain in domains:
        profiles = {each["name"]: each for each in modules[domain]["profiles"]}
        for name, profile in profiles.items():
            synced = [p for p in profile["patches"] if p["path"].endswith("/sync")]
            assert bool(synced) == (name == "dev")
        services = [
            each["docker"]["buildArgs"]["SERVICE"]
            for each in modules[domain]["build"]["artifacts"]
        ]
        for patch in synced_of(profiles["dev"]):
            service = mesh.declarations[services[int(patch["path"].split("/")[3])]]
            own, *_ = patch["value"]["manual"]
            assert own["src"] == f"{service.folder.as_posix()}/**/*.py"
            assert list(ROOT.glob(own["src"]))
            assert own["dest"] == "/code"
        [pod] = {
            each["kind"]: each["spec"]["template"]["spec"]
            for each in render(domain, **chosen(profiles["dev"]))
            if each["kind"] == "Deployment"
        }.values()
        [container] = pod["containers"]
        assert container["command"] == ["python", "/app/reload.py"]
        writable = {each["mountPath"] for each in container["volumeMounts"]}
        assert writable == {"/tmp", "/code"}


def synced_of(profile):
    return [each for each in profile["patches"] if each["path"].endswith("/sync")]


def test_releases_of_the_mesh_come_one_after_the_other(modules):
    [profile] = modules["mesh"]["profiles"]
    chains = (
        modules["mesh"]["deploy"]["helm"]["releases"],
        profile["patches"][0]["value"],
    )
    for first, *others in chains:
        assert "dependsOn" not in first
        before = [first, *others]
        assert [each["dependsOn"] for each in others] == [
            [each["name"]] for each in before[:-1]
        ]


def test_no_namespace_is_created_again_that_a_release_has_made(modules, whole):
    """Helm 4 takes the labels of one that is there: injection and Pod Security."""
    made = {each["metadata"]["name"] for each in whole if each["kind"] == "Namespace"}
    for module in modules.values():
        for each in [module, *(applied(module, p) for p in module["profiles"])]:
            for release in each["deploy"]["helm"]["releases"]:
                created = release.get("createNamespace", False)
                assert not (created and release["namespace"] in made), release["name"]


def test_the_mesh_does_not_wait_for_what_waits_for_secrets(modules):
    releases = modules["mesh"]["deploy"]["helm"]["releases"]
    patient = {each["name"] for each in releases if not each["wait"]}
    assert patient == {"nats", "postgresql", "filigree-logs"}
    assert modules["mesh"]["deploy"]["statusCheck"] is False


def test_what_is_waited_for_has_time_to_fetch_its_images(modules):
    flags = modules["mesh"]["deploy"]["helm"]["flags"]
    assert flags == {"install": ["--timeout=20m"], "upgrade": ["--timeout=20m"]}


def test_the_mesh_is_the_last_of_its_minor_release(modules):
    """1.29.3 to 1.29.9 mend what whoever reaches the ingress can do to its proxy."""
    releases = modules["mesh"]["deploy"]["helm"]["releases"]
    of_istio = [each for each in releases if "istio-release" in each.get("repo", "")]
    assert [each["name"] for each in of_istio] == [
        "istio-base",
        "istio-cni",
        "istiod",
        "istio-ingress",
    ]
    for each in of_istio:
        assert tuple(map(int, each["version"].split("."))) >= (1, 29, 9)


def test_istio_comes_from_where_it_stays(modules):
    """Google's places, which its charts of 1.29 name, close in December 2026."""
    releases = modules["mesh"]["deploy"]["helm"]["releases"]
    of_istio = {each["name"]: each for each in releases if "istio" in each["name"]}
    assert len(of_istio) == 4
    for each in of_istio.values():
        assert each["repo"] == "https://blob.istio.io/istio-release/charts"
    # The sidecars' and the ingress's image is what istiod says; `base` has none.
    for name in ("istio-cni", "istiod"):
        assert of_istio[name]["setValues"]["global.hub"] == "docker.io/istio"


def test_the_bus_holds_its_users_to_what_they_may_publish(modules):
    """Before 2.12.6 it sent a trace of a message wherever a user told it to, as
    tests/engines/test_nats.py does; a chart's minor release is its server's.
    """
    plain = modules["mesh"]["deploy"]["helm"]["releases"]
    [profile] = modules["mesh"]["profiles"]
    [patch] = profile["patches"]
    given = [
        each["version"] for each in plain + patch["value"] if "nats" in each["name"]
    ]
    assert len(given) == 2
    for version in given:
        assert tuple(map(int, version.split("."))) >= (2, 14)


def test_without_a_mesh_no_istio_is_installed(modules):
    [profile] = modules["mesh"]["profiles"]
    [patch] = profile["patches"]
    assert profile["name"] == "nomesh"
    names = {each["name"] for each in patch["value"]}
    assert names == {
        "filigree-mesh",
        "cnpg",
        "nats",
        "postgresql",
        "monitoring",
        "filigree-observability",
        "filigree-logs",
    }


def test_one_module_alone_is_one_domain(modules, domains):
    for domain in domains:
        releases = modules[domain]["deploy"]["helm"]["releases"]
        assert [each["name"] for each in releases] == [f"filigree-{domain}"]
        assert "requires" not in modules[domain]
