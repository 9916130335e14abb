"""The workflows: which domains a change releases, and by whose code."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
# The first of each that is for Node 24: runners have no other since September 2026.
SINCE = {"actions/checkout": 5, "actions/setup-python": 6, "azure/setup-helm": 5}
SINCE |= {
    f"docker/{each}-action": 4 for each in ("login", "setup-qemu", "setup-buildx")
}


@pytest.fixture(scope="module")
def concerned():
    """``concerned(*files)``: the domains that a change of these files releases."""
    folder = str(ROOT / "platform/images")
    sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location("changed", f"{folder}/changed.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(folder)
    return lambda *files: set(module.concerned(map(Path, files)))


def test_a_change_of_a_service_or_its_values_releases_its_domain_alone(concerned):
    assert concerned("services/payment/payment_intent/wishes.json") == {"payment"}
    assert concerned("charts/values/calendar.overrides.yaml") == {"calendar"}
    assert concerned("platform/money/_iso.py") == {"payment"}
    assert concerned("services/payment/payment_link/app.py", "README.md") == {"payment"}


def test_what_every_image_or_release_has_releases_every_domain(concerned, domains):
    for file in (
        "platform/chassis/_app.py",
        "platform/images/Dockerfile",
        "constraints.txt",
        "charts/domain/templates/network.yaml",
    ):
        assert concerned(file) == set(domains), file


def test_a_contract_releases_who_imports_it(concerned):
    found = concerned("contracts/knowledge/search.py")
    assert {"knowledge", "assistant"} <= found
    assert "operations" not in found


def test_an_operation_releases_its_service_its_callers_and_who_asks_everybody(
    concerned, mesh
):
    """The gateway leads to what its image knows, and actions go where they are said."""
    found = concerned("contracts/openapi/database-operations.json")
    callers = {mesh.declarations[e.caller] for e in mesh.to("database-operations")}
    assert found >= {each.domain for each in callers}
    found = concerned("contracts/openapi/slot-management.json")
    assert found >= {"calendar", "infrastructure", "assistant"}
    assert "payment" not in found


def test_a_grant_releases_who_checks_grants(concerned):
    assert concerned("contracts/grants.json") == {"infrastructure"}


def test_what_is_in_no_image_and_no_release_releases_nobody(concerned):
    assert not concerned(
        "docs/services.md", "tests/conftest.py", "platform/filigree/cli.py"
    )


def test_a_file_that_was_moved_concerns_whom_it_left(tmp_path):
    """The step as it is written, with a program that says which files it was given."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    [step] = [s for s in workflow["jobs"]["changed"]["steps"] if s.get("id") == "list"]
    told = tmp_path / "bin/python"
    told.parent.mkdir()
    told.write_text("#!/bin/sh\ntr '\\n' ' '\n")
    told.chmod(0o755)
    left, reached = (tmp_path / f"services/{d}" for d in ("payment", "calendar"))
    left.mkdir(parents=True)
    (left / "rules.json").write_text("{}\n")
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    git = lambda *said: subprocess.run(  # noqa: E731
        ["git", *identity, *said], cwd=tmp_path, check=True, capture_output=True
    )
    git("init")
    git("add", "services")
    git("commit", "--message", "before")
    reached.mkdir()
    git("mv", "services/payment/rules.json", "services/calendar/")
    git("commit", "--message", "after")
    output = tmp_path / "output"
    subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env={
            "PATH": f"{told.parent}:{os.environ['PATH']}",
            "BEFORE": "HEAD~1",
            "GITHUB_OUTPUT": str(output),
        },
    )
    name, _, files = output.read_text().partition("=")
    assert name == "domains"
    assert set(files.split()) == {
        "services/calendar/rules.json",
        "services/payment/rules.json",
    }


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda each: each.stem)
def test_others_code_is_named_by_its_commit(file):
    used = re.findall(r"uses: *(\S+)", file.read_text())
    assert used
    assert [each for each in used if not re.search(r"@[0-9a-f]{40}$", each)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda each: each.stem)
def test_others_code_is_for_a_node_that_runners_have(file):
    used = re.findall(r"uses: *(\S+)@\S+ # v(\d+)", file.read_text())
    assert used
    assert [each for each, major in used if int(major) < SINCE[each]] == []


