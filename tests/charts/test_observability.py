"""Rules, routes, dashboards and scraping, as the cluster's monitoring gets them."""

import base64
import gzip
import json
import re
from pathlib import Path

import pytest
import yaml

import alerts

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts/observability"
MOST = 256 * 1024  # bytes of a release, as Helm keeps it
# Of Grafana's unit ids, those that are used.
UNITS = {"short", "reqps", "ops", "percentunit", "s", "ms", "Bps"}
# How somebody is told, in Alertmanager's own words.
WAY = {"webhook_configs": [{"url": "http://pager.example:8080/"}]}
BOARDS = sorted(path.stem for path in (CHART / "dashboards").glob("*.json"))


@pytest.fixture(scope="module")
def watching(release_of) -> list[dict]:
    return release_of("observability", "filigree-observability")


def of_kind(objects, kind):
    return [each for each in objects if each["kind"] == kind]


def board(name: str) -> dict:
    return json.loads((CHART / f"dashboards/{name}.json").read_text())


def panels(name: str) -> list[dict]:
    return [each for each in board(name)["panels"] if each["type"] != "row"]


def queries() -> list[str]:
    return [
        target["expr"]
        for name in BOARDS
        for panel in panels(name)
        for target in panel["targets"]
    ]


def test_there_is_a_dashboard_for_the_mesh_each_domain_a_service_and_the_cost(domains):
    assert set(BOARDS) == {
        "mesh",
        "service",
        "cost",
        *(f"domain-{each}" for each in domains),
    }


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboards_panels_have_a_place_an_id_a_unit_and_a_source(name):
    given = board(name)
    assert given["uid"] == f"filigree-{name}"
    assert len(given["uid"]) <= 40
    numbers = [each["id"] for each in given["panels"]]
    assert len(numbers) == len(set(numbers))
    taken: set[tuple[int, int]] = set()
    for panel in given["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    variables = {each["name"] for each in given["templating"]["list"]}
    assert "datasource" in variables
    for panel in panels(name):
        assert panel["title"]
        assert panel["targets"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        for given in (panel, *panel["targets"]):
            assert given["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            assert set(re.findall(r"\$(\w+)", target["expr"])) <= variables


def test_targets_of_others_are_not_counted_as_ours():
    """Every target that a ServiceMonitor finds has a label `service`, too."""
    asked = [each for each in queries() if re.search(r"\bup\{", each)]
    assert asked
    assert all("domain" in each for each in asked)


def test_a_service_can_be_chosen_when_it_is_declared(mesh):
    [_, choice] = board("service")["templating"]["list"]
    assert {each["value"] for each in choice["options"]} == set(mesh.declarations)


def test_prometheus_can_read_every_query_of_a_dashboard(promtool, tmp_path):
    rules = [
        {"record": f"query_{number}", "expr": query.replace("$service", "logging")}
        for number, query in enumerate(queries())
    ]
    file = tmp_path / "queries.yaml"
    file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", str(file))


def test_prometheus_takes_every_rule(promtool):
    files = sorted(map(str, (CHART / "rules").glob("*.yaml")))
    assert "FAILED" not in promtool("check", "rules", "--lint-fatal", *files)


def test_every_service_is_watched_and_told_to_its_owner(mesh, watching):
    rules = [
        rule
        for each in of_kind(watching, "PrometheusRule")
        for group in each["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    seen = {
        (r["labels"]["service"], r["labels"]["domain"], r["labels"]["owner"])
        for r in rules
    }
    assert seen == {(d.name, d.domain, d.owner) for d in mesh.declarations.values()}
    assert {rule["alert"] for rule in rules} == set(alerts.names())
    [dropped] = [rule for rule in rules if rule["alert"] == "LogLinesDropped"]
    assert dropped["labels"]["service"] == "logging"


def test_every_alert_has_a_runbook_and_every_runbook_an_alert():
    pages = {path.stem: path.read_text() for path in (ROOT / "docs/runbooks").iterdir()}
    assert set(pages) == set(alerts.names())
    for name, text in pages.items():
        assert text.startswith(f"# {name}\n")
        assert "\n## Look at\n" in text
        assert "\n## Do\n" in text
        for link in re.findall(r"\]\((\w+)\.md\)", text):
            assert link in pages


def test_an_alerts_runbook_is_where_the_release_says(release_of):
    where = "https://pages.example/runbooks"
    made = release_of("observability", "watch", runbooks=where)
    told = [
        rule["annotations"]["runbook_url"]
        for each in of_kind(made, "PrometheusRule")
        for group in each["spec"]["groups"]
        for rule in group["rules"]
        if "alert" in rule
    ]
    assert told
    assert set(told) == {f"{where}/{name}.md" for name in alerts.names()}


def test_rules_and_dashboards_ask_of_namespaces_by_the_names_they_have(release_of):
    """Of another name than usual an alert would be told of nothing, for ever."""
    usual = release_of("observability", "watch")
    other = release_of("observability", "watch", namespacePattern="acme-(a|b)")
    for kind, part in (("PrometheusRule", "spec"), ("ConfigMap", "data")):
        given = json.dumps([each[part] for each in of_kind(usual, kind)])
        assert "filigree-.+" in given
        expected = given.replace("filigree-.+", "acme-(a|b)")
        assert json.dumps([each[part] for each in of_kind(other, kind)]) == expected


def test_grafanas_sidecar_finds_each_dashboard(watching):
    maps = of_kind(watching, "ConfigMap")
    values = yaml.safe_load((ROOT / "charts/values/monitoring.yaml").read_text())
    looks_for = values["grafana"]["sidecar"]["dashboards"]
    for each in maps:
        labels = each["metadata"]["labels"]
        assert labels[looks_for["label"]] == looks_for["labelValue"]
    files = {name: text for each in maps for name, text in each["data"].items()}
    assert {name: json.loads(text) for name, text in files.items()} == {
        f"filigree-{name}.json": board(name) for name in BOARDS
    }


def test_a_release_is_small_enough_to_be_kept(watching):
    files = {str(path): path.read_text() for path in CHART.rglob("*") if path.is_file()}
    kept = json.dumps({"manifest": yaml.safe_dump_all(watching), "chart": files})
    assert len(base64.b64encode(gzip.compress(kept.encode()))) < MOST


def monitored(watching, name):
    every = {m["metadata"]["name"]: m["spec"] for m in of_kind(watching, "PodMonitor")}
    return every[name]


def test_an_agents_metrics_are_scraped_on_the_account_of_who_takes_its_lines(
    watching, agents
):
    """Of the agents' metrics alone: whether logging is up, its own pods say."""
    spec = monitored(watching, "filigree-log-agents")
    [pod] = [each["spec"]["template"] for each in of_kind(agents, "DaemonSet")]
    labels, notes = pod["metadata"]["labels"], pod["metadata"]["annotations"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()
    assert spec["namespaceSelector"] == {"matchNames": ["filigree-logs"]}
    [endpoint] = spec["podMetricsEndpoints"]
    [container] = pod["spec"]["containers"]
    [port] = container["ports"]
    assert endpoint["port"] == port["name"]
    assert notes["prometheus.io/port"] == str(port["containerPort"])
    [counted] = endpoint["metricRelabelings"]
    assert re.fullmatch(counted["regex"], alerts.signals()["refused"].of)
    assert (counted["targetLabel"], counted["replacement"]) == ("service", "logging")
    assert "honorLabels" not in endpoint
    [policy] = of_kind(agents, "NetworkPolicy")
    [admitted] = policy["spec"]["ingress"]
    assert admitted["ports"] == [{"port": 15020, "protocol": "TCP"}]


def test_without_agents_nothing_looks_for_them(release_of):
    made = release_of("observability", "watch", agents={"namespace": ""})
    assert len(of_kind(made, "PodMonitor")) == 1


def test_a_pods_metrics_are_scraped_where_it_says_and_may_be(watching, releases):
    monitor = {"spec": monitored(watching, "filigree")}
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    read = {
        label
        for each in endpoint["relabelings"]
        for label in each["sourceLabels"]
        if "annotation" in label
    }
    for domain, objects in releases.items():
        assert (
            f"filigree-{domain}" in monitor["spec"]["namespaceSelector"]["matchNames"]
        )
        for each in of_kind(objects, "Deployment"):
            pod = each["spec"]["template"]
            for key, wanted in monitor["spec"]["selector"]["matchLabels"].items():
                assert pod["metadata"]["labels"][key] == wanted
            [key] = monitor["spec"]["selector"]["matchExpressions"]
            assert key["key"] in pod["metadata"]["labels"]
            for annotation in ("scrape", "port", "path"):
                assert (
                    f"__meta_kubernetes_pod_annotation_prometheus_io_{annotation}"
                    in read
                )
                assert f"prometheus.io/{annotation}" in pod["metadata"]["annotations"]
            [container] = pod["spec"]["containers"]
            assert endpoint["port"] in {port["name"] for port in container["ports"]}
        for each in of_kind(objects, "NetworkPolicy"):
            if each["metadata"]["name"] == "default-deny":
                continue
            # The sidecar's port of the merged metrics, which no mTLS guards.
            admitted = [
                rule
                for rule in each["spec"]["ingress"]
                if rule["ports"] == [{"port": 15020, "protocol": "TCP"}]
            ]
            [rule] = admitted
            [peer] = rule["from"]
            names = peer["namespaceSelector"]["matchLabels"]
            assert names == {"kubernetes.io/metadata.name": "filigree-observability"}


@pytest.fixture
def configuration(release_of, tmp_path: Path) -> str:
    """Alertmanager's configuration, with a way of one team to be told."""
    made = release_of("observability", "watch", teams={"filigree.knowledge": WAY})
    [secret] = of_kind(made, "Secret")
    values = yaml.safe_load((ROOT / "charts/values/monitoring.yaml").read_text())
    named = values["alertmanager"]["alertmanagerSpec"]["configSecret"]
    assert secret["metadata"]["name"] == named
    file = tmp_path / "alertmanager.yaml"
    file.write_text(secret["stringData"]["alertmanager.yaml"])
    return str(file)


def test_alertmanager_takes_its_configuration(amtool, configuration, mesh):
    said = amtool("check-config", configuration)
    teams = {each.owner for each in mesh.declarations.values()}
    assert f"{len(teams) + 1} receivers" in said


def test_an_alert_goes_to_the_team_that_owns_the_service(amtool, configuration):
    files = [p for p in (CHART / "rules").glob("*.yaml") if p.stem != "shares"]
    for file in files:
        group, *_ = yaml.safe_load(file.read_text())["groups"]
        labels = group["rules"][0]["labels"]
        told = [f"{key}={value}" for key, value in labels.items()]
        asked = ("config", "routes", "test", "--config.file", configuration)
        assert amtool(*asked, *told).split()[0] == labels["team"]
    assert amtool(*asked, "alertname=Watchdog").split()[0] == "nobody"


@pytest.mark.parametrize(
    ("told", "whom"),
    [
        (["alertname=KubePersistentVolumeFillingUp", "severity=critical"], "others"),
        (["alertname=Watchdog", "severity=none"], "nobody"),
        (["alertname=ServiceDown", "team=filigree.payment"], "filigree.payment"),
    ],
)
def test_what_is_no_teams_goes_to_who_looks_after_the_cluster(
    amtool, release_of, tmp_path, told, whom
):
    [secret] = of_kind(release_of("observability", "watch", others=WAY), "Secret")
    file = tmp_path / "alertmanager.yaml"
    file.write_text(secret["stringData"]["alertmanager.yaml"])
    asked = ("config", "routes", "test", "--config.file", str(file))
    assert amtool(*asked, *told).split()[0] == whom
