"""What an image carries is enough to run its service, and is of no other service."""

import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from filigree import declarations

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "platform" / "images"
DECLARED = declarations.load(ROOT)
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/*/service.yaml"))
# Without .pth files, so that the checkout, installed editable, cannot be found. What
# every service imports of others' is imported once; each service has a fork of its own,
# where the packages that its image lacks are missing.
IMPORTS = """
import importlib, json, os, sys
sys.path.append(sys.argv[1])
import fastapi.openapi.utils, httptools, httpx, prometheus_client, uvicorn
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in lacking:
            raise ModuleNotFoundError(f"no image of this service has {name}", name=name)
for folder, lacking in json.loads(sys.argv[2]).items():
    if (child := os.fork()) == 0:
        sys.meta_path.insert(0, Lacking())
        sys.path.insert(0, folder)
        module = importlib.import_module(open(folder + "/module").read())
        print(module.app.title, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def loaded(name):
    spec = importlib.util.spec_from_file_location(name, IMAGES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def gather():
    return loaded("gather")


@pytest.fixture(scope="module")
def gathered(gather, tmp_path_factory):
    """By service, the folder with what its image carries."""
    folders = {each: tmp_path_factory.mktemp(each) for each in SERVICES}
    for service, folder in folders.items():
        gather.gather(service.replace("_", "-"), folder)
    return folders


def installed(names):
    """What pip installs for these: they, and all that they need, each by its name."""
    waiting, found = [Requirement(each) for each in names], set()
    while waiting:
        wanted = waiting.pop()
        if (wanted.name, *wanted.extras) in found:
            continue
        found.add((wanted.name, *wanted.extras))
        with contextlib.suppress(metadata.PackageNotFoundError):
            needs = map(Requirement, metadata.requires(wanted.name) or ())
            waiting += [each for each in needs if needed(each, wanted.extras)]
    return {canonicalize_name(name) for name, *_ in found}


def needed(requirement, extras):
    marker = requirement.marker
    return not marker or any(
        marker.evaluate({"extra": extra}) for extra in (extras or [""])
    )


@pytest.fixture(scope="module")
def lacking(gather):
    """By service, the modules of packages installed here that its image has not."""
    modules = {
        module: {canonicalize_name(each) for each in owners}
        for module, owners in metadata.packages_distributions().items()
    }
    project = gather._project()
    common, own = project["dependencies"], project["optional-dependencies"]
    found = {}
    for service in SERVICES:
        has = installed(common + own.get(service.replace("_", "-"), [])) | {"filigree"}
        found[service] = [name for name, owners in modules.items() if not owners & has]
    return found


def test_what_is_gathered_is_enough_to_import_each_service(gathered, lacking):
    packages = sysconfig.get_paths()["purelib"]
    without = {str(folder): lacking[each] for each, folder in gathered.items()}
    secrets = {name for each in DECLARED.values() for name in each.secrets}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", IMPORTS, packages, json.dumps(without)],
        capture_output=True,
        text=True,
        timeout=240,
        env={
            "PATH": os.environ["PATH"],
            **dict.fromkeys(secrets, "only-for-an-import"),
            "DATABASE_URL": "postgresql://nowhere/nothing",
        },
    )
    imported = [name.replace("-", "_") for name in done.stdout.split()]
    assert imported == SERVICES, done.stderr


def test_an_image_carries_no_other_service(gathered):
    for service, folder in gathered.items():
        carried = {path.name for path in folder.glob("services/*/*/")}
        assert carried - {"__pycache__"} == {service}