def test_a_release_waits_for_pods_alone_with_a_helm_that_is_still_mended():
    """Helm 4 waits for every object, those of Istio too, unless it is told not to."""
    job = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    steps = job["jobs"]["release"]["steps"]
    [version] = [
        s["with"]["version"] for s in steps if "setup-helm" in s.get("uses", "")
    ]
    assert int(version.removeprefix("v").split(".")[0]) >= 4
    [deployed] = [s["run"] for s in steps if "helm upgrade" in s.get("run", "")]
    assert "--wait=legacy" in deployed


def test_a_release_waits_until_everybody_who_will_be_called_admits_it():
    job = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
    scripts = [step.get("run", "") for step in job["release"]["steps"]]
    asks = [at for at, script in enumerate(scripts) if "filigree admitted" in script]
    deploys = [at for at, script in enumerate(scripts) if "helm upgrade" in script]
    assert len(asks) == 1
    assert deploys
    assert asks[0] < min(deploys)
    assert scripts[asks[0]].rstrip().endswith("exit 1")


def test_a_domains_page_says_how_it_is_released_and_rolled_back(domains):
    """As the workflow does it: Helm's own five minutes are what one start may take."""
    workflow = (ROOT / ".github/workflows/release.yml").read_text()
    waiting = {"--wait=legacy", "--timeout 10m"}
    assert all(each in workflow for each in waiting)
    for domain in domains:
        page = (ROOT / f"services/{domain}/README.md").read_text()
        commands = page.replace("\\\n", "").split("```")[1::2]
        lines = [line for each in commands for line in each.splitlines()]
        home = f"filigree-{domain}"
        for verb in ("upgrade --install", "rollback"):
            [command] = [each for each in lines if each.startswith(f"helm {verb}")]
            assert f" {home} " in command
            assert f"--namespace {home} " in command
            assert all(each in command for each in waiting)
        assert f"helm test {home} --namespace {home}" in lines


def test_a_domains_page_says_who_calls_each_service_and_what_it_promises(domains, mesh):
    for domain in domains:
        page = (ROOT / f"services/{domain}/README.md").read_text()
        for each in mesh.declarations.values():
            rows = [r for r in page.splitlines() if r.startswith(f"| {each.name} |")]
            assert len(rows) == (each.domain == domain)
            for row in rows:
                cells = [cell.strip() for cell in row.strip("|").split("|")]
                assert cells[1] == str(each.port)
                slo = each.slo
                assert cells[3:5] == [f"{slo.availability:g} %", f"{slo.p95_ms:g} ms"]
                callers = {edge.caller for edge in mesh.to(each.name)}
                assert {*cells[5].split(", ")} == (callers or {"nobody"})


def test_every_push_is_checked_and_three_images_are_tried():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    # YAML reads the word "on" as true.
    assert {"push", "pull_request"} <= workflow[True].keys()
    said = [
        step["run"]
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    assert ".ci/run" in said
    [tried] = [each for each in said if "images-smoke" in each]
    named = tried.partition('SERVICES="')[2].rstrip('"').split()
    known = {path.parent.name for path in ROOT.glob("services/*/*/service.yaml")}
    assert len(named) >= 3
    assert {each.replace("-", "_") for each in named} <= known


def test_an_image_is_made_for_either_machine_of_one_file_by_its_domains_release():
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    job = workflow["jobs"]["release"]
    assert job["strategy"]["matrix"] == {
        "domain": "${{ fromJSON(needs.changed.outputs.domains) }}"
    }
    [built] = [s["run"] for s in job["steps"] if "buildx build" in s.get("run", "")]
    assert "--platform linux/amd64,linux/arm64" in built
    assert "--file platform/images/Dockerfile" in built
    # What is deployed is what was pushed, by its digest.
    assert '."containerimage.digest"' in built


def test_an_image_says_what_it_is_made_of_and_how():
    job = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())
    [built] = [
        step["run"]
        for step in job["jobs"]["release"]["steps"]
        if "buildx build" in step.get("run", "")
    ]
    assert {"--sbom=true", "--provenance=mode=max", "--push"} <= {*built.split()}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda each: each.stem)
def test_a_job_has_few_rights_and_an_end_and_takes_no_text_into_its_script(file):
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert "${{ github" not in step.get("run", "")
            assert "${{ matrix" not in step.get("run", "")
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
