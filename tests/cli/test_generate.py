"""Generated files follow from the declarations and the services, and only from them."""

import json
import os
import shutil
import signal
import subprocess
import sys

import jsonschema
import pytest
import yaml

from filigree import generate, graph, operations
from filigree.generate_source import NOTICE

DERIVED = {
    ".github/CODEOWNERS",
    "charts/observability/dashboards/cost.json",
    "charts/observability/dashboards/domain-toys.json",
    "charts/observability/dashboards/mesh.json",
    "charts/observability/dashboards/service.json",
    "charts/observability/rules/shares.yaml",
    "charts/observability/rules/toys.yaml",
    "charts/values/mesh.yaml",
    "charts/values/nats.yaml",
    "charts/values/observability.yaml",
    "charts/values/toys.yaml",
    "contracts/asyncapi.yaml",
    "contracts/edges/database-operations.yaml",
    "contracts/events/thing.made.schema.json",
    "contracts/grants.json",
    "contracts/openapi/database-operations.json",
    "contracts/openapi/shop.json",
    "docs/services.md",
    "docs/settings.md",
    "services/toys/README.md",
    "skaffold.yaml",
}


@pytest.fixture(scope="module")
def model(model_town):
    generate.generate(model_town.root)
    return model_town


@pytest.fixture
def made(town, model):
    shutil.copytree(model.root, town.root, dirs_exist_ok=True)
    return town


def said(repository, base=None):
    return [str(found) for found in graph.check(repository.root, base).findings]


def test_everything_is_generated_once(town):
    assert {str(path) for path in generate.generate(town.root)} == DERIVED
    assert generate.generate(town.root) == []


def test_what_is_generated_passes_the_check(made):
    report = graph.check(made.root)
    assert report.findings == ()
    assert "SKIPPED: breaking changes were not looked for" in report.notes[0]
    assert "most tries: 3" in report.notes[1]


def test_the_policy_beside_a_route_reaches_the_operations(made):
    make = operations.load(made.root)["shop"]["make"]
    assert (make.method, make.path) == ("POST", "/api/v1/things")
    assert (make.retry, make.timeout, make.public) == ("keyed", 6.0, True)
    assert not make.stream


def test_probes_are_in_no_document(made):
    assert set(operations.load(made.root)["database-operations"]) == {
        "read",
        "transact",
    }


def test_grants_name_the_collections_and_the_journal(made):
    grants = json.loads((made.root / "contracts/grants.json").read_text())
    assert grants == {
        "shop": {
            "read": ["journal-shop", "things"],
            "write": ["journal-shop", "things"],
            "platform": [],
            "publishes": ["thing.made"],
        }
    }


def test_the_callee_s_team_owns_the_file_of_its_edges(made):
    path = "contracts/edges/database-operations.yaml"
    callers = yaml.safe_load((made.root / path).read_text())["callers"]
    assert callers == [
        {"service": "shop", "owner": "@filigree/toys", "calls": ["read", "transact"]}
    ]
    assert f"/{path} " in (made.root / ".github/CODEOWNERS").read_text()


def test_a_new_call_changes_the_callee_s_edges(made):
    made.declare("fan", 8003, fan_out=["public"])
    made.write(
        "services/toys/fan/app.py", 'import chassis\napp = chassis.create_app("fan")'
    )
    changed = {str(path) for path in generate.generate(made.root)}
    assert "contracts/edges/shop.yaml" in changed
    callers = yaml.safe_load((made.root / "contracts/edges/shop.yaml").read_text())
    assert callers["callers"][0]["fan_out"] == ["make"]


def test_asyncapi_tells_who_publishes(made):
    document = yaml.safe_load((made.root / "contracts/asyncapi.yaml").read_text())
    assert document["channels"]["thing.made"]["address"] == "events.thing.made"
    assert document["operations"]["shop.send.thing.made"] == {
        "action": "send",
        "channel": {"$ref": "#/channels/thing.made"},
        "title": "shop",
    }


def test_an_event_s_schema_admits_its_data(made):
    path = made.root / "contracts/events/thing.made.schema.json"
    schema = json.loads(path.read_text())
    jsonschema.validate({"type": "thing.made", "id": "1"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"type": "thing.made"}, schema)