def test_a_service_is_gathered_where_no_other_is(gathered, tmp_path):
    """As Skaffold's builds are: they look at its own folder alone."""
    home = Path("services/payment/payment_intent")
    shutil.copytree(ROOT / home, tmp_path / home)
    shutil.copytree(IMAGES, tmp_path / "platform" / "images")
    for package in {each.name for each in ROOT.glob("platform/*/")} - {"images"}:
        (tmp_path / "platform" / package).symlink_to(ROOT / "platform" / package)
    for name in ("contracts", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    script, target = tmp_path / "platform/images/gather.py", tmp_path / "gathered"
    subprocess.run(
        [sys.executable, script, "payment-intent", target], check=True, timeout=120
    )
    assert contents(target) == contents(gathered["payment_intent"])


def contents(folder):
    return {
        each.relative_to(folder): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file() and "__pycache__" not in each.parts
    }


def test_a_package_above_services_holds_nothing():
    above = [*ROOT.glob("services/__init__.py"), *ROOT.glob("services/*/__init__.py")]
    assert above
    assert not any(each.read_text() for each in above)


def test_only_who_embeds_carries_the_model(gather):
    carrying = {
        service
        for service in SERVICES
        if Path("platform/embeddings") in gather.packages(service)
    }
    assert carrying == {"embedding_generation"}


def test_an_image_has_its_own_services_packages_alone(gather):
    plain, heavy = (
        {line.partition("==")[0] for line in gather.requirements(each)}
        for each in ("knowledge-base", "embedding-generation")
    )
    assert plain == set()
    assert heavy == {"numpy", "openai"}
    assert "fastapi" in {line.partition("==")[0] for line in gather.shared()}


def test_each_package_is_pinned_whatever_the_python(gather):
    for line in (*gather.shared(), *gather.requirements("embedding-generation")):
        assert re.match(r"[\w-]+==[\d.]+( ; .+)?$", line)


def test_a_service_carries_no_package_that_every_service_has(tmp_path):
    own, shared = tmp_path / "own", tmp_path / "shared"
    for folder, names in ((own, ("common", "alone")), (shared, ("common",))):
        for name in names:
            record = folder / f"{name}-1.0.dist-info"
            record.mkdir(parents=True)
            (folder / name).mkdir()
            (folder / name / "code.py").write_text("")
            (record / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
            (record / "RECORD").write_text(
                f"{name}/code.py,,\n{name}-1.0.dist-info/METADATA,,\n"
                f"{name}-1.0.dist-info/RECORD,,\n"
            )
    loaded("apart").apart(str(own), str(shared))
    left = {each.name for each in own.iterdir()}
    assert left == {"alone", "alone-1.0.dist-info"}


def test_an_image_has_the_time_zones_of_the_package_and_no_others(gather):
    """/usr/share/zoneinfo is missing in many a base, and of any version."""
    assert "tzdata" in {line.partition("==")[0] for line in gather.shared()}
    [line] = re.findall(
        r"^ +PYTHONTZPATH=(.*?) ?\\$", (IMAGES / "Dockerfile").read_text(), re.MULTILINE
    )
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import zoneinfo; from contracts.zones import zone; zone('Europe/Berlin');"
            "print(zoneinfo.TZPATH, len(zoneinfo.available_timezones()))",
        ],
        env=os.environ | {"PYTHONTZPATH": line},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    path, _, many = told.stdout.strip().rpartition(" ")
    assert path == "()"
    assert int(many) > 590


def test_the_bill_lists_what_is_installed():
    listed = loaded("bill").bill(sysconfig.get_paths()["purelib"])
    names = {each["name"] for each in listed["components"]}
    assert {"fastapi", "uvicorn", "pydantic"} <= names
    assert json.loads(json.dumps(listed)) == listed


def test_the_image_runs_as_a_user_without_rights_and_has_no_health_check():
    lines = (IMAGES / "Dockerfile").read_text().splitlines()
    assert "USER 10001:10001" in lines
    assert not any(line.startswith("HEALTHCHECK") for line in lines)
    assert any(line.startswith("ARG BASE=") for line in lines)


def stages():
    """By name, the instructions of each stage of the Dockerfile; the last has none."""
    text = (IMAGES / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [each for each in text.splitlines() if each and not each.startswith("#")]
    made, name = {}, None
    for line in lines:
        if line.startswith("FROM "):
            _, _, name = line.partition(" AS ")
        made.setdefault(name, []).append(" ".join(line.split()))
    return made


def test_nothing_that_builds_is_left_in_what_runs():
    """It takes what other stages have made, and has no compiler and no pip."""
    made = stages()
    last = made.pop("")
    built = " ".join(line for lines in made.values() for line in lines)
    assert "build-essential" in built
    ran = [line for line in last if line.startswith("RUN ")]
    assert ran
    assert not re.search(r"apt|pip|curl|wget|git ", " ".join(ran))
    assert "python /tmp/stripped.py" in ran[0]
    sources = [line for line in last if line.startswith("COPY --from=")]
    assert {line.split()[1].partition("=")[2] for line in sources} <= made.keys()
    [user] = [n for n, line in enumerate(last) if line.startswith("USER ")]
    assert not [line for line in last[user:] if line.startswith(("RUN", "COPY", "ADD"))]


def test_what_is_installed_is_pinned_by_its_hash():
    installs = [
        each
        for lines in stages().values()
        for line in lines
        for each in re.split("&&|;", line)
        if "pip install" in each
    ]
    assert len(installs) >= 3
    assert all("--require-hashes" in each for each in installs)


def test_an_image_says_what_it_is_and_of_which_version():
    [label] = [line for line in stages()[""] if line.startswith("LABEL ")]
    told = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', label))
    assert told["title"] == "filigree/${SERVICE}"
    assert told["version"] == "${VERSION}"
    assert told["revision"] == "${REVISION}"
    assert told["licenses"] == "Apache-2.0"


def test_a_build_is_sent_what_an_image_is_made_of_alone():
    """A checkout has environments, logs and a database of hundreds of megabytes."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    said = [line for line in lines if line and not line.startswith("#")]
    assert said[0] == "*"
    sent = {line.removeprefix("!") for line in said if line.startswith("!")}
    used = {
        word.partition("/")[0]
        for lines in stages().values()
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert sent == (used - {"${FOLDER}"}) | {"services"}
