"""skaffold.yaml: modules that stand alone, and images that reach their charts."""

import re
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
            assert given == "{{.IMAGE_FULLY_QUALIFIED_" + spelt + "}}"


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


def test_a_profile_leads_to_values_that_the_chart_takes(modules, render):
    for profile in modules["operations"]["profiles"]:
        given: dict = {}
        for patch in profile["patches"]:
            *path, last = patch["path"].rsplit("/", 1)[1].split(".")
            place = given
            for step in path:
                place = place.setdefault(step, {})
            place[last] = patch["value"]
        assert render("operations", **given)