def test_the_overview_has_every_service(made):
    text = (made.root / "docs/services.md").read_text()
    assert "| 8001 | [shop](../services/toys/shop/app.py) | toys |" in text


def test_a_derived_file_that_was_edited_is_stale(made):
    path = made.root / "contracts/grants.json"
    path.write_text(path.read_text() + " ")
    assert said(made) == ["contracts/grants.json: stale; run `filigree generate`"]


def test_a_derived_file_that_nothing_leads_to_is_removed(made):
    leftover = made.write("contracts/openapi/gone.json", "{}")
    assert said(made) == ["contracts/openapi/gone.json: stale; run `filigree generate`"]
    generate.generate(made.root)
    assert not leftover.exists()


def test_a_domain_that_is_no_more_leaves_no_values_but_its_teams_own(made):
    gone = made.write("charts/values/gone.yaml", f"# {NOTICE}\ndomain: gone\n")
    chosen = made.write("charts/values/gone.overrides.yaml", "services: {}\n")
    generate.generate(made.root)
    assert not gone.exists()
    assert chosen.exists()


def test_a_service_that_cannot_be_imported_spoils_nothing_else(town):
    app = town.root / "services/toys/shop/app.py"
    app.write_text("import no_such_module\n" + app.read_text())
    with pytest.raises(generate.GenerateError, match=r"shop: .*no_such_module"):
        generate.generate(town.root)
    assert (town.root / "contracts/openapi/database-operations.json").exists()


def test_a_service_that_exits_on_import_is_told(town):
    town.write("services/toys/shop/app.py", 'import sys\nsys.exit("SHOP_X: missing")')
    with pytest.raises(generate.GenerateError, match=r"shop: .*SHOP_X: missing"):
        generate.generate(town.root)


def test_a_declared_secret_need_not_be_known_to_generate(town, monkeypatch):
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    app = town.root / "services/toys/shop/app.py"
    app.write_text('import os\nos.environ["SHOP_SECRET"]\n' + app.read_text())
    with pytest.raises(generate.GenerateError, match=r"shop: .*SHOP_SECRET"):
        generate.generate(town.root)
    declared = town.root / "services/toys/shop/service.yaml"
    declared.write_text(declared.read_text() + "secrets: [SHOP_SECRET]\n")
    generate.generate(town.root)
    assert "make" in operations.load(town.root)["shop"]


def test_an_operation_id_used_twice_is_refused(town):
    app = town.root / "services/toys/database_operations/app.py"
    app.write_text(app.read_text() + '\n@app.get("/x")\ndef read() -> dict: ...\n')
    with pytest.raises(generate.GenerateError, match="operation ids used twice: read"):
        generate.generate(town.root)


def test_two_models_of_one_event_are_refused(town):
    events = (town.root / "contracts/toys/events.py").read_text()
    town.write("contracts/games/events.py", events)
    with pytest.raises(generate.GenerateError, match=r"thing\.made: has a model in"):
        generate.generate(town.root)


def test_a_broken_declaration_is_a_finding_with_its_place(made):
    made.declare("shop", 8001, colections=[])
    (found,) = graph.check(made.root).findings
    assert found.place == "services/toys/shop/service.yaml:6"
    assert found.message.startswith("colections: unknown")


def test_a_base_that_is_missing_is_said_loudly(made):
    (note, _) = graph.check(made.root, "origin/nothing").notes
    assert note.startswith("SKIPPED:")
    assert "git knows no origin/nothing" in note


def test_ctrl_c_is_heard_by_one_process_and_ends_it_in_silence(town):
    begun = town.root / "begun"
    code = f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(60)"
    town.write("services/toys/shop/app.py", code)
    told = subprocess.Popen(
        [sys.executable, "-m", "filigree", "--root", str(town.root), "generate"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        # Python hears of it only where nobody before it has chosen not to.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not begun.exists():
        assert told.poll() is None, told.communicate()
    os.killpg(told.pid, signal.SIGINT)
    assert told.communicate(timeout=30)[0] == b""
    assert told.returncode == 130
