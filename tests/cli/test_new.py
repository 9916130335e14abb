"""``filigree new`` makes a service that runs, is tested, formatted and declared."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import helm_python
import pytest
import yaml

from filigree import contracts_read, declarations, graph, publish, scaffold

HERE = Path(__file__).parents[2]
LONGEST = "a-service-with-the-longest-names-allowed"


@pytest.fixture(scope="module")
def model(model_town):
    return model_town, scaffold.new(model_town.root, "garden", LONGEST)


@pytest.fixture
def made(town, model):
    model_town, made_files = model
    shutil.copytree(model_town.root, town.root, dirs_exist_ok=True)
    return town, made_files


def test_a_new_service_passes_the_check(made):
    town, _ = made
    wrong = [str(found) for found in graph.check(town.root).findings]
    assert wrong == []


def test_a_new_domain_is_rendered_from_its_declarations_alone(made):
    town, _ = made
    values = yaml.safe_load((town.root / "charts/values/garden.yaml").read_text())
    chosen = town.root / "charts/values/garden.overrides.yaml"
    assert yaml.safe_load(chosen.read_text()) == {"services": {}}
    values["images"] = {"pinned": False}
    with helm_python.Chart.load(HERE / "charts" / "domain") as chart:
        home = "filigree-garden"
        written = chart.render(values, name=home, namespace=home).items()
    rendered = "\n".join(text for name, text in written if name.endswith(".yaml"))
    kinds = {each["kind"] for each in yaml.safe_load_all(rendered) if each}
    assert {"Deployment", "VirtualService", "AuthorizationPolicy", "Sidecar"} <= kinds
    mesh = yaml.safe_load((town.root / "charts/values/mesh.yaml").read_text())
    assert mesh["namespaces"]["garden"]["name"] == home
    documents = yaml.safe_load_all((town.root / "skaffold.yaml").read_text())
    assert "garden" in {each["metadata"]["name"] for each in documents}
    owners = (town.root / ".github/CODEOWNERS").read_text()
    assert "/charts/values/garden.*" in owners
    assert (town.root / "services/garden/README.md").is_file()


def test_a_new_service_is_formatted_and_clean(made):
    town, made_files = made
    shutil.copy(HERE / "pyproject.toml", town.root)
    files = [str(path) for path in made_files.written if path.suffix == ".py"]
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *files],
            cwd=town.root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_service_s_tests_pass(made):
    town, made_files = made
    (test,) = (path for path in made_files.written if path.name.startswith("test_"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", str(test)],
        cwd=town.root,
        env=os.environ | {"PYTHONPATH": str(town.root)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_a_new_service_gets_the_first_free_port_that_is_no_core_services(made):
    town, made_files = made
    assert declarations.load(town.root)[LONGEST].port == 8035
    assert "port 8035" in made_files.next_steps
    assert (
        f"services/garden/{LONGEST.replace('-', '_')}/app.py" in made_files.next_steps
    )


def test_a_wanted_port_is_given(town):
    scaffold.new(town.root, "toys", "kiosk", 8005)
    declared = declarations.load(town.root)["kiosk"]
    assert (declared.port, declared.owner) == (8005, "@filigree/toys")


@pytest.mark.parametrize(
    ("domain", "service", "port", "says"),
    [
        ("toys", "shop", None, "services/toys/shop/service.yaml is there already"),
        ("toys", "kiosk", 8001, "port 8001 is taken; 8035 is free"),
        ("toys", "kiosk", 80, "port 80 is not within 8000 to 8099"),
        ("toys", "Kiosk", None, "'Kiosk' cannot be the name of a service"),
        ("toys", "kiosk_two", None, "'kiosk_two' cannot be the name of a service"),
        ("my-toys", "kiosk", None, "'my-toys' cannot be the name of a domain"),
        ("toys", "../kiosk", None, "lower-case words"),
        ("toys", "import", None, "it is a keyword of Python"),
        ("class", "kiosk", None, "it is a keyword of Python"),
    ],
)
def test_what_will_not_do_is_refused_and_writes_nothing(
    town, domain, service, port, says
):
    before = sorted(town.root.rglob("*"))
    with pytest.raises(scaffold.ScaffoldError, match=says.replace("../", r"\.\./")):
        scaffold.new(town.root, domain, service, port)
    assert sorted(town.root.rglob("*")) == before


@pytest.mark.parametrize("after", [0, 3, 12])
def test_who_interrupts_it_is_left_with_nothing(town, monkeypatch, after):
    before = _contents(town.root)
    put, times = publish._put, iter(range(100))

    def interrupted(target, content):
        if target.is_relative_to(town.root) and next(times) == after:
            raise KeyboardInterrupt
        put(target, content)

    monkeypatch.setattr(publish, "_put", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scaffold.new(town.root, "garden", "kiosk")
    assert _contents(town.root) == before


def test_who_interrupts_the_reading_of_services_is_left_with_nothing(town, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    before = _contents(town.root)
    monkeypatch.setattr(contracts_read, "openapi", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scaffold.new(town.root, "garden", "kiosk")
    assert _contents(town.root) == before


def _contents(root):
    return {p: p.read_bytes() if p.is_file() else None for p in root.rglob("*")}


def test_the_new_service_s_docstring_says_whom_it_calls(made):
    town, made_files = made
    app = next(path for path in made_files.written if path.name == "app.py")
    text = ast.get_docstring(ast.parse((town.root / app).read_text()))
    assert "Calls      database-operations" in text
